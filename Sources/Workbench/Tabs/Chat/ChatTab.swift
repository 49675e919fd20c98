// Talking to the base model, to an adapter, to the run that trains now, or to two of them side by side.
// Answers come as events, and the stamp on an answer is from the engine, not from what was asked for.

import Kernel
import Panels

/// The tab where models answer.
enum ChatTab {
    /// A text that is edited over the tab.
    enum Editor: Equatable, Sendable { case system, tools, reference }

    /// Where the keyboard is.
    enum Part: Equatable, Sendable { case prompt, transcript, settings, editor(Editor) }

    /// What the other tabs know.
    struct Surroundings: Equatable, Sendable {
        var modelPath = ""
        var template: String?
        /// Whether the model's own template lists tools; nil while that is unknown.
        var knowsTools: Bool?
        /// The last run's adapter, or the plan's.
        var adapterPath: String?
        var hasRun = false
        /// Where training data is, for records.
        var dataFolder = ""
    }

    /// The transcript of one side.
    struct Transcript: Equatable, Sendable {
        /// The lines for scrolling; their looks stand in `looks`.
        var view = TextViewState(linesMax: 10_000_000)
        var looks: [ChatTranscript.Line] = []
        /// Lines in front of the last answer.
        var headCount = 0
        /// The line at which each turn begins.
        var starts: [Int: Int] = [:]
    }

    /// What a request was about.
    struct Asked: Equatable, Sendable {
        var turn: Int
        var side: ChatSide
        var isScore = false
    }

    struct State: Equatable, Sendable {
        var around = Surroundings()
        var tree = ConversationTree()
        /// The system text that the model gets first; empty for none.
        var system = ""
        /// The functions that a model may call, as JSON; empty for none.
        var tools = ""
        var settings = ChatSettings()
        /// Whether both sides are asked and shown.
        var isSplit = false
        /// The side whose transcript has the keyboard, and which is shown where only one fits.
        var focus: ChatSide = .a
        var part: Part = .prompt
        var prompt = TextArea.State()
        /// The turn that the prompt rewrites.
        var rewrites: Int?
        /// The turn that is pointed at; nil for the last.
        var selected: Int?
        /// Whether thoughts are shown whole.
        var unfolds = false
        /// What was sent or put away, oldest first, for the up key.
        var history: [String] = []
        /// Where the up key is in the history; nil at the prompt itself.
        var historyIndex: Int?
        var editor = TextArea.State()
        var form = FormState()
        /// What lies over the tab; every key belongs to it.
        var overlay: ChatOverlay?
        /// Requests under way by their numbers.
        var pending: [Int: Asked] = [:]
        var lastRequest = 0
        var isStopping = false
        /// The name that the conversation was saved under.
        var fileName: String?
        /// The conversation as it was last saved or opened.
        var kept: ConversationTree?
        /// The file that records were added to last.
        var recordPath = ""
        var panes = Sided(Transcript())
        /// The size of the tab, told on resize.
        var size = Size(80, 21)

        /// The sides that are asked.
        var sides: [ChatSide] { isSplit ? ChatSide.allCases : [.a] }
        /// Whether an answer or a score is awaited.
        var isOpen: Bool { !pending.isEmpty }
        /// The turn that is pointed at.
        var turn: Int? { selected ?? tree.last }
    }

    enum Action: Equatable, Sendable {
        /// A key without a row of its own: typing, scrolling, the form, what lies over the tab.
        case key(Key)
        case arrived(Int, ChatEvent)
        case filesTold(ChatFileEvent)
        case suggest(Surroundings)
        case sendPressed
        case stopPressed
        case regeneratePressed
        case editPressed
        case editCancelled
        /// The next question, or with -1 the one before.
        case turnMoved(by: Int)
        /// The next alternative of the turn, or with -1 the one before.
        case alternativeMoved(by: Int)
        case splitPressed
        /// The next source that can answer.
        case sourcePressed
        /// A list of what could answer.
        case answererPressed
        case newPressed
        case promptPressed
        /// Reads the transcript; of this side, if one is given.
        case transcriptPressed(ChatSide?)
        case settingsPressed
        case editorPressed(Editor)
        case editorAccepted
        case thoughtsPressed
        case promptCleared
        case savePressed
        case openPressed
        case recordPressed
        /// The tab has this size.
        case fitted(Size)
    }

    /// Whether typed letters are text.
    static func isTyping(_ state: State) -> Bool {
        switch state.part {
        case .prompt, .editor: true
        case .settings: state.form.isEditing
        case .transcript: isModal(state)
        }
    }

    /// Whether all keys belong to the tab: something lies over it.
    static func isModal(_ state: State) -> Bool { state.overlay != nil }

    static func update(_ state: inout State, _ action: Action) -> [Effect] {
        let effects = change(&state, action)
        let places = Places(state, in: Rect(state.size))
        for pane in places.panes { state.panes[pane.side].view.fit(to: pane.text.size) }
        return effects
    }

    private static func change(_ state: inout State, _ action: Action) -> [Effect] {
        switch action {
        case .key(let key): return pressed(key, &state)
        case .arrived(let id, let event): take(id, event, &state)
        case .filesTold(let event): take(event, &state)
        case .suggest(let around): suggest(around, &state)
        case .sendPressed: return send(&state)
        case .stopPressed: return stop(&state)
        case .regeneratePressed: return regenerate(&state)
        case .editPressed: rewrite(&state)
        case .editCancelled: (state.rewrites, state.prompt) = (nil, TextArea.State())
        case .turnMoved(let step): moveTurn(by: step, &state)
        case .alternativeMoved(let step): moveAlternative(by: step, &state)
        case .splitPressed: split(&state)
        case .sourcePressed: state.settings.turnSource(state.isSplit ? state.focus : .a)
        case .answererPressed: return [.chat(.findAnswerers)]
        case .newPressed: return startNew(&state)
        case .promptPressed: state.part = .prompt
        case .transcriptPressed(let side):
            state.part = .transcript
            if let side { state.focus = side }
        case .settingsPressed: state.part = state.part == .settings ? .prompt : .settings
        case .editorPressed(let editor): open(editor, &state)
        case .editorAccepted: return acceptEditor(&state)
        case .thoughtsPressed:
            state.unfolds.toggle()
            show(&state)
        case .promptCleared:
            // The up key brings it back.
            remember(state.prompt.text, &state)
            state.prompt.clear()
            state.rewrites = nil
        case .savePressed: return save(&state)
        case .openPressed: return [.chat(.listChats)]
        case .recordPressed: askForRecord(&state)
        case .fitted(let size): state.size = size
        }
        return []
    }

    // MARK: - What the other tabs know

    private static func suggest(_ around: Surroundings, _ state: inout State) {
        let old = state.around
        state.around = around
        state.settings.hasRun = around.hasRun
        for side in ChatSide.allCases {
            if around.modelPath != old.modelPath, around.adapterPath == nil,
                state.settings[side].adapterPath == old.adapterPath
            {
                // An adapter belongs to the base that it was trained on.
                state.settings[side].adapterPath = ""
            }
            if let adapter = around.adapterPath, adapter != old.adapterPath,
                [old.adapterPath ?? "", ""].contains(state.settings[side].adapterPath)
                    || side == .a
            {
                state.settings[side].adapterPath = adapter
                if side == .a, !state.isSplit, state.settings.answerers.a.source == .base {
                    state.settings.answerers.a.source = .adapter
                }
            }
            if state.settings.obstacle(to: state.settings[side].source, side) != nil {
                // A run that has ended goes on answering with its result.
                let hasAdapter = state.settings.obstacle(to: .adapter, side) == nil
                state.settings[side].source = hasAdapter ? .adapter : .base
            }
        }
        if state.recordPath.isEmpty || state.recordPath == old.recordPath {
            state.recordPath = around.recordPath
        }
    }
}

extension ChatTab.Surroundings {
    /// Where records go unless another file is named.
    var recordPath: String {
        (dataFolder.isEmpty ? "" : dataFolder + "/") + "chat-records.jsonl"
    }
}
