// Parses the expressions inside of tags by recursive descent, with Jinja's order of operators.
// The depth is counted: a template of brackets cannot exhaust the stack.

/// A cursor over the tokens of one tag.
struct JinjaExpressionParser {
    /// The tokens of the tag.
    let tokens: [JinjaToken]
    private let line: Int
    /// The number of the token that is next.
    var at = 0
    private var depth = 0
    private var links = 0
    /// Most operators and suffixes of one tag: chains of them make the tree deep.
    private static let linksMax = 250
    /// The name of the tag, for the end of a body.
    private(set) var name = ""
    /// Filters and tests that do not exist and are not below an inline `if`.
    var unknown: [String] = []
    /// Which of `caller`, `varargs` and `kwargs` are read.
    var reads: Set<String> = []

    init(_ tokens: [JinjaToken], line: Int) {
        self.tokens = tokens
        self.line = line
    }

    // MARK: - Tokens

    func failure(_ found: Sentence) -> JinjaFailure { JinjaFailure(line: line, reason: found) }

    /// Counts an operator or suffix.
    mutating func link() throws(JinjaFailure) {
        links += 1
        guard links <= Self.linksMax else { throw failure("an expression that is too long") }
    }

    func expectEnd() throws(JinjaFailure) {
        if at < tokens.count { throw failure("\(shown) behind the end of an expression") }
    }

    mutating func takeName() throws(JinjaFailure) -> String {
        guard at < tokens.count, case .name(let text) = tokens[at] else {
            throw failure("\(shown), expected a name")
        }
        at += 1
        if at == 1 { name = text }
        return text
    }

    mutating func take(name: String) -> Bool {
        guard isAt(name: name) else { return false }
        at += 1
        return true
    }

    mutating func take(symbol: String) -> Bool {
        guard isAt(symbol: symbol) else { return false }
        at += 1
        return true
    }

    func isAt(symbol: String) -> Bool { at < tokens.count && tokens[at] == .symbol(symbol) }

    func isAt(name: String) -> Bool { at < tokens.count && tokens[at] == .name(name) }

    mutating func expect(name: String) throws(JinjaFailure) {
        guard take(name: name) else { throw failure("\(shown), expected \"\(name)\"") }
    }

    mutating func expect(symbol: String) throws(JinjaFailure) {
        guard take(symbol: symbol) else { throw failure("\(shown), expected \"\(symbol)\"") }
    }

    var shown: String {
        guard at < tokens.count else { return "the end of the tag" }
        switch tokens[at] {
        case .name(let text), .symbol(let text): return "\"\(text)\""
        case .string(let text): return "the string \"\(text)\""
        case .integer(let number): return "\(number)"
        case .number(let number): return "\(number)"
        }
    }

    // MARK: - Operators, weakest first

    /// An expression, or several with commas between them as a tuple.
    mutating func tuple(
        allowsChoice: Bool = true, endsAt end: String? = nil, mayBeEmpty: Bool = false
    ) throws(JinjaFailure) -> JinjaExpression {
        var items: [JinjaExpression] = []
        var isTuple = false
        while true {
            if !items.isEmpty { try expect(symbol: ",") }
            if at == tokens.count || isAt(symbol: ")") { break }
            if let end, isAt(name: end) { break }
            items.append(try expression(allowsChoice: allowsChoice))
            guard isAt(symbol: ",") else { break }
            isTuple = true
        }
        if !isTuple {
            if let first = items.first { return first }
            guard mayBeEmpty else { throw failure("\(shown), expected a value") }
        }
        return .tuple(items)
    }

    mutating func expression(
        allowsChoice: Bool = true
    ) throws(JinjaFailure) -> JinjaExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= JinjaParser.depthMax else { throw failure("an expression nested too deep") }
        let known = unknown.count
        var result = try disjunction()
        while allowsChoice, take(name: "if") {
            try link()
            let condition = try disjunction()
            let other = take(name: "else") ? try expression() : nil
            result = .choice(result, if: condition, else: other)
            unknown.removeSubrange(known...)
        }
        return result
    }

    private mutating func disjunction() throws(JinjaFailure) -> JinjaExpression {
        var result = try conjunction()
        while take(name: "or") {
            try link()
            result = .binary(.or, result, try conjunction())
        }
        return result
    }

    private mutating func conjunction() throws(JinjaFailure) -> JinjaExpression {
        var result = try negation()
        while take(name: "and") {
            try link()
            result = .binary(.and, result, try negation())
        }
        return result
    }

    private mutating func negation() throws(JinjaFailure) -> JinjaExpression {
        var isNegated = false
        var count = 0
        while take(name: "not") {
            isNegated.toggle()
            count += 1
        }
        let result = try comparison()
        return isNegated ? .not(result) : count > 0 ? .not(.not(result)) : result
    }

    private mutating func comparison() throws(JinjaFailure) -> JinjaExpression {
        let first = try sum()
        var others: [(kind: JinjaOperator, side: JinjaExpression)] = []
        while let kind = comparisonOperator() {
            try link()
            others.append((kind, try sum()))
        }
        if others.count == 1 { return .binary(others[0].kind, first, others[0].side) }
        return others.isEmpty ? first : .comparison(first, others)
    }

    private mutating func comparisonOperator() -> JinjaOperator? {
        guard at < tokens.count else { return nil }
        switch tokens[at] {
        case .symbol(let text) where ["==", "!=", "<", "<=", ">", ">="].contains(text):
            at += 1
            return JinjaOperator(rawValue: text)
        case .name("in"):
            at += 1
            return .contained
        case .name("not") where at + 1 < tokens.count && tokens[at + 1] == .name("in"):
            at += 2
            return .notContained
        default: return nil
        }
    }

    private mutating func sum() throws(JinjaFailure) -> JinjaExpression {
        try chain(["+", "-"]) { parser throws(JinjaFailure) in try parser.joined() }
    }

    private mutating func joined() throws(JinjaFailure) -> JinjaExpression {
        var parts = [try product()]
        while take(symbol: "~") {
            try link()
            parts.append(try product())
        }
        return parts.count == 1 ? parts[0] : .join(parts)
    }

    private mutating func product() throws(JinjaFailure) -> JinjaExpression {
        try chain(["*", "/", "//", "%"]) { parser throws(JinjaFailure) in try parser.power() }
    }

    private mutating func power() throws(JinjaFailure) -> JinjaExpression {
        try chain(["**"]) { parser throws(JinjaFailure) in try parser.unary() }
    }

    private mutating func chain(
        _ symbols: [String],
        _ next: (inout JinjaExpressionParser) throws(JinjaFailure) -> JinjaExpression
    ) throws(JinjaFailure) -> JinjaExpression {
        var result = try next(&self)
        while at < tokens.count, case .symbol(let text) = tokens[at], symbols.contains(text),
            let kind = JinjaOperator(rawValue: text)
        {
            at += 1
            try link()
            result = .binary(kind, result, try next(&self))
        }
        return result
    }

    /// Signs bind to the value and its members, filters to the value with its signs.
    private mutating func unary() throws(JinjaFailure) -> JinjaExpression {
        var isNegative = false
        var count = 0
        while isAt(symbol: "-") || isAt(symbol: "+") {
            if isAt(symbol: "-") { isNegative.toggle() }
            at += 1
            count += 1
        }
        var value = try members(of: try primary())
        if count > 0 { value = isNegative ? .negative(value) : .positive(value) }
        return try filtered(value)
    }
}
