// Small pictures of numbers: a bar for a share, a line of blocks for a course, a turning sign for
// work. They know no units; labels come in.

/// A bar that is filled up to a share.
public struct Gauge: Sendable {
    /// The share, 0…1; others are brought into it, NaN is empty.
    public var fraction: Double
    /// What stands behind the bar.
    public var label: DisplayText
    /// The colour of the filled part.
    public var role: Role

    /// A bar.
    public init(fraction: Double, label: DisplayText = "", role: Role = .gauge) {
        self.fraction = fraction
        self.label = label
        self.role = role
    }

    /// Draws the bar in eighths of a column, and the label where there is room.
    public func render(in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        let row = area.row(0)
        let hasLabel = !label.isEmpty && row.width >= label.width + 6
        let (bar, rest) = hasLabel ? row.splitRight(label.width + 1) : (row, row.row(1))
        let share = fraction.isNaN ? 0 : min(1, max(0, fraction))
        let eighths = Int((share * Double(bar.width * 8)).rounded())
        for column in 0..<bar.width {
            let filled = min(8, max(0, eighths - column * 8))
            let glyph = Glyph(Blocks.horizontal[filled], width: 1)
            let style = theme[filled > 0 ? role : .gridline]
            frame.fill(Rect(bar.x + column, bar.y, 1, 1), style: style, glyph: glyph)
        }
        if hasLabel { frame.put(label, in: rest.splitLeft(1).rest, style: theme[.value]) }
    }
}

/// The course of a few numbers in one row.
public struct Sparkline: Sendable {
    /// The numbers; the last ones are shown. NaN is a gap.
    public var values: [Double]
    /// The colour.
    public var role: Role

    /// A course of numbers.
    public init(values: [Double], role: Role = .plotSmooth) {
        self.values = values
        self.role = role
    }

    /// Draws as many of the last numbers as there are columns.
    public func render(in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        let shown = values.suffix(area.width)
        let finite = shown.filter(\.isFinite)
        guard let low = finite.min(), let high = finite.max() else { return }
        // Halves keep the span finite even for the largest numbers.
        let span = high / 2 - low / 2
        for (column, value) in shown.enumerated() where value.isFinite {
            let share = span > 0 ? (value / 2 - low / 2) / span : 0.5
            let glyph = Glyph(Blocks.vertical[1 + Int((share * 7).rounded())], width: 1)
            frame.fill(Rect(area.x + column, area.y, 1, 1), style: theme[role], glyph: glyph)
        }
    }
}

/// Block characters by eighths.
enum Blocks {
    static let horizontal: [Unicode.Scalar] = ["░", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]
    static let vertical: [Unicode.Scalar] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
}
