// Filters that make text of text.

extension JinjaFilters {
    static func text(
        _ name: String, _ value: JinjaValue, _ arguments: inout JinjaArguments,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue? {
        /// The value as text, which stays marked as safe if it was.
        func same(_ change: (String) -> String) throws(JinjaFailure) -> JinjaValue {
            let text = change(try interpreter.printed(value))
            try interpreter.make(2 * text.utf8.count)
            return value.isMarkup ? .markup(text) : .string(text)
        }
        switch name {
        case "upper": return try same(PythonText.upper)
        case "lower": return try same(PythonText.lower)
        case "capitalize": return try same(PythonText.capitalized)
        case "title":
            return try interpreter.made(PythonText.titledWords(try interpreter.printed(value)))
        case "trim":
            let characters = try arguments.text("chars", interpreter)
            return try same { PythonText.stripped($0, .both, characters) }
        case "string":
            return value.isMarkup ? value : try interpreter.made(try interpreter.printed(value))
        case "safe": return .markup(try interpreter.printed(value))
        case "escape", "e":
            if value.isMarkup { return value }
            return .markup(PythonText.escaped(try interpreter.printed(value)))
        case "forceescape": return .markup(PythonText.escaped(try interpreter.printed(value)))
        case "replace":
            let old = try interpreter.printed(try arguments.needed("old", interpreter))
            let new = try interpreter.printed(try arguments.needed("new", interpreter))
            let limit = try arguments.integer("count", interpreter) ?? -1
            let text = try interpreter.printed(value)
            return .string(try JinjaMethods.replaced(text, old, new, limit, interpreter))
        case "format":
            let named = arguments.takeNamed()
            let rest = arguments.takeRest()
            guard named.isEmpty || rest.isEmpty else {
                throw interpreter.failure("format with arguments by place and by name")
            }
            let values = named.isEmpty ? JinjaValue.tuple(JinjaList(rest)) : .map(JinjaMap(named))
            let pattern = try interpreter.printed(value)
            let text = try JinjaFormat.percent(
                pattern, values, escapes: value.isMarkup, interpreter)
            return value.isMarkup ? .markup(text) : .string(text)
        case "center":
            let width = try arguments.integer("width", interpreter) ?? 80
            try interpreter.make(max(width, 0))
            return try same { PythonText.padded($0, to: width, .both, " ") }
        case "indent": return try indented(value, &arguments, interpreter)
        case "truncate": return try truncated(value, &arguments, interpreter)
        case "wordcount":
            let text = try interpreter.printed(value)
            try interpreter.make(text.utf8.count)
            let words = text.unicodeScalars.split {
                $0 != "_" && PythonText.belongs(String($0), to: "isalnum") != true
            }
            return .integer(words.count)
        case "urlencode": return try quoted(value, interpreter)
        default: return nil
        }
    }

    private static func indented(
        _ value: JinjaValue, _ arguments: inout JinjaArguments, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        guard let text = value.text else {
            throw interpreter.failure("the filter indent on \(value.kindName)")
        }
        let width = try arguments.take("width", interpreter) ?? .integer(4)
        let indents = try arguments.flag("first", interpreter)
        let indentsBlank = try arguments.flag("blank", interpreter)
        var space = ""
        if let own = width.text {
            space = own
        } else if let count = width.asInteger {
            try interpreter.make(max(count, 0))
            space = String(repeating: " ", count: max(count, 0))
        } else {
            throw interpreter.failure("\(width.kindName) as the argument width of indent")
        }
        try interpreter.make(text.utf8.count)
        let lines = PythonText.lines(of: text + "\n")
        let (bytes, overflows) = lines.count.multipliedReportingOverflow(by: space.utf8.count)
        try interpreter.make(overflows ? .max : bytes)
        var result = indents ? space : ""
        for (index, line) in lines.enumerated() {
            if index > 0 {
                result += "\n"
                if indentsBlank || !line.isEmpty { result += space }
            }
            result += line
        }
        return value.isMarkup ? .markup(result) : try interpreter.made(result)
    }

    private static func truncated(
        _ value: JinjaValue, _ arguments: inout JinjaArguments, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        let length = try arguments.integer("length", interpreter) ?? 255
        let killsWords = try arguments.flag("killwords", interpreter)
        let end = try arguments.text("end", interpreter) ?? "..."
        let leeway = try arguments.integer("leeway", interpreter) ?? 5
        let endCount = end.unicodeScalars.count
        guard length >= endCount, leeway >= 0 else {
            throw interpreter.failure("truncate to \(length) with an end of \(endCount)")
        }
        let (sum, overflows) = length.addingReportingOverflow(leeway)
        let limit = overflows ? .max : sum
        if let count = JinjaInterpreter.count(value), count <= limit { return value }
        guard let text = value.text, !value.isMarkup else {
            throw interpreter.failure("the filter truncate on \(value.kindName)")
        }
        try interpreter.make(text.utf8.count)
        let scalars = text.unicodeScalars
        guard scalars.count > limit else { return value }
        let cut = String(String.UnicodeScalarView(scalars.prefix(length - endCount)))
        if killsWords { return try interpreter.made(cut + end) }
        let words = PythonText.splitFromEnd(cut, at: " ", limit: 1)
        return try interpreter.made(words[0] + end)
    }

    private static func quoted(
        _ value: JinjaValue, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        func quote(_ value: JinjaValue, keeping kept: String) throws(JinjaFailure) -> String {
            let text = try interpreter.printed(value)
            try interpreter.make(3 * text.utf8.count)
            var result = ""
            for byte in text.utf8 {
                let scalar = Unicode.Scalar(byte)
                let isPlain =
                    byte < 128
                    && (scalar.properties.isAlphabetic || (48...57).contains(byte)
                        || "_.-~".unicodeScalars.contains(scalar)
                        || kept.unicodeScalars.contains(scalar))
                let digits = String(byte, radix: 16, uppercase: true)
                result += isPlain ? String(scalar) : "%" + (byte < 16 ? "0" : "") + digits
            }
            return result
        }
        var pairs: [JinjaValue]
        switch value {
        case .map(let map):
            pairs = try interpreter.items(of: .view(JinjaView(kind: .items, map: map)))
        case .list, .tuple, .range, .view, .generator: pairs = try interpreter.items(of: value)
        default: return .string(try quote(value, keeping: "/"))
        }
        var parts: [String] = []
        for pair in pairs {
            let both = try interpreter.items(of: pair)
            guard both.count == 2 else { throw interpreter.failure("urlencode without pairs") }
            let (name, value) = (try quote(both[0], keeping: " "), try quote(both[1], keeping: " "))
            parts.append("\(name)=\(value)".replacing(" ", with: "+"))
        }
        return try interpreter.made(parts.joined(separator: "&"))
    }
}
