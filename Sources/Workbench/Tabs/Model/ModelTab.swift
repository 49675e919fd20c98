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

    /// What the wheel scrolls.
    enum WheelPane: Int { case list, detail }

    /// The first row of the details on screen, and of which model.
    struct DetailPlace: Equatable, Sendable {
        var path = ""
        var top = 0
    }

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
        /// What is searched for; typed in while `isFinding`.
        var search = TextField.State()
        var isFinding = false
        var order: ModelOrder = .place
        var isReversed = false
        /// Whether models fit, by path.
        var fits: [String: ModelFit] = [:]
        /// What the fits are about.
        var fitQuestion: TrainingPlan?
        /// A path that was chosen before its template was known.
        var awaitsTemplate: String?
        var detail = DetailPlace()
        /// Columns and rows of the details.
        var detailSize = Size(30, 18)
    }

    enum Action: Equatable, Sendable {
        /// The tab is shown.
        case opened
        /// A key without a row of its own: movement in the list, text in the field.
        case key(Key)
        case choicePressed
        case rescanPressed
        case searchPressed
        case searchAccepted
        case searchClosed
        case orderTurned
        case orderReversed
        case fitted(TrainingPlan, [String: ModelFit])
        case pathPressed
        case pathAccepted
        case pathCleared
        case pathLeft
        case completePressed
        case completed(PathAnswer)
        case found([ModelSummary])
        case inspected(path: String, Result<ModelSummary, KernelError>)
        /// The details, down when positive.
        case detailMoved(by: Int)
        /// This many rows of the list are visible, and this much of the details.
        case resized(rows: Int, detail: Size)
    }

    /// Whether typed letters are text.
    static func isTyping(_ state: State) -> Bool { state.part == .path || state.isFinding }

    static func update(
        _ state: inout State, _ action: Action, plan: inout TrainingPlan
    ) -> [Effect] {
        switch action {
        case .opened:
            return inspectSelected(&state) + askFits(&state, plan)
        case .key(let key):
            return pressed(key, &state, plan)
        case .choicePressed:
            guard let model = selected(state) else { return [] }
            return choose(model.path, &state, &plan)
        case .rescanPressed:
            state.isSearching = true
            state.inspections = state.inspections.filter { $0.value == .waiting }
            state.fitQuestion = nil
            return [.model(.findModels)] + inspectSelected(&state)
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
        case .detailMoved(let rows):
            moveDetail(by: rows, &state, plan)
            return []
        case .resized(let rows, let detail):
            state.list.visibleRows = rows
            state.detailSize = detail
            return []
        case .searchPressed:
            state.isFinding = true
            return []
        case .searchAccepted:
            state.isFinding = false
            return inspectSelected(&state)
        case .searchClosed:
            state.isFinding = false
            state.search = TextField.State()
            return keepSelection(&state) { _ in }
        case .orderTurned:
            return keepSelection(&state) { state in
                let all = ModelOrder.allCases
                let index = all.firstIndex(of: state.order) ?? 0
                state.order = all[(index + 1) % all.count]
                state.isReversed = false
            }
        case .orderReversed:
            return keepSelection(&state) { $0.isReversed.toggle() }
        case .fitted(let question, let fits):
            guard question == state.fitQuestion else { return [] }
            return keepSelection(&state) { $0.fits = fits }
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
        if state.isFinding {
            return [
                KeyBinding(.enter, tr("keep what is found"), .searchAccepted),
                KeyBinding([.escape, .control("c")], tr("show all again"), .searchClosed),
            ]
        }
        let none = shown(state).isEmpty ? tr("no model was found; type a path with e") : nil
        let page = max(1, state.detailSize.height / 2)
        return [
            KeyBinding(.enter, tr("use"), .choicePressed, disabledReason: none),
            KeyBinding(
                [.character("e"), .tab, .backtab], tr("type a path"), .pathPressed),
            KeyBinding(.character("/"), tr("search"), .searchPressed),
            KeyBinding(.character("s"), tr("sort"), .orderTurned),
            KeyBinding(
                .character("o"), tr("turn the order"), .orderReversed, isHint: false),
            KeyBinding(.character("r"), tr("look again"), .rescanPressed),
            KeyBinding(
                .character("}"), tr("details down"), .detailMoved(by: page), isHint: false),
            KeyBinding(
                .character("{"), tr("details up"), .detailMoved(by: -page), isHint: false),
        ]
            + (state.search.text.isEmpty
                ? [] : [KeyBinding(.escape, tr("show all again"), .searchClosed)])
    }

    /// The model under the cursor.
    static func selected(_ state: State) -> ModelSummary? {
        let shown = shown(state)
        return state.list.selected(of: shown.count).map { shown[$0] }
    }

    /// The path that the detail pane is about: what is typed, or what is selected.
    static func shownPath(_ state: State) -> String? {
        let typed = trimmed(state.path.text)
        if state.part == .path, !typed.isEmpty { return typed }
        return selected(state)?.path
    }
}
