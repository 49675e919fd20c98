// The plan as the form widget wants it: values, marks and findings, with what is being typed
// already checked.

import Kernel
import Panels

extension ParamsTab {
    /// All findings: texts that are no values first, then those of the plan itself.
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
                message:
                    "the model has no \(list); it has \(layers.joined(separator: ", ")).",
                severity: .error)
        ]
    }

    /// The form with the plan's values.
    static func form(_ state: State, _ plan: TrainingPlan, issues: [PlanIssue] = []) -> Form {
        let base = base(of: plan, state)
        let fields = rows(state).map { row in
            switch row {
            case .heading(let section, let ofMissing, let isOpen):
                heading(section, ofMissing, isOpen, plan, base, issues)
            case .field(let field): shown(field, state, plan, base, issues)
            case .missing(let control):
                Form.Field(
                    id: control.key, label: DisplayText(tr(control.label)), editor: .text(),
                    value: "", note: DisplayText(tr(control.reason.english)),
                    disabledReason: DisplayText(tr(control.reason.english)))
            }
        }
        return Form([Form.Section("", fields)], isFocused: state.overlay == nil)
    }

    /// The heading of a section: how much it holds while it is folded, and what is wrong inside.
    private static func heading(
        _ section: ParamFields.Section, _ ofMissing: Bool, _ isOpen: Bool, _ plan: TrainingPlan,
        _ base: TrainingPlan, _ issues: [PlanIssue]
    ) -> Form.Field {
        let title = ofMissing ? tr("not here: {1}", section.missing.count) : tr(section.title)
        var note: DisplayText = ""
        var issue: Form.Issue?
        if !isOpen, !ofMissing {
            let changed = section.fields.count { $0.value(plan) != $0.value(base) }
            note =
                section.fields.isEmpty
                ? tr("not here: {1}", section.missing.count)
                : changed == 0 ? tr("{1} fields", section.fields.count) : tr("{1} changed", changed)
            let wrong = issues.count { found in
                found.severity == .error && section.fields.contains { $0.owns(found.field) }
            }
            if wrong > 0 { issue = Form.Issue(tr("{1} to fix", wrong)) }
        }
        return Form.Field(
            id: ParamRow.fold(section, ofMissing: ofMissing), label: DisplayText(title),
            editor: .fold, value: isOpen ? "true" : "false", issue: issue,
            help: tr("Enter opens and folds, z all of them"), note: note)
    }

    private static func shown(
        _ field: ParamField, _ state: State, _ plan: TrainingPlan, _ base: TrainingPlan,
        _ issues: [PlanIssue]
    ) -> Form.Field {
        let own = issues.filter { field.owns($0.field) }
        let worst = own.first { $0.severity == .error } ?? own.first
        let reason = field.disabled(plan)
        return Form.Field(
            id: field.key, label: DisplayText(field.shownLabel), editor: field.editor,
            value: state.rejected[field.key]?.text ?? field.value(plan),
            issue: worst.map {
                Form.Issue(DisplayText(tr($0.message)), role: $0.severity.role)
            },
            help: DisplayText(tr(TrainingKeys.table.row(named: field.key)?.help ?? "")),
            note: DisplayText(reason ?? field.note(plan)),
            isModified: field.value(plan) != field.value(base),
            disabledReason: reason.map { DisplayText($0) })
    }

    /// What modified marks compare with: the preset, or the defaults with what belongs to the user.
    static func base(of plan: TrainingPlan, _ state: State) -> TrainingPlan {
        if let preset = presets(state).first(where: { $0.name == state.preset }) {
            return preset.applied(to: plan)
        }
        return TrainingPlan().keepingOwn(of: plan)
    }

    /// How many fields differ from the preset, whether they are shown or not.
    static func changedCount(_ state: State, _ plan: TrainingPlan) -> Int {
        let base = base(of: plan, state)
        return ParamFields.all.count { $0.value(plan) != $0.value(base) }
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
