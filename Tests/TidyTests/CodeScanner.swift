// Tells the code of a Swift file from its comments and strings, so that a rule about code is not
// broken by a sentence. It knows strings, raw strings and interpolation, and no other grammar.
// Regular expression literals count as code.

/// Blanks comments and strings, line by line where they were.
struct CodeScanner {
    private var rest: Substring
    private var result = ""

    /// The text with comments and the insides of strings left out; line numbers stay.
    static func code(of text: String) -> String {
        var scanner = CodeScanner(rest: text[...])
        scanner.scanCode(untilParenthesis: false)
        return scanner.result
    }

    private init(rest: Substring) { self.rest = rest }

    /// Scans code to the end, or to the parenthesis that closes an interpolation.
    private mutating func scanCode(untilParenthesis: Bool) {
        var depth = 0
        while let next = rest.first {
            if rest.hasPrefix("//") {
                skip { !$0.isNewline }
            } else if rest.hasPrefix("/*") {
                scanBlockComment()
            } else if let quote = stringStart() {
                scanString(quote)
            } else {
                if next == "(" { depth += 1 }
                if next == ")" {
                    if untilParenthesis, depth == 0 {
                        rest.removeFirst()
                        return
                    }
                    depth -= 1
                }
                result.append(rest.removeFirst())
            }
        }
    }

    private mutating func scanBlockComment() {
        var depth = 0
        repeat {
            if rest.hasPrefix("/*") {
                depth += 1
                rest.removeFirst(2)
            } else if rest.hasPrefix("*/") {
                depth -= 1
                rest.removeFirst(2)
            } else if rest.removeFirst().isNewline {
                result.append("\n")
            }
        } while depth > 0 && !rest.isEmpty
    }

    // MARK: - Strings

    /// How a string begins: so many number signs, and one or three quotes.
    private struct Quote {
        var signs: Int
        var isMultiline: Bool
        var end: String {
            (isMultiline ? "\"\"\"" : "\"") + String(repeating: "#", count: signs)
        }
        var escape: String { "\\" + String(repeating: "#", count: signs) }
    }

    private func stringStart() -> Quote? {
        let signs = rest.prefix { $0 == "#" }.count
        let after = rest.dropFirst(signs)
        guard after.hasPrefix("\"") else { return nil }
        return Quote(signs: signs, isMultiline: after.hasPrefix("\"\"\""))
    }

    private mutating func scanString(_ quote: Quote) {
        rest.removeFirst(quote.end.count)
        result.append("\"")
        while let next = rest.first, !rest.hasPrefix(quote.end) {
            if !quote.isMultiline, next.isNewline { break }
            if rest.hasPrefix(quote.escape) {
                rest.removeFirst(quote.escape.count)
                guard let escaped = rest.popFirst() else { break }
                if escaped == "(" { scanCode(untilParenthesis: true) }
                if escaped.isNewline { result.append("\n") }
            } else if rest.removeFirst().isNewline {
                result.append("\n")
            }
        }
        if rest.hasPrefix(quote.end) { rest.removeFirst(quote.end.count) }
        result.append("\"")
    }

    private mutating func skip(while belongs: (Character) -> Bool) {
        rest = rest.drop(while: belongs)
    }
}
