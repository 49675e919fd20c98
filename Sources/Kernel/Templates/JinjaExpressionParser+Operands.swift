// The operands of expressions: constants, names, lists, dictionaries, and the members, elements,
// calls, filters and tests behind them.

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
        case .name(let text):
            if ["caller", "varargs", "kwargs"].contains(text) { reads.insert(text) }
            return Self.constant(text) ?? .name(text)
        case .symbol("("):
            let value = try tuple(mayBeEmpty: true)
            try expect(symbol: ")")
            return value
        case .symbol("["): return .list(try items(until: "]"))
        case .symbol("{"): return try map()
        case .symbol(let text): throw failure("\"\(text)\", expected a value")
        }
    }

    static func constant(_ name: String) -> JinjaExpression? {
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

    // MARK: - Behind a value

    /// Members, elements and calls behind a value; each adds to the depth of the tree.
    mutating func members(of base: JinjaExpression) throws(JinjaFailure) -> JinjaExpression {
        var result = base
        while true {
            if take(symbol: ".") {
                result = try member(of: result)
            } else if take(symbol: "[") {
                result = try subscripted(result)
            } else if take(symbol: "(") {
                result = .call(result, try arguments())
            } else {
                return result
            }
            try link()
        }
    }

    /// Filters, tests and calls behind a value.
    mutating func filtered(_ base: JinjaExpression) throws(JinjaFailure) -> JinjaExpression {
        var result = base
        while true {
            if take(symbol: "|") {
                result = try filter(result)
            } else if take(name: "is") {
                result = try test(result)
            } else if take(symbol: "(") {
                result = .call(result, try arguments())
            } else {
                return result
            }
            try link()
        }
    }

    private mutating func member(of base: JinjaExpression) throws(JinjaFailure) -> JinjaExpression {
        if at < tokens.count, case .integer(let index) = tokens[at] {
            at += 1
            return .element(base, .constant(.integer(index)))
        }
        return .member(base, try takeName())
    }

    private mutating func subscripted(
        _ base: JinjaExpression
    ) throws(JinjaFailure) -> JinjaExpression {
        var bounds: [JinjaExpression?] = [nil]
        while !take(symbol: "]") {
            if take(symbol: ":") {
                bounds.append(nil)
            } else {
                guard bounds[bounds.count - 1] == nil else {
                    throw failure("\(shown) in brackets, expected \"]\"")
                }
                bounds[bounds.count - 1] = try expression()
            }
        }
        // Nothing in the brackets is an empty tuple.
        if bounds.count == 1 { return .element(base, bounds[0] ?? .tuple([])) }
        guard bounds.count <= 3 else { throw failure("a malformed slice") }
        return .slice(base, bounds[0], bounds[1], bounds.count == 3 ? bounds[2] : nil)
    }

    private mutating func arguments() throws(JinjaFailure) -> JinjaCall {
        var call = JinjaCall()
        let misplaced = failure("arguments in an order that Jinja does not read")
        while !take(symbol: ")") {
            if take(symbol: "*") {
                guard call.spread == nil, call.spreadNamed == nil else { throw misplaced }
                call.spread = try expression()
            } else if take(symbol: "**") {
                guard call.spreadNamed == nil else { throw misplaced }
                call.spreadNamed = try expression()
            } else if at + 1 < tokens.count, case .name(let name) = tokens[at],
                tokens[at + 1] == .symbol("=")
            {
                guard call.spreadNamed == nil else { throw misplaced }
                at += 2
                call.named.append((name, try expression()))
            } else {
                guard call.spread == nil, call.spreadNamed == nil, call.named.isEmpty else {
                    throw misplaced
                }
                call.positional.append(try expression())
            }
            if !take(symbol: ",") {
                try expect(symbol: ")")
                break
            }
        }
        return call
    }

    private mutating func filter(_ base: JinjaExpression) throws(JinjaFailure) -> JinjaExpression {
        let name = try dottedName()
        if !JinjaFilters.names.contains(name) { unknown.append("the filter \(name)") }
        return .filter(base, name, take(symbol: "(") ? try arguments() : JinjaCall())
    }

    private mutating func dottedName() throws(JinjaFailure) -> String {
        var name = try takeName()
        while take(symbol: ".") { name += "." + (try takeName()) }
        return name
    }

    /// `is [not] name [argument]`
    private mutating func test(_ base: JinjaExpression) throws(JinjaFailure) -> JinjaExpression {
        let isNegated = take(name: "not")
        let test = try dottedName()
        if !JinjaTests.names.contains(test) { unknown.append("the test \(test)") }
        var call = JinjaCall()
        if take(symbol: "(") {
            call = try arguments()
        } else if startsArgument {
            if isAt(name: "is") { throw failure("two tests in a chain") }
            call.positional = [try members(of: try primary())]
        }
        let result = JinjaExpression.test(base, test, call)
        return isNegated ? .not(result) : result
    }

    /// Whether the argument of a test may stand here without brackets.
    private var startsArgument: Bool {
        guard at < tokens.count else { return false }
        switch tokens[at] {
        case .name(let name): return !["else", "or", "and"].contains(name)
        case .string, .integer, .number: return true
        case .symbol(let text): return text == "[" || text == "{"
        }
    }

    /// Filters without a value, for the text of a body; nil when there are none.
    mutating func filters(startsInline: Bool) throws(JinjaFailure) -> JinjaExpression? {
        var result = startsInline ? try filter(.captured) : nil
        while take(symbol: "|") { result = try filter(result ?? .captured) }
        return result
    }
}
