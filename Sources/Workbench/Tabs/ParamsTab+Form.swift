// The plan as the form widget wants it: values, marks and findings, with what is being typed
// already checked; and the rows of keys.

import Kernel
import Panels

extension ParamsTab {
    /// All findings: texts that are no values first, then what the plan says about itself.
    ///
    /// What is being typed counts as if it were accepted, so that a mistake shows while it is made.
    static func issues(_ state: State, _ plan: TrainingPlan) -> [PlanIssue] {
        var drafted = plan
        var found: [PlanIssue] = []
        var texts = state.rejected.mapValues(\.text)
        if let draft = state.form.draft, let field = selectedField(state) {
            texts[field.key] = draft.text
        }
        for field in ParamFields.all {
            guard let text = texts[field.key] else { continue }
            found += field.set(text, &drafted).filter { $0.severity == .error }
        }
        let rejected = Set(found.map(\.field))
        return found + drafted.issues().filter { !rejected.contains($0.field) }
            + unknownTargets(drafted, state.layers)
    }

    /// Targets that the chosen model does not have.
    private static func unknownTargets(_ plan: TrainingPlan, _ layers: [String]) -> [PlanIssue] {
        guard plan.tuning.method == .lora, !layers.isEmpty else { return [] }
        let unknown = plan.tuning.lora.targets.filter { target in
            !layers.contains { $0 == target || target.hasSuffix("." + $0) }
        }
        guard !unknown.isEmpty else { return [] }
        let list = unknown.joined(separator: ", ")
        return [
            PlanIssue(
                field: "lora_target",
                message: tr(
                    "the model has no {1}; it has {2}.", list, layers.joined(separator: ", ")),
                severity: .error)
        ]
    }

    /// The form with the plan's values.
    static func form(_ state: State, _ plan: TrainingPlan, issues: [PlanIssue] = []) -> Form {
        let base = base(of: plan, preset: state.preset)
        return Form(
            ParamFields.sections.map { section in
                Form.Section(
                    DisplayText(tr(section.title)),
                    section.fields.map { field in
                        let own = issues.filter { field.owns($0.field) }
                        let worst = own.first { $0.severity == .error } ?? own.first
                        let reason = field.disabled(plan)
                        return Form.Field(
                            id: field.key, label: DisplayText(field.shownLabel),
                            editor: field.editor,
                            value: state.rejected[field.key]?.text ?? field.value(plan),
                            issue: worst.map {
                                Form.Issue(DisplayText(trFound($0.message)), role: $0.severity.role)
                            },
                            help: DisplayText(
                                tr(TrainingKeys.table.row(named: field.key)?.help ?? "")),
                            note: DisplayText(reason ?? field.note(plan)),
                            isModified: field.value(plan) != field.value(base),
                            disabledReason: reason.map { DisplayText($0) })
                    })
            }, isFocused: state.overlay == nil)
    }

    /// What modified marks compare with: the preset, or the defaults with what belongs to the user.
    private static func base(of plan: TrainingPlan, preset: String?) -> TrainingPlan {
        if let preset = preset.flatMap(Preset.named) { return preset.applied(to: plan) }
        var base = TrainingPlan()
        base.encoding.template = plan.encoding.template
        base.output = plan.output
        return base
    }

    /// The rows of keys that work here now.
    static func keys(_ state: State, plan: TrainingPlan) -> [KeyBinding<Action>] {
        switch state.overlay {
        case .presets:
            return [
                KeyBinding(.enter, tr("take this preset"), .presetChosen),
                KeyBinding(
                    [.escape, .character("q"), .control("c"), .character("p")], tr("close"),
                    .overlayClosed),
            ]
        case .saving:
            return [
                KeyBinding(.enter, tr("save"), .saveAccepted),
                KeyBinding([.escape, .control("c")], tr("close"), .overlayClosed),
            ]
        case nil: break
        }
        if state.form.isEditing {
            return [
                KeyBinding(.enter, tr("accept"), .key(.enter)),
                KeyBinding(.tab, tr("accept, next field"), .key(.tab)),
                KeyBinding(.escape, tr("give up"), .key(.escape)),
            ]
        }
        let canUndo = state.done.last.map { $0.after == plan } ?? false
        let canRedo = state.undone.last.map { $0.before == plan } ?? false
        return [
            KeyBinding(.enter, tr("edit"), .key(.enter)),
            KeyBinding([.left, .character("h")], tr("less"), .key(.left), isHint: false),
            KeyBinding(
                [.right, .character("l")], tr("more, next choice"), .key(.right), isHint: false),
            KeyBinding(.character("d"), tr("default"), .standardPressed),
            KeyBinding(.character("p"), tr("presets"), .presetsPressed),
            KeyBinding(.character("s"), tr("save as YAML"), .savePressed),
            KeyBinding(
                .character("u"), tr("undo"), .undoPressed,
                disabledReason: canUndo ? nil : tr("nothing to undo")),
            KeyBinding(
                .control("r"), tr("redo"), .redoPressed,
                disabledReason: canRedo ? nil : tr("nothing to redo"), isHint: false),
        ]
    }
}

extension PlanIssue.Severity {
    /// How a finding of this severity looks.
    var role: Role {
        switch self {
        case .error: .error
        case .warning: .warning
        case .note: .dim
        }
    }
}
