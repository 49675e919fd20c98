// Reads a ModelConfig from Hugging Face's config.json, old and new spellings, with each family's
// defaults for absent keys. Writing one is in ModelConfig+MakeJSON.

extension ModelConfig {
    /// Reads and checks the config.json at `path`.
    public init(path: String) throws(KernelError) {
        try self.init(json: JSONValue(contentsOf: path, limits: .ofModels), source: path)
    }

    /// Reads and checks a parsed config.json; `source` names it in errors.
    public init(json: JSONValue, source: String) throws(KernelError) {
        var notes: [String] = []
        try self.init(json: json, source: source, notes: &notes)
    }

    /// The same, with what the user should know about the file: ids and keys that are not used.
    init(json: JSONValue, source: String, notes: inout [String]) throws(KernelError) {
        let reader = try ConfigReader(json, source: source)
        try self.init(reader)
        notes += try reader.notes(ConfigKeys.model)
    }

    private init(_ reader: ConfigReader) throws(KernelError) {
        let family = try Self.family(reader)
        try Self.refuseUnsupported(reader)
        let hidden = try reader.requiredInteger("hidden_size", in: ModelLimits.width)
        let heads = try reader.requiredInteger("num_attention_heads", in: ModelLimits.heads)
        let layers = try reader.requiredInteger("num_hidden_layers", in: ModelLimits.layers)
        let vocabulary = try reader.requiredInteger("vocab_size", in: ModelLimits.vocabulary)
        let keyHeads =
            try reader.integer("num_key_value_heads", in: ModelLimits.heads)
            // An explicit null means one key head per query head in all families.
            ?? (!reader.holds("num_key_value_heads") ? family.keyValueHeads : nil) ?? heads
        guard heads % keyHeads == 0 else {
            throw reader.error("num_key_value_heads", "\(keyHeads) does not divide \(heads) heads")
        }
        let positions =
            try reader.integer("max_position_embeddings", in: ModelLimits.positions)
            ?? family.positions
        let window = try Self.window(reader, family: family, layers: layers)
        // Where the family decides, the key stays unread and is told.
        let bias =
            family.hasQueryKeyValueBias == nil ? try reader.bool("attention_bias") ?? false : false
        // Ids of -1 stand for "none" in old files.
        let pad = try reader.integer("pad_token_id", in: -1...ModelLimits.vocabulary.upperBound)
        self.init(
            modelType: family.modelType, vocabularySize: vocabulary, hiddenSize: hidden,
            intermediateSize: try reader.requiredInteger(
                "intermediate_size", in: ModelLimits.intermediate),
            layerCount: layers, headCount: heads, keyValueHeadCount: keyHeads,
            headDimension: try Self.headDimension(
                reader, hidden: hidden, heads: heads, family: family),
            maximumPositions: positions,
            normEpsilon: Float(try reader.double("rms_norm_eps", in: 1e-12...0.1) ?? 1e-6),
            ropeTheta: try Self.theta(reader),
            ropeScaling: try Self.scaling(reader, positions: positions),
            tiedEmbeddings: try reader.bool("tie_word_embeddings") ?? false,
            attentionBias: family.hasQueryKeyValueBias ?? bias,
            attentionOutputBias: family.hasQueryKeyValueBias == nil && bias,
            mlpBias: family.mayHaveMLPBias ? try reader.bool("mlp_bias") ?? false : false,
            queryKeyNorm: family.modelType == "qwen3", slidingWindow: window?.length,
            slidingWindowFirstLayer: window?.firstLayer ?? 0,
            bosTokenID: try reader.tokenIDs("bos_token_id", below: vocabulary).first,
            eosTokenIDs: try reader.tokenIDs("eos_token_id", below: vocabulary),
            padTokenID: pad.flatMap { (0..<vocabulary).contains($0) ? $0 : nil },
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
        // Two names of one function.
        if let activation = try reader.string("hidden_act"),
            !["silu", "swish"].contains(activation)
        {
            throw reader.error(
                "hidden_act", "\"\(activation.escapedForDisplay)\" is not supported, only silu is")
        }
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

    private static func headDimension(
        _ reader: ConfigReader, hidden: Int, heads: Int, family: ModelFamily
    ) throws(KernelError) -> Int {
        let declared = try reader.integer("head_dim", in: ModelLimits.headDimension)
        if let dimension = declared ?? family.headDimension {
            guard dimension % 2 == 0 else { throw reader.error("head_dim", "\(dimension) is odd") }
            return dimension
        }
        guard hidden % heads == 0, (hidden / heads) % 2 == 0 else {
            throw reader.error(
                "num_attention_heads",
                "hidden_size \(hidden) does not divide into \(heads) heads of even width")
        }
        return hidden / heads
    }

    // MARK: - Rotary positions

    private static func theta(_ reader: ConfigReader) throws(KernelError) -> Double {
        let range = 1.0...1e12
        let top = try reader.double("rope_theta", in: range)
        let new = try reader.child("rope_parameters")?.double("rope_theta", in: range)
        let old = try reader.child("rope_scaling")?.double("rope_theta", in: range)
        let theta = new ?? old ?? top ?? 10_000
        if let other = [old, top].compactMap({ $0 }).first(where: { $0 != theta }) {
            reader.remark(
                "\(other) stands beside another one, \(theta), which is used", on: "rope_theta")
        }
        return theta
    }

    /// The scaling under its new and its old name, which must not contradict each other: some programs
    /// write both, and people add the old one to a file that has the new one already.
    private static func scaling(
        _ top: ConfigReader, positions: Int
    ) throws(KernelError) -> RopeScaling? {
        guard let new = try top.child("rope_parameters") else {
            return try top.child("rope_scaling").flatMap { (old) throws(KernelError) in
                try Self.scaling(old, top, positions: positions)
            }
        }
        let scaling = try Self.scaling(new, top, positions: positions)
        if let old = try top.child("rope_scaling"), !old.object.isEmpty,
            try Self.scaling(old, top, positions: positions) != scaling
        {
            throw top.error(
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

    /// The window's length and the first layer that has it, or nil when no layer has one.
    private static func window(
        _ reader: ConfigReader, family: ModelFamily, layers: Int
    ) throws(KernelError) -> (length: Int, firstLayer: Int)? {
        let windowed = try windowedLayers(reader)
        var length: Int?
        var firstLayer = 0
        switch family.modelType {
        case "llama": break
        case "mistral":
            length = try reader.integer("sliding_window", in: ModelLimits.positions)
            // An absent key means the family's default, an explicit null means no window.
            if !reader.holds("sliding_window") { length = family.slidingWindow }
        default:
            // Published files keep both numbers while the window is off.
            reader.pass("sliding_window", "max_window_layers")
            if try reader.bool("use_sliding_window") ?? false {
                length = try reader.integer("sliding_window", in: ModelLimits.positions) ?? 4_096
                firstLayer = try reader.integer("max_window_layers", in: 0...1 << 20) ?? 28
            }
        }
        guard let length else {
            if windowed?.contains(true) == true {
                throw reader.error(
                    "layer_types", "windowed layers are named, but there is no window")
            }
            return nil
        }
        if let windowed {
            if family.modelType == "mistral" {
                // The family's own network has the window in every layer, whatever the list says.
                guard windowed.allSatisfy({ $0 }) else {
                    throw reader.error(
                        "layer_types", "layers without the window are not supported in this family")
                }
            }
            firstLayer = windowed.firstIndex(of: true) ?? layers
            guard windowed.count == layers, windowed.dropFirst(firstLayer).allSatisfy({ $0 }) else {
                throw reader.error(
                    "layer_types", "windowed layers must be the last ones of all \(layers)")
            }
        }
        return firstLayer < layers ? (length, firstLayer) : nil
    }

    /// Which layers the file lists as windowed; nil without a list.
    private static func windowedLayers(_ reader: ConfigReader) throws(KernelError) -> [Bool]? {
        guard let kinds = reader.value("layer_types")?.array else { return nil }
        var windowed: [Bool] = []
        for kind in kinds {
            switch kind.string {
            case "full_attention", "attention": windowed.append(false)
            case "sliding_attention": windowed.append(true)
            default:
                throw reader.error(
                    "layer_types",
                    "\(kind.text().escapedForDisplay) is neither full nor sliding attention")
            }
        }
        return windowed
    }
}
