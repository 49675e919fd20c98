// Places and sizes in columns and rows, the origin at the top left. Sizes are never negative, so
// that every widget can shrink to nothing. It knows nothing of what is drawn.

/// A place: column and row.
public struct Point: Hashable, Sendable {
    /// Column, from the left.
    public var x: Int
    /// Row, from the top.
    public var y: Int

    /// A place from column and row.
    public init(_ x: Int, _ y: Int) {
        self.x = x
        self.y = y
    }
}

/// Columns and rows.
public struct Size: Hashable, Sendable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int

    /// A size; negative extents become zero.
    public init(_ width: Int, _ height: Int) {
        self.width = max(0, width)
        self.height = max(0, height)
    }
}

/// A rectangle of cells.
public struct Rect: Hashable, Sendable {
    /// The left column.
    public let x: Int
    /// The top row.
    public let y: Int
    /// Columns, never negative.
    public let width: Int
    /// Rows, never negative.
    public let height: Int

    /// A rectangle; negative extents become zero.
    public init(_ x: Int, _ y: Int, _ width: Int, _ height: Int) {
        self.x = x
        self.y = y
        self.width = max(0, width)
        self.height = max(0, height)
    }

    /// A rectangle of a size at the origin.
    public init(_ size: Size) { self.init(0, 0, size.width, size.height) }

    /// The column right of the rectangle.
    public var right: Int { x + width }
    /// The row below the rectangle.
    public var bottom: Int { y + height }
    /// Its extents.
    public var size: Size { Size(width, height) }
    /// True when it holds no cell.
    public var isEmpty: Bool { width == 0 || height == 0 }
    /// Its rows from top to bottom.
    public var rows: Range<Int> { y..<bottom }

    /// True when the place lies inside.
    public func contains(_ point: Point) -> Bool {
        point.x >= x && point.x < right && point.y >= y && point.y < bottom
    }

    /// What both rectangles cover.
    public func intersection(_ other: Rect) -> Rect {
        let left = max(x, other.x)
        let top = max(y, other.y)
        return Rect(left, top, min(right, other.right) - left, min(bottom, other.bottom) - top)
    }

    /// The rectangle without a margin on each side.
    public func inset(by columns: Int, _ rows: Int) -> Rect {
        Rect(x + columns, y + rows, width - 2 * columns, height - 2 * rows)
    }

    /// One row of the rectangle, counted from its top; empty when there is no such row.
    public func row(_ index: Int) -> Rect {
        index >= 0 && index < height ? Rect(x, y + index, width, 1) : Rect(x, y, 0, 0)
    }

    /// A rectangle of at most some size in the middle of this one.
    public func centered(_ size: Size) -> Rect {
        let columns = min(width, size.width)
        let lines = min(height, size.height)
        return Rect(x + (width - columns) / 2, y + (height - lines) / 2, columns, lines)
    }

    /// Splits off some rows at the top.
    public func splitTop(_ rows: Int) -> (top: Rect, rest: Rect) {
        let taken = min(max(0, rows), height)
        return (Rect(x, y, width, taken), Rect(x, y + taken, width, height - taken))
    }

    /// Splits off some rows at the bottom.
    public func splitBottom(_ rows: Int) -> (rest: Rect, bottom: Rect) {
        let taken = min(max(0, rows), height)
        return (Rect(x, y, width, height - taken), Rect(x, bottom - taken, width, taken))
    }

    /// Splits off some columns at the left.
    public func splitLeft(_ columns: Int) -> (left: Rect, rest: Rect) {
        let taken = min(max(0, columns), width)
        return (Rect(x, y, taken, height), Rect(x + taken, y, width - taken, height))
    }

    /// Splits off some columns at the right.
    public func splitRight(_ columns: Int) -> (rest: Rect, right: Rect) {
        let taken = min(max(0, columns), width)
        return (Rect(x, y, width - taken, height), Rect(right - taken, y, taken, height))
    }
}
