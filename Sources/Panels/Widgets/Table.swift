// Columns with headings over scrolling rows. Widths come from constraints; a cell that is too long
// ends in `…`. It does not sort and does not know what the rows mean.

/// A scrolling table.
public struct Table: Sendable {
    /// A column.
    public struct Column: Hashable, Sendable {
        /// Its heading.
        public var title: DisplayText
        /// How wide it is.
        public var width: Constraint
        /// Where its cells stand.
        public var align: Alignment

        /// A column.
        public init(_ title: DisplayText, width: Constraint, align: Alignment = .left) {
            self.title = title
            self.width = width
            self.align = align
        }
    }

    /// The columns from left to right.
    public var columns: [Column]
    /// The cells, row by row; missing cells stay blank.
    public var rows: [[DisplayText]]
    /// Roles of rows that are not ordinary text.
    public var roles: [Int: Role]
    /// Whether the keyboard belongs to the table.
    public var isFocused: Bool
    /// The message when there are no rows.
    public var emptyText: DisplayText
    /// Keys that bring the keyboard here, for clicks while it is elsewhere.
    public var leads: [Key]

    /// A table.
    public init(
        columns: [Column], rows: [[DisplayText]], roles: [Int: Role] = [:], isFocused: Bool = true,
        emptyText: DisplayText = "", leads: [Key] = []
    ) {
        self.leads = leads
        self.columns = columns
        self.rows = rows
        self.roles = roles
        self.isFocused = isFocused
        self.emptyText = emptyText
    }

    /// Draws the headings and the rows around the selection.
    public func render(_ state: ListState, in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        let (head, body) = area.splitTop(1)
        let hasBar = rows.count > body.height && area.width >= 4 && body.height >= 2
        let places = Layout.columns(
            hasBar ? head.splitRight(1).rest : head, columns.map(\.width), gap: 1)
        for (column, place) in zip(columns, places) {
            frame.put(column.title, in: place, style: theme[.heading], align: column.align)
        }
        guard !rows.isEmpty else {
            frame.put(emptyText, in: body.row(0), style: theme[.dim])
            return
        }
        let top = state.top(visible: body.height, count: rows.count)
        let inner = ScrollBar(count: rows.count, top: top).render(
            in: body, on: &frame, theme: theme)
        for line in 0..<max(0, min(body.height, rows.count - top)) {
            let index = top + line
            let style = theme[roles[index] ?? .text]
            for ((cell, column), place) in zip(zip(rows[index], columns), places) {
                let spot = Rect(place.x, inner.y + line, place.width, 1)
                frame.put(cell, in: spot, style: style, align: column.align)
            }
            let isSelected = index == state.selected(of: rows.count)
            Clicks(leads: leads, isFocused: isFocused)
                .mark(index, isSelected: isSelected, in: inner.row(line), on: &frame)
            if isSelected {
                Selection(isFocused: isFocused).render(
                    in: inner.row(line), on: &frame, theme: theme)
            }
        }
    }
}
