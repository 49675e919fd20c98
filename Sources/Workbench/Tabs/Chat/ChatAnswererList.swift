// Who may answer on a side, to choose from: the base, the run that trains, and what runs have left. It
// takes keys and says what was chosen.

import Panels

/// The answerers of one side as a list.
struct ChatAnswererList: Equatable, Sendable {
    /// What a key did.
    enum Outcome: Equatable {
        case open
        case closed
        case chosen(ChatSettings.Answerer)
    }

    private struct Entry: Equatable, Sendable {
        var name: String
        var note: String
        var answerer: ChatSettings.Answerer
    }

    let side: ChatSide
    private let entries: [Entry]
    private var state: ListState

    init(_ folders: [TrainedFolder], side: ChatSide, settings: ChatSettings) {
        self.side = side
        let now = settings[side]
        func changed(_ source: ChatSettings.Source, _ path: String) -> ChatSettings.Answerer {
            ChatSettings.Answerer(source: source, adapterPath: path)
        }
        var entries = [
            Entry(
                name: tr("the base alone"), note: "", answerer: changed(.base, now.adapterPath))
        ]
        if settings.hasRun {
            entries.append(
                Entry(
                    name: tr("the run that trains now"), note: "",
                    answerer: changed(.currentRun, now.adapterPath)))
        }
        entries += folders.map {
            Entry(name: $0.name, note: $0.model, answerer: changed(.adapter, $0.path))
        }
        self.entries = entries
        let index = entries.firstIndex {
            $0.answerer.source == now.source
                && (now.source != .adapter || $0.answerer.adapterPath == now.adapterPath)
        }
        state = ListState(selection: index ?? 0, visibleRows: 10)
    }

    mutating func handle(_ key: Key) -> Outcome {
        switch key {
        case .escape, .control("c"), .character("q"): return .closed
        case .enter:
            return state.selected(of: entries.count).map { .chosen(entries[$0].answerer) } ?? .open
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
        let inner = Pane(title: tr("Who answers as {1}", side.letter), isFocused: true)
            .render(in: place, on: &frame, theme: theme).inset(by: 1, 0)
        let (rows, foot) = inner.splitBottom(inner.height > 1 ? 1 : 0)
        let width = max(0, rows.width / 2)
        List(
            rows: entries.map { entry in
                StyledLine([
                    Span(
                        DisplayText(entry.name, invisibles: .dropped).truncated(to: width)
                            .padded(to: width), theme[.text]),
                    Span(DisplayText("  " + entry.note, invisibles: .dropped), theme[.dim]),
                ])
            }
        ).render(state, in: rows, on: &frame, theme: theme)
        frame.put(
            tr("Enter chooses · Esc closes · other folders: ^T"), in: foot, style: theme[.dim])
    }
}
