// The methods of values that templates may call: Python's, without those that change a value.
// Which ones a type has is known by name, so that `x.keys is defined` is true; a method that is
// there in Python but not here is refused by name.

/// Methods of values.
enum JinjaMethods {
    private static let string: Set<String> = [
        "capitalize", "casefold", "center", "count", "encode", "endswith", "expandtabs", "find",
        "format", "format_map", "index", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit",
        "isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper",
        "join", "ljust", "lower", "lstrip", "maketrans", "partition", "removeprefix",
        "removesuffix", "replace", "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip",
        "split", "splitlines", "startswith", "strip", "swapcase", "title", "translate", "upper",
        "zfill",
    ]
    private static let markup: Set<String> = ["striptags", "unescape", "escape"]
    private static let map: Set<String> = ["copy", "fromkeys", "get", "items", "keys", "values"]
    private static let number: Set<String> = ["as_integer_ratio", "conjugate", "is_integer"]
    private static let integer: Set<String> = [
        "bit_count", "bit_length", "from_bytes", "to_bytes",
    ]

    /// Whether the type of a value has a method; those that would change it are hidden.
    static func has(_ name: String, _ value: JinjaValue) -> Bool {
        switch value {
        case .string: string.contains(name)
        case .markup: string.contains(name) || markup.contains(name)
        case .map: map.contains(name)
        case .list: ["copy", "count", "index"].contains(name)
        case .tuple, .range: ["count", "index"].contains(name)
        case .view(let view):
            view.kind != .values && name == "isdisjoint" || name == "mapping"
        case .number: number.contains(name) || name == "hex" || name == "fromhex"
        case .integer, .bigInteger, .bool: number.contains(name) || integer.contains(name)
        case .cycler: name == "next" || name == "reset"
        case .generator: ["send", "close", "throw"].contains(name)
        default: false
        }
    }

    static func call(
        _ name: String, on base: JinjaValue, _ given: JinjaArguments,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        var arguments = given
        let result: JinjaValue? =
            switch base {
            case .string(let text), .markup(let text):
                try call(name, text, base.isMarkup, &arguments, interpreter)
            case .map(let map): try dictionary(name, map, &arguments, interpreter)
            case .list, .tuple, .range: try sequence(name, base, &arguments, interpreter)
            case .loop(let state): try loop(name, state, &arguments, interpreter)
            case .cycler(let counter): cycler(name, counter)
            case .number(let number) where name == "is_integer":
                .bool(number.isFinite && number == number.rounded())
            case .integer, .bool: name == "is_integer" ? .bool(true) : nil
            default: nil
            }
        guard let result else {
            throw interpreter.failure(
                "the method \(name) of \(base.kindName), which is not supported")
        }
        try arguments.finish(interpreter)
        return result
    }

    private static func dictionary(
        _ name: String, _ map: JinjaMap, _ arguments: inout JinjaArguments,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue? {
        switch name {
        case "items": return .view(JinjaView(kind: .items, map: map))
        case "keys": return .view(JinjaView(kind: .keys, map: map))
        case "values": return .view(JinjaView(kind: .values, map: map))
        case "copy": return .map(map)
        case "get":
            // Python takes these two by their places only.
            let rest = arguments.takeRest()
            guard (1...2).contains(rest.count) else {
                throw interpreter.failure("get with \(rest.count) arguments")
            }
            let other = rest.count == 2 ? rest[1] : .none
            return map.entries[try interpreter.key(rest[0])]?.value ?? other
        default: return nil
        }
    }

    private static func sequence(
        _ name: String, _ base: JinjaValue, _ arguments: inout JinjaArguments,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue? {
        switch name {
        case "copy": return base
        case "count", "index":
            let rest = arguments.takeRest()
            guard rest.count == 1 else {
                throw interpreter.failure("\(name) with \(rest.count) arguments")
            }
            var count = 0
            for (index, item) in try interpreter.items(of: base).enumerated()
            where try JinjaArithmetic.isEqual(item, rest[0], interpreter) {
                if name == "index" { return .integer(index) }
                count += 1
            }
            guard name == "count" else { throw interpreter.failure("no such item to index") }
            return .integer(count)
        default: return nil
        }
    }

    private static func loop(
        _ name: String, _ state: JinjaLoopState, _ arguments: inout JinjaArguments,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue? {
        let values = arguments.takeRest()
        if name == "cycle" {
            guard !values.isEmpty else { throw interpreter.failure("a cycle of nothing") }
            return values[state.index % values.count]
        }
        let value = JinjaValue.tuple(JinjaList(values))
        if let before = state.changed,
            try JinjaArithmetic.isEqual(before, value, interpreter)
        {
            return .bool(false)
        }
        state.changed = value
        return .bool(true)
    }

    private static func cycler(_ name: String, _ counter: JinjaCounter) -> JinjaValue? {
        if name == "reset" {
            counter.position = 0
            return JinjaValue.none
        }
        let item = counter.items[counter.position]
        counter.position = (counter.position + 1) % counter.items.count
        return item
    }
}
