// The filters that templates may use: Jinja's own and the `tojson` of transformers. Each takes the
// arguments it knows; the rest is refused here for all of them.

/// `value | name(arguments)`
enum JinjaFilters {
    /// All names that Jinja knows; a template with another does not compile.
    static let names: Set<String> = [
        "abs", "attr", "batch", "capitalize", "center", "count", "d", "default", "dictsort", "e",
        "escape", "filesizeformat", "first", "float", "forceescape", "format", "groupby", "indent",
        "int", "items", "join", "last", "length", "list", "lower", "map", "max", "min", "pprint",
        "random", "reject", "rejectattr", "replace", "reverse", "round", "safe", "select",
        "selectattr", "slice", "sort", "string", "striptags", "sum", "title", "tojson", "trim",
        "truncate", "unique", "upper", "urlencode", "urlize", "wordcount", "wordwrap", "xmlattr",
    ]

    static func apply(
        _ name: String, to value: JinjaValue, _ given: JinjaArguments,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        var arguments = given
        let result =
            if let result = try text(name, value, &arguments, interpreter) {
                result
            } else if let result = try number(name, value, &arguments, interpreter) {
                result
            } else if let result = try sequence(name, value, &arguments, interpreter) {
                result
            } else if let result = try selection(name, value, &arguments, interpreter) {
                result
            } else if let result = try markup(name, value, &arguments, interpreter) {
                result
            } else if let result = try general(name, value, &arguments, interpreter) {
                result
            } else {
                throw interpreter.failure(
                    names.contains(name)
                        ? "the filter \(name), which is not supported"
                        : "the filter \(name), which does not exist")
            }
        try arguments.finish(interpreter)
        return result
    }

    private static func general(
        _ name: String, _ value: JinjaValue, _ arguments: inout JinjaArguments,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue? {
        switch name {
        case "default", "d":
            let other = try arguments.take("default_value", interpreter) ?? .string("")
            let alsoFalse = try arguments.flag("boolean", interpreter)
            return value.isUndefined || alsoFalse && !value.isTrue ? other : value
        case "length", "count": return .integer(try length(of: value, interpreter))
        case "tojson": return try json(value, &arguments, interpreter)
        case "attr":
            let name = try arguments.needed("name", interpreter)
            guard let name = name.text else {
                throw interpreter.failure("\(name.kindName) as the name of an attribute")
            }
            if case .undefined(let owner) = value {
                throw interpreter.failure("the member \(name) of \(owner), which is undefined")
            }
            return try interpreter.typeAttribute(name, of: value) ?? .undefined(name)
        case "items":
            switch value {
            case .undefined: return .generator(JinjaGenerator { _ throws(JinjaFailure) in nil })
            case .map(let map):
                let view = JinjaView(kind: .items, map: map)
                return .generator(try interpreter.iterator(of: .view(view)))
            default: throw interpreter.failure("the items of \(value.kindName)")
            }
        default: return nil
        }
    }

    private static func length(
        of value: JinjaValue, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> Int {
        if let text = value.text {
            try interpreter.scan(text.utf8.count)
            return text.unicodeScalars.count
        }
        if case .loop(let state) = value { return try state.count(interpreter) }
        guard let count = JinjaInterpreter.count(value) else {
            throw interpreter.failure("the length of \(value.kindName)")
        }
        return count
    }

    /// transformers' own `tojson`, which does not escape HTML and hands four options through.
    private static func json(
        _ value: JinjaValue, _ arguments: inout JinjaArguments, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        var json = PythonJSON(interpreter)
        json.ensuresASCII = try arguments.flag("ensure_ascii", interpreter)
        let indent = try arguments.take("indent", interpreter) ?? .none
        if let text = indent.text {
            json.indent = text
        } else if let count = indent.asInteger {
            try interpreter.make(max(count, 0))
            json.indent = String(repeating: " ", count: max(count, 0))
        } else if !indent.isNone {
            throw interpreter.failure("\(indent.kindName) as the argument indent of tojson")
        }
        if json.indent != nil { json.separators.item = "," }
        if let separators = try arguments.take("separators", interpreter), !separators.isNone {
            let items = try interpreter.items(of: separators)
            guard items.count == 2, let item = items[0].text, let key = items[1].text else {
                throw interpreter.failure("separators of tojson that are not two strings")
            }
            json.separators = (item, key)
        }
        json.sortsKeys = try arguments.flag("sort_keys", interpreter)
        return .string(try json.text(of: value))
    }

    // MARK: - Attributes of items

    /// Reads `a.b.0` of items, as the argument `attribute` of filters has it.
    struct AttributePath {
        let parts: [JinjaValue]
        let otherwise: JinjaValue?

        init(
            _ attribute: JinjaValue, otherwise: JinjaValue? = nil, _ interpreter: JinjaInterpreter
        ) throws(JinjaFailure) {
            self.otherwise = otherwise.flatMap { $0.isNone ? nil : $0 }
            if attribute.isNone {
                parts = []
            } else if attribute.asInteger != nil {
                parts = [attribute]
            } else if let text = attribute.text {
                try interpreter.make(text.utf8.count)
                parts = PythonText.split(text, at: ".", limit: -1).map { part in
                    let isIndex = part.utf8.allSatisfy { (48...57).contains($0) }
                    if isIndex, let index = Int(part) { return .integer(index) }
                    return .string(part)
                }
            } else {
                throw interpreter.failure("\(attribute.kindName) as the name of an attribute")
            }
        }

        func value(
            of item: JinjaValue, _ interpreter: JinjaInterpreter
        ) throws(JinjaFailure) -> JinjaValue {
            var value = item
            for part in parts {
                try interpreter.spend()
                value = try interpreter.element(part, of: value)
                if let otherwise, value.isUndefined { value = otherwise }
            }
            return value
        }
    }

    /// A value with its letters made small, unless case matters.
    static func folded(
        _ value: JinjaValue, _ isCaseSensitive: Bool, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        guard !isCaseSensitive, let text = value.text else { return value }
        return try interpreter.made(PythonText.lower(text))
    }
}
