// Cuts a template into text, tags and their tokens, with Jinja's rules of white space as Hugging
// Face sets them: trim_blocks and lstrip_blocks are on. It knows no grammar.

/// Why a template was refused or stopped.
struct JinjaFailure: Error, Equatable {
    /// The line of the template, from 1.
    var line: Int
    var reason: Sentence
}

/// A word of a tag.
enum JinjaToken: Equatable {
    case name(String)
    case string(String)
    case integer(Int)
    case number(Double)
    /// Operators and brackets.
    case symbol(String)
}

/// A part of a template.
enum JinjaPiece: Equatable {
    case text(String)
    /// `{{ … }}`
    case output([JinjaToken], line: Int)
    /// `{% … %}`
    case tag([JinjaToken], line: Int)
}

/// Cuts templates into pieces.
struct JinjaLexer {
    let source: [Unicode.Scalar]
    var at = 0
    var line = 1
    private var result: [JinjaPiece] = []
    private var text: [Unicode.Scalar] = []
    /// Whether the text that is read stands at the start of a line.
    private var startsLine = true

    private init(_ source: String) {
        // Jinja reads every line end as \n and drops one at the very end.
        var text = source.unicodeScalars.reduce(into: [Unicode.Scalar]()) { result, scalar in
            if scalar == "\n", result.last == "\r" { result.removeLast() }
            result.append(scalar)
        }
        for i in text.indices where text[i] == "\r" { text[i] = "\n" }
        if text.last == "\n" { text.removeLast() }
        self.source = text
    }

    static func pieces(of source: String) throws(JinjaFailure) -> [JinjaPiece] {
        var lexer = JinjaLexer(source)
        return try lexer.pieces()
    }

    private mutating func pieces() throws(JinjaFailure) -> [JinjaPiece] {
        while at < source.count {
            guard source[at] == "{", at + 1 < source.count,
                source[at + 1] == "{" || source[at + 1] == "%" || source[at + 1] == "#"
            else {
                take()
                continue
            }
            let kind = source[at + 1]
            let startLine = line
            if kind == "%", let raw = try rawBlock() {
                text += raw
                flush()
                continue
            }
            open(isOutput: kind == "{")
            if kind == "#" {
                try skipComment()
            } else {
                let tokens = try tag(close: kind == "{" ? "}" : kind)
                result.append(
                    kind == "{" ? .output(tokens, line: startLine) : .tag(tokens, line: startLine))
            }
        }
        flush()
        return result
    }

    private mutating func take() {
        if source[at] == "\n" { line += 1 }
        text.append(source[at])
        at += 1
    }

    private mutating func flush() {
        guard !text.isEmpty else { return }
        var string = String.UnicodeScalarView()
        string.append(contentsOf: text)
        result.append(.text(String(string)))
        text = []
    }

    // MARK: - White space around tags

    /// Steps over the start of a tag and ends the text in front of it.
    private mutating func open(isOutput: Bool) {
        at += 2
        let sign = takeSign()
        if sign == "-" {
            while let last = text.last, PythonText.isSpace(last) { text.removeLast() }
        } else if !isOutput, sign == nil {
            stripIndentation()
        }
        flush()
        startsLine = false
    }

    private mutating func takeSign() -> Unicode.Scalar? {
        guard at < source.count, source[at] == "-" || source[at] == "+" else { return nil }
        at += 1
        return source[at - 1]
    }

    /// Drops blanks between the start of the line and a tag.
    private mutating func stripIndentation() {
        var end = text.count
        while end > 0, text[end - 1] != "\n", PythonText.isSpace(text[end - 1]) { end -= 1 }
        if end == 0 ? startsLine : text[end - 1] == "\n" { text.removeSubrange(end...) }
    }

    /// Steps over the end of a tag of this kind, if it is here, and the white space that goes
    /// with it.
    private mutating func takeEnd(_ close: Unicode.Scalar) -> Bool {
        var next = at
        let isOutput = close == "}"
        let sign = source[next] == "-" || source[next] == "+" && !isOutput ? source[next] : nil
        if sign != nil { next += 1 }
        guard next + 1 < source.count, source[next] == close, source[next + 1] == "}" else {
            return false
        }
        at = next + 2
        if sign == "-" {
            skipSpace()
        } else if sign == nil, !isOutput, at < source.count, source[at] == "\n" {
            line += 1
            at += 1
        }
        startsLine = source[at - 1] == "\n"
        return true
    }

    private mutating func skipSpace() {
        while at < source.count, PythonText.isSpace(source[at]) {
            if source[at] == "\n" { line += 1 }
            at += 1
        }
    }

    private mutating func skipComment() throws(JinjaFailure) {
        let start = line
        while at < source.count {
            if takeEnd("#") { return }
            if source[at] == "\n" { line += 1 }
            at += 1
        }
        throw JinjaFailure(line: start, reason: "a comment that is never closed")
    }

    /// The text of `{% raw %}…{% endraw %}`, if it starts here.
    private mutating func rawBlock() throws(JinjaFailure) -> [Unicode.Scalar]? {
        guard let begin = marker("raw", at) else { return nil }
        let start = line
        open(isOutput: false)
        line += source[at..<begin.end].count { $0 == "\n" }
        at = begin.end
        if begin.strips { skipSpace() }
        startsLine = source[at - 1] == "\n"
        while at < source.count {
            if source[at] == "{", let end = marker("endraw", at) {
                let sign = source[at + 2]
                if sign == "-" {
                    while let last = text.last, PythonText.isSpace(last) { text.removeLast() }
                } else if sign != "+" {
                    stripIndentation()
                }
                let raw = text
                text = []
                line += source[at..<end.end].count { $0 == "\n" }
                // The last sign and bracket once more, for the white space behind them.
                at = end.end - 2
                if end.strips || end.keeps { at -= 1 }
                _ = takeEnd("%")
                return raw
            }
            take()
        }
        throw JinjaFailure(line: start, reason: "a raw block that is never closed")
    }

    /// A tag of one word at a place: where it ends, and the sign at its end.
    private func marker(
        _ word: String, _ place: Int
    ) -> (end: Int, strips: Bool, keeps: Bool)? {
        var next = place + 2
        func skip(while holds: (Unicode.Scalar) -> Bool) {
            while next < source.count, holds(source[next]) { next += 1 }
        }
        guard next < source.count, source[place + 1] == "%" else { return nil }
        if source[next] == "-" || source[next] == "+" { next += 1 }
        skip(while: PythonText.isSpace)
        for scalar in word.unicodeScalars {
            guard next < source.count, source[next] == scalar else { return nil }
            next += 1
        }
        skip(while: PythonText.isSpace)
        let strips = next < source.count && source[next] == "-"
        let keeps = word == "endraw" && next < source.count && source[next] == "+"
        if strips || keeps { next += 1 }
        guard next + 1 < source.count, source[next] == "%", source[next + 1] == "}" else {
            return nil
        }
        return (next + 2, strips, keeps)
    }

    // MARK: - Inside of tags

    private mutating func tag(close: Unicode.Scalar) throws(JinjaFailure) -> [JinjaToken] {
        let start = line
        var tokens: [JinjaToken] = []
        var brackets: [String] = []
        let pairs = ["(": ")", "[": "]", "{": "}"]
        while at < source.count {
            if PythonText.isSpace(source[at]) {
                skipSpace()
                continue
            }
            if brackets.isEmpty, takeEnd(close) { return tokens }
            let token = try token()
            if case .symbol(let text) = token {
                if let end = pairs[text] {
                    brackets.append(end)
                } else if text == ")" || text == "]" || text == "}" {
                    guard brackets.popLast() == text else {
                        throw JinjaFailure(line: line, reason: "\"\(text)\" without its beginning")
                    }
                }
            }
            tokens.append(token)
        }
        throw JinjaFailure(line: start, reason: "a tag that is never closed")
    }
}
