// Which tensors a GGUF file gets, under which names, types and row orders, after the conventions of
// llama.cpp's converter and quantizer. It reads no weights.

/// One tensor of a GGUF file to write.
struct GGUFTensorPlan {
    let weight: ParameterSpec
    let spec: WeightSpec
    let permutation: RowPermutation?
}

/// The tensors of a GGUF file.
struct GGUFPlan {
    let tensors: [GGUFTensorPlan]
    /// Fallbacks, as remarks for the user.
    let notes: [String]

    init(_ weights: [ParameterSpec], config: ModelConfig, dtype: DType) {
        let architecture = Self.architecture(of: config)
        var fallbacks: [DType: [String]] = [:]
        tensors = weights.map { weight in
            guard let name = GGUFNames.ggufName(of: weight.name) else {
                preconditionFailure("\(weight.name) has no name in GGUF")
            }
            let isHead =
                name == "output.weight" || (config.tiedEmbeddings && name == "token_embd.weight")
            let type = Self.type(of: weight, dtype, isHead: isHead)
            if weight.shape.count > 1, type != dtype { fallbacks[type, default: []].append(name) }
            let isPermuted = GGUFNames.permutedProjection(name, architecture: architecture) != nil
            return GGUFTensorPlan(
                weight: weight, spec: WeightSpec(name: name, dtype: type, shape: weight.shape),
                permutation: isPermuted ? RowPermutation(headDimension: config.headDimension) : nil)
        }
        notes = fallbacks.sorted { $0.key.rawValue < $1.key.rawValue }.map { type, names in
            let more = names.count > 1 ? " and \(names.count - 1) more" : ""
            return "\(names[0])\(more) stored as \(type.rawValue) instead of \(dtype.rawValue)"
        }
    }

    /// Mistral's models are llama to GGUF.
    static func architecture(of config: ModelConfig) -> String {
        config.modelType == "mistral" ? "llama" : config.modelType
    }

    /// Vectors stay F32; rows that are no whole blocks become F16; the head suffers most from four
    /// bits and gets eight.
    private static func type(of weight: ParameterSpec, _ dtype: DType, isHead: Bool) -> DType {
        guard weight.shape.count > 1 else { return .f32 }
        let wanted: DType = isHead && dtype == .q4_0 ? .q8_0 : dtype
        return weight.columns % wanted.blockLength == 0 ? wanted : .f16
    }
}
