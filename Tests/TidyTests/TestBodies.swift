// Finds test functions in a Swift file's code and the places where they end early. It knows braces and the
// words in front of them, and no other grammar; it works on code without comments and strings.

/// A place in a test function where it returns before its end.
struct EarlyReturn: Equatable {
    /// The line in the file, from 1.
    var line: Int
    /// What stands there.
    var text: String
}

enum TestBodies {
    /// The returns of test functions that assert nothing where they end.
    ///
    /// A return of a closure or of a function inside is none of the test's; one whose block records an issue or
    /// expects something has told why.
    static func earlyReturns(in code: String) -> [EarlyReturn] {
        let characters = Array(code)
        var found: [EarlyReturn] = []
        var index = 0
        while let start = firstIndex(of: "@Test", in: characters, from: index) {
            index = start + 5
            guard let body = body(behind: index, in: characters) else { continue }
            found += returns(in: body, of: characters)
            index = body.upperBound
        }
        return found
    }

    /// The inside of the braces of the function behind an attribute; nil when there is none before another
    /// declaration of a type.
    private static func body(behind start: Int, in code: [Character]) -> Range<Int>? {
        guard let name = firstIndex(of: "func ", in: code, from: start) else { return nil }
        // Braces of default values and traits stand in parentheses.
        var depth = 0
        var index = name
        while index < code.count {
            switch code[index] {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case "{" where depth == 0:
                return closing(of: index, in: code).map { index + 1..<$0 }
            default: break
            }
            index += 1
        }
        return nil
    }

    private static func closing(of open: Int, in code: [Character]) -> Int? {
        var depth = 0
        for index in open..<code.count {
            if code[index] == "{" { depth += 1 }
            if code[index] == "}" {
                depth -= 1
                if depth == 0 { return index }
            }
        }
        return nil
    }

    private static func returns(in body: Range<Int>, of code: [Character]) -> [EarlyReturn] {
        var found: [EarlyReturn] = []
        var blocks: [(start: Int, isControl: Bool)] = []
        var statement = body.lowerBound
        for index in body {
            switch code[index] {
            case "{":
                blocks.append((index + 1, isControl(String(code[statement..<index]))))
                statement = index + 1
            case "}":
                _ = blocks.popLast()
                statement = index + 1
            case "\n" where !continues(String(code[statement..<index])), ";": statement = index + 1
            case "r" where isReturn(at: index, in: code):
                guard blocks.allSatisfy(\.isControl) else { break }
                let block = code[(blocks.last?.start ?? body.lowerBound)..<index]
                let isTold = ["#expect", "#require", "Issue.record", "withKnownIssue"].contains {
                    firstIndex(of: $0, in: Array(block), from: 0) != nil
                }
                if !isTold, !blocks.isEmpty || hasMore(behind: index + 6, until: body, in: code) {
                    found.append(place(of: index, in: code))
                }
            default: break
            }
        }
        return found
    }

    /// Whether braces behind a text hold statements of the same function.
    private static func isControl(_ text: String) -> Bool {
        let words = text.split { !$0.isLetter && $0 != "_" && $0 != "#" }.map(String.init)
        guard let first = words.first else { return false }
        if first == "func" || words.contains("func") { return false }
        let control = ["guard", "if", "for", "while", "switch", "do", "else", "catch", "repeat"]
        return control.contains(first) || words.last == "else"
    }

    /// Whether a line's statement goes on in the next: a condition whose brace has not come.
    private static func continues(_ text: String) -> Bool {
        let words = text.split { !$0.isLetter }.map(String.init)
        guard let first = words.first else { return true }
        return ["guard", "if", "for", "while", "switch", "else", "func"].contains(first)
    }

    /// A return without a value.
    private static func isReturn(at index: Int, in code: [Character]) -> Bool {
        let word = Array("return")
        guard index + word.count <= code.count,
            code[index..<index + word.count].elementsEqual(word),
            index == 0 || !(code[index - 1].isLetter || code[index - 1] == "_")
        else { return false }
        for next in code[(index + word.count)...] where next != " " {
            return next == "\n" || next == "}" || next == ";"
        }
        return true
    }

    private static func hasMore(
        behind index: Int, until body: Range<Int>, in code: [Character]
    ) -> Bool {
        code[index..<body.upperBound].contains { !$0.isWhitespace }
    }

    private static func place(of index: Int, in code: [Character]) -> EarlyReturn {
        let line = code[..<index].count { $0 == "\n" } + 1
        let start = code[..<index].lastIndex(of: "\n").map { $0 + 1 } ?? 0
        let end = code[index...].firstIndex(of: "\n") ?? code.count
        let text = String(code[start..<end])
        return EarlyReturn(line: line, text: String(text.drop { $0 == " " }))
    }

    private static func firstIndex(
        of word: String, in code: [Character], from start: Int
    ) -> Int? {
        let word = Array(word)
        guard start + word.count <= code.count else { return nil }
        for index in start...(code.count - word.count)
        where code[index] == word[0] && code[index..<index + word.count].elementsEqual(word) {
            return index
        }
        return nil
    }
}
