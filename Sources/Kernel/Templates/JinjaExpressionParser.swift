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

    init(_ tokens: [JinjaToken], line: Int) {
        self.tokens = tokens
        self.line = line
    }

    // MARK: - Tokens

    var isAtEnd: Bool { at == tokens.count }

    func failure(_ found: String) -> JinjaFailure { JinjaFailure(line: line, reason: found) }

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
        name = text
        return text
    }

    mutating func take(name: String) -> Bool {
        guard at < tokens.count, tokens[at] == .name(name) else { return false }
        at += 1
        return true
    }

    mutating func take(symbol: String) -> Bool {
        guard at < tokens.count, tokens[at] == .symbol(symbol) else { return false }
        at += 1
        return true
    }

    mutating func expect(name: String) throws(JinjaFailure) {
        guard take(name: name) else { throw failure("\(shown), expected \"\(name)\"") }
    }

    mutating func expect(symbol: String) throws(JinjaFailure) {
        guard take(symbol: symbol) else { throw failure("\(shown), expected \"\(symbol)\"") }
    }

    /// One or more names with commas between them.
    mutating func names() throws(JinjaFailure) -> [String] {
        let isBracketed = take(symbol: "(")
        var names = [try takeName()]
        while take(symbol: ",") { names.append(try takeName()) }
        if isBracketed { try expect(symbol: ")") }
        return names
    }

    private var shown: String {
        at < tokens.count ? "\(tokens[at])" : "the end of the tag"
    }

    // MARK: - Operators, weakest first

    /// An expression, or several with commas between them as a list.
    mutating func tuple() throws(JinjaFailure) -> JinjaExpression {
        var items = [try expression()]
        guard take(symbol: ",") else { return items[0] }
        while !isAtEnd {
            items.append(try expression())
            if !take(symbol: ",") { break }
        }
        return .list(items)
    }

    mutating func expression() throws(JinjaFailure) -> JinjaExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= JinjaParser.depthMax else { throw failure("an expression nested too deep") }
        var result = try operand()
        while take(name: "if") {
            try link()
            let condition = try operand()
            let other = take(name: "else") ? try expression() : nil
            result = .choice(result, if: condition, else: other)
        }
        return result
    }

    /// An expression without a trailing `if`, which in a loop's head is the loop's.
    mutating func operand() throws(JinjaFailure) -> JinjaExpression {
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

    /// `a < b < c` is `a < b and b < c`.
    private mutating func comparison() throws(JinjaFailure) -> JinjaExpression {
        var left = try sum()
        var result: JinjaExpression?
        while let kind = comparisonOperator() {
            try link()
            let right = try sum()
            let link = JinjaExpression.binary(kind, left, right)
            result = result.map { .binary(.and, $0, link) } ?? link
            left = right
        }
        return result ?? left
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
        try chain(["~"]) { parser throws(JinjaFailure) in try parser.product() }
    }

    private mutating func product() throws(JinjaFailure) -> JinjaExpression {
        try chain(["*", "/", "//", "%"]) { parser throws(JinjaFailure) in try parser.unary() }
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

    private mutating func unary() throws(JinjaFailure) -> JinjaExpression {
        var isNegative = false
        while true {
            if take(symbol: "-") {
                isNegative.toggle()
            } else if !take(symbol: "+") {
                break
            }
        }
        let value = try suffixed(try primary())
        return isNegative ? .negative(value) : value
    }
}
