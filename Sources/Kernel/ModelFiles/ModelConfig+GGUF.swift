// Reads a ModelConfig from the metadata and the tensor directory of a GGUF file, by the names of config.json.
// Switches that GGUF has no key for (tied head, biases, norms of heads, Llama 3.1 factors) follow from the tensors.

extension ModelConfig {
    /// Reads and checks the configuration that `file` carries.
    public init(gguf file: GGUFFile) throws(KernelError) {
        let reader = try GGUFConfigReader(file)
        let sizes = try NetworkSizes(reader, reader.family)
        var network = try reader.family.network(reader, sizes)
        try reader.takeSwitches(into: &network)
        network.paddingID = try reader.tokenID("padding_token_id", below: sizes.vocabulary)
        // All that llama.cpp ends an answer with, by the file's own word.
        var ends: [Int] = []
        for name in ["eos", "eot", "eom"] {
            if let id = try reader.tokenID("\(name)_token_id", below: sizes.vocabulary),
                !ends.contains(id)
            {
                ends.append(id)
            }
        }
        self.init(
            modelType: reader.family.modelType, network: network,
            maximumPositions: sizes.positions,
            bosTokenID: try reader.tokenID("bos_token_id", below: sizes.vocabulary),
            eosTokenIDs: ends)
        try reader.refuseNonCausal()
    }

    /// What the user should know about the metadata: ids and keys that are not used.
    static func notes(gguf file: GGUFFile) throws(KernelError) -> [Sentence] {
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
        return file.metadata.ledger.remarks.map { "\(name): \($0)" as Sentence } + findings.notes
    }
}

/// Reads `{architecture}.…` metadata with ranges; every error names the key and the file.
private struct GGUFConfigReader: ConfigSource {
    let file: GGUFFile
    let architecture: String
    let family: ModelFamily

    var isGGUF: Bool { true }

    /// What GGUF calls the keys of config.json, behind the architecture; the others it has not.
    private static let keys = [
        "hidden_size": "embedding_length", "num_hidden_layers": "block_count",
        "intermediate_size": "feed_forward_length", "max_position_embeddings": "context_length",
        "num_attention_heads": "attention.head_count",
        "num_key_value_heads": "attention.head_count_kv", "head_dim": "attention.key_length",
        "rms_norm_eps": "attention.layer_norm_rms_epsilon", "rope_theta": "rope.freq_base",
        "sliding_window": "attention.sliding_window", "vocab_size": "vocab_size",
        "attn_logit_softcapping": "attn_logit_softcapping",
        "final_logit_softcapping": "final_logit_softcapping",
    ]

    init(_ file: GGUFFile) throws(KernelError) {
        self.file = file
        let key = "general.architecture"
        guard let name = try file.metadata.string(key) else {
            throw KernelError(
                .badData, "the GGUF file does not say what model it holds", at: file.path,
                because: "\(key) is missing")
        }
        architecture = name
        guard let family = ModelFamily.of(architecture: name) else {
            var names: [String] = []
            for family in ModelFamily.all where !names.contains(family.ggufArchitecture) {
                names.append(family.ggufArchitecture)
            }
            throw KernelError(
                .unavailable, "the model type is not supported", at: "\(file.path), key \(key)",
                because:
                    "\"\(name.escapedForDisplay)\" is not one of \(names.joined(separator: ", "))",
                hint: "Choose a model of a supported type")
        }
        self.family = family
        if let experts = try stored("expert_count", in: 0...1 << 20), experts > 0 {
            throw refusal("expert_count", "mixtures of experts are not supported")
        }
    }

    // MARK: - Keys of config.json

    func integer(_ key: String, in range: ClosedRange<Int>) throws(KernelError) -> Int? {
        guard let name = Self.keys[key] else { return nil }
        return try stored(name, in: range)
    }

    func double(_ key: String, in range: ClosedRange<Double>) throws(KernelError) -> Double? {
        guard let name = Self.keys[key] else { return nil }
        return try stored(name, in: range)
    }

    /// The tensors say it: `takeSwitches`.
    func bool(_ key: String) throws(KernelError) -> Bool? { nil }

    func holds(_ key: String) -> Bool {
        Self.keys[key].map { file.metadata["\(architecture).\($0)"] != nil } ?? false
    }

    func pass(_ keys: String...) {}

    func error(_ key: String, _ reason: Sentence, hint: Sentence?) -> KernelError {
        refusal(Self.keys[key] ?? key, reason, hint: hint)
    }

    /// llama.cpp fixes it for each architecture.
    func activation(_ key: String) throws(KernelError) -> Activation? { nil }

    func windowedLayers(of count: Int, hasWindow: Bool) throws(KernelError) -> [Bool]? { nil }

    func ropeTheta() throws(KernelError) -> Double {
        try stored("rope.freq_base", in: 1.0...1e12) ?? 10_000
    }

    /// What the tensors say, and the window that the file names where the family itself asks for none.
    func takeSwitches(into network: inout DecoderSpec) throws(KernelError) {
        let names = family.names
        func has(_ role: WeightRole, bias: Bool = false) -> Bool {
            let path = names.paths(role, layer: role.isInBlock ? 0 : nil).huggingFace
            return file.entry(named: path + (bias ? ".bias" : ".weight")) != nil
        }
        network.head.isTied = !has(.head)
        let window = try integer("sliding_window", in: 0...ModelLimits.positions.upperBound)
        let normalizesHeads = has(.norm(.query))
        for index in network.layers.indices {
            let norm = network.layers[index].norms[.attention] ?? network.finalNorm
            network.layers[index].attention.hasInputBias = has(.linear(.query), bias: true)
            network.layers[index].attention.hasOutputBias = has(.linear(.output), bias: true)
            network.layers[index].feedForward.hasBias = has(.linear(.up), bias: true)
            network.layers[index].norms[.query] = normalizesHeads ? norm : nil
            network.layers[index].norms[.key] = normalizesHeads ? norm : nil
            if family.ggufWindow == .unused {
                network.layers[index].attention.shape.window = window.flatMap { $0 > 0 ? $0 : nil }
            }
        }
        let dimension = network.rotary.headDimension
        for key in ["attention.value_length", "rope.dimension_count"] {
            if let other = try stored(key, in: ModelLimits.headDimension), other != dimension {
                throw refusal(key, "\(other) is not supported, heads are \(dimension) wide")
            }
        }
    }

    // MARK: - Keys of the file

    private func refusal(_ key: String, _ reason: Sentence, hint: Sentence? = nil) -> KernelError {
        KernelError(
            .badData, "cannot use the GGUF metadata",
            at: "\(file.path.escapedForDisplay), key \(architecture).\(key)", because: reason,
            hint: hint ?? ConfigReader.remedy)
    }

    /// An integer, or an array of one integer repeated for each layer.
    private func stored(_ key: String, in range: ClosedRange<Int>) throws(KernelError) -> Int? {
        let full = "\(architecture).\(key)"
        let number: Int?
        if let value = file.metadata[full], value.array?.integers != nil {
            guard let same = value.uniformInteger else {
                throw refusal(key, "values that differ between layers are not supported")
            }
            number = same
        } else {
            number = try file.metadata.integer(full)
        }
        guard let number else { return nil }
        guard range.contains(number) else {
            throw refusal(key, "\(number) is not in \(range.lowerBound)…\(range.upperBound)")
        }
        return number
    }

    private func stored(_ key: String, in range: ClosedRange<Double>) throws(KernelError) -> Double?
    {
        guard let number = try file.metadata.double("\(architecture).\(key)") else { return nil }
        guard number.isFinite, range.contains(number) else {
            throw refusal(key, "\(number) is not in \(range.lowerBound)…\(range.upperBound)")
        }
        return number
    }

    func tokenID(_ key: String, below count: Int) throws(KernelError) -> Int? {
        try file.metadata.tokenID("tokenizer.ggml.\(key)", below: count)
    }

    func refuseNonCausal() throws(KernelError) {
        if try file.metadata.bool("\(architecture).attention.causal") == false {
            throw refusal("attention.causal", "only causal attention is supported")
        }
    }

    /// The rows of the embedding, which must agree with `vocab_size` when that is given.
    func vocabularySize() throws(KernelError) -> Int {
        let rows = file.entry(named: "model.embed_tokens.weight")?.shape.first
        let declared = try stored("vocab_size", in: ModelLimits.vocabulary)
        guard let size = rows ?? declared else { throw refusal("vocab_size", "it is missing") }
        guard ModelLimits.vocabulary.contains(size), declared ?? size == size else {
            throw refusal("vocab_size", "\(declared ?? size), but the embedding has \(size) rows")
        }
        return size
    }

    /// The scaling as llama.cpp applies it: linear where a factor stands without a type, a factor of 0 is
    /// none, and `attn_factor` comes on top of what YaRN itself does to the attention.
    func ropeScaling(positions: Int, headDimension: Int) throws(KernelError) -> RopeScaling? {
        let factors = 1.0...1e6
        let key = "rope.scaling.type"
        let type = try file.metadata.string("\(architecture).\(key)") ?? "linear"
        func number(_ key: String) throws(KernelError) -> Double? {
            if try stored(key, in: 0.0...1e6) == 0 { return nil }
            return try stored(key, in: factors)
        }
        let given = try number("rope.scaling.factor")
        let old = try number("rope.scale_linear")
        let factor = given ?? old
        let original =
            try stored("rope.scaling.original_context_length", in: ModelLimits.positions)
        let attention = try stored("rope.scaling.attn_factor", in: 1e-3...1e3) ?? 1
        if attention != 1, type != "yarn" {
            throw refusal("rope.scaling.attn_factor", "\(attention) is supported with yarn only")
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
                throw refusal("rope.scaling.factor", "it is missing")
            }
            scaling = factor.flatMap { $0 == 1 ? nil : .linear(factor: $0) }
        case "yarn":
            guard let factor else { throw refusal("rope.scaling.factor", "it is missing") }
            let plain = YarnScaling(
                factor: factor, originalMaximumPositions: original ?? positions)
            var yarn = plain
            if attention != 1 { yarn.attentionFactor = attention * plain.effectiveAttentionFactor }
            scaling = .yarn(yarn)
        default:
            throw refusal(key, "\"\(type.escapedForDisplay)\" is not one of none, linear, yarn")
        }
        guard let listed else { return scaling }
        guard scaling == nil else {
            throw refusal(
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
