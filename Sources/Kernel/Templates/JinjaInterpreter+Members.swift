// What lies inside of a template's values: attributes, elements, slices and items, found in
// Python's order. How values are printed is in another file.

import OrderedCollections

extension JinjaInterpreter {
    /// `base.name`: first an attribute of the type, then a member of the dictionary.
    func attribute(_ name: String, of base: JinjaValue) throws(JinjaFailure) -> JinjaValue {
        if case .undefined(let owner) = base {
            throw failure("the member \(name) of \(owner), which is undefined")
        }
        if let value = try typeAttribute(name, of: base) { return value }
        return try member(name, of: base) ?? .undefined(name)
    }

    /// `base[index]`: first the element or member, then an attribute of the type.
    func element(
        _ index: JinjaValue, of base: JinjaValue
    ) throws(JinjaFailure) -> JinjaValue {
        switch base {
        case .undefined(let owner): throw failure("an element of \(owner), which is undefined")
        case .map(let map):
            guard JinjaKey(index) != nil else { return .undefined("a key that cannot be one") }
            if let entry = map.entries[try key(index)] { return entry.value }
        case .list, .tuple, .range, .string, .markup:
            if let number = index.asInteger {
                return try item(number, of: base) ?? .undefined("index \(number)")
            }
        default: break
        }
        guard let name = index.text else { return .undefined("an element of \(base.kindName)") }
        if let value = try typeAttribute(name, of: base) { return value }
        return try member(name, of: base) ?? .undefined(name)
    }

    /// The item at a place of a sequence, counted from the end when negative; nil beyond it.
    private func item(_ number: Int, of base: JinjaValue) throws(JinjaFailure) -> JinjaValue? {
        func place(_ count: Int) -> Int? {
            let at = number < 0 ? number + count : number
            return (0..<count).contains(at) ? at : nil
        }
        switch base {
        case .list(let list), .tuple(let list):
            return place(list.items.count).map { list.items[$0] }
        case .range(let range): return place(range.count).map { .integer(range[$0]) }
        case .string(let text), .markup(let text):
            try scan(text.utf8.count)
            let scalars = text.unicodeScalars
            guard let at = place(scalars.count) else { return nil }
            let character = String(scalars[scalars.index(scalars.startIndex, offsetBy: at)])
            return base.isMarkup ? .markup(character) : .string(character)
        default: return nil
        }
    }

    private func member(_ name: String, of base: JinjaValue) throws(JinjaFailure) -> JinjaValue? {
        switch base {
        case .map(let map):
            try scan(name.utf8.count)
            return map[name]
        case .namespace(let index): return namespaces[index][name]
        default: return nil
        }
    }

    /// An attribute that the type of the value has; nil for those that the sandbox hides.
    func typeAttribute(
        _ name: String, of base: JinjaValue
    ) throws(JinjaFailure) -> JinjaValue? {
        guard !name.hasPrefix("_") else { return nil }
        switch base {
        case .loop(let state): return try loopAttribute(name, state)
        case .tuple(let list):
            if let index = list.names.firstIndex(of: name) { return list.items[index] }
        case .range(let range):
            switch name {
            case "start": return .integer(range.start)
            case "stop": return .integer(range.stop)
            case "step": return .integer(range.step)
            default: break
            }
        case .cycler(let counter) where name == "current":
            return counter.items[counter.position]
        case .function(.macro(let index)):
            let macro = macros[index].macro
            switch name {
            case "name": return .string(macro.name)
            case "arguments":
                return .tuple(JinjaList(macro.parameters.map { .string($0.name) }))
            case "caller": return .bool(macro.reads.contains("caller"))
            case "catch_kwargs": return .bool(macro.reads.contains("kwargs"))
            case "catch_varargs": return .bool(macro.reads.contains("varargs"))
            default: return nil
            }
        case .bool, .integer, .number, .bigInteger:
            switch name {
            case "real" where base.asDouble != nil:
                return base.asInteger.map { .integer($0) } ?? base
            case "imag":
                if case .number = base { return .number(0) }
                return .integer(0)
            case "numerator" where base.asInteger != nil: return .integer(base.asInteger ?? 0)
            case "denominator" where base.asInteger != nil: return .integer(1)
            default: break
            }
        default: break
        }
        return JinjaMethods.has(name, base) ? .function(.method(base, name)) : nil
    }

    private func loopAttribute(
        _ name: String, _ state: JinjaLoopState
    ) throws(JinjaFailure) -> JinjaValue? {
        switch name {
        case "index": return .integer(state.index + 1)
        case "index0": return .integer(state.index)
        case "revindex": return .integer(try state.count(self) - state.index)
        case "revindex0": return .integer(try state.count(self) - state.index - 1)
        case "first": return .bool(state.index == 0)
        case "last": return .bool(try state.next(self) == nil)
        case "length": return .integer(try state.count(self))
        case "depth": return .integer(state.depth)
        case "depth0": return .integer(state.depth - 1)
        case "previtem": return state.before ?? .undefined("loop.previtem")
        case "nextitem": return try state.next(self) ?? .undefined("loop.nextitem")
        case "cycle", "changed": return .function(.method(.loop(state), name))
        default: return nil
        }
    }

    // MARK: - Parts

    /// The part of a sequence between bounds.
    func slice(
        _ base: JinjaValue, _ from: Int?, _ to: Int?, _ step: Int?
    ) throws(JinjaFailure) -> JinjaValue {
        guard step != 0 else { throw failure("a slice with step 0") }
        let step = step ?? 1
        switch base {
        case .list(let list), .tuple(let list):
            let picked = JinjaArithmetic.indices(list.items.count, from, to, step)
            try spend(picked.count)
            let part = JinjaList(picked.map { list.items[$0] })
            if case .tuple = base { return .tuple(part) }
            return .list(part)
        case .string(let text), .markup(let text):
            try make(text.utf8.count)
            let part = try Self.slice(text, from, to, step, self)
            return base.isMarkup ? .markup(part) : .string(part)
        case .undefined(let owner): throw failure("a slice of \(owner), which is undefined")
        default: throw failure("a slice of \(base.kindName)")
        }
    }

    private static func slice(
        _ text: String, _ from: Int?, _ to: Int?, _ step: Int, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> String {
        let scalars = text.unicodeScalars
        let count = scalars.count
        let picked = JinjaArithmetic.indices(count, from, to, step)
        guard let first = picked.first else { return "" }
        if step == 1 {
            let start = scalars.index(scalars.startIndex, offsetBy: first)
            return String(scalars[start..<scalars.index(start, offsetBy: picked.count)])
        }
        try interpreter.spend(count / 4)
        let all = Array(scalars)
        var view = String.UnicodeScalarView()
        for index in picked { view.append(all[index]) }
        return String(view)
    }

    /// Visits the items of a list, the keys of a dictionary, the characters of a string; nothing
    /// for an undefined value.
    func iterator(of value: JinjaValue) throws(JinjaFailure) -> JinjaGenerator {
        var at = 0
        switch value {
        case .generator(let generator): return generator
        case .loop(let state):
            return JinjaGenerator { interpreter throws(JinjaFailure) in
                guard let item = try state.advance(interpreter) else { return nil }
                return .tuple(JinjaList([item, .loop(state)]))
            }
        case .string(let text), .markup(let text):
            var scalars = text.unicodeScalars.makeIterator()
            try scan(text.utf8.count)
            return JinjaGenerator(count: text.unicodeScalars.count) { _ throws(JinjaFailure) in
                scalars.next().map { .string(String($0)) }
            }
        default: break
        }
        guard let count = Self.count(value) else { throw failure("a loop over \(value.kindName)") }
        return JinjaGenerator(count: count) { _ throws(JinjaFailure) in
            guard at < count else { return nil }
            at += 1
            return Self.item(at - 1, value)
        }
    }

    /// How many items there are in a list, tuple, dictionary, range or undefined value.
    static func count(_ value: JinjaValue) -> Int? {
        switch value {
        case .undefined: 0
        case .list(let list), .tuple(let list): list.items.count
        case .map(let map): map.entries.count
        case .range(let range): range.count
        case .view(let view): view.map.entries.count
        default: nil
        }
    }

    /// The item at a place that is there.
    static func item(_ index: Int, _ value: JinjaValue) -> JinjaValue {
        switch value {
        case .list(let list), .tuple(let list): list.items[index]
        case .map(let map): map.entries.values[index].key
        case .range(let range): .integer(range[index])
        case .view(let view): view.item(index)
        default: .none
        }
    }

    /// All items at once.
    func items(of value: JinjaValue) throws(JinjaFailure) -> [JinjaValue] {
        if case .list(let list) = value {
            try spend(list.items.count)
            return list.items
        }
        let items = try iterator(of: value)
        var result: [JinjaValue] = []
        while let item = try items.next(self) { result.append(item) }
        return result
    }
}
