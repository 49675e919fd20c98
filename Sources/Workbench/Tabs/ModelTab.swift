// Choosing a model: what was found, what a typed path holds, and whether it is in order. A choice
// goes into the plan, with the template that was detected. It opens no file itself.

import Kernel
import Panels

/// The tab that finds, checks and chooses models.
enum ModelTab {
    /// What the tab knows of one path.
    enum Inspection: Equatable, Sendable {
        /// The question is on its way.
        case waiting
        case done(ModelSummary)
        case failed(KernelError)
    }

    /// Where the keyboard is.
    enum Part: Equatable, Sendable { case list, path }

    struct State: Equatable, Sendable {
        /// Models in the list: found ones, then typed ones that opened.
        var models: [ModelSummary] = []
        /// Whether a search is under way.
        var isSearching = false
        var list = ListState()
        var part: Part = .list
        var path = PathPrompt()
        /// What is known of each path that was looked at.
        var inspections: [String: Inspection] = [:]
        /// The path that becomes the model as soon as it is known to open.
        var awaited: String?
        /// A path that was chosen before its template was known.
        var awaitsTemplate: String?
    }

    enum Action: Equatable, Sendable {
        /// The tab is shown.
        case opened
        /// A key without a row of its own: movement in the list, text in the field.
        case key(Key)
        case choicePressed
        case rescanPressed
        case pathPressed
        case pathAccepted
        case pathCleared
        case pathLeft
        case completePressed
        case completed(PathAnswer)
        case found([ModelSummary])
        case inspected(path: String, Result<ModelSummary, KernelError>)
        /// So many rows of the list are visible.
        case fitted(rows: Int)
    }

    /// Whether typed letters are text.
    static func isTyping(_ state: State) -> Bool { state.part == .path }

    static func update(
        _ state: inout State, _ action: Action, plan: inout TrainingPlan
    ) -> [Effect] {
        switch action {
        case .opened:
            return inspectSelected(&state)
        case .key(let key):
            return pressed(key, &state)
        case .choicePressed:
            guard let model = selected(state) else { return [] }
            return choose(model.path, &state, &plan)
        case .rescanPressed:
            state.isSearching = true
            state.inspections = state.inspections.filter { $0.value == .waiting }
            return [.findModels] + inspectSelected(&state)
        case .pathPressed:
            state.part = .path
            return []
        case .pathCleared:
            state.path = PathPrompt()
            state.awaited = nil
            return []
        case .pathLeft:
            state.part = .list
            state.awaited = nil
            return inspectSelected(&state)
        case .completePressed:
            return [
                .completePath(
                    PathQuestion(asker: .model, text: state.path.text, endings: [".gguf"]))
            ]
        case .completed(let answer):
            state.path.take(answer)
            return []
        case .pathAccepted:
            return acceptPath(&state, &plan)
        case .found(let models):
            return found(models, &state, plan)
        case .inspected(let path, let result):
            return inspected(path, result, &state, &plan)
        case .fitted(let rows):
            state.list.visibleRows = rows
            return []
        }
    }

    /// The rows of keys that work here now.
    static func keys(_ state: State) -> [KeyBinding<Action>] {
        if state.part == .path {
            return [
                KeyBinding(.enter, tr("use this path"), .pathAccepted),
                KeyBinding(.tab, tr("complete"), .completePressed),
                KeyBinding([.escape, .backtab], tr("back to the list"), .pathLeft),
                KeyBinding(.control("c"), tr("clear"), .pathCleared, isHint: false),
            ]
        }
        let none = state.models.isEmpty ? tr("no model was found; type a path with e") : nil
        return [
            KeyBinding(.enter, tr("use"), .choicePressed, disabledReason: none),
            KeyBinding(
                [.character("e"), .tab, .backtab], tr("type a path"), .pathPressed),
            KeyBinding(.character("r"), tr("look again"), .rescanPressed),
        ]
    }

    /// The model under the cursor.
    static func selected(_ state: State) -> ModelSummary? {
        state.list.selected(of: state.models.count).map { state.models[$0] }
    }

    /// The path that the detail pane is about: what is typed, or what is selected.
    static func shownPath(_ state: State) -> String? {
        let typed = trimmed(state.path.text)
        if state.part == .path, !typed.isEmpty { return typed }
        return selected(state)?.path
    }

    // MARK: - Choosing

    private static func choose(
        _ path: String, _ state: inout State, _ plan: inout TrainingPlan
    ) -> [Effect] {
        if case .failed = state.inspections[path] {
            // Asked again: the reason may be gone by now.
            state.inspections[path] = nil
            state.awaited = path
            return inspect(path, &state)
        }
        if plan.model.path != path {
            // Adapters belong to the base that they were trained on.
            plan.model.adapters = []
            plan.model.createsNewAdapter = false
            plan.model.path = path
        }
        state.awaited = nil
        if case .done(let summary) = state.inspections[path] {
            plan.encoding.template = summary.templateName
            state.awaitsTemplate = nil
            return []
        }
        state.awaitsTemplate = path
        return inspect(path, &state)
    }

    private static func acceptPath(
        _ state: inout State, _ plan: inout TrainingPlan
    ) -> [Effect] {
        let path = trimmed(state.path.text)
        guard !path.isEmpty else {
            state.part = .list
            return []
        }
        if case .done(let summary) = state.inspections[path] {
            state.part = .list
            show(summary, &state)
            return choose(path, &state, &plan)
        }
        state.inspections[path] = nil
        state.awaited = path
        return inspect(path, &state)
    }

    private static func pressed(_ key: Key, _ state: inout State) -> [Effect] {
        switch state.part {
        case .path:
            if state.path.handle(key) { state.awaited = nil }
            return []
        case .list:
            guard state.list.handle(key, count: state.models.count) else { return [] }
            return inspectSelected(&state)
        }
    }

    // MARK: - Answers

    private static func found(
        _ models: [ModelSummary], _ state: inout State, _ plan: TrainingPlan
    ) -> [Effect] {
        let previous = selected(state)?.path ?? (plan.model.path.isEmpty ? nil : plan.model.path)
        state.isSearching = false
        // Typed models stay in the list although no search finds them.
        let typed = state.models.filter { old in
            !models.contains { $0.path == old.path } && isDone(old.path, state)
        }
        state.models = models + typed
        if let index = state.models.firstIndex(where: { $0.path == previous }) {
            state.list.select(index, count: state.models.count)
        } else {
            state.list.select(state.list.selection, count: state.models.count)
        }
        return inspectSelected(&state)
    }

    private static func inspected(
        _ path: String, _ result: Result<ModelSummary, KernelError>, _ state: inout State,
        _ plan: inout TrainingPlan
    ) -> [Effect] {
        switch result {
        case .success(let summary):
            state.inspections[path] = .done(summary)
            if state.awaited == path {
                state.part = .list
                show(summary, &state)
                return choose(path, &state, &plan)
            }
            if path == plan.model.path { show(summary, &state, selects: false) }
            if state.awaitsTemplate == path {
                state.awaitsTemplate = nil
                if plan.model.path == path { plan.encoding.template = summary.templateName }
            }
        case .failure(let error):
            state.inspections[path] = .failed(error)
            if state.awaited == path { state.awaited = nil }
            if state.awaitsTemplate == path { state.awaitsTemplate = nil }
        }
        return []
    }

    /// Puts a model into the list unless it is there, with what is known now.
    private static func show(_ summary: ModelSummary, _ state: inout State, selects: Bool = true) {
        if let index = state.models.firstIndex(where: { $0.path == summary.path }) {
            state.models[index] = summary
            if selects { state.list.select(index, count: state.models.count) }
        } else {
            state.models.append(summary)
            if selects { state.list.last(count: state.models.count) }
        }
    }

    private static func inspectSelected(_ state: inout State) -> [Effect] {
        guard let model = selected(state) else { return [] }
        return inspect(model.path, &state)
    }

    /// Asks about a path unless the answer is known or on its way.
    private static func inspect(_ path: String, _ state: inout State) -> [Effect] {
        guard state.inspections[path] == nil else { return [] }
        state.inspections[path] = .waiting
        return [.inspectModel(path: path)]
    }

    private static func isDone(_ path: String, _ state: State) -> Bool {
        if case .done = state.inspections[path] { true } else { false }
    }

    private static func trimmed(_ text: String) -> String {
        var rest = text[...]
        while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        return String(rest)
    }
}
