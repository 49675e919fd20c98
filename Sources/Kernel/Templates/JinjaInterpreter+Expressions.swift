// The values of a template's expressions, in Jinja's order of evaluation.
// What lies inside of values is read in the file beside this one.

import OrderedCollections

extension JinjaInterpreter {
    /// The value of an expression, for one step of the budget each.
    func value(of expression: JinjaExpression) throws(JinjaFailure) -> JinjaValue {
        try spend()
        return try deeper { () throws(JinjaFailure) in try evaluate(expression) }
    }

    private func evaluate(_ expression: JinjaExpression) throws(JinjaFailure) -> JinjaValue {
        switch expression {
        case .constant(let value): return JinjaValue(value)
        case .name(let name): return try lookUp(name)
        case .captured: return captured.last ?? .string("")
        case .list(let items): return try list(try values(of: items))
        case .tuple(let items):
            return try nested(.tuple(JinjaList(try values(of: items))), count: items.count)
        case .map(let members): return try map(members)
        case .member(let base, let name): return try attribute(name, of: try value(of: base))
        case .element(let base, let index):
            let base = try value(of: base)
            return try element(try value(of: index), of: base)
        case .slice(let base, let from, let to, let step):
            let base = try value(of: base)
            return try slice(base, try bound(from), try bound(to), try bound(step))
        case .call: return try call(expression, caller: nil)
        case .filter(let base, let name, let call):
            let base = try value(of: base)
            return try JinjaFilters.apply(name, to: base, try arguments(call, name), self)
        case .test(let base, let name, let call):
            let base = try value(of: base)
            return .bool(try JinjaTests.check(name, base, try arguments(call, name), self))
        case .not(let operand): return .bool(!(try value(of: operand).isTrue))
        case .negative(let operand):
            return try JinjaArithmetic.signed(try value(of: operand), isNegative: true, self)
        case .positive(let operand):
            return try JinjaArithmetic.signed(try value(of: operand), isNegative: false, self)
        case .binary(let kind, let left, let right): return try binary(kind, left, right)
        case .comparison(let first, let others): return try comparison(first, others)
        case .join(let parts):
            var text = ""
            for part in parts {
                let printed = try printed(try value(of: part))
                try make(printed.utf8.count)
                text += printed
            }
            return .string(text)
        case .choice(let result, let condition, let other):
            if try value(of: condition).isTrue { return try value(of: result) }
            guard let other else { return .undefined("an if without else") }
            return try value(of: other)
        }
    }

    /// The value of a name: the innermost that was set, or a function that every template has.
    private func lookUp(_ name: String) throws(JinjaFailure) -> JinjaValue {
        if let value = scope.value(name) { return value }
        if name == "self" { throw failure("the name self, which is not supported") }
        return JinjaGlobals.names.contains(name) ? .function(.global(name)) : .undefined(name)
    }

    private func binary(
        _ kind: JinjaOperator, _ left: JinjaExpression, _ right: JinjaExpression
    ) throws(JinjaFailure) -> JinjaValue {
        let first = try value(of: left)
        switch kind {
        case .and: return first.isTrue ? try value(of: right) : first
        case .or: return first.isTrue ? first : try value(of: right)
        default: return try JinjaArithmetic.apply(kind, first, try value(of: right), self)
        }
    }

    private func comparison(
        _ first: JinjaExpression, _ others: [(kind: JinjaOperator, side: JinjaExpression)]
    ) throws(JinjaFailure) -> JinjaValue {
        var left = try value(of: first)
        var result = JinjaValue.bool(true)
        for other in others {
            let right = try value(of: other.side)
            result = try JinjaArithmetic.apply(other.kind, left, right, self)
            guard result.isTrue else { return result }
            left = right
        }
        return result
    }

    private func values(of expressions: [JinjaExpression]) throws(JinjaFailure) -> [JinjaValue] {
        var result: [JinjaValue] = []
        for expression in expressions { result.append(try value(of: expression)) }
        return result
    }

    private func map(
        _ members: [(key: JinjaExpression, value: JinjaExpression)]
    ) throws(JinjaFailure) -> JinjaValue {
        var entries: OrderedDictionary<JinjaKey, JinjaMap.Entry> = [:]
        for member in members {
            let name = try value(of: member.key)
            let key = try key(name)
            let value = try value(of: member.value)
            entries[key] = JinjaMap.Entry(key: entries[key]?.key ?? name, value: value)
        }
        return try nested(.map(JinjaMap(entries)), count: entries.count)
    }

    /// The key of a value, where Python can hash it.
    func key(_ value: JinjaValue) throws(JinjaFailure) -> JinjaKey {
        guard let key = JinjaKey(value) else {
            throw failure("\(value.kindName) as the key of a dictionary")
        }
        try scan(key.bytes)
        return key
    }

    private func bound(_ expression: JinjaExpression?) throws(JinjaFailure) -> Int? {
        guard let expression else { return nil }
        let value = try value(of: expression)
        if value.isNone { return nil }
        guard let index = value.asInteger else {
            throw failure("\(value.kindName) as the bound of a slice")
        }
        return index
    }

    // MARK: - Calls

    /// The arguments of a call, evaluated.
    func arguments(
        _ call: JinjaCall, _ owner: String, caller: JinjaValue? = nil
    ) throws(JinjaFailure) -> JinjaArguments {
        var result = JinjaArguments(owner)
        result.positional = try values(of: call.positional)
        if let spread = call.spread {
            result.positional += try items(of: try value(of: spread))
        }
        for argument in call.named {
            let value = try value(of: argument.value)
            guard result.named.updateValue(value, forKey: argument.name) == nil else {
                throw failure("the argument \(argument.name) of \(owner), given twice")
            }
        }
        if let spread = call.spreadNamed {
            let value = try value(of: spread)
            guard case .map(let map) = value else {
                throw failure("\(value.kindName) in place of named arguments")
            }
            for entry in map.entries.values {
                guard let name = entry.key.text,
                    result.named.updateValue(entry.value, forKey: name) == nil
                else { throw failure("an argument of \(owner), given twice or without a name") }
            }
        }
        if let caller { result.named["caller"] = caller }
        return result
    }

    /// The result of a call, with the body that a `call` statement hands over.
    func call(
        _ expression: JinjaExpression, caller: JinjaValue?
    ) throws(JinjaFailure) -> JinjaValue {
        guard case .call(let base, let call) = expression else {
            throw failure("a call of something that is no call")
        }
        let function = try value(of: base)
        switch function {
        case .function(.global(let name)):
            return try JinjaGlobals.call(name, try arguments(call, name, caller: caller), self)
        case .function(.method(let base, let name)):
            let arguments = try arguments(call, name, caller: caller)
            return try JinjaMethods.call(name, on: base, arguments, self)
        case .function(.macro(let index)):
            let bound = macros[index]
            let name = bound.macro.name
            return try run(bound, try arguments(call, "the macro \(name)", caller: caller))
        case .function(.joiner(let counter)):
            try arguments(call, "a joiner", caller: caller).finish(self)
            counter.position += 1
            return counter.position == 1 ? .string("") : counter.items[0]
        case .loop(let state):
            var arguments = try arguments(call, "loop", caller: caller)
            let items = try iterator(of: try arguments.needed("iterable", self))
            try arguments.finish(self)
            guard state.loop.isRecursive else {
                throw failure("a call of loop, which is not recursive")
            }
            let (text, _) = try capture { () throws(JinjaFailure) in
                try run(state.loop, over: items, in: state.scope, depth: state.depth + 1)
            }
            return .string(text)
        case .undefined(let name): throw failure("a call of \(name), which is undefined")
        default: throw failure("a call of \(function.kindName)")
        }
    }

    /// The text of a macro for arguments.
    private func run(
        _ bound: BoundMacro, _ given: JinjaArguments
    ) throws(JinjaFailure) -> JinjaValue {
        let macro = bound.macro
        var given = given
        let inner = JinjaScope(bound.scope)
        let caller =
            macro.reads.contains("caller") && !macro.parameters.contains { $0.name == "caller" }
            ? given.named.removeValue(forKey: "caller") ?? .undefined("caller") : nil
        let before = scope
        scope = inner
        defer { scope = before }
        for parameter in macro.parameters {
            if let value = try given.take(parameter.name, self) {
                inner.set(parameter.name, value)
            } else if let otherwise = parameter.otherwise {
                inner.set(parameter.name, try value(of: otherwise))
            } else {
                inner.set(parameter.name, .undefined(parameter.name))
            }
        }
        if macro.reads.contains("varargs") {
            inner.set("varargs", .tuple(JinjaList(given.takeRest())))
        }
        if macro.reads.contains("kwargs") {
            inner.set("kwargs", .map(JinjaMap(given.takeNamed())))
        }
        if let caller { inner.set("caller", caller) }
        try given.finish(self)
        return .string(
            try capture { () throws(JinjaFailure) in try execute(macro.body) }.text)
    }
}
