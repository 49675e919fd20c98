// The keys of the runs tab as rows, and the questions behind some of them: filter, note, tags, and
// whether a run shall go to the trash.

import Kernel
import Panels

extension RunsTab {
    typealias Row = KeyBinding<AppAction>

    /// The rows of keys that work here now. Going on with a run and copying its plan belong to the
    /// program: they change what other tabs show.
    static func keys(_ state: State, isBusy: Bool) -> [Row] {
        guard !isModal(state) else { return [] }
        let entry = selected(state)
        let none = entry == nil ? "there is no run" : nil
        let planless = entry != nil && entry?.plan == nil ? "its folder keeps no plan" : nil
        let live = entry?.record.state.isLive == true ? "it is training now" : nil
        let done = entry?.record.state == .done ? "it is done" : nil
        let busy = isBusy ? "a run is training already" : nil
        let isMarked = state.marked.contains { $0.folder == entry?.folder }
        let full =
            state.marked.count >= RunOverlay.most && !isMarked
            ? "\(RunOverlay.most) runs are marked already" : nil
        let unplotted = state.marked.isEmpty ? "mark runs with Space first" : nil
        func row(
            _ key: Key, _ help: String, _ action: Action, _ reason: String? = nil,
            isHint: Bool = true
        ) -> Row {
            Row(key, help, .runs(action), disabledReason: reason, isHint: isHint)
        }
        return [
            row(.character(" "), isMarked ? "unmark" : "mark", .markPressed, none ?? full),
            row(.character("/"), "filter…", .filterPressed),
            row(.character("o"), "order", .orderPressed),
            row(.character("d"), "differences", .differencePressed, unplotted),
            Row(
                .character("R"), "go on", .runResumed,
                disabledReason: none ?? live ?? done ?? planless ?? busy),
            Row(.character("C"), "plan to Params", .runCloned, disabledReason: none ?? planless),
            row(.character("n"), "note…", .notePressed, none),
            row(.character("t"), "tags…", .tagsPressed, none),
            row(.character("D"), "delete…", .deletePressed, none ?? live, isHint: false),
            row(
                .character("u"), "bring back", .undoPressed,
                state.trash.isEmpty ? "nothing was deleted" : nil, isHint: !state.trash.isEmpty),
            row(
                .character("e"), state.showsHeld ? "training losses" : "held-out losses",
                .heldPressed, unplotted, isHint: false),
            row(
                .character("x"), "x by \(state.axis.next.rawValue)", .plot(.axisPressed),
                unplotted, isHint: false),
            row(.character("L"), "log y", .plot(.logarithmPressed), unplotted, isHint: false),
            row(.character("B"), "other dots", .plot(.symbolsPressed), unplotted, isHint: false),
            row(
                .character("<"), "smooth less", .plot(.smoothingMoved(by: -1)), unplotted,
                isHint: false),
            row(
                .character(">"), "smooth more", .plot(.smoothingMoved(by: 1)), unplotted,
                isHint: false),
            row(.character("r"), "look again", .opened, isHint: false),
        ]
    }

    // MARK: - Questions

    static func ask(_ action: Action, _ state: inout State) {
        let entry = selected(state)
        switch action {
        case .filterPressed:
            state.typing = .filter
            state.input = InputDialog(
                title: "Which runs?",
                lines: [
                    "Words that occur in name, model, method, note or tags; state:done, tag:prod,",
                    "lr>1e-4, loss<1.5, eval<1.3, lora_rank=16. All must hold; empty shows all.",
                ], text: state.filter)
        case .notePressed:
            guard let entry else { return }
            state.typing = .note
            state.input = InputDialog(
                title: "Note on \(DisplayText(entry.record.name))", lines: [],
                text: entry.notes.note)
        case .tagsPressed:
            guard let entry else { return }
            state.typing = .tags
            state.input = InputDialog(
                title: "Tags of \(DisplayText(entry.record.name))",
                lines: ["Words with blanks between."],
                text: entry.notes.tags.joined(separator: " "))
        default: break
        }
    }

    static func deleteQuestion(_ state: State) -> Dialog? {
        guard let entry = selected(state) else { return nil }
        return Dialog.confirm(
            title: "Delete \(DisplayText(entry.record.name))?",
            lines: [
                "\(DisplayText(entry.folder)) goes to the folder .trash beside it;",
                "u brings it back.", "",
            ], yes: "move to the trash", no: "keep")
    }

    static func pressed(_ key: Key, _ state: inout State) -> [Effect] {
        if var question = state.question {
            let outcome = question.handle(key)
            state.question = outcome == .open ? question : nil
            guard outcome == .chosen(0), let entry = selected(state) else { return [] }
            return [.discardRun(folder: entry.folder)]
        }
        guard var input = state.input else {
            _ = state.list.handle(key, count: shown(state).count)
            return []
        }
        switch input.handle(key) {
        case .open: state.input = input
        case .cancelled: (state.input, state.typing) = (nil, nil)
        case .accepted(let text):
            let typing = state.typing
            (state.input, state.typing) = (nil, nil)
            return accept(text, typing, &state)
        }
        return []
    }

    private static func accept(
        _ text: String, _ typing: Typing?, _ state: inout State
    ) -> [Effect] {
        if typing == .filter {
            keepSelection(&state) { $0.filter = text }
            return []
        }
        guard let entry = selected(state), let typing else { return [] }
        var notes = entry.notes
        if typing == .note { notes.note = text }
        if typing == .tags { notes.tags = text.split(separator: " ").map(String.init) }
        let index = state.listing?.runs.firstIndex { $0.folder == entry.folder }
        if let index { state.listing?.runs[index].notes = notes }
        return [.saveNotes(notes, folder: entry.folder)]
    }
}
