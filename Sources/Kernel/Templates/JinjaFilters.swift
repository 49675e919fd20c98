// The filters and tests templates may use: closed lists, as Hugging Face's sandbox has them.
// `tojson` is Python's json.dumps without escaping of HTML.

/// `value | name(arguments)`
enum JinjaFilters {
    static func apply(
        _ name: String, to value: JinjaValue, _ arguments: JinjaArguments,
        _ interpreter: inout JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        switch name {
        case "trim":
            let characters: String?
            if case .string(let text)? = arguments.value(0, "chars") {
                characters = text
            } else {
                characters = nil
            }
            let text = try interpreter.printed(value)
            return try interpreter.made(PythonText.stripped(text, .both, characters))
        case "upper": return try interpreter.made(try interpreter.printed(value).uppercased())
        case "lower": return try interpreter.made(try interpreter.printed(value).lowercased())
        case "capitalize":
            return try interpreter.made(PythonText.capitalized(try interpreter.printed(value)))
        case "string", "safe": return try interpreter.made(try interpreter.printed(value))
        case "length", "count": return .integer(try length(of: value, interpreter))
        case "default", "d": return defaulted(value, arguments)
        case "tojson":
            try interpreter.spend(JinjaArithmetic.size(of: value, limit: 1 << 20))
            guard let json = value.json else {
                throw interpreter.failure("tojson of \(value.kindName)")
            }
            let indent = arguments.value(0, "indent")?.asInteger.map { min(max($0, 0), 16) }
            return try interpreter.made(PythonJSON.text(of: json, indent: indent))
        case "join": return try joined(value, arguments, &interpreter)
        case "replace":
            guard case .string(let part)? = arguments.value(0, "old"),
                case .string(let other)? = arguments.value(1, "new")
            else { throw interpreter.failure("replace without two strings") }
            return try JinjaMethods.replaced(
                try interpreter.printed(value), part, other, &interpreter)
        case "int":
            if case .string(let text) = value { return .integer(Int(text) ?? 0) }
            return .integer(
                value.asInteger ?? value.asDouble.flatMap { Int(exactly: $0.rounded(.towardZero)) }
                    ?? 0)
        case "first": return try interpreter.items(of: value).first ?? .undefined("first")
        case "last": return try interpreter.items(of: value).last ?? .undefined("last")
        case "list": return .array(try interpreter.items(of: value))
        case "reverse": return .array(try interpreter.items(of: value).reversed())
        case "items": return try JinjaMethods.call("items", on: value, arguments, &interpreter)
        case "selectattr", "rejectattr", "map":
            return try picked(name, try interpreter.items(of: value), arguments, &interpreter)
        default: throw interpreter.failure("the filter \(name)")
        }
    }

    private static func length(
        of value: JinjaValue, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> Int {
        switch value {
        case .string(let text): text.unicodeScalars.count
        case .list(let list): list.items.count
        case .map(let map): map.members.count
        case .undefined: 0
        default: throw interpreter.failure("the length of \(value.kindName)")
        }
    }

    private static func defaulted(_ value: JinjaValue, _ arguments: JinjaArguments) -> JinjaValue {
        let other = arguments.value(0, "default_value") ?? .string("")
        if case .undefined = value { return other }
        let alsoFalse = arguments.value(1, "boolean")?.isTrue ?? false
        return alsoFalse && !value.isTrue ? other : value
    }

    private static func joined(
        _ value: JinjaValue, _ arguments: JinjaArguments, _ interpreter: inout JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        let separator = arguments.value(0, "d")?.printed ?? ""
        var text = ""
        for (index, item) in try interpreter.items(of: value).enumerated() {
            if index > 0 { text += separator }
            text += try interpreter.printed(item)
            guard text.utf8.count <= 4 << 20 else {
                throw interpreter.failure("a join of more than 4 MiB")
            }
        }
        return try interpreter.made(text)
    }

    /// Items by one of their members: chosen by a test of it, or replaced by it.
    private static func picked(
        _ name: String, _ items: [JinjaValue], _ arguments: JinjaArguments,
        _ interpreter: inout JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        let attribute = name == "map" ? arguments.named["attribute"] : arguments.positional.first
        guard case .string(let member)? = attribute else {
            throw interpreter.failure("the filter \(name) without the name of a member")
        }
        var result: [JinjaValue] = []
        for item in items {
            guard case .map(let map) = item else {
                throw interpreter.failure("the member \(member) of \(item.kindName)")
            }
            let value = map.members[member] ?? .undefined(member)
            if name == "map" {
                result.append(value)
                continue
            }
            var holds = value.isTrue
            if arguments.positional.count > 1, case .string(let test) = arguments.positional[1] {
                var rest = JinjaArguments()
                rest.positional = Array(arguments.positional.dropFirst(2))
                holds = try JinjaTests.check(test, value, rest, &interpreter)
            }
            if holds == (name == "selectattr") { result.append(item) }
        }
        return try interpreter.made(.array(result), count: result.count)
    }
}

/// `value is name(arguments)`
enum JinjaTests {
    static func check(
        _ name: String, _ value: JinjaValue, _ arguments: JinjaArguments,
        _ interpreter: inout JinjaInterpreter
    ) throws(JinjaFailure) -> Bool {
        switch (name, value) {
        case ("defined", .undefined): return false
        case ("defined", _): return true
        case ("undefined", .undefined): return true
        case ("none", .none), ("string", .string), ("mapping", .map), ("boolean", .bool):
            return true
        case ("number", .integer), ("number", .number), ("number", .bool): return true
        case ("integer", .integer), ("float", .number): return true
        case ("iterable", .list), ("iterable", .map), ("iterable", .string): return true
        case ("sequence", .list), ("sequence", .map), ("sequence", .string): return true
        case ("iterable", .undefined), ("sequence", .undefined): return true
        case ("true", .bool(let flag)): return flag
        case ("false", .bool(let flag)): return !flag
        case ("undefined", _), ("none", _), ("string", _), ("mapping", _), ("boolean", _),
            ("number", _), ("integer", _), ("float", _), ("iterable", _), ("sequence", _),
            ("true", _), ("false", _):
            return false
        default: break
        }
        let other = arguments.positional.first
        switch (name, other) {
        case ("odd", _), ("even", _):
            guard let number = value.asInteger else {
                throw interpreter.failure("\(name) of \(value.kindName)")
            }
            return number.isMultiple(of: 2) == (name == "even")
        case ("eq", let other?), ("equalto", let other?): return value.isEqual(to: other)
        case ("ne", let other?): return !value.isEqual(to: other)
        case ("in", let other?): return try JinjaArithmetic.contains(other, value, &interpreter)
        case ("divisibleby", let other?):
            guard let a = value.asInteger, let b = other.asInteger, b != 0 else {
                throw interpreter.failure("divisibleby of \(value.kindName)")
            }
            return a.isMultiple(of: b)
        default: throw interpreter.failure("the test \(name)")
        }
    }
}
