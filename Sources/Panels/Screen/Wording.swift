// The few words that widgets say themselves, such as why a number is not taken. An application may
// put its reader's language in their place. It knows no language but English.

/// Where widgets get their words from.
public enum Wording {
    /// The reader's words for an English text; texts with values have `{1}`, `{2}` in their place.
    @TaskLocal public static var translate: @Sendable (String) -> String = { $0 }

    /// An English text in the reader's words, with values in the places `{1}`, `{2}`.
    static func of(_ english: String, _ values: any CustomStringConvertible...) -> DisplayText {
        DisplayText(fill(translate(english), values.map(\.description)))
    }

    /// A text with values in the places `{1}`, `{2}`; other braces stay as they are.
    public static func fill(_ text: String, _ values: [String]) -> String {
        guard !values.isEmpty else { return text }
        var filled = ""
        var rest = text[...]
        while let brace = rest.firstIndex(of: "{") {
            let mark = rest[brace...].prefix(3)
            filled += rest[..<brace]
            if mark.count == 3, mark.last == "}",
                let number = mark.dropFirst().first?.wholeNumberValue,
                values.indices.contains(number - 1)
            {
                filled += values[number - 1]
                rest = rest[mark.endIndex...]
            } else {
                filled += "{"
                rest = rest[rest.index(after: brace)...]
            }
        }
        return filled + rest
    }
}
