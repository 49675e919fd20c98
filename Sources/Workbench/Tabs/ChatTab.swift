// Talking to the base model, to an adapter or to the run that trains. What was said is kept here;
// answers come as events, and who answered is what the engine says, not what was asked for.

import Kernel
import Panels

/// The tab where models answer.
enum ChatTab {
    /// Where the keyboard is.
    enum Part: Equatable, Sendable { case prompt, transcript, settings, system }

    /// How full the context was after the last answer.
    struct Context: Equatable, Sendable {
        var tokens: Int
        var limit: Int
    }

    struct State: Equatable, Sendable {
        var modelPath = ""
        var template: String?
        var conversation = ChatConversation()
        /// What the model is told before everything; empty for nothing.
        var system = ""
        var settings = ChatSettings()
        var context: Context?
        var part: Part = .prompt
        var prompt = TextArea.State()
        /// What was sent or put away, oldest first, for the up key.
        var history: [String] = []
        /// Where the up key is in the history; nil at the prompt itself.
        var historyIndex: Int?
        var systemEditor = TextArea.State()
        var form = FormState()
        /// The question that lies over the tab; every key belongs to it.
        var question: Dialog?
        /// An answer of a forgotten conversation has not ended yet.
        var isDraining = false
        var isStopping = false
        /// The adapter that was suggested last; a typed one is not replaced by the same again.
        var suggestedAdapter = ""
        /// The conversation as lines; their looks stand in `looks`.
        var transcript = TextViewState(linesMax: 10_000_000)
        var looks: [ChatConversation.Line] = []
        /// The end of the answer behind its last line feed, as it came.
        var tail = ""
        /// The size of the tab, told on resize.
        var size = Size(80, 21)
    }

    enum Action: Equatable, Sendable {
        /// A key without a row of its own: typing, scrolling, the form, the dialog.
        case key(Key)
        case arrived(ChatEvent)
        /// What the other tabs know: the model, and the last run's adapter if it has one.
        case suggest(modelPath: String, template: String?, adapterPath: String?, hasRun: Bool)
        case sendPressed
        case stopPressed
        case regeneratePressed
        case sourcePressed
        case newPressed
        case promptPressed
        case transcriptPressed
        case settingsPressed
        case systemPressed
        case systemAccepted
        case promptCleared
        /// The tab has this size.
        case fitted(Size)
    }

    /// Whether typed letters are text.
    static func isTyping(_ state: State) -> Bool {
        switch state.part {
        case .prompt, .system: true
        case .settings: state.form.isEditing
        case .transcript: isModal(state)
        }
    }

    /// Whether all keys belong to the tab: a dialog is open.
    static func isModal(_ state: State) -> Bool { state.question != nil }

    static func update(_ state: inout State, _ action: Action) -> [Effect] {
        let effects = change(&state, action)
        state.transcript.fit(to: Places(state, in: Rect(state.size)).text.size)
        return effects
    }

    private static func change(_ state: inout State, _ action: Action) -> [Effect] {
        switch action {
        case .key(let key): return pressed(key, &state)
        case .arrived(let event): take(event, &state)
        case .suggest(let model, let template, let adapter, let hasRun):
            suggest(model, template, adapter, hasRun, &state)
        case .sendPressed: return send(&state)
        case .stopPressed: return stop(&state)
        case .regeneratePressed: return regenerate(&state)
        case .sourcePressed: state.settings.turnSource()
        case .newPressed:
            guard !state.conversation.turns.isEmpty else { return [] }
            state.question = newQuestion(state)
        case .promptPressed: state.part = .prompt
        case .transcriptPressed: state.part = .transcript
        case .settingsPressed: state.part = state.part == .settings ? .prompt : .settings
        case .systemPressed:
            state.systemEditor = TextArea.State(text: state.system)
            state.part = .system
        case .systemAccepted:
            state.system = trimmed(state.systemEditor.text)
            state.part = .prompt
            show(&state)
        case .promptCleared:
            // The up key brings it back.
            remember(state.prompt.text, &state)
            state.prompt.clear()
        case .fitted(let size): state.size = size
        }
        return []
    }

    // MARK: - Asking

    /// What stops a question from being asked; nil when nothing does.
    static func obstacle(_ state: State) -> String? {
        if state.modelPath.isEmpty { return tr("choose a model first (Alt-1)") }
        if state.isDraining { return tr("the stopped answer has not ended yet") }
        if state.conversation.isOpen { return tr("an answer is under way; Esc stops it") }
        return state.settings.problem
    }

    private static func send(_ state: inout State) -> [Effect] {
        let text = trimmed(state.prompt.text)
        guard !text.isEmpty, obstacle(state) == nil else { return [] }
        remember(text, &state)
        state.prompt.clear()
        state.conversation.ask(text)
        return ask(&state)
    }

    private static func regenerate(_ state: inout State) -> [Effect] {
        guard let last = state.conversation.last, obstacle(state) == nil else { return [] }
        if !last.text.isEmpty, !state.settings.sampling.isGreedy {
            // The same seed would draw the same answer again.
            let next = state.settings.sampling.seed &+ 1
            state.settings.sampling.seed = next > UInt64(Int.max) ? 0 : next
        }
        state.conversation.reopen()
        return ask(&state)
    }

    private static func ask(_ state: inout State) -> [Effect] {
        guard let source = state.settings.requestSource else { return [] }
        state.isStopping = false
        state.transcript.end()
        show(&state)
        let messages = state.conversation.messages(system: state.system)
        return [
            .chat(
                ChatRequest(
                    modelPath: state.modelPath, template: state.template, source: source,
                    messages: messages, sampling: state.settings.sampling))
        ]
    }

    private static func stop(_ state: inout State) -> [Effect] {
        guard state.conversation.isOpen, !state.isStopping else { return [] }
        state.isStopping = true
        return [.cancelChat]
    }

    private static func newQuestion(_ state: State) -> Dialog {
        let count = state.conversation.turns.count
        return Dialog.confirm(
            title: tr("Start a new conversation?"),
            lines: [
                count == 1
                    ? tr("One question and its answer will be forgotten.")
                    : tr("{1} questions and their answers will be forgotten.", count)
            ],
            yes: tr("forget them"), no: tr("keep them"))
    }

    private static func suggest(
        _ model: String, _ template: String?, _ adapter: String?, _ hasRun: Bool,
        _ state: inout State
    ) {
        if model != state.modelPath {
            state.context = nil
            // An adapter belongs to the base that it was trained on.
            if adapter == nil, state.settings.adapterPath == state.suggestedAdapter {
                state.settings.adapterPath = ""
            }
        }
        (state.modelPath, state.template, state.settings.hasRun) = (model, template, hasRun)
        if let adapter, adapter != state.suggestedAdapter {
            state.suggestedAdapter = adapter
            state.settings.adapterPath = adapter
            if state.settings.source == .base { state.settings.source = .adapter }
        }
        if state.settings.obstacle(to: state.settings.source) != nil {
            // A run that has ended goes on answering by what it left.
            let hasAdapter = state.settings.obstacle(to: .adapter) == nil
            state.settings.source = hasAdapter ? .adapter : .base
        }
    }

    // MARK: - Typing

    private static func pressed(_ key: Key, _ state: inout State) -> [Effect] {
        if state.question != nil { return answer(key, &state) }
        switch state.part {
        case .prompt: typed(key, &state)
        case .transcript: _ = state.transcript.handle(key)
        case .system: _ = state.systemEditor.handle(key)
        case .settings:
            let fields = state.settings.form(isFocused: true).fields
            if case .changed(let id, let value) = state.form.handle(key, fields: fields) {
                state.settings.take(id: id, value: value)
            }
        }
        return []
    }

    private static func typed(_ key: Key, _ state: inout State) {
        if state.prompt.handle(key) {
            state.historyIndex = nil
            return
        }
        switch key {
        case .up: recall(by: -1, &state)
        case .down: recall(by: 1, &state)
        case .pageUp, .pageDown, .mouse: _ = state.transcript.handle(key)
        default: break
        }
    }

    /// Steps through what was sent before; behind the newest the prompt is empty again.
    private static func recall(by step: Int, _ state: inout State) {
        let next = (state.historyIndex ?? state.history.count) + step
        guard next >= 0, next <= state.history.count else { return }
        if state.historyIndex == nil {
            guard step < 0 else { return }
            // What stands in the prompt is kept behind the older messages.
            remember(state.prompt.text, &state)
        }
        let isBehind = next >= state.history.count
        state.historyIndex = isBehind ? nil : next
        state.prompt = TextArea.State(text: isBehind ? "" : state.history[next])
    }

    private static func remember(_ text: String, _ state: inout State) {
        state.historyIndex = nil
        guard !trimmed(text).isEmpty, state.history.last != text else { return }
        state.history.append(text)
    }

    private static func answer(_ key: Key, _ state: inout State) -> [Effect] {
        guard var question = state.question else { return [] }
        let outcome = question.handle(key)
        state.question = outcome == .open ? question : nil
        // The first button of a confirmation is yes.
        guard outcome == .chosen(0) else { return [] }
        let wasOpen = state.conversation.isOpen
        state.isDraining = wasOpen
        state.isStopping = false
        state.conversation = ChatConversation()
        state.context = nil
        state.transcript.end()
        state.part = .prompt
        show(&state)
        return wasOpen ? [.cancelChat, .resetChat] : [.resetChat]
    }

    private static func trimmed(_ text: String) -> String {
        let start = text.drop(while: \.isWhitespace)
        let end = start.reversed().prefix(while: \.isWhitespace).count
        return String(start.dropLast(end))
    }
}
