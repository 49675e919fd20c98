// The row of tabs with their digits, and a chip at the right for what runs. Names shrink before
// anything is cut. It does not switch tabs.

/// The tabs of the program in one row.
public struct TabBar: Sendable {
    /// One tab.
    public struct Tab: Hashable, Sendable {
        /// The key that opens it.
        public let key: DisplayText
        /// Its name.
        public let title: DisplayText
        /// Its name where room is short.
        public let short: DisplayText
        /// The key that a click stands for.
        public let press: Key?

        /// A tab; without a short name four letters are taken.
        public init(
            key: DisplayText, title: DisplayText, short: DisplayText? = nil, press: Key? = nil
        ) {
            self.press = press
            self.key = key
            self.title = title
            self.short = short ?? DisplayText(String(title.string.prefix(4)))
        }
    }

    /// The tabs from left to right.
    public var tabs: [Tab]
    /// The open one.
    public var selected: Int
    /// What is shown at the right, such as the state of the run.
    public var chip: StyledLine?

    /// A row of tabs.
    public init(tabs: [Tab], selected: Int, chip: StyledLine? = nil) {
        self.tabs = tabs
        self.selected = selected
        self.chip = chip
    }

    /// Draws the row.
    public func render(in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        frame.fill(area.row(0), style: theme[.tab])
        let chipWidth = chip.map { $0.width + 1 } ?? 0
        let labels = labels(room: chip == nil ? area.width : area.width - chipWidth - 1)
        let total = labels.reduce(0) { $0 + $1.width }
        let hasChip = chip != nil && total + chipWidth < area.width
        let clip = hasChip ? area.splitRight(chipWidth).rest : area
        var x = area.x
        for (index, label) in labels.enumerated() {
            let role: Role = index == selected ? .activeTab : .tab
            let end = frame.put(label, at: Point(x, area.y), style: theme[role], in: clip)
            if let press = tabs[index].press {
                frame.mark(Rect(x, area.y, end - x, 1).intersection(clip), [press])
            }
            x = end
        }
        if let chip, hasChip {
            frame.put(chip, in: area.splitRight(chipWidth).right.row(0))
        }
    }

    /// Full names, then closer together, then short ones but for the open tab, then only keys: the
    /// first that fits. The open tab keeps its name as long as anything does.
    private func labels(room: Int) -> [DisplayText] {
        func row(
            _ name: (Int, Tab) -> DisplayText?, isClose: Bool
        ) -> [DisplayText] {
            tabs.enumerated().map { index, tab in
                let words = name(index, tab).map { " \(tab.key) \($0)" } ?? " \(tab.key)"
                // The marked tab needs room on both sides.
                return DisplayText(isClose && index != selected ? words : words + " ")
            }
        }
        let full: (Int, Tab) -> DisplayText? = { $1.title }
        let short: (Int, Tab) -> DisplayText? = { $0 == selected ? $1.title : $1.short }
        let none: (Int, Tab) -> DisplayText? = { $0 == selected ? $1.title : nil }
        let rows = [
            row(full, isClose: false), row(full, isClose: true), row(short, isClose: false),
            row(short, isClose: true), row({ $1.short }, isClose: true), row(none, isClose: false),
        ]
        return rows.first { $0.reduce(0) { $0 + $1.width } <= room }
            ?? row({ $0 == selected ? $1.short : nil }, isClose: true)
    }
}
