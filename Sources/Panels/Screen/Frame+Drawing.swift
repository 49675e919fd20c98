// What widgets draw with: text, filled areas, boxes and rules, always clipped to a rectangle.
// Only DisplayText comes in. It does not know roles; styles are given.

/// How text stands in its row.
public enum Alignment: Hashable, Sendable {
    /// At the left edge.
    case left
    /// In the middle.
    case center
    /// At the right edge.
    case right
}

extension Frame {
    /// Writes text from a place on, clipped to a rectangle; returns the column after its last glyph.
    @discardableResult
    public mutating func put(
        _ text: DisplayText, at point: Point, style: Style = .plain, in clip: Rect? = nil
    ) -> Int {
        let bounds = (clip ?? area).intersection(area)
        var x = point.x
        guard bounds.rows.contains(point.y), x < bounds.right else { return x + text.width }
        for glyph in text.glyphs {
            if x >= bounds.right { break }
            if x >= bounds.x {
                set(glyph, style, x: x, y: point.y, clip: bounds)
            } else if glyph.width == 2 && x + 1 == bounds.x {
                set(.blank, style, x: x + 1, y: point.y, clip: bounds)
            }
            x += glyph.width
        }
        return point.x + text.width
    }

    /// Writes one line into the first row of a rectangle, shortened with `…` when too long.
    public mutating func put(
        _ text: DisplayText, in area: Rect, style: Style = .plain, align: Alignment = .left
    ) {
        guard !area.isEmpty else { return }
        let shown = text.truncated(to: area.width)
        let room = area.width - shown.width
        let indent =
            switch align {
            case .left: 0
            case .center: room / 2
            case .right: room
            }
        put(shown, at: Point(area.x + indent, area.y), style: style, in: area)
    }

    /// Writes a line of styled spans into the first row of a rectangle.
    @discardableResult
    public mutating func put(_ line: StyledLine, in area: Rect) -> Int {
        var x = area.x
        for span in line.spans {
            x = put(span.text, at: Point(x, area.y), style: span.style, in: area)
        }
        return x
    }

    /// Blanks a rectangle in a style.
    public mutating func fill(_ area: Rect, style: Style = .plain, glyph: Glyph = .blank) {
        let bounds = area.intersection(self.area)
        for y in bounds.rows {
            for x in bounds.x..<bounds.right { set(glyph, style, x: x, y: y, clip: bounds) }
        }
    }

    /// A horizontal line along the first row of a rectangle.
    public mutating func rule(_ area: Rect, style: Style = .plain) {
        guard area.height > 0 else { return }
        for x in area.x..<area.right { set(Box.horizontal, style, x: x, y: area.y, clip: area) }
    }

    /// Draws a border and returns the area inside; below 2×2 cells nothing is drawn.
    @discardableResult
    public mutating func box(_ area: Rect, style: Style = .plain) -> Rect {
        guard area.width >= 2, area.height >= 2 else { return Rect(area.x, area.y, 0, 0) }
        let (last, end) = (area.right - 1, area.bottom - 1)
        for x in area.x + 1..<max(area.x + 1, last) {
            set(Box.horizontal, style, x: x, y: area.y, clip: area)
            set(Box.horizontal, style, x: x, y: end, clip: area)
        }
        for y in area.y + 1..<max(area.y + 1, end) {
            set(Box.vertical, style, x: area.x, y: y, clip: area)
            set(Box.vertical, style, x: last, y: y, clip: area)
        }
        set(Box.topLeft, style, x: area.x, y: area.y, clip: area)
        set(Box.topRight, style, x: last, y: area.y, clip: area)
        set(Box.bottomLeft, style, x: area.x, y: end, clip: area)
        set(Box.bottomRight, style, x: last, y: end, clip: area)
        return area.inset(by: 1, 1)
    }
}

/// The glyphs of borders.
enum Box {
    static let horizontal = Glyph("─", width: 1)
    static let vertical = Glyph("│", width: 1)
    static let topLeft = Glyph("┌", width: 1)
    static let topRight = Glyph("┐", width: 1)
    static let bottomLeft = Glyph("└", width: 1)
    static let bottomRight = Glyph("┘", width: 1)
}
