// What lies over the chat tab: questions, names to type, the list of saved conversations. Values that
// take keys and say what was chosen; the tab acts.

import Kernel
import Panels

/// Something over the tab that has all keys.
enum ChatOverlay: Equatable, Sendable {
    /// A question, and what yes means.
    case question(Dialog, ChatConsent)
    /// The name to save under.
    case saving(InputDialog)
    /// The file to add a record to.
    case recording(InputDialog)
    case list(ChatList)
    case answerers(ChatAnswererList)

    func render(in area: Rect, on frame: inout Frame, theme: Theme) {
        frame.cursor = nil
        switch self {
        case .question(let dialog, _): dialog.render(in: area, on: &frame, theme: theme)
        case .saving(let input), .recording(let input):
            input.render(in: area, on: &frame, theme: theme)
        case .list(let list): list.render(in: area, on: &frame, theme: theme)
        case .answerers(let list): list.render(in: area, on: &frame, theme: theme)
        }
    }
}

/// What a yes allows.
enum ChatConsent: Equatable, Sendable {
    case startNew
    case open(name: String)
    case delete(name: String)
}

/// The saved conversations to choose from.
struct ChatList: Equatable, Sendable {
    /// What a key did.
    enum Outcome: Equatable {
        case open
        case closed
        case chosen(name: String)
        case deleted(name: String)
    }

    var files: [ChatFile]
    private var state = ListState(visibleRows: 8)

    init(_ files: [ChatFile]) { self.files = files }

    mutating func handle(_ key: Key) -> Outcome {
        let name = state.selected(of: files.count).map { files[$0].name }
        switch key {
        case .escape, .control("c"), .character("q"): return .closed
        case .enter: return name.map { .chosen(name: $0) } ?? .open
        case .character("D"), .delete: return name.map { .deleted(name: $0) } ?? .open
        default:
            _ = state.handle(key, count: files.count)
            return .open
        }
    }

    func render(in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        frame.unmark()
        let place = area.centered(
            Size(min(area.width, 72), min(area.height, max(5, files.count + 3))))
        frame.fill(place, style: theme[.text])
        let inner = Pane(
            title: tr("Saved conversations"), note: DisplayText(NumberText.count(files.count)),
            isFocused: true
        ).render(in: place, on: &frame, theme: theme).inset(by: 1, 0)
        let (rows, foot) = inner.splitBottom(inner.height > 1 ? 1 : 0)
        let width = max(0, rows.width - 24)
        List(
            rows: files.map { file in
                let age = NumberText.duration(file.ageSeconds)
                return StyledLine([
                    Span(
                        DisplayText(file.name, invisibles: .dropped).truncated(to: width)
                            .padded(to: width), theme[.text]),
                    Span(DisplayText("  " + tr("{1} ago", age)), theme[.dim]),
                    Span(DisplayText("  " + NumberText.bytes(file.bytes)), theme[.dim]),
                ])
            }, emptyText: tr("nothing was saved yet")
        ).render(state, in: rows, on: &frame, theme: theme)
        frame.put(tr("Enter opens · D deletes · Esc closes"), in: foot, style: theme[.dim])
    }
}
