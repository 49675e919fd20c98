// The methods templates may call on strings and dictionaries: a closed list.
// Anything else, such as `__class__`, is refused by name.

/// Methods of values.
enum JinjaMethods {
    static func call(
        _ name: String, on base: JinjaValue, _ arguments: JinjaArguments,
        _ interpreter: inout JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        switch base {
        case .string(let text): return try string(name, text, arguments, &interpreter)
        case .map(let map): return try dictionary(name, map, arguments, &interpreter)
        default: throw interpreter.failure("the method \(name) of \(base.kindName)")
        }
    }

    private static func string(
        _ name: String, _ text: String, _ arguments: JinjaArguments,
        _ interpreter: inout JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        try interpreter.spend(text.utf8.count / 64)
        func argument(_ index: Int) throws(JinjaFailure) -> String? {
            guard index < arguments.positional.count else { return nil }
            if case .none = arguments.positional[index] { return nil }
            guard case .string(let value) = arguments.positional[index] else {
                throw interpreter.failure("an argument of \(name) that is no string")
            }
            return value
        }
        func needed(_ index: Int) throws(JinjaFailure) -> String {
            guard let value = try argument(index) else {
                throw interpreter.failure("\(name) without its argument")
            }
            return value
        }
        switch name {
        case "strip": return try interpreter.made(PythonText.stripped(text, .both, try argument(0)))
        case "lstrip":
            return try interpreter.made(PythonText.stripped(text, .left, try argument(0)))
        case "rstrip":
            return try interpreter.made(PythonText.stripped(text, .right, try argument(0)))
        case "startswith": return .bool(PythonText.starts(text, with: try needed(0)))
        case "endswith": return .bool(PythonText.ends(text, with: try needed(0)))
        case "upper": return try interpreter.made(text.uppercased())
        case "lower": return try interpreter.made(text.lowercased())
        case "capitalize": return try interpreter.made(PythonText.capitalized(text))
        case "split":
            let limit = arguments.value(1, "maxsplit")?.asInteger ?? -1
            return try parts(text, at: try argument(0), limit, &interpreter)
        case "replace":
            return try replaced(text, try needed(0), try needed(1), &interpreter)
        default: throw interpreter.failure("the method \(name) of a string")
        }
    }

    private static func parts(
        _ text: String, at separator: String?, _ limit: Int, _ interpreter: inout JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        guard let separator else {
            let words = PythonText.splitAtSpaces(text)
            return try interpreter.made(.array(words.map { .string($0) }), count: words.count)
        }
        guard !separator.isEmpty else { throw interpreter.failure("a split at nothing") }
        let parts = PythonText.split(text, at: separator, limit: limit)
        _ = try interpreter.made(text)
        return try interpreter.made(.array(parts.map { .string($0) }), count: parts.count)
    }

    /// Refuses before the work when the result would be too large.
    static func replaced(
        _ text: String, _ part: String, _ other: String, _ interpreter: inout JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        guard !part.isEmpty else { throw interpreter.failure("a replacement of nothing") }
        let count = PythonText.places(of: part, in: text).count
        let (growth, overflows) = count.multipliedReportingOverflow(by: other.utf8.count)
        guard !overflows, growth <= 4 << 20 else {
            throw interpreter.failure("a replacement that makes \(growth) bytes")
        }
        return try interpreter.made(PythonText.replacing(text, part, with: other))
    }

    private static func dictionary(
        _ name: String, _ map: JinjaMap, _ arguments: JinjaArguments,
        _ interpreter: inout JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        let count = map.members.count
        switch name {
        case "items":
            let pairs = map.members.map { JinjaValue.array([.string($0), $1]) }
            return try interpreter.made(.array(pairs), count: count)
        case "keys":
            return try interpreter.made(.array(map.members.keys.map { .string($0) }), count: count)
        case "values": return try interpreter.made(.array(Array(map.members.values)), count: count)
        case "get":
            guard case .string(let key)? = arguments.positional.first else {
                throw interpreter.failure("get without a key")
            }
            return map.members[key] ?? arguments.value(1, "default") ?? .none
        default: throw interpreter.failure("the method \(name) of a dictionary")
        }
    }
}
