// A list over a tab: entries with a title above and a line of keys below. It takes keys and reports what was
// chosen; what a choice means is the tab's.

import Kernel
import Panels

/// Entries to choose one from.
struct OverlayList<Choice: Equatable & Sendable>: Equatable, Sendable {
    /// What a key did.
    enum Outcome: Equatable {
        case open
        case closed
        case chosen(Choice)
        case deleted(Choice)
    }

    struct Entry: Equatable, Sendable {
        var name: String
        var details: [Sentence] = []
        var choice: Choice
    }

    /// What the list looks like.
    struct Style: Equatable, Sendable {
        var title: Sentence
        /// Beside the title.
        var note: Sentence = ""
        /// The keys, below the entries.
        var foot: Sentence
        /// In place of entries when there are none.
        var emptyText: Sentence = ""
        /// Columns of the details; nil for half of the list.
        var detailsWidth: Int?
        /// Whether D deletes the selected entry.
        var deletes = false
    }

    private static var rowsMax: Int { 10 }

    let style: Style
    private let entries: [Entry]
    private var state: ListState

    /// The entries with the first selected that `isNow` is true of.
    init(_ style: Style, _ entries: [Entry], isNow: (Choice) -> Bool = { _ in false }) {
        (self.style, self.entries) = (style, entries)
        let index = entries.firstIndex { isNow($0.choice) }
        state = ListState(selection: index ?? 0, visibleRows: Self.rowsMax)
    }

    mutating func handle(_ key: Key) -> Outcome {
        let choice = state.selected(of: entries.count).map { entries[$0].choice }
        switch key {
        case .escape, .control("c"), .character("q"): return .closed
        case .enter: return choice.map { .chosen($0) } ?? .open
        case .character("D") where style.deletes, .delete where style.deletes:
            return choice.map { .deleted($0) } ?? .open
        default:
            _ = state.handle(key, count: entries.count)
            return .open
        }
    }

    func render(in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        frame.unmark()
        let place = area.centered(
            Size(min(area.width, 72), min(area.height, max(6, entries.count + 3))))
        frame.fill(place, style: theme[.text])
        let inner = Pane(
            title: DisplayText(tr(style.title)), note: DisplayText(tr(style.note)), isFocused: true
        ).render(in: place, on: &frame, theme: theme).inset(by: 1, 0)
        let (rows, foot) = inner.splitBottom(inner.height > 1 ? 1 : 0)
        let width = max(0, style.detailsWidth.map { rows.width - $0 } ?? rows.width / 2)
        List(
            rows: entries.map { entry in
                let name = DisplayText(entry.name, invisibles: .dropped)
                return StyledLine(
                    [Span(name.truncated(to: width).padded(to: width), theme[.text])]
                        + entry.details.map { detail in
                            Span(
                                DisplayText("  " + tr(detail), invisibles: .dropped), theme[.dim])
                        })
            }, emptyText: DisplayText(tr(style.emptyText))
        ).render(state, in: rows, on: &frame, theme: theme)
        frame.put(DisplayText(tr(style.foot)), in: foot, style: theme[.dim])
    }
}
