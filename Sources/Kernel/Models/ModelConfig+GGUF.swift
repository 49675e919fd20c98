// Reads a ModelConfig from the metadata and the tensor directory of a GGUF file.
// Switches that GGUF has no key for (tied head, biases, Llama 3.1 factors) follow from the tensors.

extension ModelConfig {
    /// Reads and checks the configuration that `file` carries.
    public init(gguf file: GGUFFile) throws(KernelError) {
        let reader = try GGUFConfigReader(file)
        let hidden = try reader.integer("embedding_length", in: ModelLimits.width)
        let heads = try reader.integer("attention.head_count", in: ModelLimits.heads)
        let keyHeads =
            try reader.optionalInteger("attention.head_count_kv", in: ModelLimits.heads) ?? heads
        guard heads % keyHeads == 0 else {
            throw reader.error(
                "attention.head_count_kv", "\(keyHeads) does not divide \(heads) heads")
        }
        let dimension = try reader.headDimension(hidden: hidden, heads: heads)
        let positions = try reader.integer("context_length", in: ModelLimits.positions)
        let vocabulary = try reader.vocabularySize()
        func has(_ name: String) -> Bool { file.entry(named: name) != nil }
        let attention = "model.layers.0.self_attn."
        // All that llama.cpp ends an answer with, by the file's own word.
        var ends: [Int] = []
        for name in ["eos", "eot", "eom"] {
            if let id = try reader.tokenID("\(name)_token_id", below: vocabulary),
                !ends.contains(id)
            {
                ends.append(id)
            }
        }
        self.init(
            modelType: reader.architecture, vocabularySize: vocabulary, hiddenSize: hidden,
            intermediateSize: try reader.integer(
                "feed_forward_length", in: ModelLimits.intermediate),
            layerCount: try reader.integer("block_count", in: ModelLimits.layers),
            headCount: heads, keyValueHeadCount: keyHeads, headDimension: dimension,
            maximumPositions: positions,
            normEpsilon: Float(
                try reader.requiredDouble("attention.layer_norm_rms_epsilon", in: Self.epsilons)),
            ropeTheta: try reader.double("rope.freq_base", in: 1...1e12) ?? 10_000,
            ropeScaling: try reader.scaling(positions: positions, headDimension: dimension),
            tiedEmbeddings: !has("lm_head.weight"),
            attentionBias: has(attention + "q_proj.bias"),
            attentionOutputBias: has(attention + "o_proj.bias"),
            mlpBias: has("model.layers.0.mlp.up_proj.bias"),
            queryKeyNorm: has(attention + "q_norm.weight"),
            slidingWindow: try reader.optionalInteger(
                "attention.sliding_window", in: 0...ModelLimits.positions.upperBound
            ).flatMap { $0 > 0 ? $0 : nil },
            bosTokenID: try reader.tokenID("bos_token_id", below: vocabulary),
            eosTokenIDs: ends,
            padTokenID: try reader.tokenID("padding_token_id", below: vocabulary))
        try reader.refuseNonCausal()
    }

    /// The bounds of config.json, which float32 rounds outward.
    private static let epsilons = Double(Float(1e-12))...Double(Float(0.1))

    /// What the user should know about the metadata: ids and keys that are not used.
    static func notes(gguf file: GGUFFile) throws(KernelError) -> [String] {
        let name = file.path.lastPathPart.escapedForDisplay
        let prefix = "\(file.architecture)."
        let findings = GGUFKeys.table.findings(
            file.metadata.unread.map { ($0.key, $0.value.json) }, source: name
        ) { $0.hasPrefix(prefix) ? "{arch}." + $0.dropFirst(prefix.count) : $0 }
        if let (key, reason) = findings.refusal {
            throw KernelError(
                .badData, "cannot use the GGUF metadata",
                at: "\(file.path.escapedForDisplay), key \(key.escapedForDisplay)", because: reason,
                hint: ConfigReader.remedy)
        }
        return file.metadata.ledger.remarks.map { "\(name): \($0)" } + findings.notes
    }
}

/// Reads `{architecture}.…` metadata with ranges; every error names the key and the file.
private struct GGUFConfigReader {
    let file: GGUFFile
    let architecture: String

    init(_ file: GGUFFile) throws(KernelError) {
        self.file = file
        let list = ModelConfig.supportedTypes.filter { $0 != "mistral" }.joined(separator: ", ")
        let key = "general.architecture"
        guard let name = try file.metadata.string(key) else {
            throw KernelError(
                .badData, "the GGUF file does not say what model it holds", at: file.path,
                because: "\(key) is missing")
        }
        architecture = name
        guard ModelConfig.supportedTypes.contains(name) else {
            throw KernelError(
                .unavailable, "the model type is not supported", at: "\(file.path), key \(key)",
                because: "\"\(name.escapedForDisplay)\" is not one of \(list)",
                hint: "Choose a model of a supported type")
        }
        if let experts = try optionalInteger("expert_count", in: 0...1 << 20), experts > 0 {
            throw error("expert_count", "mixtures of experts are not supported")
        }
    }

    func error(_ key: String, _ reason: String) -> KernelError {
        KernelError(
            .badData, "cannot use the GGUF metadata",
            at: "\(file.path.escapedForDisplay), key \(architecture).\(key)", because: reason,
            hint: ConfigReader.remedy)
    }

    /// An integer, or an array of one integer repeated for each layer.
    func optionalInteger(_ key: String, in range: ClosedRange<Int>) throws(KernelError) -> Int? {
        let full = "\(architecture).\(key)"
        let number: Int?
        if let value = file.metadata[full], value.array?.integers != nil {
            guard let same = value.uniformInteger else {
                throw error(key, "values that differ between layers are not supported")
            }
            number = same
        } else {
            number = try file.metadata.integer(full)
        }
        guard let number else { return nil }
        guard range.contains(number) else {
            throw error(key, "\(number) is not in \(range.lowerBound)…\(range.upperBound)")
        }
        return number
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(KernelError) -> Int {
        guard let number = try optionalInteger(key, in: range) else {
            throw error(key, "it is missing")
        }
        return number
    }

    func double(_ key: String, in range: ClosedRange<Double>) throws(KernelError) -> Double? {
        guard let number = try file.metadata.double("\(architecture).\(key)") else { return nil }
        guard number.isFinite, range.contains(number) else {
            throw error(key, "\(number) is not in \(range.lowerBound)…\(range.upperBound)")
        }
        return number
    }

    func requiredDouble(_ key: String, in range: ClosedRange<Double>) throws(KernelError) -> Double
    {
        guard let number = try double(key, in: range) else { throw error(key, "it is missing") }
        return number
    }

    func tokenID(_ key: String, below count: Int) throws(KernelError) -> Int? {
        try file.metadata.tokenID("tokenizer.ggml.\(key)", below: count)
    }

    func refuseNonCausal() throws(KernelError) {
        if try file.metadata.bool("\(architecture).attention.causal") == false {
            throw error("attention.causal", "only causal attention is supported")
        }
    }

    func headDimension(hidden: Int, heads: Int) throws(KernelError) -> Int {
        let range = ModelLimits.headDimension
        let declared = try optionalInteger("attention.key_length", in: range)
        guard declared != nil || hidden % heads == 0 else {
            throw error("attention.head_count", "\(heads) heads do not divide the width \(hidden)")
        }
        let dimension = declared ?? hidden / heads
        guard range.contains(dimension), dimension % 2 == 0 else {
            throw error("attention.key_length", "heads of width \(dimension) are not supported")
        }
        for key in ["attention.value_length", "rope.dimension_count"] {
            if let other = try optionalInteger(key, in: range), other != dimension {
                throw error(key, "\(other) is not supported, heads are \(dimension) wide")
            }
        }
        return dimension
    }

    /// The rows of the embedding, which must agree with `vocab_size` when that is given.
    func vocabularySize() throws(KernelError) -> Int {
        let rows = file.entry(named: "model.embed_tokens.weight")?.shape.first
        let declared = try optionalInteger("vocab_size", in: ModelLimits.vocabulary)
        guard let size = rows ?? declared else { throw error("vocab_size", "it is missing") }
        guard ModelLimits.vocabulary.contains(size), declared ?? size == size else {
            throw error("vocab_size", "\(declared ?? size), but the embedding has \(size) rows")
        }
        return size
    }

    /// The scaling as llama.cpp applies it: linear where a factor stands without a type, a factor of 0 is
    /// none, and `attn_factor` comes on top of what YaRN itself does to the attention.
    func scaling(positions: Int, headDimension: Int) throws(KernelError) -> RopeScaling? {
        let factors = 1.0...1e6
        let key = "rope.scaling.type"
        let type = try file.metadata.string("\(architecture).\(key)") ?? "linear"
        func number(_ key: String) throws(KernelError) -> Double? {
            if try double(key, in: 0...1e6) == 0 { return nil }
            return try double(key, in: factors)
        }
        let given = try number("rope.scaling.factor")
        let old = try number("rope.scale_linear")
        let factor = given ?? old
        let original =
            try optionalInteger("rope.scaling.original_context_length", in: ModelLimits.positions)
        let attention = try double("rope.scaling.attn_factor", in: 1e-3...1e3) ?? 1
        if attention != 1, type != "yarn" {
            throw error("rope.scaling.attn_factor", "\(attention) is supported with yarn only")
        }
        let listed = try file.entry(named: GGUFNames.rotaryFactors).map {
            (entry) throws(KernelError) in
            RopeScaling.frequencyFactors(try rotaryFactors(entry, count: headDimension / 2))
        }
        let scaling: RopeScaling?
        switch type {
        case "none": scaling = nil
        case "linear":
            if factor == nil, file.metadata["\(architecture).\(key)"] != nil {
                throw error("rope.scaling.factor", "it is missing")
            }
            scaling = factor.flatMap { $0 == 1 ? nil : .linear(factor: $0) }
        case "yarn":
            guard let factor else { throw error("rope.scaling.factor", "it is missing") }
            let plain = YarnScaling(
                factor: factor, originalMaximumPositions: original ?? positions)
            var yarn = plain
            if attention != 1 { yarn.attentionFactor = attention * plain.effectiveAttentionFactor }
            scaling = .yarn(yarn)
        default:
            throw error(key, "\"\(type.escapedForDisplay)\" is not one of none, linear, yarn")
        }
        guard let listed else { return scaling }
        guard scaling == nil else {
            throw error(
                key, "a scaling beside the factors in \(GGUFNames.rotaryFactors) is not supported")
        }
        return listed
    }

    private func rotaryFactors(_ entry: WeightEntry, count: Int) throws(KernelError) -> [Float] {
        guard entry.dtype == .f32, entry.shape == [count] else {
            throw KernelError(
                .badData, "the rotary factors do not fit the model",
                at: "\(file.path), tensor \(GGUFNames.rotaryFactors)",
                because: "expected f32 [\(count)], found \(entry.dtype.rawValue) \(entry.shape)")
        }
        let bytes = file.bytes(of: entry)
        let factors = (0..<count).map {
            Float(
                bitPattern: UInt32(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
        }
        guard factors.allSatisfy({ $0.isFinite && $0 > 0 }) else {
            throw KernelError(
                .badData, "the rotary factors do not fit the model",
                at: "\(file.path), tensor \(GGUFNames.rotaryFactors)",
                because: "a factor is not a positive number")
        }
        return factors
    }
}
