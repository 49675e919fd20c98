// The families of models, one row each: what their files are called by, and what absent keys mean, after the families'
// own configuration classes. It reads nothing; ModelConfig does, by these rows.

/// How one family's files become the one decoder.
struct ModelFamily: Sendable {
    /// `model_type` of config.json.
    var modelType: String
    /// `architectures` of config.json.
    var className: String
    /// `general.architecture` of GGUF files.
    var ggufArchitecture: String
    var names = WeightNames.llama

    // What absent keys mean.

    /// `max_position_embeddings`.
    var positions = 32_768
    /// `num_key_value_heads`; nil is one for each head.
    var keyValueHeads: Int?
    /// `head_dim`; nil is the hidden size over the heads.
    var headDimension: Int?
    /// `sliding_window`.
    var slidingWindow: Int?
    /// Fixed by the family, or nil where `attention_bias` decides for all four projections.
    var hasQueryKeyValueBias: Bool?
    /// Whether `mlp_bias` means something.
    var mayHaveMLPBias = false

    static let all: [ModelFamily] = [.llama, .mistral, .qwen2, .qwen3]

    static func named(_ modelType: String) -> ModelFamily? {
        all.first { $0.modelType == modelType }
    }

    /// The names in files of a GGUF architecture; those of llama where nobody knows it.
    static func names(ofArchitecture architecture: String) -> WeightNames {
        all.first { $0.ggufArchitecture == architecture }?.names ?? .llama
    }

    static let llama = ModelFamily(
        modelType: "llama", className: "LlamaForCausalLM", ggufArchitecture: "llama",
        names: .llamaInterleaved, positions: 2_048, mayHaveMLPBias: true)

    /// Mistral's models are llama to GGUF.
    static let mistral = ModelFamily(
        modelType: "mistral", className: "MistralForCausalLM", ggufArchitecture: "llama",
        names: .llamaInterleaved, positions: 131_072, keyValueHeads: 8, slidingWindow: 4_096,
        hasQueryKeyValueBias: false)

    static let qwen2 = ModelFamily(
        modelType: "qwen2", className: "Qwen2ForCausalLM", ggufArchitecture: "qwen2",
        keyValueHeads: 32, hasQueryKeyValueBias: true)

    static let qwen3 = ModelFamily(
        modelType: "qwen3", className: "Qwen3ForCausalLM", ggufArchitecture: "qwen3",
        keyValueHeads: 32, headDimension: 128)
}
