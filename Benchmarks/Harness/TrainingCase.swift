// The trainings that are timed, as a table: whose records, what settings, beside whom.

/// One training and what it is compared with.
struct TrainingCase {
    /// The first part of its figures' keys, and what --filter looks into.
    let key: String
    let group: String
    let set: TrainingSet
    /// Beside the settings of every case.
    let plan: [String: PlanValue]
    /// The fastest of them is the peer of speed and memory.
    let peers: [PeerTrainer]
    /// Whose mean loss ours must be, and how nearly: the most exact peer. Autocast is no measure, it
    /// was off by 1.2 % from fp32 on the short set where our bf16 was off by 0.03 %.
    let reference: PeerTrainer
    let lossWithin: Double
    /// How far the first loss may be from the untrained fp32 model's.
    var firstLossWithin = 0.01
    /// Of whose peak a share is a row.
    var peak: GemmPeak.Precision?
    /// Another training of ours whose step time is the measure of this one's.
    var stepsAgainst: [String: PlanValue]?
    var rate = 1e-4

    /// All of them; one whose measure is another's comes first, so that the two are neighbours.
    static let all = [
        TrainingCase(
            key: "qlora", group: "LoRA r=8 over NF4, bf16, long set", set: .long,
            plan: ["bf16": true, "quantization_bit": 4], peers: [.quantized],
            reference: .quantized, lossWithin: 0.02, firstLossWithin: 0.1,
            stepsAgainst: ["bf16": true]),
        TrainingCase(
            key: "long.bf16", group: "LoRA r=8, bf16, long set", set: .long,
            plan: ["bf16": true], peers: [.loraAutocast, .loraBFloat16, .loraFloat32],
            reference: .loraFloat32, lossWithin: 0.005, peak: .bf16),
        TrainingCase(
            key: "long.fp32", group: "LoRA r=8, fp32, long set", set: .long, plan: [:],
            peers: [.loraFloat32], reference: .loraFloat32, lossWithin: 0.001, peak: .fp32),
        TrainingCase(
            key: "short.bf16", group: "LoRA r=8, bf16, short set", set: .short,
            plan: ["bf16": true], peers: [.loraAutocast, .loraBFloat16, .loraFloat32],
            reference: .loraFloat32, lossWithin: 0.005),
        TrainingCase(
            key: "short.fp32", group: "LoRA r=8, fp32, short set", set: .short, plan: [:],
            peers: [.loraFloat32], reference: .loraFloat32, lossWithin: 0.001),
        TrainingCase(
            key: "full.bf16", group: "Full tuning, bf16, long set", set: .long,
            plan: ["bf16": true, "finetuning_type": "full"],
            peers: [.fullAutocast, .fullBFloat16, .llamaCpp], reference: .fullAutocast,
            lossWithin: 0.005, rate: 1e-5),
    ]
}
