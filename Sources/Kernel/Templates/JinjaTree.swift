// The tree of a template: statements and expressions.
// Data only; JinjaParser builds it, JinjaInterpreter runs it.

/// A statement with the line it starts on.
struct JinjaStatement: Sendable {
    indirect enum Kind: Sendable {
        case text(String)
        case output(JinjaExpression)
        case set(JinjaTarget, JinjaExpression)
        /// A captured body; the filters are applied to `captured`.
        case setBlock(JinjaTarget, filters: JinjaExpression?, [JinjaStatement])
        case branch(
            [(condition: JinjaExpression, body: [JinjaStatement])], otherwise: [JinjaStatement])
        case loop(JinjaLoop)
        case with([(target: JinjaTarget, value: JinjaExpression)], [JinjaStatement])
        case macro(JinjaMacro)
        /// A call that hands over a body as `caller`.
        case call(JinjaExpression, caller: JinjaMacro)
        /// A body whose text is filtered.
        case filter(JinjaExpression, [JinjaStatement])
        /// A body with names of its own, as of a macro that is called at once.
        case scope(JinjaMacro)
        case stop
        case skip
    }

    var line: Int
    var kind: Kind
}

/// `{% for … in … if … recursive %}`
final class JinjaLoop: Sendable {
    let target: JinjaTarget
    let sequence: JinjaExpression
    let condition: JinjaExpression?
    let isRecursive: Bool
    let body: [JinjaStatement]
    let otherwise: [JinjaStatement]

    init(
        _ target: JinjaTarget, in sequence: JinjaExpression, if condition: JinjaExpression?,
        isRecursive: Bool, body: [JinjaStatement], otherwise: [JinjaStatement]
    ) {
        self.target = target
        self.sequence = sequence
        self.condition = condition
        self.isRecursive = isRecursive
        self.body = body
        self.otherwise = otherwise
    }
}

/// `{% macro name(parameters) %}`, or the body of a call.
final class JinjaMacro: Sendable {
    let name: String
    let parameters: [(name: String, otherwise: JinjaExpression?)]
    let body: [JinjaStatement]
    /// Which of `caller`, `varargs` and `kwargs` the body reads: a macro takes them only then.
    let reads: Set<String>

    init(
        _ name: String, _ parameters: [(name: String, otherwise: JinjaExpression?)],
        _ body: [JinjaStatement], reads: Set<String>
    ) {
        self.name = name
        self.parameters = parameters
        self.body = body
        self.reads = reads
    }
}

/// Where a value is put.
indirect enum JinjaTarget: Sendable {
    case name(String)
    case tuple([JinjaTarget])
    /// A member of a namespace.
    case member(String, String)
}

/// The arguments of a call as they are written.
struct JinjaCall: Sendable {
    var positional: [JinjaExpression] = []
    var named: [(name: String, value: JinjaExpression)] = []
    /// `*values`
    var spread: JinjaExpression?
    /// `**values`
    var spreadNamed: JinjaExpression?
}

/// Operators with two sides.
enum JinjaOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case remainder = "%"
    case power = "**"
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

/// A value that stands in the template itself.
enum JinjaConstant: Sendable {
    case none
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
}

/// An expression.
indirect enum JinjaExpression: Sendable {
    case constant(JinjaConstant)
    case name(String)
    /// The text of the body that a filter stands at.
    case captured
    case list([JinjaExpression])
    case tuple([JinjaExpression])
    case map([(key: JinjaExpression, value: JinjaExpression)])
    case member(JinjaExpression, String)
    case element(JinjaExpression, JinjaExpression)
    case slice(JinjaExpression, JinjaExpression?, JinjaExpression?, JinjaExpression?)
    case call(JinjaExpression, JinjaCall)
    case filter(JinjaExpression, String, JinjaCall)
    case test(JinjaExpression, String, JinjaCall)
    case not(JinjaExpression)
    case negative(JinjaExpression)
    case positive(JinjaExpression)
    case binary(JinjaOperator, JinjaExpression, JinjaExpression)
    /// `a < b < c`: each side is evaluated once.
    case comparison(JinjaExpression, [(kind: JinjaOperator, side: JinjaExpression)])
    /// `a ~ b ~ c`
    case join([JinjaExpression])
    case choice(JinjaExpression, if: JinjaExpression, else: JinjaExpression?)
}
