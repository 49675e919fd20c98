// Who trains: Workbench with some settings, or a peer. Each is data; how they are run stands in
// WorkbenchTraining and PeerTraining.

/// A program with its settings.
enum Trainer: Hashable {
    /// Workbench, with these changes of the common plan.
    case workbench([String: PlanValue])
    case peer(PeerTrainer)
}

/// A peer's way to train.
enum PeerTrainer: String, CaseIterable {
    case loraFloat32 = "peft-fp32"
    case loraBFloat16 = "peft-bf16"
    case loraAutocast = "peft-autocast"
    case quantized = "bitsandbytes"
    case fullBFloat16 = "pytorch-bf16"
    case fullAutocast = "pytorch-autocast"
    case llamaCpp = "llama.cpp"

    /// What it is called in the table.
    var name: String {
        switch self {
        case .loraFloat32: "PEFT fp32"
        case .loraBFloat16: "PEFT bf16"
        case .loraAutocast: "PEFT autocast"
        case .quantized: "bitsandbytes"
        case .fullBFloat16: "PyTorch bf16"
        case .fullAutocast: "PyTorch autocast"
        case .llamaCpp: "llama.cpp fp32"
        }
    }

    /// What train_lora.py is told; nil for who does not use it.
    var script: (mode: String, dtype: String)? {
        switch self {
        case .loraFloat32: ("lora", "fp32")
        case .loraBFloat16: ("lora", "bf16")
        case .loraAutocast: ("lora", "amp")
        case .quantized: ("qlora", "bf16")
        case .fullBFloat16: ("full", "bf16")
        case .fullAutocast: ("full", "amp")
        case .llamaCpp: nil
        }
    }

    /// Why it cannot be measured; nil when it can.
    func problem(_ peers: Peers) -> String? {
        let isThere =
            switch self {
            case .quantized: peers.haveTraining && peers.haveBitsAndBytes
            case .llamaCpp: peers.haveTraining && peers.haveLlamaFinetune
            default: peers.haveTraining
            }
        return isThere ? nil : "\(name) is not installed: Benchmarks/peers/setup.sh"
    }
}

/// One training to be measured.
struct TrainingRequest: Hashable {
    var trainer: Trainer
    var set: TrainingSet
    var steps: Int
    var rate = 1e-4
}
