// The few words that widgets use themselves, such as why a number is not accepted. An application may
// put its reader's language in their place. It knows no language but English.

/// Where widgets get their words from.
public enum Wording {
    /// The reader's words for an English text; texts with values have `{1}`, `{2}` in their place. A value of
    /// its own type: a task-local function crashes in optimised, statically linked programs (Swift 6.3.1).
    public struct Translator: Sendable {
        let translate: @Sendable (String) -> String

        public init(_ translate: @escaping @Sendable (String) -> String) {
            self.translate = translate
        }
    }

    /// Gives the reader's words; English unless set.
    @TaskLocal public static var translator = Translator { $0 }

    /// An English text in the reader's words, with values in the places `{1}`, `{2}`.
    static func of(_ english: String, _ values: any CustomStringConvertible...) -> DisplayText {
        DisplayText(fill(translator.translate(english), values.map(\.description)))
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
