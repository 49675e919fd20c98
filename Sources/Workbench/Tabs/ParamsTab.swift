// The plan as a form: every edit goes into the shared plan at once or stays marked with its reason.
// It keeps a history for undo, offers presets, and asks where to save. It writes no file.

import Kernel
import Panels

/// The tab that edits the training plan.
enum ParamsTab {
    /// What lies over the form.
    enum Overlay: Equatable, Sendable {
        case presets(ListState)
        /// Where to save; the text is the path.
        case saving(TextField.State)
    }

    /// A plan before and after an edit.
    struct Edit: Equatable, Sendable {
        let before: TrainingPlan
        let after: TrainingPlan
    }

    struct State: Equatable, Sendable {
        var form = FormState()
        var overlay: Overlay?
        /// The preset that modified marks compare with.
        var preset: String?
        /// Typed texts that no value could be made of, by key.
        var rejected: [String: Rejection] = [:]
        var undone: [Edit] = []
        var done: [Edit] = []
        /// Names of projections that the chosen model has; empty while unknown.
        var layers: [String] = []
        var estimate: DatasetTab.Answer<PlanEstimate> = .none
        /// The plan that the estimate is about.
        var estimated: TrainingPlan?
        var savedPath = "plan.yaml"
    }

    /// A text that is not a value.
    struct Rejection: Equatable, Sendable {
        let text: String
        let message: String
    }

    enum Action: Equatable, Sendable {
        /// The tab is shown, or the plan changed elsewhere.
        case planChanged
        case key(Key)
        case standardPressed
        case undoPressed
        case redoPressed
        case presetsPressed
        case presetChosen
        case savePressed
        case saveAccepted
        case overlayClosed
        case fieldAsked(key: String)
        case layersKnown([String])
        case estimated(TrainingPlan, Result<PlanEstimate, KernelError>)
    }

    /// Whether typed letters are text.
    static func isTyping(_ state: State) -> Bool {
        if case .saving = state.overlay { return true }
        return state.overlay == nil && state.form.isEditing
    }

    static func update(
        _ state: inout State, _ action: Action, plan: inout TrainingPlan
    ) -> [Effect] {
        switch action {
        case .planChanged: return estimate(&state, plan)
        case .key(let key): pressed(key, &state, &plan)
        case .standardPressed:
            if let field = selectedField(state) { take("", for: field, &state, &plan) }
        case .undoPressed: undo(&state, &plan)
        case .redoPressed: redo(&state, &plan)
        case .presetsPressed:
            let index = Preset.all.firstIndex { $0.name == state.preset } ?? 0
            state.overlay = .presets(ListState(selection: index))
        case .presetChosen: applyPreset(&state, &plan)
        case .savePressed: state.overlay = .saving(TextField.State(text: state.savedPath))
        case .saveAccepted:
            guard case .saving(let field) = state.overlay, !field.text.isEmpty else { return [] }
            state.savedPath = field.text
            state.overlay = nil
            return [.savePlan(plan, path: field.text)]
        case .overlayClosed: state.overlay = nil
        case .fieldAsked(let key):
            state.overlay = nil
            if let index = ParamFields.all.firstIndex(where: { $0.owns(key) }) {
                state.form.select(index, count: ParamFields.all.count)
            }
        case .layersKnown(let layers): state.layers = layers
        case .estimated(let asked, let result):
            if asked == state.estimated { state.estimate = DatasetTab.Answer(result) }
        }
        return []
    }

    // MARK: - Editing

    private static func pressed(_ key: Key, _ state: inout State, _ plan: inout TrainingPlan) {
        switch state.overlay {
        case .presets(var list):
            if list.handle(key, count: Preset.all.count) { state.overlay = .presets(list) }
            return
        case .saving(var field):
            if field.handle(key) { state.overlay = .saving(field) }
            return
        case nil: break
        }
        let fields = form(state, plan).fields
        if case .changed(let id, let value) = state.form.handle(key, fields: fields),
            let field = ParamFields.named(id)
        {
            take(value, for: field, &state, &plan)
        }
    }

    /// Puts text into the plan, or keeps it with the reason why it is no value.
    private static func take(
        _ text: String, for field: ParamField, _ state: inout State, _ plan: inout TrainingPlan
    ) {
        var changed = plan
        let problems = field.set(text, &changed).filter { $0.severity == .error }
        if let problem = problems.first {
            state.rejected[field.key] = Rejection(text: text, message: problem.message)
            return
        }
        state.rejected[field.key] = nil
        record(changed, &state, &plan)
    }

    private static func applyPreset(_ state: inout State, _ plan: inout TrainingPlan) {
        guard case .presets(let list) = state.overlay,
            let index = list.selected(of: Preset.all.count)
        else { return }
        let preset = Preset.all[index]
        state.overlay = nil
        state.preset = preset.name
        state.rejected = [:]
        record(preset.applied(to: plan), &state, &plan)
    }

    // MARK: - History

    private static let editsMax = 200

    private static func record(
        _ changed: TrainingPlan, _ state: inout State, _ plan: inout TrainingPlan
    ) {
        guard changed != plan else { return }
        // Other tabs change the plan too; edits from before that cannot be taken back alone.
        if state.done.last?.after != plan { state.done = [] }
        state.done.append(Edit(before: plan, after: changed))
        if state.done.count > editsMax { state.done.removeFirst() }
        state.undone = []
        plan = changed
    }

    private static func undo(_ state: inout State, _ plan: inout TrainingPlan) {
        guard let edit = state.done.last, edit.after == plan else { return }
        state.done.removeLast()
        state.undone.append(edit)
        plan = edit.before
    }

    private static func redo(_ state: inout State, _ plan: inout TrainingPlan) {
        guard let edit = state.undone.last, edit.before == plan else { return }
        state.undone.removeLast()
        state.done.append(edit)
        plan = edit.after
    }

    // MARK: - Estimating

    /// Asks what the plan takes, unless it is asked already or the plan cannot run.
    private static func estimate(_ state: inout State, _ plan: TrainingPlan) -> [Effect] {
        guard !plan.issues().containsErrors else {
            (state.estimate, state.estimated) = (.none, nil)
            return []
        }
        guard plan != state.estimated else { return [] }
        state.estimated = plan
        state.estimate = .waiting
        return [.estimate(plan)]
    }

    /// The field under the cursor.
    static func selectedField(_ state: State) -> ParamField? {
        let all = ParamFields.all
        return all.indices.contains(state.form.selection) ? all[state.form.selection] : nil
    }
}
