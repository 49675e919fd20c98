// Sentences as JSON, for other ranks and for interfaces of other processes. What comes in is of another process: it
// is checked, and its texts are shown sanitised like all others.

extension Sentence {
    /// Sentences in values of sentences, at most.
    private static let depthMax = 8

    /// Words and values in turn; values are texts, or sentences in the same form. A sentence without values is
    /// a text.
    public var json: JSONValue {
        if values.isEmpty { return .string(words.first ?? "") }
        var parts: [JSONValue] = [.string(words.first ?? "")]
        for (value, word) in zip(values, words.dropFirst()) {
            switch value {
            case .text(let text): parts.append(.string(text))
            case .sentence(let sentence): parts.append(.array([sentence.json]))
            }
            parts.append(.string(word))
        }
        return .array(parts)
    }

    /// A sentence that `json` wrote; nil for anything else.
    public init?(json: JSONValue) { self.init(json, depth: 0) }

    /// The sentence of a text by its parts, as `json` wrote them; without parts that say the same, the text itself.
    public init(_ text: String, parts: JSONValue?) {
        let sentence = parts.flatMap(Sentence.init(json:))
        self = sentence?.description == text ? sentence ?? "" : Sentence(stringLiteral: text)
    }

    private init?(_ json: JSONValue, depth: Int) {
        if let text = json.string {
            self.init(stringLiteral: text)
            return
        }
        guard let parts = json.array, !parts.count.isMultiple(of: 2), depth < Self.depthMax
        else { return nil }
        var words: [String] = []
        var values: [Part] = []
        for (index, part) in parts.enumerated() {
            if index.isMultiple(of: 2) {
                guard let word = part.string else { return nil }
                words.append(word)
            } else if let text = part.string {
                values.append(.text(text))
            } else {
                guard let nested = part.array, nested.count == 1,
                    let sentence = Sentence(nested[0], depth: depth + 1)
                else { return nil }
                values.append(.sentence(sentence))
            }
        }
        self.init(words: words, values: values)
    }
}
