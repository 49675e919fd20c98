// What statements set: names, several with commas between them, members of namespaces, and the
// parameters of macros.

extension JinjaExpressionParser {
    /// A name that may be set.
    mutating func takeTargetName() throws(JinjaFailure) -> String {
        let name = try takeName()
        guard Self.constant(name) == nil else { throw failure("\(name) as a name to set") }
        return name
    }

    /// Where a value is put: a name, several with commas between them, or a member.
    mutating func target(
        allowsMembers: Bool = false, endsAt end: String? = nil, level: Int = 0
    ) throws(JinjaFailure) -> JinjaTarget {
        guard level <= JinjaParser.depthMax else { throw failure("names nested too deep") }
        var targets: [JinjaTarget] = []
        var isTuple = false
        while true {
            if !targets.isEmpty {
                try expect(symbol: ",")
                if at == tokens.count || isAt(symbol: ")") { break }
                if let end, isAt(name: end) { break }
            }
            if take(symbol: "(") {
                targets.append(
                    try target(allowsMembers: allowsMembers, level: level + 1))
                try expect(symbol: ")")
            } else {
                let name = try takeTargetName()
                targets.append(
                    allowsMembers && take(symbol: ".") ? .member(name, try takeName()) : .name(name)
                )
            }
            guard isAt(symbol: ",") else { break }
            isTuple = true
        }
        return isTuple ? .tuple(targets) : targets[0]
    }

    /// `name = value, …`
    mutating func assignments() throws(JinjaFailure) -> [(
        target: JinjaTarget, value: JinjaExpression
    )] {
        var result: [(target: JinjaTarget, value: JinjaExpression)] = []
        while at < tokens.count {
            if !result.isEmpty { try expect(symbol: ",") }
            let target = try target()
            try expect(symbol: "=")
            result.append((target, try expression()))
        }
        return result
    }

    /// `(name, name=value)`
    mutating func parameters() throws(JinjaFailure) -> [(name: String, otherwise: JinjaExpression?)]
    {
        try expect(symbol: "(")
        var result: [(name: String, otherwise: JinjaExpression?)] = []
        while !take(symbol: ")") {
            if !result.isEmpty { try expect(symbol: ",") }
            let name = try takeTargetName()
            let otherwise = take(symbol: "=") ? try expression() : nil
            if otherwise == nil, result.last?.otherwise != nil {
                throw failure("\(name) without a value behind a name with one")
            }
            result.append((name, otherwise))
        }
        return result
    }
}
