// The words that ROUGE counts: texts are cut as jieba cuts them, as long as they hold no Chinese
// characters. Those need a dictionary of megabytes there; here each is a word of its own.

/// Cuts texts into the words that are compared.
public enum ScoreWords {
    /// Words and blanks in order; joined they are the text.
    public static func cut(_ text: String) -> [String] {
        let scalars = Array(text.unicodeScalars)
        var words: [String] = []
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            if isChinese(scalar) {
                words.append(String(scalar))
                index += 1
            } else if isLatin(scalar) {
                let end = scalars[index...].firstIndex { !isLatin($0) } ?? scalars.count
                words += named(scalars[index..<end])
                index = end
            } else if scalar == "\r", index + 1 < scalars.count, scalars[index + 1] == "\n" {
                words.append("\r\n")
                index += 2
            } else {
                words.append(String(scalar))
                index += 1
            }
        }
        return words
    }

    /// Whether words of the text are cut otherwise than jieba cuts them.
    public static func hasChinese(_ text: String) -> Bool {
        text.unicodeScalars.contains(where: isChinese)
    }

    /// The characters that jieba looks up in its dictionary.
    private static func isChinese(_ scalar: Unicode.Scalar) -> Bool {
        (0x4E00...0x9FD5).contains(scalar.value)
    }

    /// The characters that stay together until they are looked at closely.
    private static func isLatin(_ scalar: Unicode.Scalar) -> Bool {
        isAlphanumeric(scalar) || "+#&._%-".unicodeScalars.contains(scalar)
    }

    private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || isDigit(scalar))
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar)
    }

    // MARK: - Latin text

    /// The only entries of jieba's dictionary without a Chinese character.
    private static let names = ["AT&T", "C++", "c++", "C#", "c#"].map { Array($0.unicodeScalars) }

    /// Cuts out the names; what stands between them is cut by its shape.
    private static func named(_ run: ArraySlice<Unicode.Scalar>) -> [String] {
        var words: [String] = []
        var start = run.startIndex
        var index = start
        while index < run.endIndex {
            guard let name = names.first(where: { run[index...].starts(with: $0) }) else {
                index += 1
                continue
            }
            words += shaped(run[start..<index]) + [text(run[index..<index + name.count])]
            index += name.count
            start = index
        }
        return words + shaped(run[start...])
    }

    /// Letters and digits with one decimal part and a percent sign are a word; so is what lies
    /// between such words.
    private static func shaped(_ run: ArraySlice<Unicode.Scalar>) -> [String] {
        var words: [String] = []
        var rest = run
        while let first = rest.first {
            var end: Int
            if isAlphanumeric(first) {
                end = rest.firstIndex { !isAlphanumeric($0) } ?? rest.endIndex
                if end + 1 < rest.endIndex, rest[end] == ".", isDigit(rest[end + 1]) {
                    end = rest[(end + 1)...].firstIndex { !isDigit($0) } ?? rest.endIndex
                }
                if end < rest.endIndex, rest[end] == "%" { end += 1 }
            } else {
                end = rest.firstIndex(where: isAlphanumeric) ?? rest.endIndex
            }
            words.append(text(rest[..<end]))
            rest = rest[end...]
        }
        return words
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }
}
