// Saving and opening conversations, starting new ones, and exporting pairs as training records. Unsaved
// changes are given up only after a question.

import Kernel
import Panels

extension ChatTab {
    // MARK: - Asking first

    static func startNew(_ state: inout State) -> [Effect] {
        guard !state.tree.isEmpty else { return [] }
        guard state.kept != state.tree else {
            return forget(&state)
        }
        state.overlay = .question(
            loss(state, title: tr("Start a new conversation?")), .startNew)
        return []
    }

    private static func loss(_ state: State, title: DisplayText) -> Dialog {
        let count = state.tree.turns.count
        return Dialog.confirm(
            title: title,
            lines: [
                count == 1
                    ? tr("One question and its answer will be forgotten.")
                    : tr("{1} questions and their answers will be forgotten.", count)
            ],
            yes: tr("forget them"), no: tr("keep them"))
    }

    private static func forget(_ state: inout State) -> [Effect] {
        let wasOpen = state.isOpen
        state.tree = ConversationTree()
        (state.pending, state.isStopping) = ([:], false)
        (state.selected, state.rewrites) = (nil, nil)
        (state.fileName, state.kept) = (nil, nil)
        for side in ChatSide.allCases { state.panes[side].view.end() }
        state.part = .prompt
        show(&state)
        return wasOpen ? [.chat(.cancelChat), .chat(.resetChat)] : [.chat(.resetChat)]
    }

    // MARK: - Keys of what lies over the tab

    static func answer(_ key: Key, _ state: inout State) -> [Effect] {
        switch state.overlay {
        case .question(var dialog, let consent):
            let outcome = dialog.handle(key)
            state.overlay = outcome == .open ? .question(dialog, consent) : nil
            // The first button of a confirmation is yes.
            return outcome == .chosen(0) ? act(consent, &state) : []
        case .saving(var input):
            switch input.handle(key) {
            case .open: state.overlay = .saving(input)
            case .cancelled: state.overlay = nil
            case .accepted(let name): return saveAs(trimmed(name), &input, &state)
            }
        case .recording(var input):
            switch input.handle(key) {
            case .open: state.overlay = .recording(input)
            case .cancelled: state.overlay = nil
            case .accepted(let path): return addRecord(to: trimmed(path), &input, &state)
            }
        case .list(var list):
            let outcome = list.handle(key)
            state.overlay = outcome == .closed ? nil : .list(list)
            switch outcome {
            case .open, .closed: break
            case .chosen(let name): return openFile(name, &state)
            case .deleted(let name):
                state.overlay = .question(
                    Dialog.confirm(
                        title: tr("Delete this conversation?"),
                        lines: [DisplayText(name, invisibles: .dropped)], yes: tr("delete it"),
                        no: tr("keep it")), .delete(name: name))
            }
        case .answerers(var answerers):
            let outcome = answerers.list.handle(key)
            state.overlay = outcome == .open ? .answerers(answerers) : nil
            if case .chosen(let answerer) = outcome { state.settings[answerers.side] = answerer }
        case nil: break
        }
        return []
    }

    private static func act(_ consent: ChatConsent, _ state: inout State) -> [Effect] {
        switch consent {
        case .startNew: forget(&state)
        case .open(let name): [.chat(.loadChat(name: name))]
        case .delete(let name): [.chat(.deleteChat(name: name))]
        }
    }

    // MARK: - Saving and opening

    /// What is wrong with saving now; nil when it is possible.
    static func saveObstacle(_ state: State) -> String? {
        if state.tree.isEmpty { return tr("nothing was asked yet") }
        return state.isOpen ? tr("an answer is under way; Esc stops it") : nil
    }

    static func save(_ state: inout State) -> [Effect] {
        guard saveObstacle(state) == nil else { return [] }
        let first = state.tree.path.first.map { state.tree[$0].question } ?? ""
        state.overlay = .saving(
            InputDialog(
                title: tr("Save the conversation as"),
                lines: [tr("All alternatives are kept, each with its model.")],
                text: state.fileName ?? ChatName.suggested(for: first), placeholder: tr("a name")))
        return []
    }

    private static func saveAs(
        _ name: String, _ input: inout InputDialog, _ state: inout State
    ) -> [Effect] {
        if let problem = ChatName.problem(name) {
            input.problem = DisplayText(tr(problem))
            state.overlay = .saving(input)
            return []
        }
        state.overlay = nil
        let document = ChatDocument(
            modelPath: state.around.modelPath, tree: state.tree, system: state.system,
            tools: state.tools, sampling: state.settings.sampling)
        return [.chat(.saveChat(document, name: name, replaces: name == state.fileName))]
    }

    private static func openFile(_ name: String, _ state: inout State) -> [Effect] {
        state.overlay = nil
        guard !state.tree.isEmpty, state.kept != state.tree else {
            return [.chat(.loadChat(name: name))]
        }
        state.overlay = .question(
            loss(state, title: tr("Open another conversation?")), .open(name: name))
        return []
    }

    static func take(_ event: ChatFileEvent, _ state: inout State) {
        switch event {
        case .answerersFound(let folders):
            state.overlay = .answerers(
                ChatAnswerers(
                    folders, side: state.isSplit ? state.focus : .a, settings: state.settings))
        case .listed(.success(let files)): state.overlay = .list(OverlayList(saved: files))
        case .saved(let name, nil): (state.fileName, state.kept) = (name, state.tree)
        case .saved(let name, let error?):
            var input = InputDialog(
                title: tr("Save the conversation as"),
                lines: [tr("All alternatives are kept, each with its model.")], text: name,
                placeholder: tr("a name"))
            input.problem = DisplayText(tr(error.what))
            state.overlay = .saving(input)
        case .loaded(let name, .success(let document)): load(document, name, &state)
        case .deleted(let name, nil):
            if state.fileName == name { (state.fileName, state.kept) = (nil, nil) }
        case .recordAdded(let path, .success): state.recordPath = path
        case .listed(.failure), .loaded(_, .failure), .deleted(_, .some), .recordAdded(_, .failure):
            break
        }
    }

    private static func load(_ document: ChatDocument, _ name: String, _ state: inout State) {
        _ = forget(&state)
        (state.tree, state.system, state.tools) = (document.tree, document.system, document.tools)
        state.settings.sampling = document.sampling
        (state.fileName, state.kept) = (name, document.tree)
        if document.tree.turns.contains(where: { $0.answers.b != nil }), !state.isSplit {
            state.isSplit = true
            state.settings.oppose()
        }
        state.part = .transcript
        show(&state)
    }

    // MARK: - Records

    /// What is wrong with taking the answer that is pointed at as a record; nil when it is possible.
    static func recordObstacle(_ state: State) -> String? {
        guard let turn = state.turn else { return tr("nothing was asked yet") }
        guard state.tree[turn].tools.isEmpty else {
            return tr("records with tools cannot be trained on yet")
        }
        guard let answer = state.tree.answer(turn, state.focus), !answer.isOpen,
            !ThoughtText(answer.text).answer.isEmpty
        else { return tr("there is no answer to take") }
        return nil
    }

    static func askForRecord(_ state: inout State) {
        guard recordObstacle(state) == nil, let turn = state.turn,
            let answer = state.tree.answer(turn, state.focus)
        else { return }
        var lines: [DisplayText] = [
            tr("The conversation up to this answer becomes one record of a .jsonl file.")
        ]
        if let stamp = answer.stamp { lines.append(tr("Answered by {1}.", stamp.title)) }
        if answer.stamp != nil, answer.isCut {
            lines.append(tr("Careful: this answer was cut; a training would learn to end there."))
        }
        state.overlay = .recording(
            InputDialog(
                title: tr("Add the pair to training data"), lines: lines, text: state.recordPath,
                placeholder: "data/chat-records.jsonl"))
    }

    private static func addRecord(
        to path: String, _ input: inout InputDialog, _ state: inout State
    ) -> [Effect] {
        guard path.hasSuffix(".jsonl"), path.count > 6 else {
            input.problem = tr("the name must end in .jsonl")
            state.overlay = .recording(input)
            return []
        }
        state.overlay = nil
        guard let turn = state.turn, let answer = state.tree.answer(turn, state.focus) else {
            return []
        }
        let messages = state.tree.messages(upTo: turn, state.focus)
        return [.chat(.addRecord(TrainingRecord.json(messages, answer: answer.text), path: path))]
    }
}
