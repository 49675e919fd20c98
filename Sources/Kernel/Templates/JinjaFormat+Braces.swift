// `'{} of {name:>5}'.format(…)`: Python's newer way to format text.

extension JinjaFormat {
    /// `pattern.format(…)`: values that no field names are passed over, as Python does.
    static func braces(
        _ pattern: String, _ arguments: inout JinjaArguments, escapes: Bool,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> String {
        let (positional, named) = (arguments.takeRest(), arguments.takeNamed())
        var result = ""
        var automatic = 0
        var rest = pattern.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "{" || scalar == "}", rest.first == scalar {
                rest.removeFirst()
                result.unicodeScalars.append(scalar)
                continue
            }
            guard scalar == "{" else {
                if scalar == "}" { throw interpreter.failure("a single } in a format") }
                result.unicodeScalars.append(scalar)
                continue
            }
            guard let close = rest.firstIndex(of: "}") else {
                throw interpreter.failure("a single { in a format")
            }
            let field = String(rest[..<close])
            rest = rest[rest.index(after: close)...]
            guard !field.contains("{"), !field.contains("["), !field.contains("!a") else {
                throw interpreter.failure("the format field \(field), which is not supported")
            }
            let halves = PythonText.split(field, at: ":", limit: 1)
            var name = halves[0]
            let represents = name.hasSuffix("!r")
            if represents || name.hasSuffix("!s") { name.removeLast(2) }
            var path = PythonText.split(name, at: ".", limit: -1)
            let first = path.removeFirst()
            var value: JinjaValue
            if first.isEmpty || Int(first) != nil {
                let index = Int(first) ?? automatic
                if first.isEmpty { automatic += 1 }
                guard positional.indices.contains(index) else {
                    throw interpreter.failure("a format without value \(index)")
                }
                value = positional[index]
            } else {
                guard let given = named[first] else {
                    throw interpreter.failure("a format without a value for \(first)")
                }
                value = given
            }
            for part in path { value = try interpreter.attribute(part, of: value) }
            if represents { value = .string(try interpreter.represented(value)) }
            if halves[0].hasSuffix("!s") { value = .string(try interpreter.printed(value)) }
            var text = try specified(value, halves.count > 1 ? halves[1] : "", interpreter)
            if escapes, !value.isMarkup { text = PythonText.escaped(text) }
            try interpreter.make(text.utf8.count)
            result += text
        }
        return result
    }

    private static func specified(
        _ value: JinjaValue, _ specification: String, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> String {
        guard !specification.isEmpty else { return try interpreter.printed(value) }
        var options = Options()
        options.letter = " "
        var rest = Substring(specification).unicodeScalars[...]
        let marks = "<>^=".unicodeScalars
        if rest.count > 1, marks.contains(rest[rest.index(after: rest.startIndex)]) {
            options.fill = String(rest.removeFirst())
        }
        if let mark = rest.first, marks.contains(mark) {
            options.alignment = Character(mark)
            rest.removeFirst()
        }
        if let sign = rest.first, "+- ".unicodeScalars.contains(sign) {
            options.sign = Character(sign)
            rest.removeFirst()
        }
        if rest.first == "#" {
            options.isAlternate = true
            rest.removeFirst()
        }
        if rest.first == "0" {
            rest.removeFirst()
            if options.alignment == nil { options.fill = "0" }
        }
        options.width = try number(&rest, interpreter) ?? 0
        if let grouping = rest.first, grouping == "," || grouping == "_" {
            options.grouping = String(grouping)
            rest.removeFirst()
        }
        if rest.first == "." {
            rest.removeFirst()
            options.precision = try number(&rest, interpreter)
        }
        if let letter = rest.popFirst() { options.letter = Character(letter) }
        let failure = interpreter.failure(
            "the format \(specification) of \(value.kindName), which is not supported")
        guard rest.isEmpty, options.grouping.isEmpty || options.fill != "0" else { throw failure }
        if options.alignment == "=" {
            options.alignment = nil
            guard options.fill == "0" || options.fill == " " else { throw failure }
        }
        if let text = value.text {
            guard options.letter == " " || options.letter == "s", options.sign == nil,
                options.grouping.isEmpty
            else { throw failure }
            if options.alignment == nil { options.alignment = "<" }
            return try aligned("", cut(text, options.precision), options, interpreter)
        }
        guard value.asDouble != nil else { throw failure }
        if options.letter == " " {
            if value.asInteger != nil {
                options.letter = "d"
            } else {
                guard options.precision == nil, options.grouping.isEmpty else { throw failure }
                let text = try interpreter.printed(value)
                let isNegative = text.hasPrefix("-")
                return try aligned(
                    isNegative ? "-" : options.sign == "+" ? "+" : "",
                    isNegative ? String(text.dropFirst()) : text, options, interpreter)
            }
        }
        return try formatted(value, options, interpreter)
    }
}
