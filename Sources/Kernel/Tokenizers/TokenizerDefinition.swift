// The data of a byte-level BPE tokenizer as a plain value, wherever it was read from.
// It knows neither JSON nor GGUF; BytePairTokenizer checks and uses it.

/// A token matched in the text before merging, with the rules of its match.
public struct AddedToken: Sendable, Equatable {
    /// The id the match yields.
    public var id: Int
    /// The text that is matched.
    public var content: String
    /// Whether it structures prompts: never matched in untrusted text.
    public var isSpecial: Bool
    /// Whether the match swallows white space before it.
    public var stripsLeft: Bool
    /// Whether the match swallows white space behind it.
    public var stripsRight: Bool
    /// Whether it is matched behind normalization instead of before.
    public var isNormalized: Bool
    /// Whether it only matches between characters that are no letters, digits or underscores.
    public var isSingleWord: Bool

    /// An added token; the flags default to those of a plain special token.
    public init(
        id: Int, content: String, isSpecial: Bool = true, stripsLeft: Bool = false,
        stripsRight: Bool = false, isNormalized: Bool = false, isSingleWord: Bool = false
    ) {
        self.id = id
        self.content = content
        self.isSpecial = isSpecial
        self.stripsLeft = stripsLeft
        self.stripsRight = stripsRight
        self.isNormalized = isNormalized
        self.isSingleWord = isSingleWord
    }
}

/// Two neighbouring tokens that become one; the position in the list is the rank.
public struct MergeRule: Sendable, Equatable {
    /// The token on the left, as the vocabulary spells it.
    public var left: String
    /// The token on the right, as the vocabulary spells it.
    public var right: String

    /// A rule for the pair.
    public init(_ left: String, _ right: String) {
        self.left = left
        self.right = right
    }
}

/// Everything that defines a byte-level BPE tokenizer.
public struct TokenizerDefinition: Sendable {
    /// Token texts by id, in the byte alphabet; entries of added tokens are their plain text.
    public var vocabulary: [String]
    /// Merge rules, the most important first.
    public var merges: [MergeRule]
    /// Tokens matched before merging.
    public var addedTokens: [AddedToken]
    /// How text is cut into words.
    public var preTokenizer: PreTokenizer
    /// Whether a word that is a token is taken whole, whatever the merges say.
    public var ignoresMerges = false
    /// What is done to a text first, in order.
    public var normalizers: [TextNormalizer] = []
    /// Whether a whole text starts with `bosID`.
    public var addsBOS = false
    /// Stands for bytes that the vocabulary lacks; they vanish without it.
    public var unknownID: Int?
    /// Whether a run of lacking bytes is one unknown token.
    public var fusesUnknown = false
    /// The id that starts a text.
    public var bosID: Int?
    /// The id that ends a text.
    public var eosID: Int?
    /// The id that fills rows.
    public var padID: Int?
    /// The model's own Jinja chat template.
    public var chatTemplate: String?
    /// Where the data came from, for messages.
    public var origin: String
    /// Remarks for the user gathered while reading.
    public var notes: [Sentence] = []

    /// A definition with its obligatory parts; the rest has defaults.
    public init(
        vocabulary: [String], merges: [MergeRule], addedTokens: [AddedToken] = [],
        preTokenizer: PreTokenizer, origin: String
    ) {
        self.vocabulary = vocabulary
        self.merges = merges
        self.addedTokens = addedTokens
        self.preTokenizer = preTokenizer
        self.origin = origin
    }

    /// Most tokens a vocabulary may have.
    public static let vocabularySizeMax = 4_194_304
    /// The most ids without a token in a vocabulary; published ones have some hundreds.
    static let gapsMax = 1 << 18
    /// Longest token in bytes.
    public static let tokenBytesMax = 65_536
}
