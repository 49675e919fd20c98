// The tokens inside of a template's tags: names, operators, numbers and strings, spelled as in
// Python.

extension JinjaLexer {
    /// The token that starts here.
    mutating func token() throws(JinjaFailure) -> JinjaToken {
        let first = source[at]
        if first == "'" || first == "\"" { return .string(try string(quote: first)) }
        if ("0"..."9").contains(first) { return try number() }
        if first == "_" || first.properties.isXIDStart { return .name(word()) }
        for symbol in ["==", "!=", "<=", ">=", "//", "**"] where matches(symbol) {
            at += 2
            return .symbol(symbol)
        }
        guard "+-*/%~|.,:;()[]{}<>=".unicodeScalars.contains(first) else {
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
        while at < source.count, source[at] == "_" || source[at].properties.isXIDContinue {
            text.append(source[at])
            at += 1
        }
        return String(text)
    }

    private mutating func number() throws(JinjaFailure) -> JinjaToken {
        let start = at
        let bases: [Unicode.Scalar: Int] = [
            "x": 16, "X": 16, "o": 8, "O": 8, "b": 2, "B": 2,
        ]
        if source[at] == "0", at + 1 < source.count, let base = bases[source[at + 1]] {
            at += 2
            let digits = digits { Int(String($0), radix: base) != nil }
            guard let value = Int(digits, radix: base) else { throw odd(start) }
            return .integer(value)
        }
        func isDigit(_ index: Int) -> Bool {
            index < source.count && ("0"..."9").contains(source[index])
        }
        var text = digits { ("0"..."9").contains($0) }
        var isFloat = false
        // Behind a dot stands an index, so that `a.0.1` is no fraction.
        if start > 0, source[start - 1] == "." { return try integer(text, start) }
        if at < source.count, source[at] == ".", isDigit(at + 1) {
            isFloat = true
            at += 1
            text += "." + digits { ("0"..."9").contains($0) }
        }
        if at < source.count, source[at] == "e" || source[at] == "E" {
            let isSigned = at + 1 < source.count && (source[at + 1] == "-" || source[at + 1] == "+")
            if isDigit(at + (isSigned ? 2 : 1)) {
                isFloat = true
                text += "e" + (isSigned ? String(source[at + 1]) : "")
                at += isSigned ? 2 : 1
                text += digits { ("0"..."9").contains($0) }
            }
        }
        if isFloat {
            guard let value = Double(text) else { throw odd(start) }
            return .number(value)
        }
        return try integer(text, start)
    }

    private func integer(_ text: String, _ start: Int) throws(JinjaFailure) -> JinjaToken {
        guard let value = Int(text), !text.hasPrefix("0") || value == 0 else { throw odd(start) }
        return .integer(value)
    }

    /// Digits; an underscore may stand between two of them.
    private mutating func digits(_ isDigit: (Unicode.Scalar) -> Bool) -> String {
        var text = ""
        while at < source.count {
            let isUnderscore =
                source[at] == "_" && at + 1 < source.count && isDigit(source[at + 1])
            guard isUnderscore || isDigit(source[at]) else { break }
            if !isUnderscore { text.unicodeScalars.append(source[at]) }
            at += 1
        }
        return text
    }

    private func odd(_ start: Int) -> JinjaFailure {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: source[start..<at].prefix(40))
        return JinjaFailure(line: line, reason: "the number \(String(text))")
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
        let letter = source[at]
        switch letter {
        case "n": return ["\n"]
        case "t": return ["\t"]
        case "r": return ["\r"]
        case "a": return ["\u{7}"]
        case "b": return ["\u{8}"]
        case "f": return ["\u{C}"]
        case "v": return ["\u{B}"]
        case "\\", "'", "\"": return [letter]
        case "\n":
            line += 1
            return []
        case "0"..."7":
            var value: UInt32 = 0
            var count = 0
            while count < 3, at < source.count, ("0"..."7").contains(source[at]) {
                value = value * 8 + source[at].value - 48
                at += 1
                count += 1
            }
            at -= 1
            return [Unicode.Scalar(value) ?? "?"]
        case "x", "u", "U":
            let length = letter == "x" ? 2 : letter == "u" ? 4 : 8
            var digits = ""
            for scalar in source[(at + 1)...].prefix(length) {
                digits.unicodeScalars.append(scalar)
            }
            guard digits.count == length, digits.allSatisfy(\.isHexDigit),
                let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value)
            else { throw JinjaFailure(line: line, reason: "the escape \\\(letter)\(digits)") }
            at += length
            return [scalar]
        case "N": throw JinjaFailure(line: line, reason: "the escape \\N, which is not supported")
        case _ where !letter.isASCII:
            // Jinja writes such a letter as an escape of its own, whose backslash is then escaped.
            let digits = String(letter.value, radix: 16)
            let (mark, width) =
                letter.value < 0x100 ? ("x", 2) : letter.value < 0x10000 ? ("u", 4) : ("U", 8)
            let zeros = String(repeating: "0", count: width - digits.count)
            return Array("\\\(mark)\(zeros)\(digits)".unicodeScalars)
        default: return ["\\", letter]
        }
    }
}
