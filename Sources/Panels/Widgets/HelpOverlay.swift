// All keys of a place, generated from the binding rows. Rows that cannot act say why.

/// Sections of key hints over everything else.
public struct HelpOverlay: Sendable {
    /// The title.
    public var title: DisplayText
    /// Headings with their rows.
    public var sections: [(title: DisplayText, hints: [KeyHint])]

    /// An overlay.
    public init(title: DisplayText? = nil, sections: [(title: DisplayText, hints: [KeyHint])]) {
        self.title = title ?? Wording.of("Keys")
        self.sections = sections
    }

    /// The rows, for scrolling.
    public var rowCount: Int {
        sections.reduce(0) { $0 + $1.hints.count + 2 } - (sections.isEmpty ? 0 : 1)
    }

    /// Draws the rows from a first row on, in the middle of an area.
    public func render(
        firstRow: Int = 0, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        guard !area.isEmpty else { return }
        let width = min(area.width, 76)
        let place = area.centered(Size(width, min(area.height, rowCount + 2)))
        frame.fill(place, style: theme[.text])
        let inner = Pane(title: title, note: Wording.of("Esc closes"), isFocused: true)
            .render(in: place, on: &frame, theme: theme)
        let all = rows(theme)
        let top = min(max(0, firstRow), max(0, all.count - inner.height))
        let body = ScrollBar(count: all.count, top: top).render(
            in: inner, on: &frame, theme: theme
        ).inset(by: 1, 0)
        for line in 0..<min(body.height, all.count - top) {
            frame.put(all[top + line], in: body.row(line))
        }
    }

    private func rows(_ theme: Theme) -> [StyledLine] {
        var rows: [StyledLine] = []
        for section in sections {
            if !rows.isEmpty { rows.append("") }
            rows.append(StyledLine(section.title, theme[.heading]))
            for hint in section.hints {
                let keys = DisplayText("  " + hint.keys.joined(separator: " ")).padded(to: 20)
                let isOff = hint.disabledReason != nil
                var spans = [
                    Span(keys, theme[isOff ? .dim : .key]),
                    Span(DisplayText(" " + hint.help), theme[isOff ? .dim : .text]),
                ]
                if let reason = hint.disabledReason {
                    spans.append(Span(DisplayText("  (\(reason))"), theme[.dim]))
                }
                rows.append(StyledLine(spans))
            }
        }
        return rows
    }
}
