// The values of a template's expressions: operators, calls and arguments, in Jinja's order of
// evaluation. What lies inside of values is read in the file beside this one.

import OrderedCollections

extension JinjaInterpreter {
    /// The value of a name in the innermost scope that has it.
    func lookUp(_ name: String) -> JinjaValue {
        for scope in scopes.reversed() {
            if let value = scope[name] { return value }
        }
        return .undefined(name)
    }

    /// The value of an expression, for one step of the budget each.
    mutating func value(of expression: JinjaExpression) throws(JinjaFailure) -> JinjaValue {
        try spend()
        switch expression {
        case .constant(let value): return value
        case .name(let name): return lookUp(name)
        case .list(let items): return try made(.array(try values(of: items)), count: items.count)
        case .map(let members): return try map(members)
        case .member(let base, let name):
            // First the value: evaluating it may make namespaces that `member` must see.
            let base = try value(of: base)
            return try member(name, of: base)
        case .element(let base, let index):
            let base = try value(of: base)
            let index = try value(of: index)
            return try element(index, of: base)
        case .slice(let base, let from, let to, let step):
            let base = try value(of: base)
            return try slice(base, try bound(from), try bound(to), try bound(step))
        case .call(let name, let arguments): return try call(name, try values(of: arguments))
        case .method(let base, let name, let arguments):
            let base = try value(of: base)
            return try JinjaMethods.call(name, on: base, try values(of: arguments), &self)
        case .filter(let base, let name, let arguments):
            let base = try value(of: base)
            return try JinjaFilters.apply(name, to: base, try values(of: arguments), &self)
        case .test(let base, let name, let arguments, let isNegated):
            let base = try value(of: base)
            let result = try JinjaTests.check(name, base, try values(of: arguments), &self)
            return .bool(result != isNegated)
        case .not(let operand): return .bool(!(try value(of: operand).isTrue))
        case .negative(let operand):
            return try JinjaArithmetic.negated(try value(of: operand), self)
        case .binary(let kind, let left, let right): return try binary(kind, left, right)
        case .choice(let result, let condition, let other):
            if try value(of: condition).isTrue { return try value(of: result) }
            return try other.map { other throws(JinjaFailure) in try value(of: other) }
                ?? .undefined("an if without else")
        }
    }

    private mutating func binary(
        _ kind: JinjaOperator, _ left: JinjaExpression, _ right: JinjaExpression
    ) throws(JinjaFailure) -> JinjaValue {
        let first = try value(of: left)
        switch kind {
        case .and: return first.isTrue ? try value(of: right) : first
        case .or: return first.isTrue ? first : try value(of: right)
        default: return try JinjaArithmetic.apply(kind, first, try value(of: right), &self)
        }
    }

    private mutating func values(
        of expressions: [JinjaExpression]
    ) throws(JinjaFailure) -> [JinjaValue] {
        var result: [JinjaValue] = []
        for expression in expressions { result.append(try value(of: expression)) }
        return result
    }

    private mutating func values(
        of arguments: [JinjaArgument]
    ) throws(JinjaFailure) -> JinjaArguments {
        var result = JinjaArguments()
        for argument in arguments {
            let value = try value(of: argument.value)
            if let name = argument.name {
                result.named[name] = value
            } else {
                result.positional.append(value)
            }
        }
        return result
    }

    private mutating func map(
        _ members: [(key: JinjaExpression, value: JinjaExpression)]
    ) throws(JinjaFailure) -> JinjaValue {
        var result: OrderedDictionary<String, JinjaValue> = [:]
        for member in members {
            guard case .string(let key) = try value(of: member.key) else {
                throw failure("a dictionary key that is no string")
            }
            result[key] = try value(of: member.value)
        }
        return try made(.map(JinjaMap(result)), count: result.count)
    }

    private mutating func bound(_ expression: JinjaExpression?) throws(JinjaFailure) -> Int? {
        guard let expression else { return nil }
        let value = try value(of: expression)
        if case .none = value { return nil }
        guard let index = value.asInteger else {
            throw failure("\(value.kindName) as the bound of a slice")
        }
        return index
    }
}

/// The arguments of a call, evaluated.
struct JinjaArguments {
    var positional: [JinjaValue] = []
    var named: OrderedDictionary<String, JinjaValue> = [:]

    /// The argument at a place or of a name.
    func value(_ index: Int, _ name: String) -> JinjaValue? {
        index < positional.count ? positional[index] : named[name]
    }
}
