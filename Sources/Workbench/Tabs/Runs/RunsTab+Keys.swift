// The keys of the runs tab as rows, and the questions behind some of them: filter, note, tags, and
// whether to move a run to the trash.

import Kernel
import Panels

extension RunsTab {
    typealias Row = KeyBinding<AppAction>

    /// The rows of keys that work here now. Resuming a run and copying its plan belong to the
    /// program: they change what other tabs show.
    /// `ownFolder` is that of the run of this process.
    static func keys(_ state: State, isBusy: Bool, ownFolder: String? = nil) -> [Row] {
        guard !isModal(state) else { return [] }
        let entry = selected(state)
        // A run of the old list may be gone, or be another one by now.
        let none =
            state.isReading
            ? tr("the list is being read") : entry == nil ? tr("there is no run") : nil
        let planless = entry != nil && entry?.plan == nil ? tr("its folder keeps no plan") : nil
        let live = entry?.record.state.isLive == true ? tr("it is training now") : nil
        let done = entry?.record.state == .done ? tr("it is done") : nil
        let busy = isBusy ? tr("a run is training already") : nil
        let isMarked = state.marked.contains { $0.folder == entry?.folder }
        let full =
            state.marked.count >= RunOverlay.most && !isMarked
            ? tr("{1} runs are marked already", RunOverlay.most) : nil
        let unplotted = state.marked.isEmpty ? tr("mark runs with Space first") : nil
        func row(
            _ keys: Key..., help: String, _ action: Action, _ reason: String? = nil,
            isHint: Bool = true
        ) -> Row {
            Row(keys, help, .runs(action), disabledReason: reason, isHint: isHint)
        }
        return [
            // A click on the selected run is Enter.
            row(
                .character(" "), .enter, help: isMarked ? tr("unmark") : tr("mark"), .markPressed,
                none ?? full),
            row(.character("/"), help: tr("filter…"), .filterPressed),
            row(.character("o"), help: tr("order"), .orderPressed),
            row(.character("d"), help: tr("differences"), .differencePressed, unplotted),
            Row(
                .character("R"), tr("go on"), .runResumed,
                disabledReason: none ?? live ?? done ?? planless ?? busy),
            Row(
                .character("a"), tr("show it live"), .runAttached,
                disabledReason: none ?? dead(entry) ?? taken(entry, ownFolder),
                isHint: entry?.record.state.isLive == true),
            Row(
                .character("C"), tr("plan to Params"), .runCloned,
                disabledReason: none ?? planless),
            row(.character("n"), help: tr("note…"), .notePressed, none),
            row(.character("t"), help: tr("tags…"), .tagsPressed, none),
            row(
                .character("D"), help: tr("delete…"), .deletePressed, none ?? live, isHint: false),
            row(
                .character("u"), help: tr("bring back"), .undoPressed,
                state.trash.isEmpty ? tr("nothing was deleted") : nil,
                isHint: !state.trash.isEmpty),
            row(.character("r"), help: tr("look again"), .opened, isHint: false),
        ] + plotKeys(state)
    }

    private static func dead(_ entry: RunEntry?) -> String? {
        entry?.record.state.isLive == true ? nil : tr("no process works on it")
    }

    /// Train shows one run at a time, and this process needs its own.
    private static func taken(_ entry: RunEntry?, _ ownFolder: String?) -> String? {
        guard let ownFolder, let entry else { return nil }
        return PathText.isSame(entry.folder, ownFolder)
            ? tr("it trains here: Train (4) shows it") : tr("a run is training here already")
    }

    private static func plotKeys(_ state: State) -> [Row] {
        let unplotted = state.marked.isEmpty ? tr("mark runs with Space first") : nil
        func row(_ key: Character, _ help: String, _ action: Action) -> Row {
            Row(
                .character(key), help, .runs(action), disabledReason: unplotted, isHint: false)
        }
        return [
            row("e", state.showsHeld ? tr("training losses") : tr("held-out losses"), .heldPressed),
            row("x", tr("x by {1}", state.axis.next.word), .plot(.axisPressed)),
            row(
                "L", state.plot.isLogarithmic ? tr("linear y") : tr("log y"),
                .plot(.logarithmPressed)),
            row("B", state.plot.symbols.next.help, .plot(.symbolsPressed)),
            row("<", tr("smooth less"), .plot(.smoothingMoved(by: -1))),
            row(">", tr("smooth more"), .plot(.smoothingMoved(by: 1))),
        ]
    }

    // MARK: - Questions

    static func ask(_ action: Action, _ state: inout State) {
        if action == .filterPressed {
            state.typing = .filter
            state.input = InputDialog(
                title: tr("Which runs?"),
                lines: [
                    tr("Words that occur in name, model, method, state, note or tags."),
                    tr("Or state:done, tag:prod, lr>1e-4, loss<1.5, eval<1.3, lora_rank=16."),
                    tr("All must hold; empty shows all."),
                ], text: state.filter)
            return
        }
        guard !state.isReading, let entry = selected(state) else { return }
        state.subject = entry.folder
        let name = entry.record.name
        switch action {
        case .notePressed:
            state.typing = .note
            state.input = InputDialog(
                title: tr("Note on {1}", name), lines: [], text: entry.notes.note)
        case .tagsPressed:
            state.typing = .tags
            state.input = InputDialog(
                title: tr("Tags of {1}", name), lines: [tr("Words with blanks between.")],
                text: entry.notes.tags.joined(separator: " "))
        case .deletePressed:
            state.question = Dialog.confirm(
                title: tr("Delete {1}?", name),
                lines: [
                    tr("{1} goes to the folder .trash beside it;", entry.folder),
                    tr("u brings it back."), "",
                ], yes: tr("move to the trash"), no: tr("keep"))
        default: break
        }
    }

    static func pressed(_ key: Key, _ state: inout State) -> [Effect] {
        if var question = state.question {
            let outcome = question.handle(key)
            state.question = outcome == .open ? question : nil
            guard outcome == .chosen(0), let entry = subject(state) else { return [] }
            return [.runs(.discardRun(folder: entry.folder))]
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
        guard let entry = subject(state), let typing else { return [] }
        var notes = entry.notes
        if typing == .note { notes.note = text }
        if typing == .tags { notes.tags = text.split(separator: " ").map(String.init) }
        let index = state.listing?.runs.firstIndex { $0.folder == entry.folder }
        if let index { state.listing?.runs[index].notes = notes }
        return [.runs(.saveNotes(notes, folder: entry.folder))]
    }
}
