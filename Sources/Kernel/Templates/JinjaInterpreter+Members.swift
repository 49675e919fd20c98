// What lies inside of a template's values: members, elements, slices, items of loops; how values
// are printed, and the few functions that templates may call.

import OrderedCollections

extension JinjaInterpreter {
    /// The member of a map or namespace.
    func member(_ name: String, of base: JinjaValue) throws(JinjaFailure) -> JinjaValue {
        switch base {
        case .map(let map): return map.members[name] ?? .undefined(name)
        case .namespace(let index): return namespaces[index][name] ?? .undefined(name)
        case .undefined(let owner):
            throw failure("the member \(name) of \(owner), which is undefined")
        default: return .undefined(name)
        }
    }

    /// The element of a list or string, or the member of a name.
    func element(
        _ index: JinjaValue, of base: JinjaValue
    ) throws(JinjaFailure) -> JinjaValue {
        if case .string(let name) = index { return try member(name, of: base) }
        guard let number = index.asInteger else {
            throw failure("\(index.kindName) as an index")
        }
        func place(_ count: Int) -> Int? {
            let at = number < 0 ? number + count : number
            return (0..<count).contains(at) ? at : nil
        }
        switch base {
        case .list(let list):
            return place(list.items.count).map { list.items[$0] } ?? .undefined("index \(number)")
        case .string(let text):
            let scalars = Array(text.unicodeScalars)
            return place(scalars.count).map { .string(String(scalars[$0])) }
                ?? .undefined("index \(number)")
        case .undefined(let owner): throw failure("an element of \(owner), which is undefined")
        default: return .undefined("index \(number)")
        }
    }

    /// The part of a list or string between bounds.
    mutating func slice(
        _ base: JinjaValue, _ from: Int?, _ to: Int?, _ step: Int?
    ) throws(JinjaFailure) -> JinjaValue {
        guard step != 0 else { throw failure("a slice with step 0") }
        switch base {
        case .list(let list):
            let picked = JinjaArithmetic.indices(list.items.count, from, to, step ?? 1)
            return try made(.array(picked.map { list.items[$0] }), count: picked.count)
        case .string(let text):
            let scalars = Array(text.unicodeScalars)
            try spend(scalars.count / 64)
            var view = String.UnicodeScalarView()
            for index in JinjaArithmetic.indices(scalars.count, from, to, step ?? 1) {
                view.append(scalars[index])
            }
            return try made(String(view))
        default: throw failure("a slice of \(base.kindName)")
        }
    }

    /// What a loop visits: items, keys, characters; nothing for an undefined value.
    mutating func items(of value: JinjaValue) throws(JinjaFailure) -> [JinjaValue] {
        let items: [JinjaValue]
        switch value {
        case .list(let list): items = list.items
        case .map(let map): items = map.members.keys.map { .string($0) }
        case .string(let text): items = text.unicodeScalars.map { .string(String($0)) }
        case .undefined: items = []
        default: throw failure("a loop over \(value.kindName)")
        }
        try spend(items.count)
        return items
    }

    /// What is printed, within the budget: large values are refused before they are written out.
    mutating func printed(_ value: JinjaValue) throws(JinjaFailure) -> String {
        if case .string(let text) = value { return text }
        try spend(JinjaArithmetic.size(of: value, limit: limits.steps))
        return value.printed
    }

    // MARK: - Functions

    /// The result of a function; there are four.
    mutating func call(
        _ name: String, _ arguments: JinjaArguments
    ) throws(JinjaFailure) -> JinjaValue {
        switch name {
        case "namespace":
            namespaces.append(arguments.named)
            return .namespace(namespaces.count - 1)
        case "raise_exception":
            let message = arguments.positional.first?.printed ?? ""
            throw failure("the template refuses the conversation: \(message)")
        case "range": return try range(arguments.positional)
        case "dict": return try made(.map(JinjaMap(arguments.named)), count: arguments.named.count)
        default: throw failure("a call of \(name), which is no function here")
        }
    }

    private mutating func range(_ arguments: [JinjaValue]) throws(JinjaFailure) -> JinjaValue {
        let bounds = arguments.compactMap(\.asInteger)
        guard bounds.count == arguments.count, (1...3).contains(bounds.count),
            bounds.allSatisfy({ abs($0) <= 100_000 }), bounds.count < 3 || bounds[2] != 0
        else { throw failure("a range of more than 100,000 numbers, or without bounds") }
        let from = bounds.count > 1 ? bounds[0] : 0
        let to = bounds.count > 1 ? bounds[1] : bounds[0]
        let numbers = stride(from: from, to: to, by: bounds.count == 3 ? bounds[2] : 1)
        let items = numbers.map { JinjaValue.integer($0) }
        return try made(.array(items), count: items.count)
    }
}
