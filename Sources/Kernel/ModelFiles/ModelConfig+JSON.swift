// Reads a ModelConfig from Hugging Face's config.json, old and new spellings, with each family's
// defaults for absent keys. Writing one is in ModelConfig+MakeJSON.

extension ModelConfig {
    /// Reads and checks the config.json at `path`.
    public init(path: String) throws(KernelError) {
        try self.init(json: JSONValue(contentsOf: path, limits: .ofModels), source: path)
    }

    /// Reads and checks a parsed config.json; `source` names it in errors.
    public init(json: JSONValue, source: String) throws(KernelError) {
        var notes: [Sentence] = []
        try self.init(json: json, source: source, notes: &notes)
    }

    /// The same, with what the user should know about the file: ids and keys that are not used.
    init(json: JSONValue, source: String, notes: inout [Sentence]) throws(KernelError) {
        let reader = try ConfigReader(json, source: source)
        try self.init(reader)
        notes += try reader.notes(ConfigKeys.model)
    }

    private init(_ reader: ConfigReader) throws(KernelError) {
        let family = try Self.family(reader)
        try Self.refuseUnsupported(reader)
        let sizes = try NetworkSizes(reader, family)
        var network = try family.network(reader, sizes)
        // Ids of -1 stand for "none" in old files.
        let pad = try reader.integer("pad_token_id", in: -1...ModelLimits.vocabulary.upperBound)
        network.paddingID = pad.flatMap { (0..<sizes.vocabulary).contains($0) ? $0 : nil }
        self.init(
            modelType: family.modelType, network: network, maximumPositions: sizes.positions,
            bosTokenID: try reader.tokenIDs("bos_token_id", below: sizes.vocabulary).first,
            eosTokenIDs: try reader.tokenIDs("eos_token_id", below: sizes.vocabulary),
            rawJSON: .object(reader.object))
    }

    private static func family(_ reader: ConfigReader) throws(KernelError) -> ModelFamily {
        let list = ModelConfig.supportedTypes.joined(separator: ", ")
        guard let type = try reader.string("model_type") else {
            throw reader.error("model_type", "it is missing; supported are \(list)")
        }
        guard let family = ModelFamily.named(type) else {
            throw KernelError(
                .unavailable, "the model type is not supported",
                at: "\(reader.source.escapedForDisplay), key model_type",
                because: "\"\(type.escapedForDisplay)\" is not one of \(list)",
                hint: "Choose a model of a supported type")
        }
        return family
    }

    private static func refuseUnsupported(_ reader: ConfigReader) throws(KernelError) {
        if let classes = reader.value("architectures") {
            let names = (classes.array ?? [classes]).compactMap(\.string)
            if let other = names.first(where: { !$0.hasSuffix("ForCausalLM") }) {
                reader.remark(
                    "names \(other.escapedForDisplay): its weights are used as a language model's",
                    on: "architectures")
            }
        }
        if reader.value("quantization_config") != nil {
            throw reader.error(
                "quantization_config", "weights packed for other programs cannot be read",
                hint: "Use the unquantized model or a GGUF file; Workbench quantizes by itself")
        }
        if let share = try reader.double("partial_rotary_factor", in: 0...1), share != 1 {
            throw reader.error("partial_rotary_factor", "\(share) is not supported, only 1 is")
        }
    }

}

extension ConfigReader: ConfigSource {
    var isGGUF: Bool { false }

    func vocabularySize() throws(KernelError) -> Int {
        try requiredInteger("vocab_size", in: ModelLimits.vocabulary)
    }

    func activation(_ key: String) throws(KernelError) -> Activation? {
        guard let name = try string(key) else { return nil }
        guard let activation = Activation(name: name) else {
            throw error(
                key,
                "\"\(name.escapedForDisplay)\" is not one of \(Activation.names.joined(separator: ", "))"
            )
        }
        return activation
    }

    // MARK: - Rotary positions

    func ropeTheta() throws(KernelError) -> Double {
        let range = 1.0...1e12
        let top = try double("rope_theta", in: range)
        let new = try child("rope_parameters")?.double("rope_theta", in: range)
        let old = try child("rope_scaling")?.double("rope_theta", in: range)
        let theta = new ?? old ?? top ?? 10_000
        if let other = [old, top].compactMap({ $0 }).first(where: { $0 != theta }) {
            remark(
                "\(other) stands beside another one, \(theta), which is used", on: "rope_theta")
        }
        return theta
    }

    /// The scaling under its new and its old name, which must not contradict each other: some programs
    /// write both, and people add the old one to a file that has the new one already.
    func ropeScaling(positions: Int, headDimension: Int) throws(KernelError) -> RopeScaling? {
        guard let new = try child("rope_parameters") else {
            return try child("rope_scaling").flatMap { (old) throws(KernelError) in
                try Self.scaling(old, self, positions: positions)
            }
        }
        let scaling = try Self.scaling(new, self, positions: positions)
        if let old = try child("rope_scaling"), !old.object.isEmpty,
            try Self.scaling(old, self, positions: positions) != scaling
        {
            throw error(
                "rope_scaling", "it says another scaling than rope_parameters",
                hint: "Leave one of the two in the file")
        }
        return scaling
    }

    private static func scaling(
        _ reader: ConfigReader, _ top: ConfigReader, positions: Int
    ) throws(KernelError) -> RopeScaling? {
        let newKey = try reader.string("rope_type")
        let oldKey = try reader.string("type")
        let type = newKey ?? oldKey
        if type == nil,
            let key = reader.object.keys.first(where: { reader.object[$0]?.object != nil })
        {
            throw reader.error(key, "settings per kind of layer are not supported")
        }
        let factors = 1.0...1e6
        let name = "original_max_position_embeddings"
        let ownOriginal = try reader.integer(name, in: ModelLimits.positions)
        // A length beside the settings goes before the one in them.
        let original =
            ["llama3", "yarn"].contains(type)
            ? try top.integer(name, in: ModelLimits.positions) ?? ownOriginal : ownOriginal
        switch type ?? "default" {
        case "default": return nil
        case "linear": return .linear(factor: try reader.requiredDouble("factor", in: factors))
        case "dynamic":
            return .dynamic(
                factor: try reader.requiredDouble("factor", in: factors),
                originalMaximumPositions: original ?? positions)
        case "llama3":
            let low = try reader.requiredDouble("low_freq_factor", in: 1e-3...1e6)
            let high = try reader.requiredDouble("high_freq_factor", in: 1e-3...1e6)
            guard low < high else {
                throw reader.error(
                    "high_freq_factor", "\(high) is not above low_freq_factor \(low)")
            }
            return .llama3(
                factor: try reader.requiredDouble("factor", in: factors),
                lowFrequencyFactor: low, highFrequencyFactor: high,
                originalMaximumPositions: original ?? positions)
        case "yarn":
            return .yarn(try yarn(reader, original: original ?? positions, factors: factors))
        case let other:
            throw reader.error(
                newKey == nil ? "type" : "rope_type",
                "\"\(other.escapedForDisplay)\" is not one of default, linear, dynamic, llama3, yarn"
            )
        }
    }

    private static func yarn(
        _ reader: ConfigReader, original: Int, factors: ClosedRange<Double>
    ) throws(KernelError) -> YarnScaling {
        YarnScaling(
            factor: try reader.requiredDouble("factor", in: factors),
            originalMaximumPositions: original,
            attentionFactor: try reader.double("attention_factor", in: 1e-3...1e3),
            betaFast: try reader.double("beta_fast", in: 1e-3...1e6) ?? 32,
            betaSlow: try reader.double("beta_slow", in: 1e-3...1e6) ?? 1,
            scaleMultiplier: try reader.double("mscale", in: 0...1e3),
            scaleMultiplierAllDimensions: try reader.double("mscale_all_dim", in: 0...1e3),
            truncatesBounds: try reader.bool("truncate") ?? true)
    }

    // MARK: - Sliding window

    func windowedLayers(of count: Int, hasWindow: Bool) throws(KernelError) -> [Bool]? {
        guard let kinds = value("layer_types")?.array else { return nil }
        var windowed: [Bool] = []
        for kind in kinds {
            switch kind.string {
            case "full_attention", "attention": windowed.append(false)
            case "sliding_attention": windowed.append(true)
            default:
                throw error(
                    "layer_types",
                    "\(kind.text().escapedForDisplay) is neither full nor sliding attention")
            }
        }
        if windowed.contains(true), !hasWindow {
            throw error("layer_types", "windowed layers are named, but there is no window")
        }
        guard windowed.count == count || !hasWindow else {
            throw error("layer_types", "\(windowed.count) layers are listed of \(count)")
        }
        return windowed
    }
}
