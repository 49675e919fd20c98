// The tree of a template: statements and expressions.
// Data only; JinjaParser builds it, JinjaInterpreter runs it.

/// A statement with the line it starts on.
struct JinjaStatement: Sendable {
    indirect enum Kind: Sendable {
        case text(String)
        case output(JinjaExpression)
        case set(JinjaTarget, JinjaExpression)
        case setBlock(String, [JinjaStatement])
        case branch(
            [(condition: JinjaExpression, body: [JinjaStatement])], otherwise: [JinjaStatement])
        case loop(JinjaLoop)
        case stop
        case skip
    }

    var line: Int
    var kind: Kind
}

/// `{% for … in … if … %}`
struct JinjaLoop: Sendable {
    var names: [String]
    var sequence: JinjaExpression
    var condition: JinjaExpression?
    var body: [JinjaStatement]
    var otherwise: [JinjaStatement]
}

/// Where a value is put.
enum JinjaTarget: Sendable {
    case names([String])
    /// A member of a namespace.
    case member(String, String)
}

/// An argument of a call.
struct JinjaArgument: Sendable {
    var name: String?
    var value: JinjaExpression
}

/// Operators with two sides.
enum JinjaOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case remainder = "%"
    case join = "~"
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case contained = "in"
    case notContained = "not in"
    case and
    case or
}

/// An expression.
indirect enum JinjaExpression: Sendable {
    case constant(JinjaValue)
    case name(String)
    case list([JinjaExpression])
    case map([(key: JinjaExpression, value: JinjaExpression)])
    case member(JinjaExpression, String)
    case element(JinjaExpression, JinjaExpression)
    case slice(JinjaExpression, JinjaExpression?, JinjaExpression?, JinjaExpression?)
    case call(String, [JinjaArgument])
    case method(JinjaExpression, String, [JinjaArgument])
    case filter(JinjaExpression, String, [JinjaArgument])
    case test(JinjaExpression, String, [JinjaArgument], isNegated: Bool)
    case not(JinjaExpression)
    case negative(JinjaExpression)
    case binary(JinjaOperator, JinjaExpression, JinjaExpression)
    case choice(JinjaExpression, if: JinjaExpression, else: JinjaExpression?)
}
