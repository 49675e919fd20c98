// The sizes and switches of a decoder, as its author published them; a checked value.
// Where it is read from is in ModelConfig+JSON and ModelConfig+GGUF; it builds nothing itself.

/// What config.json or GGUF metadata say about a model.
public struct ModelConfig: Sendable, Equatable {
    /// The model types that Workbench runs.
    public static var supportedTypes: [String] { ModelFamily.all.map(\.modelType) }

    /// One of `supportedTypes`.
    public var modelType: String
    public var vocabularySize: Int
    public var hiddenSize: Int
    public var intermediateSize: Int
    public var layerCount: Int
    public var headCount: Int
    public var keyValueHeadCount: Int
    /// Width of one head; heads times this need not be the hidden size.
    public var headDimension: Int
    /// The longest text the model is meant for, in tokens.
    public var maximumPositions: Int
    public var normEpsilon: Float
    /// The base of the rotary frequencies.
    public var ropeTheta: Double
    public var ropeScaling: RopeScaling?
    /// Whether the output head is the embedding itself.
    public var tiedEmbeddings: Bool
    /// Whether the query, key and value projections have biases.
    public var attentionBias: Bool
    /// Whether the attention's output projection has a bias.
    public var attentionOutputBias: Bool
    public var mlpBias: Bool
    /// Whether queries and keys are normalized per head.
    public var queryKeyNorm: Bool
    /// How many tokens back a windowed layer sees, nil when all layers see everything.
    public var slidingWindow: Int?
    /// The first layer that uses the window; earlier ones see everything.
    public var slidingWindowFirstLayer: Int
    public var bosTokenID: Int?
    public var eosTokenIDs: [Int]
    public var padTokenID: Int?
    /// The config.json to write beside exported weights: as read, or made from GGUF metadata.
    public var rawJSON: JSONValue

    public init(
        modelType: String, vocabularySize: Int, hiddenSize: Int, intermediateSize: Int,
        layerCount: Int, headCount: Int, keyValueHeadCount: Int, headDimension: Int,
        maximumPositions: Int, normEpsilon: Float = 1e-6, ropeTheta: Double = 10_000,
        ropeScaling: RopeScaling? = nil, tiedEmbeddings: Bool = false,
        attentionBias: Bool = false, attentionOutputBias: Bool = false, mlpBias: Bool = false,
        queryKeyNorm: Bool = false, slidingWindow: Int? = nil, slidingWindowFirstLayer: Int = 0,
        bosTokenID: Int? = nil, eosTokenIDs: [Int] = [], padTokenID: Int? = nil,
        rawJSON: JSONValue? = nil
    ) {
        self.modelType = modelType
        self.vocabularySize = vocabularySize
        self.hiddenSize = hiddenSize
        self.intermediateSize = intermediateSize
        self.layerCount = layerCount
        self.headCount = headCount
        self.keyValueHeadCount = keyValueHeadCount
        self.headDimension = headDimension
        self.maximumPositions = maximumPositions
        self.normEpsilon = normEpsilon
        self.ropeTheta = ropeTheta
        self.ropeScaling = ropeScaling
        self.tiedEmbeddings = tiedEmbeddings
        self.attentionBias = attentionBias
        self.attentionOutputBias = attentionOutputBias
        self.mlpBias = mlpBias
        self.queryKeyNorm = queryKeyNorm
        self.slidingWindow = slidingWindow
        self.slidingWindowFirstLayer = slidingWindowFirstLayer
        self.bosTokenID = bosTokenID
        self.eosTokenIDs = eosTokenIDs
        self.padTokenID = padTokenID
        self.rawJSON = .null
        self.rawJSON = rawJSON ?? makeJSON()
    }
}

extension ModelConfig {
    /// The family of the model; a type that no file of the program names counts as llama's.
    var family: ModelFamily { ModelFamily.named(modelType) ?? .llama }

    /// The names and shapes of all weights.
    public var layout: WeightLayout { DecoderSpec(self).layout }

    /// The number of weights, a tied head counted once.
    public var parameterCount: Int { layout.parameterCount }

    /// Gives the model a head of its own, in the configuration to write as well.
    mutating func untie() {
        tiedEmbeddings = false
        guard var members = rawJSON.object else { return }
        members["tie_word_embeddings"] = false
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
