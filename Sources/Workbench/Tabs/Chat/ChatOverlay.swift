// What lies over the chat tab: questions, names to type, lists of saved conversations and of answerers. Values
// that take keys and report what was chosen; the tab acts.

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
    case list(OverlayList<String>)
    case answerers(ChatAnswerers)

    func render(in area: Rect, on frame: inout Frame, theme: Theme) {
        frame.cursor = nil
        switch self {
        case .question(let dialog, _): dialog.render(in: area, on: &frame, theme: theme)
        case .saving(let input), .recording(let input):
            input.render(in: area, on: &frame, theme: theme)
        case .list(let list): list.render(in: area, on: &frame, theme: theme)
        case .answerers(let answerers): answerers.list.render(in: area, on: &frame, theme: theme)
        }
    }
}

/// What a yes allows.
enum ChatConsent: Equatable, Sendable {
    case startNew
    case open(name: String)
    case delete(name: String)
}

/// What may answer on a side, to choose from.
struct ChatAnswerers: Equatable, Sendable {
    let side: ChatSide
    var list: OverlayList<ChatSettings.Answerer>

    /// The base, the run that trains, and what runs have left.
    init(_ folders: [TrainedFolder], side: ChatSide, settings: ChatSettings) {
        self.side = side
        let now = settings[side]
        func entry(
            _ name: String, _ source: ChatSettings.Source, _ path: String, _ model: String = ""
        ) -> OverlayList<ChatSettings.Answerer>.Entry {
            .init(
                name: name, details: [Sentence(verbatim: model)],
                choice: ChatSettings.Answerer(source: source, adapterPath: path))
        }
        let base = [entry(tr("the base alone"), .base, now.adapterPath)]
        let run = [entry(tr("the run that trains now"), .currentRun, now.adapterPath)]
        list = OverlayList(
            .init(
                title: "Who answers as \(side.letter)",
                foot: phrase("Enter chooses · Esc closes · other folders: ^T")),
            base + (settings.hasRun ? run : [])
                + folders.map { entry($0.name, .adapter, $0.path, $0.model) }
        ) { answerer in
            answerer.source == now.source
                && (now.source != .adapter || answerer.adapterPath == now.adapterPath)
        }
    }
}

extension OverlayList where Choice == String {
    /// The saved conversations by their names.
    init(saved files: [ChatFile]) {
        self.init(
            .init(
                title: phrase("Saved conversations"),
                note: Sentence(verbatim: NumberText.count(files.count)),
                foot: phrase("Enter opens · D deletes · Esc closes"),
                emptyText: phrase("nothing was saved yet"), detailsWidth: 24, deletes: true),
            files.map { file in
                .init(
                    name: file.name,
                    details: [
                        "\(NumberText.duration(file.ageSeconds)) ago",
                        Sentence(verbatim: NumberText.bytes(file.bytes)),
                    ], choice: file.name)
            })
    }
}
