// A field to type in over the rows that fit what was typed: a command palette. It neither finds nor
// ranks the rows, and does nothing: the owner does.

/// Rows to choose from by typing.
public struct Palette: Sendable {
    /// One row.
    public struct Entry: Hashable, Sendable {
        /// What it does.
        public var title: DisplayText
        /// Where it belongs, behind the title.
        public var group: DisplayText
        /// The key that does the same, at the right.
        public var key: DisplayText
        /// Why it cannot be chosen now.
        public var reason: DisplayText?

        /// A row.
        public init(
            title: DisplayText, group: DisplayText = "", key: DisplayText = "",
            reason: DisplayText? = nil
        ) {
            (self.title, self.group, self.key, self.reason) = (title, group, key, reason)
        }
    }

    /// The title of the frame.
    public var title: DisplayText
    /// What stands in the empty field.
    public var placeholder: DisplayText
    /// The rows, best first.
    public var entries: [Entry]

    /// A palette.
    public init(title: DisplayText, placeholder: DisplayText = "", entries: [Entry]) {
        (self.title, self.placeholder, self.entries) = (title, placeholder, entries)
    }

    /// Columns and rows at most.
    private static let largest = Size(76, 20)

    /// Rows of entries on a screen of some height.
    public static func rows(in area: Rect) -> Int { max(0, min(largest.height, area.height) - 4) }

    /// Draws the field and the rows around the selection.
    public func render(
        _ field: TextField.State, _ list: ListState, in area: Rect, on frame: inout Frame,
        theme: Theme
    ) {
        guard !area.isEmpty else { return }
        frame.unmark()
        let size = Size(
            min(Self.largest.width, area.width), min(Self.largest.height, area.height))
        let place = Rect(area.x + (area.width - size.width) / 2, area.y, size.width, size.height)
        frame.fill(place, style: theme[.text])
        let inner = Pane(title: title, note: Wording.of("Esc closes"), isFocused: true)
            .render(in: place, on: &frame, theme: theme)
        let (head, body) = inner.splitTop(1)
        TextField(placeholder: placeholder).render(
            field, in: head.inset(by: 1, 0), on: &frame, theme: theme)
        let rows = body.splitTop(body.height > 1 ? 1 : 0).rest
        if rows.y > body.y { frame.rule(body.row(0), style: theme[.border]) }
        let top = list.top(visible: rows.height, count: entries.count)
        if entries.isEmpty {
            frame.put(Wording.of("nothing fits"), in: rows.inset(by: 1, 0), style: theme[.dim])
        }
        for line in 0..<max(0, min(rows.height, entries.count - top)) {
            let index = top + line
            let isSelected = index == list.selected(of: entries.count)
            renderRow(entries[index], in: rows.row(line), on: &frame, theme: theme)
            if isSelected {
                Selection(isFocused: true).render(in: rows.row(line), on: &frame, theme: theme)
            }
            frame.mark(rows.row(line), [.row(index), .enter])
        }
    }

    private func renderRow(
        _ entry: Entry, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let row = area.inset(by: 1, 0)
        let isOff = entry.reason != nil
        let keyWidth = min(entry.key.width, max(0, row.width - 12))
        let (left, right) = row.splitRight(keyWidth)
        frame.put(entry.key, in: right, style: theme[isOff ? .dim : .key], align: .right)
        var spans = [Span(entry.title, theme[isOff ? .dim : .text])]
        if let reason = entry.reason {
            spans.append(Span("  (\(reason))", theme[.dim]))
        } else if !entry.group.isEmpty {
            spans.append(Span("  \(entry.group)", theme[.dim]))
        }
        let room = Rect(left.x, left.y, max(0, left.width - 1), left.height)
        frame.put(StyledLine(spans), in: room)
    }
}
