// Cuts a template into text, tags and their tokens, with Jinja's rules of white space as Hugging
// Face sets them: trim_blocks and lstrip_blocks are on. It knows no grammar.

/// Why a template was refused or stopped.
struct JinjaFailure: Error, Equatable {
    /// The line of the template, from 1.
    var line: Int
    var reason: String
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
    private let source: [Unicode.Scalar]
    private var at = 0
    private var line = 1

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
        var result: [JinjaPiece] = []
        var text: [Unicode.Scalar] = []
        var stripsNext = false
        var trimsNewline = false
        func flush(_ result: inout [JinjaPiece]) {
            if stripsNext {
                let start = text.firstIndex { !$0.properties.isWhitespace } ?? text.endIndex
                text.removeSubrange(..<start)
            } else if trimsNewline, text.first == "\n" {
                text.removeFirst()
            }
            if !text.isEmpty {
                var string = String.UnicodeScalarView()
                string.append(contentsOf: text)
                result.append(.text(String(string)))
            }
            text = []
        }
        while at < source.count {
            guard source[at] == "{", at + 1 < source.count,
                source[at + 1] == "{" || source[at + 1] == "%" || source[at + 1] == "#"
            else {
                if source[at] == "\n" { line += 1 }
                text.append(source[at])
                at += 1
                continue
            }
            let kind = source[at + 1]
            let startLine = line
            at += 2
            let sign =
                at < source.count && (source[at] == "-" || source[at] == "+") ? source[at] : nil
            if sign != nil { at += 1 }
            if sign == "-" {
                while text.last?.properties.isWhitespace == true { text.removeLast() }
            } else if kind != "{", sign == nil {
                Self.stripIndentation(&text, isFirst: result.isEmpty)
            }
            flush(&result)
            let (tokens, strips) = try tag(kind)
            stripsNext = strips
            trimsNewline = kind != "{"
            if kind == "{" { result.append(.output(tokens, line: startLine)) }
            if kind == "%" { result.append(.tag(tokens, line: startLine)) }
            if kind == "#", result.isEmpty { result.append(.text("")) }
        }
        flush(&result)
        return result
    }

    /// Drops blanks between the start of the line and a tag; `isFirst` text starts a line itself.
    private static func stripIndentation(_ text: inout [Unicode.Scalar], isFirst: Bool) {
        var end = text.count
        while end > 0, text[end - 1] != "\n", text[end - 1].properties.isWhitespace { end -= 1 }
        if end == 0 ? isFirst : text[end - 1] == "\n" { text.removeSubrange(end...) }
    }

    // MARK: - Inside of tags

    private mutating func tag(
        _ kind: Unicode.Scalar
    ) throws(JinjaFailure) -> (tokens: [JinjaToken], strips: Bool) {
        let close: Unicode.Scalar = kind == "{" ? "}" : kind
        let start = line
        var tokens: [JinjaToken] = []
        var brackets = 0
        while at < source.count {
            let isClosing = brackets == 0 || kind == "#"
            if isClosing, let length = closing(close) {
                let strips = source[at] == "-"
                at += length
                return (tokens, strips)
            }
            if source[at] == "\n" { line += 1 }
            if kind == "#" || source[at].properties.isWhitespace {
                at += 1
                continue
            }
            let token = try token()
            if case .symbol(let text) = token {
                if "([{".contains(text) { brackets += 1 }
                if ")]}".contains(text) { brackets -= 1 }
            }
            tokens.append(token)
        }
        throw JinjaFailure(line: start, reason: "a tag that is never closed")
    }

    /// Length of the end of a tag at this place.
    private func closing(_ close: Unicode.Scalar) -> Int? {
        var next = at
        if source[next] == "-" || source[next] == "+" { next += 1 }
        guard next + 1 < source.count, source[next] == close, source[next + 1] == "}" else {
            return nil
        }
        return next + 2 - at
    }

    private mutating func token() throws(JinjaFailure) -> JinjaToken {
        let first = source[at]
        if first == "'" || first == "\"" { return .string(try string(quote: first)) }
        if ("0"..."9").contains(first) { return try number() }
        if first == "_" || first.properties.isAlphabetic { return .name(word()) }
        for symbol in ["==", "!=", "<=", ">=", "//", "**"] where matches(symbol) {
            at += 2
            return .symbol(symbol)
        }
        guard "+-*/%~|.,:()[]{}<>=".unicodeScalars.contains(first) else {
            throw JinjaFailure(line: line, reason: "the character \(first.debugDescription)")
        }
        at += 1
        return .symbol(String(first))
    }

    private func matches(_ symbol: String) -> Bool {
        at + 1 < source.count && symbol.unicodeScalars.elementsEqual(source[at...at + 1])
    }

    private mutating func word() -> String {
        var text = String.UnicodeScalarView()
        while at < source.count,
            source[at] == "_" || source[at].properties.isAlphabetic
                || source[at].properties.numericType != nil
        {
            text.append(source[at])
            at += 1
        }
        return String(text)
    }

    private mutating func number() throws(JinjaFailure) -> JinjaToken {
        func isDigit(_ index: Int) -> Bool {
            index < source.count && ("0"..."9").contains(source[index])
        }
        var text = ""
        while at < source.count {
            let scalar = source[at]
            let isSign = scalar == "-" || scalar == "+"
            let isExponent =
                (scalar == "e" || scalar == "E")
                && (isDigit(at + 1)
                    || isDigit(at + 2) && (source[at + 1] == "-" || source[at + 1] == "+"))
            let isFraction = scalar == "." && isDigit(at + 1)
            let isPart = isDigit(at) || isFraction || isExponent || isSign && text.last == "e"
            guard isPart || scalar == "_" else { break }
            if scalar != "_" { text += isExponent ? "e" : String(scalar) }
            at += 1
        }
        if let value = Int(text) { return .integer(value) }
        guard text.contains(".") || text.contains("e"), let value = Double(text) else {
            throw JinjaFailure(line: line, reason: "the number \(text.prefix(40))")
        }
        return .number(value)
    }

    private mutating func string(quote: Unicode.Scalar) throws(JinjaFailure) -> String {
        var text = String.UnicodeScalarView()
        let start = line
        at += 1
        while at < source.count, source[at] != quote {
            if source[at] == "\n" { line += 1 }
            if source[at] == "\\", at + 1 < source.count {
                at += 1
                text.append(contentsOf: try escape())
            } else {
                text.append(source[at])
            }
            at += 1
        }
        guard at < source.count else {
            throw JinjaFailure(line: start, reason: "a string that is never closed")
        }
        at += 1
        return String(text)
    }

    /// Python's escapes; an unknown one stands for itself with its backslash.
    private mutating func escape() throws(JinjaFailure) -> [Unicode.Scalar] {
        switch source[at] {
        case "n": return ["\n"]
        case "t": return ["\t"]
        case "r": return ["\r"]
        case "0": return ["\0"]
        case "\\", "'", "\"": return [source[at]]
        case "\n": return []
        case "x", "u", "U":
            let length = source[at] == "x" ? 2 : source[at] == "u" ? 4 : 8
            var digits = ""
            for scalar in source[(at + 1)...].prefix(length) {
                digits.unicodeScalars.append(scalar)
            }
            guard digits.count == length, let value = UInt32(digits, radix: 16),
                let scalar = Unicode.Scalar(value)
            else { throw JinjaFailure(line: line, reason: "the escape \\\(source[at])\(digits)") }
            at += length
            return [scalar]
        default: return ["\\", source[at]]
        }
    }
}
