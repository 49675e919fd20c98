// The operands of expressions: constants, names, lists, maps, and the members, elements, calls,
// filters and tests behind them.

extension JinjaExpressionParser {
    /// One value without what follows it.
    mutating func primary() throws(JinjaFailure) -> JinjaExpression {
        guard at < tokens.count else { throw failure("the end of the tag, expected a value") }
        let token = tokens[at]
        at += 1
        switch token {
        case .integer(let value): return .constant(.integer(value))
        case .number(let value): return .constant(.number(value))
        case .string(var text):
            while at < tokens.count, case .string(let more) = tokens[at] {
                text += more
                at += 1
            }
            return .constant(.string(text))
        case .name(let text): return Self.constant(text) ?? .name(text)
        case .symbol("("):
            if take(symbol: ")") { return .list([]) }
            let value = try expression()
            guard take(symbol: ",") else {
                try expect(symbol: ")")
                return value
            }
            return .list([value] + (try items(until: ")")))
        case .symbol("["): return .list(try items(until: "]"))
        case .symbol("{"): return try map()
        case .symbol(let text): throw failure("\"\(text)\", expected a value")
        }
    }

    private static func constant(_ name: String) -> JinjaExpression? {
        switch name {
        case "true", "True": .constant(.bool(true))
        case "false", "False": .constant(.bool(false))
        case "none", "None": .constant(.none)
        default: nil
        }
    }

    private mutating func items(until end: String) throws(JinjaFailure) -> [JinjaExpression] {
        var items: [JinjaExpression] = []
        while !take(symbol: end) {
            items.append(try expression())
            if !take(symbol: ",") {
                try expect(symbol: end)
                break
            }
        }
        return items
    }

    private mutating func map() throws(JinjaFailure) -> JinjaExpression {
        var members: [(key: JinjaExpression, value: JinjaExpression)] = []
        while !take(symbol: "}") {
            let key = try expression()
            try expect(symbol: ":")
            members.append((key, try expression()))
            if !take(symbol: ",") {
                try expect(symbol: "}")
                break
            }
        }
        return .map(members)
    }

    // MARK: - Suffixes

    /// Members, elements, calls, filters and tests behind a value; each adds to the depth of the tree.
    mutating func suffixed(
        _ base: JinjaExpression
    ) throws(JinjaFailure) -> JinjaExpression {
        var result = base
        while true {
            try link()
            if take(symbol: ".") {
                let member = try memberName()
                result =
                    take(symbol: "(")
                    ? .method(result, member, try arguments()) : .member(result, member)
            } else if take(symbol: "[") {
                result = try subscripted(result)
            } else if take(symbol: "(") {
                guard case .name(let function) = result else {
                    throw failure("a call of something that is no function")
                }
                result = .call(function, try arguments())
            } else if take(symbol: "|") {
                let filter = try takeName()
                result = .filter(result, filter, take(symbol: "(") ? try arguments() : [])
            } else if take(name: "is") {
                result = try test(result)
            } else {
                return result
            }
        }
    }

    private mutating func memberName() throws(JinjaFailure) -> String {
        if at < tokens.count, case .integer(let index) = tokens[at] {
            at += 1
            return String(index)
        }
        return try takeName()
    }

    private mutating func subscripted(
        _ base: JinjaExpression
    ) throws(JinjaFailure) -> JinjaExpression {
        var bounds: [JinjaExpression?] = [nil]
        while !take(symbol: "]") {
            if take(symbol: ":") {
                bounds.append(nil)
            } else {
                bounds[bounds.count - 1] = try expression()
            }
        }
        if bounds.count == 1, let index = bounds[0] { return .element(base, index) }
        guard (2...3).contains(bounds.count) else { throw failure("a malformed slice") }
        return .slice(base, bounds[0], bounds[1], bounds.count == 3 ? bounds[2] : nil)
    }

    private mutating func arguments() throws(JinjaFailure) -> [JinjaArgument] {
        var result: [JinjaArgument] = []
        while !take(symbol: ")") {
            var argumentName: String?
            if at + 1 < tokens.count, case .name(let text) = tokens[at],
                tokens[at + 1] == .symbol("=")
            {
                argumentName = text
                at += 2
            }
            result.append(JinjaArgument(name: argumentName, value: try expression()))
            if !take(symbol: ",") {
                try expect(symbol: ")")
                break
            }
        }
        return result
    }

    /// `is [not] name [argument]`
    private mutating func test(_ base: JinjaExpression) throws(JinjaFailure) -> JinjaExpression {
        let isNegated = take(name: "not")
        let test = try takeName()
        var arguments: [JinjaArgument] = []
        if take(symbol: "(") {
            arguments = try self.arguments()
        } else if ["divisibleby", "eq", "equalto", "ne", "sameas", "in"].contains(test) {
            arguments = [JinjaArgument(name: nil, value: try primary())]
        }
        return .test(base, test, arguments, isNegated: isNegated)
    }
}
