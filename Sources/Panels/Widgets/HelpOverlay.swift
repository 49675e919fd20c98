// All keys of a place, generated from the binding rows. Rows that cannot act say why. Typing after a
// slash leaves only the rows that fit; the selected row is handed back, to be done.

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

    /// The selection and what rows are filtered by.
    public struct State: Equatable, Sendable {
        /// The selected row, counted among those that fit.
        public var list = ListState()
        /// What was typed after the slash; nil without a filter.
        public var filter: TextField.State?
        /// Whether typed letters go into the filter.
        public var isTyping = false

        /// Nothing filtered, the first row selected.
        public init() {}
    }

    /// What a key did.
    public enum Outcome: Equatable, Sendable {
        /// The overlay goes on.
        case open
        /// It is closed.
        case closed
        /// This row was chosen, counted over all sections without a filter.
        case chosen(Int)
    }

    /// Does what a key means; every key belongs to an open overlay.
    public func handle(_ key: Key, _ state: inout State) -> Outcome {
        let fitting = fitting(state)
        if state.isTyping {
            switch key {
            case .escape, .control("c"):
                state.filter = nil
                state.isTyping = false
            case .enter: return chosen(state, fitting)
            case .up, .down, .pageUp, .pageDown, .row, .mouse:
                _ = state.list.handle(key, count: fitting.count)
            default:
                if state.filter?.handle(key) == true { state.list.first() }
            }
            return .open
        }
        switch key {
        case .character("/"):
            state.filter = state.filter ?? TextField.State()
            state.isTyping = true
        case .enter: return chosen(state, fitting)
        case .escape where state.filter != nil: state.filter = nil
        case .escape, .control("c"), .character("q"), .character("?"), .function(1):
            return .closed
        default: _ = state.list.handle(key, count: fitting.count)
        }
        return .open
    }

    private func chosen(_ state: State, _ fitting: [Int]) -> Outcome {
        state.list.selected(of: fitting.count).map { .chosen(fitting[$0]) } ?? .open
    }

    /// The rows that the filter leaves, counted over all sections.
    private func fitting(_ state: State) -> [Int] {
        let hints = sections.flatMap(\.hints)
        let wanted = state.filter?.text.lowercased() ?? ""
        return hints.indices.filter { index in
            let text = (hints[index].keys + [hints[index].help]).joined(separator: " ")
            return wanted.isEmpty || text.lowercased().contains(wanted)
        }
    }

    /// Draws the rows around the selection, in the middle of an area.
    public func render(_ state: State, in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        frame.unmark()
        let rows = rows(state, theme)
        let foot = state.filter == nil ? 0 : 1
        let size = Size(min(area.width, 76), min(area.height, rows.count + 2 + foot))
        let place = area.centered(size)
        frame.fill(place, style: theme[.text])
        let note =
            state.isTyping ? Wording.of("Enter runs it") : Wording.of("/ filters, Esc closes")
        let inner = Pane(title: title, note: note, isFocused: true)
            .render(in: place, on: &frame, theme: theme)
        let (body, field) = inner.splitBottom(min(foot, inner.height))
        if let filter = state.filter, !field.isEmpty {
            frame.put("/", at: Point(field.x + 1, field.y), style: theme[.key], in: field)
            TextField(isFocused: state.isTyping)
                .render(filter, in: field.inset(by: 2, 0), on: &frame, theme: theme)
        }
        let selected = rows.firstIndex { $0.index == state.list.selection } ?? 0
        var scroll = ListState(visibleRows: body.height)
        // The heading above the first row of a section stays with it.
        let wanted = selected > 0 && rows[selected - 1].index == nil ? selected - 1 : selected
        scroll.select(selected, count: rows.count)
        let top = min(scroll.top(visible: body.height, count: rows.count), max(0, wanted))
        let text = ScrollBar(count: rows.count, top: top).render(
            in: body, on: &frame, theme: theme)
        for line in 0..<max(0, min(body.height, rows.count - top)) {
            let row = rows[top + line]
            frame.put(row.line, in: text.row(line).inset(by: 1, 0))
            guard let index = row.index else { continue }
            frame.mark(text.row(line), index == state.list.selection ? [.enter] : [.row(index)])
            if index == state.list.selection {
                Selection(isFocused: true).render(in: text.row(line), on: &frame, theme: theme)
            }
        }
    }

    /// Headings and rows as they are drawn; rows carry their number among those that fit.
    private func rows(_ state: State, _ theme: Theme) -> [(line: StyledLine, index: Int?)] {
        let fitting = Set(fitting(state))
        var rows: [(line: StyledLine, index: Int?)] = []
        var (all, shown) = (0, 0)
        for section in sections {
            let first = all
            all += section.hints.count
            guard (first..<all).contains(where: fitting.contains) else { continue }
            if !rows.isEmpty { rows.append(("", nil)) }
            rows.append((StyledLine(section.title, theme[.heading]), nil))
            for (offset, hint) in section.hints.enumerated() where fitting.contains(first + offset)
            {
                rows.append((line(hint, theme), shown))
                shown += 1
            }
        }
        if rows.isEmpty { rows.append((StyledLine(Wording.of("nothing fits"), theme[.dim]), nil)) }
        return rows
    }

    private func line(_ hint: KeyHint, _ theme: Theme) -> StyledLine {
        let keys = DisplayText("  " + hint.keys.joined(separator: " ")).padded(to: 20)
        let isOff = hint.disabledReason != nil
        var spans = [
            Span(keys, theme[isOff ? .dim : .key]),
            Span(DisplayText(" " + hint.help), theme[isOff ? .dim : .text]),
        ]
        if let reason = hint.disabledReason {
            spans.append(Span(DisplayText("  (\(reason))"), theme[.dim]))
        }
        return StyledLine(spans)
    }
}
