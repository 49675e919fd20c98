// The general and architecture part of a GGUF file's metadata, under the keys and types that
// llama.cpp's converter uses. Tokenizer keys are GGUFVocabulary's.

import Foundation

extension GGUFMetadata {
    /// Metadata of a model in `dtype`; remarks about what GGUF cannot say are added to `notes`.
    init(
        _ config: ModelConfig, base: ModelFolder, name: String, dtype: DType, elements: Int,
        notes: inout [Sentence]
    ) {
        self.init()
        let architecture = config.family.ggufArchitecture
        set("general.architecture", .string(architecture))
        set("general.type", .string("model"))
        set("general.name", .string(name))
        if case .gguf(let file) = base.tokenizerSource { copyDescription(from: file.metadata) }
        set("general.size_label", .string(Self.sizeLabel(elements)))
        addSizes(config, architecture + ".")
        addRotary(config, architecture + ".", &notes)
        set("general.file_type", .uint32(Self.fileType(dtype)))
        set("general.quantization_version", .uint32(2))
    }

    /// What people wrote about the base: licence, authors, languages.
    private mutating func copyDescription(from other: GGUFMetadata) {
        let own = [
            "architecture", "type", "name", "size_label", "file_type", "quantization_version",
            "alignment",
        ].map { "general." + $0 }
        for pair in other.pairs where pair.key.hasPrefix("general.") && !own.contains(pair.key) {
            set(pair.key, pair.value)
        }
    }

    private mutating func addSizes(_ config: ModelConfig, _ prefix: String) {
        let network = config.network
        let (attention, width) = (network.layers[0].attention, network.layers[0].feedForward.width)
        func put(_ key: String, _ value: Int) {
            set(prefix + key, .uint32(UInt32(clamping: value)))
        }
        put("block_count", network.layers.count)
        put("context_length", config.maximumPositions)
        put("embedding_length", network.hiddenSize)
        put("feed_forward_length", width)
        put("attention.head_count", attention.shape.heads)
        put("attention.head_count_kv", attention.shape.keyValueHeads)
        set(prefix + "rope.freq_base", .float32(Float(network.rotary.theta)))
        set(prefix + "attention.layer_norm_rms_epsilon", .float32(network.finalNorm.epsilon))
        put("attention.key_length", attention.headDimension)
        put("attention.value_length", attention.headDimension)
        put("rope.dimension_count", attention.headDimension)
        put("vocab_size", network.vocabularySize)
        if let cap = attention.shape.softCap {
            set(prefix + "attn_logit_softcapping", .float32(cap))
        }
        if let cap = network.head.softCap {
            set(prefix + "final_logit_softcapping", .float32(cap))
        }
    }

    private mutating func addRotary(
        _ config: ModelConfig, _ prefix: String, _ notes: inout [Sentence]
    ) {
        // A window as long as the context is none.
        if let window = config.network.window, window < config.maximumPositions {
            set(prefix + "attention.sliding_window", .uint32(UInt32(clamping: window)))
            if config.family.ggufWindow == .unused {
                notes.append("llama.cpp does not apply this model's window of \(window) tokens")
            }
        }
        switch config.network.rotary.scaling {
        case nil, .llama3?, .frequencyFactors?: break
        case .dynamic?:
            notes.append("GGUF cannot say dynamic rotary scaling: long texts will differ")
        case .linear(let factor)?:
            set(prefix + "rope.scaling.type", .string("linear"))
            set(prefix + "rope.scaling.factor", .float32(Float(factor)))
        case .yarn(let yarn)?:
            set(prefix + "rope.scaling.type", .string("yarn"))
            set(prefix + "rope.scaling.factor", .float32(Float(yarn.factor)))
            set(
                prefix + "rope.scaling.original_context_length",
                .uint32(UInt32(clamping: yarn.originalMaximumPositions)))
            // llama.cpp multiplies what YaRN itself does to the attention by this key.
            let own = yarn.withOwnFactorOnly.effectiveAttentionFactor
            if yarn.effectiveAttentionFactor != own {
                set(
                    prefix + "rope.scaling.attn_factor",
                    .float32(Float(yarn.effectiveAttentionFactor / own)))
            }
        }
    }

    /// The number of llama.cpp's file types.
    static func fileType(_ dtype: DType) -> UInt32 {
        switch dtype {
        case .f16: 1
        case .q4_0: 2
        case .q4_1: 3
        case .q8_0: 7
        case .bf16: 32
        default: 0
        }
    }

    /// "135M", "1.5B": elements as people say them.
    static func sizeLabel(_ elements: Int) -> String {
        let units = [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")]
        guard let (scale, letter) = units.first(where: { Double(elements) >= $0.0 }) else {
            return "\(elements)"
        }
        let value = Double(elements) / scale
        let text = String(format: value < 10 ? "%.1f" : "%.0f", value)
        return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + letter
    }
}
