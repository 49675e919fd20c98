// Rows of styled text with a selection and a scroll bar. It does not know what the rows mean.

/// A scrolling list.
public struct List: Sendable {
    /// The rows.
    public var rows: [StyledLine]
    /// Whether the keyboard belongs to the list.
    public var isFocused: Bool
    /// The message when there are no rows.
    public var emptyText: DisplayText
    /// Keys that bring the keyboard here, for clicks while it is elsewhere.
    public var leads: [Key]

    /// A list of rows.
    public init(
        rows: [StyledLine], isFocused: Bool = true, emptyText: DisplayText = "", leads: [Key] = []
    ) {
        self.rows = rows
        self.leads = leads
        self.isFocused = isFocused
        self.emptyText = emptyText
    }

    /// Draws the rows around the selection.
    public func render(_ state: ListState, in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        guard !rows.isEmpty else {
            frame.put(emptyText, in: area.row(0), style: theme[.dim])
            return
        }
        let top = state.top(visible: area.height, count: rows.count)
        let body = ScrollBar(count: rows.count, top: top).render(in: area, on: &frame, theme: theme)
        for line in 0..<min(area.height, rows.count - top) {
            let place = body.row(line)
            frame.put(rows[top + line], in: place)
            let isSelected = top + line == state.selected(of: rows.count)
            Clicks(leads: leads, isFocused: isFocused)
                .mark(top + line, isSelected: isSelected, in: place, on: &frame)
            if isSelected {
                Selection(isFocused: isFocused).render(in: place, on: &frame, theme: theme)
            }
        }
    }
}

/// What clicks on rows mean: they select, and on the selected row they are Enter.
struct Clicks {
    let leads: [Key]
    let isFocused: Bool

    func mark(_ index: Int, isSelected: Bool, in area: Rect, on frame: inout Frame) {
        guard isFocused || !leads.isEmpty else { return }
        if isFocused {
            frame.mark(area, isSelected ? [.enter] : [.row(index)])
        } else {
            frame.mark(area, leads + [.row(index)])
        }
    }
}

/// Marks a row as selected without losing the colours inside it.
struct Selection {
    let isFocused: Bool

    func render(in area: Rect, on frame: inout Frame, theme: Theme) {
        let mark = theme[isFocused ? .selection : .inactiveSelection]
        frame.restyle(area) { $0 = $0.overlaid(with: mark) }
    }
}

/// A thumb in the last column when there is more than fits.
struct ScrollBar {
    let count: Int
    let top: Int

    /// Draws the thumb and returns the area that is left for rows.
    func render(in area: Rect, on frame: inout Frame, theme: Theme) -> Rect {
        guard count > area.height, area.width >= 4, area.height >= 2 else { return area }
        let (body, bar) = area.splitRight(1)
        let length = max(1, area.height * area.height / count)
        let room = area.height - length
        let start = min(
            room, (room * top + (count - area.height) / 2) / max(1, count - area.height))
        for line in 0..<area.height {
            let isThumb = line >= start && line < start + length
            frame.put(
                isThumb ? "┃" : "│", in: bar.row(line),
                style: theme[isThumb ? .dim : .gridline])
        }
        return body
    }
}
