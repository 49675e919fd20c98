// What runs have left, ended runs and their checkpoints, to choose one from instead of typing its folder. It
// takes keys and says what was chosen; the folders are looked for elsewhere.

import Panels

/// Trained folders as a list over a tab.
struct TrainedFolderList: Equatable, Sendable {
    /// What a key did.
    enum Outcome: Equatable {
        case open
        case closed
        /// The folder; empty is the base alone.
        case chosen(String)
    }

    private let folders: [TrainedFolder]
    private var state: ListState

    /// The folders below the base alone; the one that is chosen now is selected.
    init(_ found: [TrainedFolder], chosen: String) {
        folders = [TrainedFolder(path: "", name: tr("the base alone"), model: "")] + found
        let index = folders.firstIndex { PathText.isSame($0.path, chosen) }
        state = ListState(selection: index ?? 0, visibleRows: 10)
    }

    mutating func handle(_ key: Key) -> Outcome {
        switch key {
        case .escape, .control("c"), .character("q"): return .closed
        case .enter:
            return state.selected(of: folders.count).map { .chosen(folders[$0].path) } ?? .open
        default:
            _ = state.handle(key, count: folders.count)
            return .open
        }
    }

    func render(in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        frame.unmark()
        let place = area.centered(
            Size(min(area.width, 72), min(area.height, max(6, folders.count + 3))))
        frame.fill(place, style: theme[.text])
        let inner = Pane(title: tr("What is evaluated"), isFocused: true)
            .render(in: place, on: &frame, theme: theme).inset(by: 1, 0)
        let (rows, foot) = inner.splitBottom(inner.height > 1 ? 1 : 0)
        let width = max(0, rows.width / 2)
        List(
            rows: folders.map { folder in
                StyledLine([
                    Span(
                        DisplayText(folder.name, invisibles: .dropped).truncated(to: width)
                            .padded(to: width), theme[.text]),
                    Span(DisplayText("  " + folder.model, invisibles: .dropped), theme[.dim]),
                ])
            }
        ).render(state, in: rows, on: &frame, theme: theme)
        frame.put(
            tr("Enter chooses · Esc closes · Enter on the field types"), in: foot,
            style: theme[.dim])
    }
}
