// The arguments of a call. The callee takes what it knows; what is left is refused by name,
// so that no argument can be passed over.

import OrderedCollections

/// The arguments of a call, evaluated.
struct JinjaArguments {
    /// The name of the callee, for messages.
    let owner: String
    var positional: [JinjaValue] = []
    var named: OrderedDictionary<String, JinjaValue> = [:]
    private var at = 0

    init(_ owner: String) { self.owner = owner }

    /// The next argument by its place, or by its name.
    mutating func take(
        _ name: String, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue? {
        guard at < positional.count else { return named.removeValue(forKey: name) }
        guard named[name] == nil else {
            throw interpreter.failure("the argument \(name) of \(owner), given twice")
        }
        at += 1
        return positional[at - 1]
    }

    /// The next argument, which must be there.
    mutating func needed(
        _ name: String, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        guard let value = try take(name, interpreter) else {
            throw interpreter.failure("\(owner) without its argument \(name)")
        }
        return value
    }

    /// The next argument as text; none is as good as absent.
    mutating func text(
        _ name: String, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> String? {
        guard let value = try take(name, interpreter), !value.isNone else { return nil }
        guard let text = value.text else {
            throw interpreter.failure("\(value.kindName) as the argument \(name) of \(owner)")
        }
        return text
    }

    /// The next argument as an integer; none is as good as absent.
    mutating func integer(
        _ name: String, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> Int? {
        guard let value = try take(name, interpreter), !value.isNone else { return nil }
        guard let number = value.asInteger else {
            throw interpreter.failure("\(value.kindName) as the argument \(name) of \(owner)")
        }
        return number
    }

    /// The next argument as a condition.
    mutating func flag(
        _ name: String, _ interpreter: JinjaInterpreter, _ otherwise: Bool = false
    ) throws(JinjaFailure) -> Bool {
        try take(name, interpreter)?.isTrue ?? otherwise
    }

    /// All arguments by place that are left.
    mutating func takeRest() -> [JinjaValue] {
        defer { at = positional.count }
        return Array(positional[at...])
    }

    /// All arguments by name that are left.
    mutating func takeNamed() -> OrderedDictionary<String, JinjaValue> {
        defer { named = [:] }
        return named
    }

    /// Whether positional arguments are left.
    var hasMore: Bool { at < positional.count }

    /// Refuses what is left.
    func finish(_ interpreter: JinjaInterpreter) throws(JinjaFailure) {
        if let name = named.keys.first {
            throw interpreter.failure("the argument \(name) of \(owner), which does not take it")
        }
        if at < positional.count {
            throw interpreter.failure("argument \(at + 1) of \(owner), which takes \(at)")
        }
    }
}
