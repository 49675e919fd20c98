// Which tensors a GGUF file gets, under which names, types and row orders, after the conventions of
// llama.cpp's converter and quantizer. It reads no weights.

/// One tensor of a GGUF file to write.
struct GGUFTensorPlan {
    let weight: ParameterSpec
    let spec: WeightSpec
    let permutation: RowPermutation?
    /// What the file adds to the numbers.
    let offset: Float
}

/// The tensors of a GGUF file.
struct GGUFPlan {
    let tensors: [GGUFTensorPlan]
    /// Fallbacks, as remarks for the user.
    let notes: [Sentence]

    init(_ weights: [ParameterSpec], config: ModelConfig, dtype: DType) {
        let slots = config.layout.slotsByTensor()
        var fallbacks: [DType: [String]] = [:]
        tensors = weights.map { weight in
            guard let slot = slots[weight.name] else {
                preconditionFailure("\(weight.name) is no weight of the model")
            }
            let name = slot.ggufName(ofTensor: weight.name)
            let isHead =
                slot.role == .head || (config.network.head.isTied && slot.role == .embedding)
            let type = Self.type(of: weight, dtype, isHead: isHead)
            if weight.shape.count > 1, type != dtype { fallbacks[type, default: []].append(name) }
            return GGUFTensorPlan(
                weight: weight, spec: WeightSpec(name: name, dtype: type, shape: weight.shape),
                permutation: slot.ggufPermutation, offset: slot.ggufOffset)
        }
        notes = fallbacks.sorted { $0.key.rawValue < $1.key.rawValue }.map { type, names in
            let more = names.count > 1 ? " and \(names.count - 1) more" : ""
            return "\(names[0])\(more) stored as \(type.rawValue) instead of \(dtype.rawValue)"
        }
    }

    /// Throws for what a GGUF file cannot say of a model: found before anything is written.
    static func refuseUnsaid(_ config: ModelConfig, at path: String) throws(KernelError) {
        func refuse(_ key: String, _ reason: Sentence) -> KernelError {
            KernelError(
                .unavailable, "the model cannot be written as a GGUF file",
                at: "\(path.escapedForDisplay), key \(key)", because: reason,
                hint: "Export it as safetensors instead.")
        }
        let (network, family) = (config.network, config.family)
        if let window = network.window, window < config.maximumPositions,
            network.layers.enumerated().contains(where: {
                ($1.attention.shape.window != nil) != family.ggufWindow.isWindowed($0)
            })
        {
            throw refuse(
                "sliding_window",
                "only some layers have the window of \(window) tokens, and for this architecture the "
                    + "format has it for all layers or for none")
        }
        if let layer = network.layers.first,
            layer.feedForward.activation != family.defaults.activation
        {
            throw refuse(
                family.defaults.activationKey,
                "llama.cpp always computes \(family.defaults.activation.name) for this architecture"
            )
        }
        if let (key, reason) = family.refuseGGUF(network) { throw refuse(key, reason) }
        guard case .yarn(let yarn)? = config.network.rotary.scaling else { return }
        func frequencies(_ yarn: YarnScaling) -> [Double] {
            Rotary(
                headDimension: network.rotary.headDimension, theta: network.rotary.theta,
                scaling: .yarn(yarn)
            ).inverseFrequencies
        }
        guard frequencies(yarn) == frequencies(yarn.withOwnFactorOnly) else {
            let key = yarn.truncatesBounds ? "beta_fast, beta_slow" : "truncate"
            throw refuse(
                "rope_scaling \(key)",
                "llama.cpp always computes YaRN with 32, 1 and rounded bounds")
        }
    }

    /// Vectors stay F32; rows that are no whole blocks become F16; the head suffers most from four
    /// bits and gets eight.
    private static func type(of weight: ParameterSpec, _ dtype: DType, isHead: Bool) -> DType {
        guard weight.shape.count > 1 else { return .f32 }
        let wanted: DType = isHead && dtype == .q4_0 ? .q8_0 : dtype
        return weight.columns % wanted.blockLength == 0 ? wanted : .f16
    }
}
