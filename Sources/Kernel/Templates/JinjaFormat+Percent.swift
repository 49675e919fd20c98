// `'%d of %s' % (1, 'a')`: Python's older way to format text.

import Foundation

extension JinjaFormat {
    /// `pattern % value`; with `escapes`, strings that are put in are escaped for HTML.
    static func percent(
        _ pattern: String, _ value: JinjaValue, escapes: Bool, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> String {
        try interpreter.scan(pattern.utf8.count)
        var values: [JinjaValue] = [value]
        if case .tuple(let list) = value { values = list.items }
        var at = 0
        func next() throws(JinjaFailure) -> JinjaValue {
            guard at < values.count else {
                throw interpreter.failure("a format with too few values")
            }
            at += 1
            return values[at - 1]
        }
        var result = ""
        var rest = pattern.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "%" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            var named: JinjaValue?
            if rest.first == "(" {
                guard let close = rest.firstIndex(of: ")") else {
                    throw interpreter.failure("a format without the end of a name")
                }
                let name = String(rest[rest.index(after: rest.startIndex)..<close])
                guard case .map(let map) = value, let member = map[name] else {
                    throw interpreter.failure("a format without a value for \(name)")
                }
                named = member
                rest = rest[rest.index(after: close)...]
            }
            var options = Options()
            while let flag = rest.first, "-+ #0".unicodeScalars.contains(flag) {
                rest.removeFirst()
                switch flag {
                case "-": options.alignment = "<"
                case "0": if options.fill == " " { options.fill = "0" }
                case "#": options.isAlternate = true
                case " ": if options.sign == nil { options.sign = " " }
                default: options.sign = "+"
                }
            }
            func size() throws(JinjaFailure) -> Int? {
                if rest.first == "*" {
                    rest.removeFirst()
                    guard let size = try next().asInteger else {
                        throw interpreter.failure("a width that is no number")
                    }
                    return size
                }
                return try number(&rest, interpreter)
            }
            if let width = try size() {
                if width < 0 { options.alignment = "<" }
                options.width = Int(clamping: width.magnitude)
            }
            if rest.first == "." {
                rest.removeFirst()
                options.precision = try size() ?? 0
            }
            while let modifier = rest.first, "hlL".unicodeScalars.contains(modifier) {
                rest.removeFirst()
            }
            guard let letter = rest.popFirst() else {
                throw interpreter.failure("a format without its letter")
            }
            if letter == "%" {
                result += "%"
                continue
            }
            options.letter = Character(letter)
            if options.alignment == "<" { options.fill = " " }
            let shown: JinjaValue
            if let named { shown = named } else { shown = try next() }
            let text = try converted(shown, options, escapes, interpreter)
            try interpreter.make(text.utf8.count)
            result += text
        }
        let isContainer: Bool
        switch value {
        case .map, .list, .range: isContainer = true
        default: isContainer = false
        }
        guard at == values.count || isContainer else {
            throw interpreter.failure("a format with too many values")
        }
        return result
    }

    static func number(
        _ rest: inout Substring.UnicodeScalarView, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> Int? {
        var digits = ""
        while let scalar = rest.first, ("0"..."9").contains(scalar) {
            digits.unicodeScalars.append(scalar)
            rest.removeFirst()
        }
        guard !digits.isEmpty else { return nil }
        guard let number = Int(digits) else { throw interpreter.failure("a width of \(digits)") }
        return number
    }

    private static func converted(
        _ value: JinjaValue, _ options: Options, _ escapes: Bool, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> String {
        var options = options
        switch options.letter {
        case "s", "r", "c":
            var text: String
            if options.letter == "r" {
                text = try interpreter.represented(value)
            } else if options.letter == "c", let code = value.asInteger {
                guard let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init) else {
                    throw interpreter.failure("the character \(code)")
                }
                text = String(scalar)
            } else {
                text = try interpreter.printed(value)
                guard options.letter == "s" || text.unicodeScalars.count == 1 else {
                    throw interpreter.failure("%c of more than one character")
                }
            }
            if escapes, !value.isMarkup { text = PythonText.escaped(text) }
            options.fill = " "
            options.alignment = options.alignment ?? ">"
            return try aligned("", cut(text, options.precision), options, interpreter)
        case "d", "i", "u", "x", "X", "o":
            var number = value
            if case .number(let double) = value, "diu".contains(options.letter) {
                guard let whole = Int(exactly: double.rounded(.towardZero)) else {
                    throw interpreter.failure("%\(options.letter) of \(double)")
                }
                number = .integer(whole)
            }
            let minimum = options.precision ?? 0
            options.precision = nil
            if "diu".contains(options.letter) { options.letter = "d" }
            return try formatted(number, options, digits: minimum, interpreter)
        case "e", "E", "f", "F", "g", "G": return try formatted(value, options, interpreter)
        default: throw interpreter.failure("the format %\(options.letter), which is not supported")
        }
    }
}
