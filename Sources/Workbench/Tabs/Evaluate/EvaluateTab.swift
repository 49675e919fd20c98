// Measuring a model on held-out records: choose, start, watch, and compare with the evaluations before it.
// The work is done elsewhere; this tab asks for it and keeps what comes.

import Kernel
import Panels

/// The tab of evaluations.
enum EvaluateTab {
    /// What the keys belong to.
    enum Part: Int, Equatable, Sendable { case form, results }

    struct State: Equatable, Sendable {
        var values = EvaluateForm()
        var form = FormState()
        var part = Part.form
        /// Fields that the user changed; suggestions leave them alone.
        var touched: Set<String> = []
        /// The adapter to come back to from the base alone.
        var lastAdapter = ""
        /// Evaluations of this session, oldest first.
        var entries: [EvaluationEntry] = []
        var list = ListState(visibleRows: 4)
        /// The answers of one evaluation; nil while they are closed.
        var browser: PredictionBrowser?
        /// Whether to start an evaluation beside a training.
        var question: Dialog?
        var isTraining = false
        /// Runs to choose from; nil while they are not shown.
        var picker: OverlayList<String>?
        /// Whether they were asked for.
        var awaitsFolders = false
        var size = Size(80, 21)
    }

    enum Action: Equatable, Sendable {
        /// A key without a row of its own: form, table, answers.
        case key(Key)
        case arrived(EvaluateTab.Reply)
        /// What the other tabs know.
        case suggest(Suggestion)
        case startPressed, cancelPressed
        /// The base alone, or with the adapter again.
        case basePressed
        case partPressed
        /// The results of runs were asked for, or have come.
        case pickPressed
        case foldersFound([TrainedFolder])
        case answersPressed
        case browser(PredictionBrowser.Action)
        case fitted(Size)
    }

    /// What plan and run propose.
    struct Suggestion: Equatable, Sendable {
        var modelPath: String
        var adapterPath: String?
        var plan: TrainingPlan
        var isTraining: Bool
    }

    /// Evaluations that are kept.
    static let entriesMax = 20

    static func isTyping(_ state: State) -> Bool { state.form.isEditing }

    static func isModal(_ state: State) -> Bool {
        state.question != nil || state.picker != nil || state.browser?.input != nil
    }

    /// Whether one is under way.
    static func isActive(_ state: State) -> Bool {
        state.entries.last?.standing.isActive ?? false
    }

    /// The entry that the table selects.
    static func selected(_ state: State) -> EvaluationEntry? {
        state.list.selected(of: state.entries.count).map { state.entries[$0] }
    }

    static func update(_ state: inout State, _ action: Action) -> [Effect] {
        switch action {
        case .key(let key): return pressed(key, &state)
        case .arrived(let message): take(message, &state)
        case .suggest(let suggestion): suggest(suggestion, &state)
        case .startPressed: return start(&state)
        case .cancelPressed:
            guard isActive(state), let last = state.entries.indices.last else { return [] }
            state.entries[last].standing = .stopping
            return [.evaluate(.cancelEvaluation)]
        case .basePressed:
            if state.values.adapterPath.isEmpty {
                state.values.adapterPath = state.lastAdapter
            } else {
                state.lastAdapter = state.values.adapterPath
                state.values.adapterPath = ""
            }
            state.touched.insert("adapter")
            suggestFolder(&state)
        case .pickPressed:
            state.awaitsFolders = true
            return [.chat(.findAnswerers)]
        case .foldersFound(let folders):
            guard state.awaitsFolders else { return [] }
            state.awaitsFolders = false
            state.picker = OverlayList(evaluated: folders, chosen: state.values.adapterPath)
        case .partPressed: state.part = state.part == .form ? .results : .form
        case .answersPressed:
            guard let entry = selected(state), !entry.predictions.isEmpty else { return [] }
            var browser = PredictionBrowser(entry.predictions, title: entry.name)
            browser.place = state.list.selected(of: state.entries.count) ?? 0
            browser.fit(to: state.size)
            state.browser = browser
        case .browser(let action):
            state.browser?.update(action)
            if state.browser?.isClosed == true { state.browser = nil }
        case .fitted(let size):
            state.size = size
            state.list.visibleRows = Places(state.part, in: Rect(size)).tableRows
            state.browser?.fit(to: size)
        }
        return []
    }

    // MARK: - Starting

    private static func start(_ state: inout State) -> [Effect] {
        guard !isActive(state), state.values.problem == nil else { return [] }
        guard !state.isTraining else {
            state.question = Dialog(
                title: tr("A run is training"),
                lines: [
                    tr("The evaluation shares the cores with it: both become slower."),
                    tr("The result of the run stays the same."), "",
                ],
                buttons: [
                    Dialog.Button(key: "n", title: tr("later")),
                    Dialog.Button(key: "y", title: tr("evaluate all the same")),
                ])
            return []
        }
        return begin(&state)
    }

    private static func begin(_ state: inout State) -> [Effect] {
        let request = state.values.request
        state.entries.append(EvaluationEntry(request))
        if state.entries.count > entriesMax {
            state.entries.removeFirst()
            // The answers that are open belong to another row now.
            if let place = state.browser?.place {
                if place == 0 { state.browser = nil } else { state.browser?.place = place - 1 }
            }
        }
        state.list.select(state.entries.count - 1, count: state.entries.count)
        state.part = .results
        return [.evaluate(.start(request))]
    }

    // MARK: - Changes

    private static func pressed(_ key: Key, _ state: inout State) -> [Effect] {
        if var question = state.question {
            let outcome = question.handle(key)
            state.question = outcome == .open ? question : nil
            return outcome == .chosen(1) ? begin(&state) : []
        }
        if var picker = state.picker {
            let outcome = picker.handle(key)
            state.picker = outcome == .open ? picker : nil
            guard case .chosen(let path) = outcome else { return [] }
            if path.isEmpty, !state.values.adapterPath.isEmpty {
                state.lastAdapter = state.values.adapterPath
            }
            state.values.adapterPath = path
            state.touched.insert("adapter")
            suggestFolder(&state)
            return []
        }
        if state.browser != nil { return update(&state, .browser(.key(key))) }
        guard key.pane(focused: state.part) == .form else {
            _ = state.list.handle(key, count: state.entries.count)
            return []
        }
        let fields = state.values.form(isFocused: true).fields
        guard case .changed(let id, let value) = state.form.handle(key, fields: fields) else {
            return []
        }
        state.values.take(id: id, value: value)
        state.touched.insert(id)
        suggestFolder(&state)
        return []
    }

    private static func suggest(_ suggestion: Suggestion, _ state: inout State) {
        let plan = suggestion.plan
        state.isTraining = suggestion.isTraining
        state.values.template = plan.encoding.template
        state.values.dataFolder = plan.data.folder
        state.values.seed = UInt64(bitPattern: Int64(plan.shuffleSeed))
        state.values.cutoff = plan.encoding.cutoffLength
        state.values.samplesMax = plan.data.samplesMax
        state.values.splitsSpecialTokens = plan.encoding.splitsSpecialTokens
        if !state.touched.contains("model"), !suggestion.modelPath.isEmpty {
            if state.values.modelPath != suggestion.modelPath, !state.touched.contains("adapter") {
                state.values.adapterPath = ""
            }
            state.values.modelPath = suggestion.modelPath
        }
        if let adapter = suggestion.adapterPath {
            state.lastAdapter = adapter
            if !state.touched.contains("adapter") { state.values.adapterPath = adapter }
        }
        let sets = plan.data.evaluationNames
        if !state.touched.contains("data") {
            state.values.data = (sets.isEmpty ? plan.data.names : sets).joined(separator: ", ")
        }
        if !state.touched.contains("share") {
            state.values.share = sets.isEmpty ? plan.data.validationSize : 0
        }
        suggestFolder(&state)
    }

    private static func suggestFolder(_ state: inout State) {
        if !state.touched.contains("folder") { state.values.folder = state.values.suggestedFolder }
    }

    private static func take(_ message: EvaluateTab.Reply, _ state: inout State) {
        guard let last = state.entries.indices.last, state.entries[last].standing.isActive else {
            return
        }
        state.entries[last].take(message)
        if state.browser?.place == last, case .told(.predicted) = message {
            state.browser?.take(state.entries[last].predictions)
        }
    }
}
