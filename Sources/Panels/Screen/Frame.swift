// A grid of cells, as a value: what the screen should look like, the unit of drawing, comparing
// and testing. A wide glyph always has its continuation to the right. It knows no terminal.

/// The picture of one moment: cells and the place of the cursor.
public struct Frame: Equatable, Sendable {
    /// Columns and rows.
    public let size: Size
    /// Where the terminal's cursor stands, for input methods; nil hides it.
    public var cursor: Point?
    /// What can be clicked, the topmost last.
    public internal(set) var targets: [Target] = []
    /// Where the wheel scrolls which pane, the topmost last.
    public internal(set) var wheelPlaces: [WheelPlace] = []
    /// The colours of cells whose style leaves them open.
    private let base: Style
    /// The cells, row by row.
    private(set) var cells: [Cell]

    /// A blank frame.
    public init(size: Size, style: Style = .plain) {
        self.size = size
        base = style
        cells = Array(
            repeating: Cell(glyph: .blank, style: style), count: size.width * size.height)
    }

    /// The whole frame as a rectangle.
    public var area: Rect { Rect(size) }

    /// The cell at a place inside the frame.
    public subscript(x: Int, y: Int) -> Cell {
        precondition(
            x >= 0 && x < size.width && y >= 0 && y < size.height,
            "no cell (\(x), \(y)) in a frame of \(size.width)×\(size.height)")
        return cells[y * size.width + x]
    }

    /// The cells of one row.
    func row(_ y: Int) -> ArraySlice<Cell> { cells[y * size.width..<(y + 1) * size.width] }

    /// Sets one glyph; outside of `clip` nothing happens, a wide glyph on its edge becomes a blank.
    mutating func set(_ glyph: Glyph, _ style: Style, x: Int, y: Int, clip: Rect) {
        let bounds = clip.intersection(area)
        guard bounds.contains(Point(x, y)), glyph.width > 0 else { return }
        let style = style.onto(base)
        let fits = glyph.width == 1 || x + 1 < bounds.right
        let index = y * size.width + x
        release(index)
        cells[index] = Cell(glyph: fits ? glyph : .blank, style: style)
        if fits && glyph.width == 2 {
            release(index + 1)
            cells[index + 1] = Cell(glyph: .continuation, style: style)
        }
    }

    /// Blanks the other half of a wide glyph before a half is overwritten.
    private mutating func release(_ index: Int) {
        switch cells[index].glyph.width {
        case 0: cells[index - 1].glyph = .blank
        case 2: cells[index + 1].glyph = .blank
        default: break
        }
    }

    /// Changes the style of all cells in a rectangle; a wide glyph is changed as a whole.
    public mutating func restyle(_ area: Rect, _ change: (inout Style) -> Void) {
        let bounds = area.intersection(self.area)
        guard !bounds.isEmpty else { return }
        for y in bounds.rows {
            let start = y * size.width
            var first = start + bounds.x
            var last = start + bounds.right - 1
            if cells[first].glyph.width == 0 { first -= 1 }
            if cells[last].glyph.width == 2 { last += 1 }
            for index in first...last { change(&cells[index].style) }
        }
    }

    /// The text of one row, without the blanks at its end.
    public func text(ofRow y: Int) -> String {
        var scalars = String.UnicodeScalarView()
        for cell in row(y) where cell.glyph.width > 0 {
            scalars.append(contentsOf: cell.glyph.scalars)
        }
        var text = String(scalars)
        while text.last == " " { text.removeLast() }
        return text
    }

    /// All rows as text, one line each.
    public var text: String {
        (0..<size.height).map { text(ofRow: $0) }.joined(separator: "\n")
    }

    /// Replaces cells wholesale; used by diffs and by the fallback to ASCII.
    mutating func replaceCells(from index: Int, with replacement: [Cell]) {
        cells.replaceSubrange(index..<index + replacement.count, with: replacement)
    }
}
