// A bordered area with a title at the left and a note at the right of its upper edge. The border
// shows the focus. What stands inside is drawn by others.

/// A bordered pane.
public struct Pane: Sendable {
    /// The title in the upper edge.
    public var title: DisplayText
    /// A remark at the right of the upper edge.
    public var note: DisplayText
    /// Whether the keyboard belongs to the pane.
    public var isFocused: Bool

    /// A pane.
    public init(title: DisplayText, note: DisplayText = "", isFocused: Bool = false) {
        self.title = title
        self.note = note
        self.isFocused = isFocused
    }

    /// Draws the border and returns the area inside.
    @discardableResult
    public func render(in area: Rect, on frame: inout Frame, theme: Theme) -> Rect {
        let border = theme[isFocused ? .focusBorder : .border]
        let inner = frame.box(area, style: border)
        guard area.width >= 6, area.height >= 2 else { return inner }
        let edge = Rect(area.x + 2, area.y, area.width - 4, 1)
        var used = 0
        if !title.isEmpty {
            let shown = DisplayText(" \(title) ").truncated(to: edge.width)
            let style = theme[.title]
            frame.put(shown, in: edge, style: isFocused ? style.overlaid(with: border) : style)
            used = shown.width + 1
        }
        let room = edge.width - used
        if !note.isEmpty && room >= 4 {
            let shown = DisplayText(" \(note) ").truncated(to: room)
            frame.put(shown, in: edge, style: theme[.dim], align: .right)
        }
        return inner
    }
}
