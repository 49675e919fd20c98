// The two sides of a comparison. It knows neither conversations nor panes.

/// One of the two sides that may answer.
enum ChatSide: Int, CaseIterable, Sendable {
    case a, b

    /// The name on the screen.
    var letter: String { self == .a ? "A" : "B" }
    /// The name in files.
    var key: String { self == .a ? "a" : "b" }
    /// The other one.
    var other: ChatSide { self == .a ? .b : .a }
}

/// A value for each side.
struct Sided<Value> {
    var a: Value
    var b: Value

    /// The same value for both.
    init(_ value: Value) { (a, b) = (value, value) }

    subscript(side: ChatSide) -> Value {
        get { side == .a ? a : b }
        set {
            switch side {
            case .a: a = newValue
            case .b: b = newValue
            }
        }
    }
}

extension Sided: Equatable where Value: Equatable {}
extension Sided: Sendable where Value: Sendable {}
