// The adapter that a plan asks for, without its places.

extension AdapterShape {
    /// What IA3 scales unless told otherwise: PEFT's choice for llama and its like.
    static let ia3Targets = ["k_proj", "v_proj", "down_proj"]
    /// Where it scales the inputs.
    static let ia3InputScaled = ["down_proj"]
}

extension TrainingPlan.Tuning {
    /// The settings of a new adapter.
    var adapter: AdapterShape {
        var shape = AdapterShape(
            rank: lora.rank, alpha: lora.effectiveAlpha, isRankStabilized: lora.isRankStabilized,
            dropout: Float(lora.dropout), modules: [])
        if lora.isWeightDecomposed { shape.kind = .dora }
        if method == .ia3 {
            shape = AdapterShape(rank: 1, alpha: 1, modules: [])
            shape.kind = .ia3
        }
        return shape
    }

    /// The layers that a new adapter is to lie on, and the key that names them.
    var adapterTargets: (key: String, names: [String]) {
        guard method == .ia3 else { return ("lora_target", lora.targets) }
        return ("ia3_target", ia3Targets.isEmpty ? AdapterShape.ia3Targets : ia3Targets)
    }
}
