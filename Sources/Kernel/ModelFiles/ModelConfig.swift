// What a model's author published about it, as a checked value: the network, the length it is meant for, its tokens.
// Where it is read from is in ModelConfig+JSON and ModelConfig+GGUF; it builds nothing itself.

/// What config.json or GGUF metadata say about a model.
public struct ModelConfig: Sendable, Equatable {
    /// The model types that Workbench runs.
    public static var supportedTypes: [String] { ModelFamily.all.map(\.modelType) }

    /// One of `supportedTypes`.
    public var modelType: String
    /// What is computed.
    public var network: DecoderSpec
    /// The longest text the model is meant for, in tokens.
    public var maximumPositions: Int
    public var bosTokenID: Int?
    public var eosTokenIDs: [Int]
    /// The config.json to write beside exported weights: as read, or made from GGUF metadata.
    public var rawJSON: JSONValue

    /// Without `rawJSON`, one is made.
    init(
        modelType: String, network: DecoderSpec, maximumPositions: Int, bosTokenID: Int? = nil,
        eosTokenIDs: [Int] = [], rawJSON: JSONValue? = nil
    ) {
        self.modelType = modelType
        self.network = network
        self.network.names = ModelFamily.named(modelType)?.names ?? .llama
        self.maximumPositions = maximumPositions
        self.bosTokenID = bosTokenID
        self.eosTokenIDs = eosTokenIDs
        self.rawJSON = .null
        self.rawJSON = rawJSON ?? makeJSON()
    }
}

extension ModelConfig {
    /// The family of the model; a type that no file of the program names counts as llama's.
    var family: ModelFamily { ModelFamily.named(modelType) ?? .llama }

    /// The token that fills up batches elsewhere.
    public var padTokenID: Int? { network.paddingID }

    public var vocabularySize: Int { network.vocabularySize }

    /// The names and shapes of all weights.
    public var layout: WeightLayout { network.layout }

    /// The number of weights, a tied head counted once.
    public var parameterCount: Int { layout.parameterCount }

    /// Says whether the head is the embedding, in the configuration to write as well.
    mutating func setHead(tied: Bool) {
        network.head.isTied = tied
        guard var members = rawJSON.object else { return }
        members["tie_word_embeddings"] = .bool(tied)
        rawJSON = .object(members)
    }
}

/// The largest sizes that a configuration may claim; within them no size computation overflows.
enum ModelLimits {
    static let vocabulary = 1...1 << 24
    static let width = 1...1 << 18
    static let intermediate = 1...1 << 20
    static let layers = 1...2_048
    static let heads = 1...4_096
    static let headDimension = 2...8_192
    static let positions = 1...1 << 31
}
