// Byte-level BPE as Hugging Face `tokenizers` does it: added tokens, normalization, added tokens
// again, words, merges. It is built from a checked TokenizerDefinition and knows no file format.

import Synchronization

/// A byte-level BPE tokenizer; immutable but for a cache of words.
public final class BytePairTokenizer: Tokenizer {
    /// Number of ids: one more than the largest.
    public var vocabularySize: Int { table.count }
    /// The id put in front of a whole text when `addsBOS` says so.
    public let bosID: Int?
    /// The id that ends a text or a turn.
    public let eosID: Int?
    /// The id that fills short rows of a batch.
    public let padID: Int?
    /// Whether a whole text starts with `bosID`; `encode` itself never adds it.
    public let addsBOS: Bool
    /// The texts of all special tokens.
    public let specialTokens: [String]
    /// How text is cut into words.
    public let preTokenizer: PreTokenizer

    private let table: TokenTable
    private let isAdded: [Bool]
    private let isSpecialByID: [Bool]
    private let addedByContent: [String: Int]
    private let beforeNormalization: AddedTokenMatcher
    private let afterNormalization: AddedTokenMatcher
    private let normalizers: [TextNormalizer]
    /// Whether the normalizers leave text of ASCII alone as it is.
    private let keepsASCII: Bool
    private let holdsSpecial: Bool
    private let rules: WordRules
    /// Encoders at rest: one per thread that encodes at the same time, at most.
    private let encoders = Mutex<[WordEncoder]>([])

    /// Builds the tokenizer; throws when the definition contradicts itself.
    public init(_ definition: TokenizerDefinition) throws(KernelError) {
        let checked = try CheckedDefinition(definition)
        table = checked.table
        isAdded = checked.isAdded
        isSpecialByID = checked.isSpecial
        rules = checked.rules
        bosID = definition.bosID
        eosID = definition.eosID
        padID = definition.padID
        addsBOS = definition.addsBOS
        preTokenizer = definition.preTokenizer
        specialTokens = definition.addedTokens.filter(\.isSpecial).map(\.content)
        normalizers = definition.normalizers
        keepsASCII = normalizers.allSatisfy(\.keepsASCII)
        holdsSpecial = definition.addedTokens.contains(where: \.isSpecial)
        var normalized = definition.addedTokens.filter(\.isNormalized)
        for i in normalized.indices {
            let content = normalized[i].content
            normalized[i].content = normalizers.reduce(content) { $1.apply($0) }
        }
        beforeNormalization = AddedTokenMatcher(definition.addedTokens.filter { !$0.isNormalized })
        afterNormalization = AddedTokenMatcher(normalized)
        addedByContent = Dictionary(
            definition.addedTokens.map { ($0.content, $0.id) }, uniquingKeysWith: { $1 })
    }

    // MARK: - Encoding

    /// The ids of pieces read as one text; special tokens are found inside trusted pieces only.
    public func encode(_ pieces: [PromptPiece]) -> [Int] {
        var text = MarkedText()
        for piece in pieces { text.append(piece.text.utf8, isTrusted: piece.isTrusted) }
        var output: [Int] = []
        output.reserveCapacity(text.bytes.count / 3)
        var encoder = encoders.withLock { $0.popLast() } ?? WordEncoder()
        for segment in beforeNormalization.segments(of: text, in: 0..<text.bytes.count) {
            switch segment {
            case .token(let id): output.append(id)
            case .text(let range): encode(text, range, with: &encoder, into: &output)
            }
        }
        encoders.withLock { $0.append(encoder) }
        return output
    }

    /// Whether the text spells a special token.
    public func spellsSpecial(_ text: String) -> Bool {
        guard holdsSpecial else { return false }
        var marked = MarkedText()
        marked.append(text.utf8, isTrusted: true)
        return beforeNormalization.segments(of: marked, in: 0..<marked.bytes.count)
            .contains { segment in
                switch segment {
                case .token(let id): isSpecial(id)
                case .text(let range): spellsNormalizedSpecial(marked, range)
                }
            }
    }

    private func spellsNormalizedSpecial(_ text: MarkedText, _ range: Range<Int>) -> Bool {
        guard !afterNormalization.isEmpty else { return false }
        let text = normalizers.isEmpty ? text : normalized(text, range)
        let whole = normalizers.isEmpty ? range : 0..<text.bytes.count
        return afterNormalization.segments(of: text, in: whole).contains { segment in
            if case .token(let id) = segment { isSpecial(id) } else { false }
        }
    }

    /// Encodes text without unnormalized added tokens.
    private func encode(
        _ text: MarkedText, _ range: Range<Int>, with encoder: inout WordEncoder,
        into output: inout [Int]
    ) {
        if !normalizers.isEmpty,
            !keepsASCII || text.bytes[range].contains(where: { $0 >= 0x80 })
        {
            let normalized = normalized(text, range)
            encodeNormalized(normalized, 0..<normalized.bytes.count, with: &encoder, into: &output)
        } else {
            encodeNormalized(text, range, with: &encoder, into: &output)
        }
    }

    private func encodeNormalized(
        _ text: MarkedText, _ range: Range<Int>, with encoder: inout WordEncoder,
        into output: inout [Int]
    ) {
        guard !afterNormalization.isEmpty else {
            encoder.encode(text.bytes, range, rules, table, into: &output)
            return
        }
        for segment in afterNormalization.segments(of: text, in: range) {
            switch segment {
            case .token(let id): output.append(id)
            case .text(let part): encoder.encode(text.bytes, part, rules, table, into: &output)
            }
        }
    }

    /// Normalizes each stretch of trust by itself, so that the boundaries stay known.
    private func normalized(_ text: MarkedText, _ range: Range<Int>) -> MarkedText {
        var result = MarkedText()
        var begin = range.lowerBound
        for span in text.spans where span.end > begin && begin < range.upperBound {
            let end = min(span.end, range.upperBound)
            let part = String(decoding: text.bytes[begin..<end], as: UTF8.self)
            let changed = normalizers.reduce(part) { $1.apply($0) }
            result.append(changed.utf8, isTrusted: span.isTrusted)
            begin = end
        }
        return result
    }

    // MARK: - Decoding and looking up

    /// The bytes an id stands for, none for an unknown id.
    public func bytes(of id: Int) -> [UInt8] { Array(table.bytes(of: id)) }

    /// The id of a token as the vocabulary spells it, or of an added token's text.
    public func id(of token: String) -> Int? {
        if let id = addedByContent[token] { return id }
        guard let bytes = ByteAlphabet.bytes(of: token) else { return nil }
        return table.id(of: bytes).map(Int.init)
    }

    /// Whether the id is a special token, such as an end of turn.
    public func isSpecial(_ id: Int) -> Bool {
        isSpecialByID.indices.contains(id) && isSpecialByID[id]
    }

    /// How the vocabulary spells an id: the byte alphabet, or an added token's text.
    public func spelling(of id: Int) -> String? {
        guard isAdded.indices.contains(id) else { return nil }
        let bytes = table.bytes(of: id)
        return isAdded[id]
            ? String(decoding: bytes, as: UTF8.self) : ByteAlphabet.text(of: bytes)
    }
}
