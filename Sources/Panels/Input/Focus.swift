// Which of several panes or fields has the keyboard: always exactly one. It does not draw.

/// The owner of the keyboard among some identifiers.
public struct Focus<ID: Hashable> {
    /// The identifiers in the order of Tab.
    public let order: [ID]
    /// The one that has the keyboard.
    public private(set) var current: ID

    /// A focus over at least one identifier, on the first.
    public init(_ first: ID, _ others: ID...) {
        order = [first] + others
        current = first
    }

    /// Moves to the next, from the last to the first.
    public mutating func next() { step(1) }

    /// Moves to the one before, from the first to the last.
    public mutating func previous() { step(-1) }

    /// Moves to one of the identifiers; others are ignored.
    public mutating func move(to id: ID) {
        if order.contains(id) { current = id }
    }

    private mutating func step(_ by: Int) {
        let index = order.firstIndex(of: current) ?? 0
        current = order[(index + by + order.count) % order.count]
    }
}

extension Focus: Equatable, Hashable where ID: Hashable {}
extension Focus: Sendable where ID: Sendable {}
