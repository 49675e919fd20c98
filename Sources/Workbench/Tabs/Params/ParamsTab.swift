// The plan as a form: every edit goes into the shared plan at once or stays marked with its reason.
// It keeps a history for undo, folds sections, and searches. It reads and writes no file.

import Kernel
import Panels

/// The tab that edits the training plan.
enum ParamsTab {
    /// A plan before and after an edit.
    struct Edit: Equatable, Sendable {
        let before: TrainingPlan
        let after: TrainingPlan
    }

    struct State: Equatable, Sendable {
        var form = FormState()
        var overlay: ParamsOverlay?
        /// What is searched for; then only what fits is shown.
        var search: TextField.State?
        /// Headings whose rows are hidden.
        var folded = ParamRow.foldedAtFirst
        /// The preset that modified marks compare with.
        var preset: String?
        /// The user's presets, as far as they were read.
        var own = PresetListing()
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
        /// The plan that the file of that path holds.
        var saved: TrainingPlan?
        /// Columns and rows of the tab.
        var size = Size(80, 21)
    }

    /// A text that is not a value.
    struct Rejection: Equatable, Sendable {
        let text: String
        let message: Sentence
    }

    enum Action: Equatable, Sendable {
        /// The tab is shown, or the plan changed elsewhere.
        case planChanged
        /// The records of the plan's data are known now.
        case dataCounted
        case key(Key)
        case standardPressed
        case undoPressed
        case redoPressed
        case presetsPressed
        case presetChosen
        case presetKeepPressed
        case presetNamed
        case presetDeletePressed
        case savePressed
        case saveAccepted
        case loadPressed
        case loadAccepted
        case planTaken
        case commandPressed
        case commandCopied
        case yamlCopied
        case completePressed
        case linesPressed
        case linesAccepted
        case overlayClosed
        case searchPressed
        case searchAccepted
        case searchClosed
        /// Opens every section, or folds those that are rare.
        case foldsTurned
        case fieldAsked(key: String)
        case layersKnown([String])
        case estimated(TrainingPlan, Result<PlanEstimate, KernelError>)
        case presetsListed(PresetListing)
        case planRead(path: String, Result<PlanReading<TrainingPlan>, KernelError>)
        case planSaved(path: String, TrainingPlan)
        case completed(PathAnswer)
        case fitted(Size)
    }

    /// Whether typed letters are text.
    static func isTyping(_ state: State) -> Bool {
        switch state.overlay {
        case .saving, .loading, .naming, .lines: true
        case .presets, .findings, .command: false
        case nil: state.form.isEditing || state.search != nil
        }
    }

    static func update(
        _ state: inout State, _ action: Action, plan: inout TrainingPlan
    ) -> [Effect] {
        switch action {
        case .planChanged: return estimate(&state, plan)
        case .dataCounted:
            state.estimated = nil
            return estimate(&state, plan)
        case .key(let key): pressed(key, &state, &plan)
        case .standardPressed:
            if let field = selectedField(state) { take("", for: field, &state, &plan) }
        case .undoPressed: undo(&state, &plan)
        case .redoPressed: redo(&state, &plan)
        case .searchPressed: search(TextField.State(), &state)
        case .searchAccepted: acceptSearch(&state)
        case .searchClosed: closeSearch(&state)
        case .foldsTurned: turnFolds(&state)
        case .fieldAsked(let key):
            state.overlay = nil
            state.search = nil
            show(key, &state)
        case .layersKnown(let layers): state.layers = layers
        case .estimated(let asked, let result):
            if asked == state.estimated { state.estimate = DatasetTab.Answer(result) }
        case .fitted(let size):
            state.size = size
            state.overlay?.fit(to: size)
        case .presetsPressed, .presetChosen, .presetKeepPressed, .presetNamed,
            .presetDeletePressed, .savePressed, .saveAccepted, .loadPressed, .loadAccepted,
            .planTaken, .commandPressed, .commandCopied, .yamlCopied, .completePressed,
            .linesPressed, .linesAccepted, .overlayClosed, .presetsListed, .planRead, .planSaved,
            .completed:
            return overlaid(action, &state, &plan)
        }
        return []
    }

    // MARK: - Editing

    private static func pressed(_ key: Key, _ state: inout State, _ plan: inout TrainingPlan) {
        if state.overlay != nil {
            state.overlay?.handle(key, state.own)
            return
        }
        if var field = state.search, !state.form.isEditing {
            if field.handle(key) {
                search(field, &state)
                return
            }
        }
        let fields = form(state, plan).fields
        guard case .changed(let id, let value) = state.form.handle(key, fields: fields) else {
            return
        }
        if let field = ParamFields.named(id) {
            take(value, for: field, &state, &plan)
        } else {
            if value == "true" { state.folded.remove(id) } else { state.folded.insert(id) }
        }
    }

    /// Puts text into the plan, or keeps it with the reason why it is no value.
    static func take(
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

    // MARK: - History

    private static let editsMax = 200

    static func record(
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

    /// The program gave the plan another folder: the edits before it can still be taken back.
    static func moveFolder(from old: String, to new: String, _ state: inout State) {
        func moved(_ plan: TrainingPlan) -> TrainingPlan {
            var plan = plan
            if plan.output.folder == old { plan.output.folder = new }
            return plan
        }
        func moved(_ edit: Edit) -> Edit {
            Edit(before: moved(edit.before), after: moved(edit.after))
        }
        (state.done, state.undone) = (state.done.map(moved), state.undone.map(moved))
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
        return [.params(.estimate(plan))]
    }
}
