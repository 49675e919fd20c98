// What a family of models is: what its files are called by, what absent keys mean, and how its configuration
// becomes a network. One file a family in Families, one row here; the rows read through ConfigKeys and know no files.

/// How one family's files become the one decoder.
public struct ModelFamily: Sendable {
    /// `model_type` of config.json.
    var modelType: String
    /// `architectures` of config.json.
    var className: String
    /// `general.architecture` of GGUF files.
    var ggufArchitecture: String
    var names = WeightNames.llama
    /// What absent keys of config.json mean.
    var defaults = FamilyDefaults()
    /// Which layers llama.cpp gives the window that a GGUF file names.
    var ggufWindow = GGUFWindow.unused
    /// The network that a configuration describes, from the sizes that all families have and keys of its own.
    var network: @Sendable (any ConfigSource, NetworkSizes) throws(KernelError) -> DecoderSpec
    /// The keys of config.json beyond those that all families have, in the same meaning.
    var write: @Sendable (DecoderSpec, inout JSONObject) -> Void = { _, _ in }
    /// Why a network cannot be a GGUF file of this architecture: a key and a reason, or nil.
    var refuseGGUF: @Sendable (DecoderSpec) -> (key: String, reason: Sentence)? = { _ in nil }

    static let all: [ModelFamily] = [.llama, .mistral, .qwen2, .qwen3, .gemma2]

    static func named(_ modelType: String) -> ModelFamily? {
        all.first { $0.modelType == modelType }
    }

    /// The family of a GGUF architecture: mistral's models are llama there.
    static func of(architecture: String) -> ModelFamily? {
        all.first { $0.ggufArchitecture == architecture }
    }
}

/// What absent keys of config.json mean, after the families' own configuration classes.
struct FamilyDefaults: Sendable {
    /// `max_position_embeddings`.
    var positions = 32_768
    /// `num_key_value_heads`; nil is one for each head.
    var keyValueHeads: Int?
    /// `head_dim`; nil is the hidden size over the heads.
    var headDimension: Int?
    /// `rms_norm_eps`.
    var epsilon = 1e-6
    /// `tie_word_embeddings`.
    var isTied = false
    /// The key of the activation, and what it is when absent.
    var activationKey = "hidden_act"
    var activation = Activation.silu
}

/// Which layers of a GGUF model have the window that the file names.
enum GGUFWindow: Sendable {
    /// llama.cpp applies none for this architecture; the key is written and read all the same.
    case unused
    /// Every second layer, beginning with the first.
    case everyOther

    /// Whether a layer is computed with the window here.
    func isWindowed(_ layer: Int) -> Bool {
        switch self {
        case .unused: true
        case .everyOther: layer.isMultiple(of: 2)
        }
    }
}
