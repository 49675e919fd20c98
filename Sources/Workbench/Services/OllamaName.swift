// The name under which Ollama takes a model: letters, digits, "_", "-" and ".", at most 80, beginning with
// a letter or a digit. It knows no exports.

enum OllamaName {
    private static let longest = 80

    /// A name that Ollama takes, as close to `wish` as possible.
    static func taken(for wish: String) -> String {
        var name = ""
        for scalar in wish.unicodeScalars {
            let isWord =
                scalar.isASCII
                && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || ["_", "-", "."].contains(scalar))
            if isWord {
                name.unicodeScalars.append(scalar)
            } else if !name.hasSuffix("-") {
                name += "-"
            }
        }
        let short = String(name.drop { ["-", "_", "."].contains($0) }.prefix(longest))
        let end = short.reversed().drop { ["-", "."].contains($0) }
        return end.isEmpty ? "model" : String(end.reversed())
    }
}
