// How the logs tab looks: one row a line with time, level and source, matches marked, and below what is
// shown and whether the end is followed. The keys stand here too.

import Foundation
import Kernel
import Panels

extension LogsTab {
    typealias Row = KeyBinding<Action>

    /// The rows of keys that work here now.
    static func keys(_ state: State) -> [Row] {
        guard !isModal(state) else { return [] }
        let none = shown(state).isEmpty ? tr("there is no line") : nil
        let unsearched = state.search.isEmpty ? tr("search with / first") : nil
        var rows = [
            Row(
                .character("f"), state.selected == nil ? tr("stand still") : tr("follow"),
                Action.followPressed),
            Row(.character("/"), tr("search…"), .searchPressed),
            Row(
                .character("n"), tr("next match"), .matchPressed(by: 1), disabledReason: unsearched,
                isHint: !state.search.isEmpty),
            Row(
                .character("N"), tr("previous match"), .matchPressed(by: -1),
                disabledReason: unsearched, isHint: false),
            Row(.character("l"), tr("level"), .levelPressed),
            Row(.character("s"), tr("source"), .sourcePressed),
            Row(.enter, tr("the whole line"), .linePressed, disabledReason: none),
            Row(.character("w"), tr("write to a file…"), .writePressed, disabledReason: none),
        ]
        if !state.search.isEmpty {
            rows.append(Row(.escape, tr("end the search"), .searchCleared, isHint: false))
        }
        return rows
    }

    /// The parts of the tab.
    struct Places {
        let list: Rect
        let status: Rect

        init(in area: Rect) {
            let inner = area.height >= 5 ? area.inset(by: 1, 1) : area
            (list, status) = inner.splitBottom(inner.height >= 3 ? 1 : 0)
        }

        /// Where a whole line lies over the list.
        static func detail(in area: Rect) -> Rect {
            area.inset(by: min(4, area.width / 12), min(2, area.height / 8))
        }

        /// The text inside of it.
        static func detailText(in area: Rect) -> Rect { detail(in: area).inset(by: 2, 1) }
    }

    static func view(_ state: State, in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        let places = Places(in: area)
        let lines = shown(state)
        if area.height >= 5 {
            let path = state.path.map { DisplayText(tr("kept in {1}", $0)) } ?? ""
            Pane(title: tr("Logs"), note: path, isFocused: !isModal(state))
                .render(in: area, on: &frame, theme: theme)
        }
        viewLines(lines, state, in: places.list, on: &frame, theme: theme)
        viewStatus(lines.count, state, in: places.status, on: &frame, theme: theme)
        if let detail = state.detail {
            viewDetail(detail, in: area, on: &frame, theme: theme)
        }
        state.input?.render(in: area, on: &frame, theme: theme)
    }

    // MARK: - Lines

    private static func viewLines(
        _ lines: [LogLine], _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        var list = state.list
        list.visibleRows = area.height
        list.select(row(state, among: lines), count: lines.count)
        // Only what is on screen is styled.
        let top = max(0, min(list.top, lines.count - area.height))
        let visible = lines.dropFirst(top).prefix(area.height)
        let width = LogLine.Source.allCases.map { DisplayText($0.word).width }.max() ?? 0
        var rows = [StyledLine](repeating: "", count: lines.count)
        for (offset, line) in visible.enumerated() {
            rows[top + offset] = styled(
                line, state.search, sourceWidth: area.width >= 60 ? width : 0, theme: theme
            ).truncated(to: max(0, area.width - 1))
        }
        let empty: DisplayText =
            state.book.lines.isEmpty
            ? tr("Nothing happened yet.") : tr("No line passes level and source.")
        List(rows: rows, isFocused: !isModal(state), emptyText: empty)
            .render(list, in: area, on: &frame, theme: theme)
    }

    private static func styled(
        _ line: LogLine, _ search: String, sourceWidth: Int, theme: Theme
    ) -> StyledLine {
        var spans = [
            Span(DisplayText(line.time.clock + " "), theme[.dim]),
            Span(DisplayText(line.level.word).padded(to: 6), theme[role(of: line.level)]),
        ]
        if sourceWidth > 0 {
            spans.append(
                Span(DisplayText(line.source.word).padded(to: sourceWidth + 1), theme[.label]))
        }
        let style = theme[line.level == .info ? .text : role(of: line.level)]
        return StyledLine(spans + marked(line.text, search, style))
    }

    /// The text with what was searched for underlined and set apart.
    private static func marked(_ text: String, _ search: String, _ style: Style) -> [Span] {
        var spans: [Span] = []
        var rest = text[...]
        while !search.isEmpty, let place = rest.range(of: search, options: .caseInsensitive),
            !place.isEmpty
        {
            spans.append(Span(DisplayText(String(rest[..<place.lowerBound])), style))
            spans.append(
                Span(DisplayText(String(rest[place])), style.with([.underline, .reverse])))
            rest = rest[place.upperBound...]
        }
        return spans + [Span(DisplayText(String(rest)), style)]
    }

    private static func role(of level: LogLine.Level) -> Role {
        switch level {
        case .debug: .dim
        case .info: .success
        case .warning: .warning
        case .error: .error
        }
    }

    // MARK: - Status

    private static func viewStatus(
        _ count: Int, _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        guard !area.isEmpty else { return }
        var parts: [(DisplayText, Role)] = []
        if state.selected == nil {
            parts.append((tr("● following"), .success))
        } else {
            parts.append((tr("‖ standing, {1} new", state.newCount), .warning))
        }
        parts.append((DisplayText(tr("level {1} and up", state.level.word)), .value))
        parts.append(
            (DisplayText(tr("source: {1}", state.source?.word ?? tr("all"))), .value))
        if !state.search.isEmpty {
            let found = state.match.map { "  \($0.place)/\($0.count)" } ?? ""
            parts.append(
                (
                    DisplayText("/\(state.search)\(found)"),
                    state.match?.count == 0 ? .error : .accent
                )
            )
        }
        parts.append((DisplayText(tr("{1} lines", NumberText.count(count))), .dim))
        if state.book.droppedCount > 0 {
            let dropped = NumberText.count(state.book.droppedCount)
            parts.append((DisplayText(tr("{1} older ones dropped", dropped)), .dim))
        }
        var spans: [Span] = []
        for (text, role) in parts {
            if !spans.isEmpty { spans.append(Span(" · ", theme[.dim])) }
            spans.append(Span(text, theme[role]))
        }
        frame.put(StyledLine(spans).truncated(to: area.width), in: area.row(0))
    }

    private static func viewDetail(
        _ detail: TextViewState, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        frame.unmark()
        let place = Places.detail(in: area)
        frame.fill(place, style: theme[.text])
        Pane(title: tr("The whole line"), note: tr("Esc closes"), isFocused: true)
            .render(in: place, on: &frame, theme: theme)
        TextView().render(detail, in: Places.detailText(in: area), on: &frame, theme: theme)
    }
}
