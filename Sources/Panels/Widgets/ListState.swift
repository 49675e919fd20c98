// Selection and scrolling of lists and tables: a value with verbs. Rows are only counted here.
// The number of visible rows is set on resize, because drawing changes nothing.

/// Which row is selected and which is the first on screen.
public struct ListState: Equatable, Sendable {
    /// The selected row.
    public private(set) var selection: Int
    /// The first row on screen when the last verb ran.
    public private(set) var top: Int = 0
    /// Rows that are visible; set it on resize for exact pages.
    public var visibleRows: Int

    /// A state with a row selected.
    public init(selection: Int = 0, visibleRows: Int = 10) {
        self.selection = max(0, selection)
        self.visibleRows = visibleRows
    }

    /// Selects a row; beyond the ends the first or the last.
    public mutating func select(_ row: Int, count: Int) {
        selection = min(max(0, row), max(0, count - 1))
        top = top(visible: visibleRows, count: count)
    }

    /// Moves the selection.
    public mutating func move(by rows: Int, count: Int) { select(selection + rows, count: count) }

    /// Moves the selection by pages.
    public mutating func page(by pages: Int, count: Int) {
        move(by: pages * max(1, visibleRows - 1), count: count)
    }

    /// Selects the first row.
    public mutating func first() { select(0, count: selection + 1) }

    /// Selects the last row.
    public mutating func last(count: Int) { select(count - 1, count: count) }

    /// Does what arrows, hjkl and paging keys mean; true when the key was one of them.
    public mutating func handle(_ key: Key, count: Int) -> Bool {
        switch key {
        case .up, .character("k"): move(by: -1, count: count)
        case .down, .character("j"): move(by: 1, count: count)
        case .pageUp: page(by: -1, count: count)
        case .pageDown: page(by: 1, count: count)
        case .control("u"): move(by: -max(1, visibleRows / 2), count: count)
        case .control("d"): move(by: max(1, visibleRows / 2), count: count)
        case .home, .character("g"): first()
        case .end, .character("G"): last(count: count)
        case .row(let row): select(row, count: count)
        case .mouse(let mouse) where mouse.kind == .wheelUp: move(by: -1, count: count)
        case .mouse(let mouse) where mouse.kind == .wheelDown: move(by: 1, count: count)
        default: return false
        }
        return true
    }

    /// The first row to draw so that the selection is visible.
    func top(visible: Int, count: Int) -> Int {
        guard visible > 0 else { return 0 }
        let chosen = min(selection, max(0, count - 1))
        let lowest = max(0, chosen - visible + 1)
        let kept = min(max(top, lowest), chosen)
        return min(kept, max(0, count - visible))
    }

    /// The selected row while there are so many, nil in an empty list.
    public func selected(of count: Int) -> Int? {
        count > 0 ? min(selection, count - 1) : nil
    }
}
