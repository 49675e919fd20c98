// Divides a rectangle into rows or columns by constraints. What cannot fit shrinks from the end;
// the parts always lie inside and never overlap. It knows nothing of what is drawn in them.

/// How much room one part of a layout wants.
public enum Constraint: Hashable, Sendable {
    /// Exactly so many cells, as long as there are any.
    case fixed(Int)
    /// At least so many cells, more when fills leave room.
    case minimum(Int)
    /// A share of the whole, 0…1.
    case fraction(Double)
    /// What is left, shared by weight.
    case fill(Int = 1)
}

/// Splits rectangles by constraints.
public enum Layout {
    /// Parts from top to bottom, as many as constraints.
    public static func rows(_ area: Rect, _ constraints: [Constraint], gap: Int = 0) -> [Rect] {
        var top = area.y
        return extents(area.height, constraints, gap: gap).map { extent in
            let part = Rect(area.x, min(top, area.bottom), area.width, extent)
            top += extent + gap
            return part
        }
    }

    /// Parts from left to right, as many as constraints.
    public static func columns(_ area: Rect, _ constraints: [Constraint], gap: Int = 0) -> [Rect] {
        var left = area.x
        return extents(area.width, constraints, gap: gap).map { extent in
            let part = Rect(min(left, area.right), area.y, extent, area.height)
            left += extent + gap
            return part
        }
    }

    /// Extents of the parts; their sum and the gaps never exceed the total.
    static func extents(_ total: Int, _ constraints: [Constraint], gap: Int) -> [Int] {
        var room = max(0, total - gap * max(0, constraints.count - 1))
        let whole = room
        var sizes = [Int](repeating: 0, count: constraints.count)
        for (index, constraint) in constraints.enumerated() {
            let wanted =
                switch constraint {
                case .fixed(let cells), .minimum(let cells): cells
                case .fraction(let share): Int((Double(whole) * min(1, max(0, share))).rounded())
                case .fill: 0
                }
            sizes[index] = min(room, max(0, wanted))
            room -= sizes[index]
        }
        // Fills share what is left; without fills the minimums do.
        var weights = constraints.map {
            if case .fill(let weight) = $0 { max(0, weight) } else { 0 }
        }
        if weights.allSatisfy({ $0 == 0 }) {
            weights = constraints.map { if case .minimum = $0 { 1 } else { 0 } }
        }
        var weightLeft = weights.reduce(0, +)
        for index in sizes.indices where weights[index] > 0 {
            let share = room * weights[index] / weightLeft
            sizes[index] += share
            room -= share
            weightLeft -= weights[index]
        }
        return sizes
    }
}
