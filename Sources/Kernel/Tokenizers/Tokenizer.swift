// The protocol every tokenizer satisfies, and what loading one yields.
// It does not know how text is cut or merged, nor which file the data came from.

/// Text of a prompt with its trust: only trusted text may spell special tokens.
public struct PromptPiece: Sendable, Equatable {
    /// The text, encoded together with its neighbours: merges may cross the boundaries of pieces.
    public var text: String
    /// Whether special tokens written in the text become their ids.
    public var isTrusted: Bool

    /// A piece of text; templates are trusted, what users type is not.
    public init(_ text: String, isTrusted: Bool) {
        self.text = text
        self.isTrusted = isTrusted
    }
}

/// Text to token ids and back.
public protocol Tokenizer: Sendable {
    /// Number of ids: one more than the largest.
    var vocabularySize: Int { get }
    /// The id put in front of a whole text when `addsBOS` says so.
    var bosID: Int? { get }
    /// The id that ends a text or a turn.
    var eosID: Int? { get }
    /// The id that fills short rows of a batch.
    var padID: Int? { get }
    /// Whether a whole text starts with `bosID`; `encode` itself never adds it.
    var addsBOS: Bool { get }
    /// The texts of all special tokens.
    var specialTokens: [String] { get }

    /// The ids of pieces read as one text; special tokens are found inside trusted pieces only.
    func encode(_ pieces: [PromptPiece]) -> [Int]
    /// The text of ids; bytes that are no UTF-8 become U+FFFD.
    func decode(_ ids: [Int], skipSpecial: Bool) -> String
    /// The bytes an id stands for, none for an unknown id.
    func bytes(of id: Int) -> [UInt8]
    /// The id of a token as the vocabulary spells it, or of an added token's text.
    func id(of token: String) -> Int?
    /// Whether the id is a special token, such as an end of turn.
    func isSpecial(_ id: Int) -> Bool
    /// Whether the text spells a special token.
    func spellsSpecial(_ text: String) -> Bool
}

extension Tokenizer {
    /// The texts of all special tokens.
    public var specialTokens: [String] {
        (0..<vocabularySize).filter(isSpecial).map {
            String(decoding: bytes(of: $0), as: UTF8.self)
        }
    }

    /// Whether the text spells a special token.
    public func spellsSpecial(_ text: String) -> Bool {
        encode(text, allowSpecial: true).contains { isSpecial($0) }
    }

    /// The ids of a text as a whole: with the start token in front where `addsStart` says so, or,
    /// when it says nothing, where the tokenizer itself adds it.
    public func encodeWhole(
        _ text: String, allowSpecial: Bool, addsStart: Bool? = nil
    ) -> [Int] {
        let start = (addsStart ?? addsBOS) ? [bosID].compactMap(\.self) : []
        return start + encode(text, allowSpecial: allowSpecial)
    }

    /// The ids of a text; without `allowSpecial` its special tokens are ordinary characters.
    public func encode(_ text: String, allowSpecial: Bool) -> [Int] {
        encode([PromptPiece(text, isTrusted: allowSpecial)])
    }

    /// The text of ids; bytes that are no UTF-8 become U+FFFD.
    public func decode(_ ids: [Int], skipSpecial: Bool) -> String {
        var bytes: [UInt8] = []
        for id in ids where !(skipSpecial && isSpecial(id)) { bytes += self.bytes(of: id) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A tokenizer with what its files say besides.
public struct LoadedTokenizer: Sendable {
    /// The tokenizer.
    public var tokenizer: any Tokenizer
    /// The Jinja chat template of the model, when it has one.
    public var chatTemplate: String?
    /// How text is cut before merging.
    public var preTokenizer: PreTokenizer
    /// Remarks for the user, such as a guessed pre-tokenizer.
    public var notes: [Sentence]
}
