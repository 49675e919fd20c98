// Wrapped, scrolling text that grows at its end: logs, chats, documents. It follows the end until
// the user scrolls up. Only the rows on screen are wrapped. It does not know what it shows.

/// A view of wrapped text.
public struct TextView: Sendable {
    /// The message while there is no text.
    public var emptyText: DisplayText

    /// A view.
    public init(emptyText: DisplayText = "") { self.emptyText = emptyText }

    /// Draws the rows on screen; while something is below, the last column says so.
    public func render(_ state: TextViewState, in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        guard !state.lines.isEmpty else {
            frame.put(emptyText, in: area.row(0), style: theme[.dim])
            return
        }
        var place = state.firstPlace(in: area.size)
        var rowsOfLine = TextWrap.rows(state.lines[place.line], width: area.width)
        for y in area.rows {
            while place.row >= rowsOfLine.count {
                place = TextViewState.Place(line: place.line + 1, row: 0)
                guard place.line < state.lines.count else { return }
                rowsOfLine = TextWrap.rows(state.lines[place.line], width: area.width)
            }
            frame.put(rowsOfLine[place.row], in: Rect(area.x, y, area.width, 1))
            place.row += 1
        }
        let isLast = place.line == state.lines.count - 1 && place.row >= rowsOfLine.count
        if !isLast && area.width > 2 {
            frame.put("▼", at: Point(area.right - 1, area.bottom - 1), style: theme[.dim], in: area)
        }
    }
}

/// Lines and the place that is shown.
public struct TextViewState: Equatable, Sendable {
    /// A row of a wrapped line.
    struct Place: Equatable, Sendable {
        var line: Int
        var row: Int
    }

    /// The lines, oldest first.
    public private(set) var lines: [StyledLine] = []
    /// How many of the oldest lines were dropped.
    public private(set) var droppedCount = 0
    /// Lines that are kept.
    public let linesMax: Int
    /// Columns and rows on screen; set on resize for exact scrolling.
    public private(set) var view = Size(80, 20)
    private var anchor: Place?

    /// A state without lines.
    public init(linesMax: Int = 50_000) { self.linesMax = max(1, linesMax) }

    /// True while the end is kept in view.
    public var follows: Bool { anchor == nil }

    /// Sets the size of the view.
    public mutating func fit(to size: Size) { view = size }

    /// Adds a line at the end.
    public mutating func append(_ line: StyledLine) {
        lines.append(line)
        // Dropping an eighth at once keeps the cost per line constant.
        guard lines.count > linesMax else { return }
        let excess = max(lines.count - linesMax, min(lines.count - 1, linesMax / 8))
        lines.removeFirst(excess)
        droppedCount += excess
        if let place = anchor { anchor = Place(line: max(0, place.line - excess), row: place.row) }
    }

    /// Replaces everything and keeps the place if it still exists.
    public mutating func setLines(_ new: [StyledLine]) {
        lines = new.suffix(linesMax)
        if let place = anchor, place.line >= lines.count { anchor = nil }
    }

    /// Scrolls by rows, down when positive; at the end following starts again.
    public mutating func scroll(by rows: Int) {
        guard !lines.isEmpty else { return }
        var place = firstPlace(in: view)
        step(&place, by: rows)
        let end = lastPlace(in: view)
        let isAtEnd = place.line > end.line || place.line == end.line && place.row >= end.row
        anchor = isAtEnd ? nil : place
    }

    /// Scrolls by pages.
    public mutating func page(by pages: Int) { scroll(by: pages * max(1, view.height - 1)) }

    /// Goes to the oldest line.
    public mutating func home() {
        anchor = Place(line: 0, row: 0)
        scroll(by: 0)
    }

    /// Puts a line at the top, as far as there is enough below.
    public mutating func show(line: Int) {
        guard !lines.isEmpty else { return }
        anchor = Place(line: min(max(0, line), lines.count - 1), row: 0)
        scroll(by: 0)
    }

    /// Goes to the end and follows it.
    public mutating func end() { anchor = nil }

    /// Does what arrows, hjkl and paging keys mean; true when the key was one of them.
    public mutating func handle(_ key: Key) -> Bool {
        switch key {
        case .up, .character("k"): scroll(by: -1)
        case .down, .character("j"): scroll(by: 1)
        case .pageUp: page(by: -1)
        case .pageDown: page(by: 1)
        case .control("u"): scroll(by: -max(1, view.height / 2))
        case .control("d"): scroll(by: max(1, view.height / 2))
        case .home, .character("g"): home()
        case .end, .character("G"): end()
        case .mouse(let mouse) where mouse.kind == .wheelUp: scroll(by: -3)
        case .mouse(let mouse) where mouse.kind == .wheelDown: scroll(by: 3)
        default: return false
        }
        return true
    }

    // MARK: - Places

    /// The first row on a screen of some size; there are lines.
    func firstPlace(in size: Size) -> Place {
        let end = lastPlace(in: size)
        guard var place = anchor else { return end }
        place.row = min(place.row, height(of: place.line, width: size.width) - 1)
        return place.line > end.line || place.line == end.line && place.row > end.row ? end : place
    }

    /// The first row when the end of the text is at the bottom.
    private func lastPlace(in size: Size) -> Place {
        let last = lines.count - 1
        var place = Place(line: last, row: height(of: last, width: size.width) - 1)
        step(&place, by: 1 - size.height, width: size.width)
        return place
    }

    private func step(_ place: inout Place, by rows: Int) {
        step(&place, by: rows, width: view.width)
    }

    private func step(_ place: inout Place, by rows: Int, width: Int) {
        place.row += rows
        while place.row < 0 && place.line > 0 {
            place.line -= 1
            place.row += height(of: place.line, width: width)
        }
        place.row = max(0, place.row)
        while place.line < lines.count - 1 {
            let height = height(of: place.line, width: width)
            guard place.row >= height else { return }
            place.row -= height
            place.line += 1
        }
        place.row = min(place.row, height(of: place.line, width: width) - 1)
    }

    private func height(of line: Int, width: Int) -> Int {
        max(1, TextWrap.rows(lines[line], width: width).count)
    }
}
