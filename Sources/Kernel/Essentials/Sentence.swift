// An English sentence whose values stand apart, so that it can be said in another language. It knows no
// catalogue: code that shows a sentence looks its key up.

/// A sentence with the values in it: `"must be at least \(least), is \(value)."` has the key
/// "must be at least {1}, is {2}." and two values. Made from literals; a text of another origin is `verbatim`.
public struct Sentence: Sendable {
    /// What stands at one place of a sentence.
    public enum Part: Sendable {
        case text(String)
        case sentence(Sentence)
    }

    /// The most values that have places of their own, `{1}` to `{9}`; further ones belong to the words.
    static let valuesMax = 9

    /// The words before, between and after the values: one more than there are values.
    public private(set) var words: [String]
    public private(set) var values: [Part]

    /// A sentence of words and values in turn, beginning and ending with words; nil for other counts.
    public init?(words: [String], values: [Part]) {
        guard words.count == values.count + 1, values.count <= Self.valuesMax else { return nil }
        (self.words, self.values) = (words, values)
    }

    /// A text that no catalogue knows, such as one of the system or of a file.
    public init(verbatim text: String) { (words, values) = (["", ""], [.text(text)]) }

    /// The sentence with `{1}`, `{2}` in the places of its values: what a catalogue looks up.
    public var key: String {
        var key = words.first ?? ""
        for (index, word) in words.dropFirst().enumerated() { key += "{\(index + 1)}" + word }
        return key
    }

    /// Several sentences in one; nil when there are none.
    public static func joined(
        _ sentences: some Sequence<Sentence>, separator: String = "; "
    ) -> Sentence? {
        var joined: Sentence?
        for sentence in sentences {
            joined = joined.map { "\($0)\(verbatim: separator)\(sentence)" } ?? sentence
        }
        return joined
    }

    fileprivate mutating func append(_ word: String) { words[words.count - 1] += word }

    fileprivate mutating func append(_ value: Part) {
        guard values.count < Self.valuesMax else { return append(value.description) }
        values.append(value)
        words.append("")
    }
}

extension Sentence: CustomStringConvertible {
    /// The sentence in English.
    public var description: String {
        var text = words.first ?? ""
        for (value, word) in zip(values, words.dropFirst()) { text += value.description + word }
        return text
    }
}

extension Sentence: Encodable {
    /// Written as its English text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Sentence.Part: CustomStringConvertible {
    /// The value in English.
    public var description: String {
        switch self {
        case .text(let text): text
        case .sentence(let sentence): sentence.description
        }
    }
}

extension Sentence: Equatable {
    /// Sentences are equal that read alike in English.
    public static func == (left: Sentence, right: Sentence) -> Bool {
        left.description == right.description
    }
}

extension Sentence: ExpressibleByStringInterpolation {
    /// Collects words and values as a literal is read.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sentence = Sentence("")

        public init(literalCapacity: Int, interpolationCount: Int) {}

        /// Words.
        public mutating func appendLiteral(_ literal: String) { sentence.append(literal) }

        /// A value.
        public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            sentence.append(.text(value.description))
        }

        /// A sentence as a value, which is translated by its own key.
        public mutating func appendInterpolation(_ value: Sentence) {
            sentence.append(.sentence(value))
        }

        /// Marks that separate, which belong to the words.
        public mutating func appendInterpolation(verbatim text: String) { sentence.append(text) }
    }

    public init(stringLiteral value: String) { (words, values) = ([value], []) }

    public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.sentence }

    /// Words and values of both, one after the other.
    public static func + (left: Sentence, right: Sentence) -> Sentence {
        var both = left
        both.append(right.words.first ?? "")
        for (value, word) in zip(right.values, right.words.dropFirst()) {
            both.append(value)
            both.append(word)
        }
        return both
    }
}
