// What a choice, a typed path and the answers to questions do in the model tab. A question is asked once; the
// cursor stays on its model when the list changes.

import Kernel
import Panels

extension ModelTab {
    // MARK: - Choosing

    static func choose(
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

    static func acceptPath(
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

    static func pressed(_ key: Key, _ state: inout State, _ plan: TrainingPlan) -> [Effect] {
        if case .mouse(let mouse) = key, key.pane(focused: WheelPane.list) == .detail {
            moveDetail(by: mouse.kind == .wheelUp ? -3 : 3, &state, plan)
            return []
        }
        switch state.part {
        case .path:
            if state.path.handle(key) { state.awaited = nil }
            return []
        case .list:
            if state.isFinding {
                let before = state.search.text
                if state.search.handle(key) {
                    if state.search.text != before { state.list.first() }
                    return []
                }
            }
            guard state.list.handle(key, count: shown(state).count) else { return [] }
            return inspectSelected(&state)
        }
    }

    // MARK: - Answers

    static func found(
        _ models: [ModelSummary], _ state: inout State, _ plan: TrainingPlan
    ) -> [Effect] {
        let previous = selected(state)?.path ?? (plan.model.path.isEmpty ? nil : plan.model.path)
        state.isSearching = false
        // Typed models stay in the list although no search finds them.
        let typed = state.models.filter { old in
            !models.contains { $0.path == old.path } && isDone(old.path, state)
        }
        state.models = models.filter { $0.fault == nil } + typed + models.filter { $0.fault != nil }
        for model in models where !isDone(model.path, state) {
            if let fault = model.fault { state.inspections[model.path] = .failed(fault) }
        }
        state.fitQuestion = nil
        select(previous, &state)
        return inspectSelected(&state) + askFits(&state, plan)
    }

    static func inspected(
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
    static func show(_ summary: ModelSummary, _ state: inout State, selects: Bool = true) {
        if let index = state.models.firstIndex(where: { $0.path == summary.path }) {
            let name = state.models[index].name
            state.models[index] = summary
            // The name in a store is better than the path.
            state.models[index].name = name
        } else {
            state.models.append(summary)
        }
        guard selects else { return }
        if !shown(state).contains(where: { $0.path == summary.path }) {
            state.search = TextField.State()
        }
        select(summary.path, &state)
    }

    /// Puts the cursor on a path, or keeps it on an existing row.
    static func select(_ path: String?, _ state: inout State) {
        let shown = shown(state)
        let index = shown.firstIndex { $0.path == path } ?? state.list.selection
        state.list.select(index, count: shown.count)
    }

    /// Changes what is listed and keeps the cursor on its model.
    static func keepSelection(
        _ state: inout State, _ change: (inout State) -> Void
    ) -> [Effect] {
        let path = selected(state)?.path
        change(&state)
        select(path, &state)
        return inspectSelected(&state)
    }

    /// Models whose fit is asked for at once, at most.
    static let fitsMax = 300

    /// Asks which models fit, unless that is known for such a plan.
    static func askFits(_ state: inout State, _ plan: TrainingPlan) -> [Effect] {
        let question = plan.fitQuestion
        let models = state.models.filter { $0.fault == nil }
        guard question != state.fitQuestion, !models.isEmpty else { return [] }
        state.fitQuestion = question
        return [.model(.fitModels(models.prefix(fitsMax).map(\.path), question))]
    }

    static func inspectSelected(_ state: inout State) -> [Effect] {
        guard let model = selected(state) else { return [] }
        return inspect(model.path, &state)
    }

    /// Asks about a path unless the answer is known or on its way.
    static func inspect(_ path: String, _ state: inout State) -> [Effect] {
        guard state.inspections[path] == nil else { return [] }
        state.inspections[path] = .waiting
        return [.model(.inspectModel(path: path))]
    }

    static func isDone(_ path: String, _ state: State) -> Bool {
        if case .done = state.inspections[path] { true } else { false }
    }

    static func trimmed(_ text: String) -> String {
        var rest = text[...]
        while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        return String(rest)
    }
}
