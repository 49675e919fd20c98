// The sections of the parameter form, named and ordered as people know them from LLaMA-Factory's board:
// which settings each holds, which of the board's are missing here, and which sections begin folded.

import Kernel
import Panels

/// The form's sections.
enum ParamFields {
    /// Fields under one heading.
    struct Section: Sendable {
        /// The heading, in English; folding goes by it.
        let title: String
        var fields: [ParamField] = []
        /// Controls of the board that cannot be set here.
        var missing: [MissingControl] = []
        /// Whether the fields are hidden at first.
        var isFolded = false
    }

    /// All sections from top to bottom.
    static let sections =
        [
            Section(title: "Model and method", fields: model, missing: MissingControls.model),
            Section(title: "Training", fields: training, missing: MissingControls.training),
            Section(title: "LoRA", fields: lora, missing: MissingControls.lora),
            Section(title: "Freeze", fields: freeze, isFolded: true),
            Section(
                title: "Preferences (RLHF)", fields: preference,
                missing: MissingControls.preference, isFolded: true),
            Section(title: "Answers and rewards", fields: answers, isFolded: true),
            Section(
                title: "Optimizer", fields: optimizer, missing: MissingControls.optimizer,
                isFolded: true),
            Section(
                title: "Sequences", fields: sequences, missing: MissingControls.sequences,
                isFolded: true),
            Section(
                title: "Evaluation", fields: evaluation, missing: MissingControls.evaluation),
            Section(title: "Logging and saving", fields: saving, missing: MissingControls.saving),
            Section(title: "Output", fields: output, missing: MissingControls.output),
        ] + MissingControls.sections

    /// All fields in order.
    static let all = sections.flatMap(\.fields)

    /// The field of a key.
    static func named(_ key: String) -> ParamField? { all.first { $0.key == key } }

    static let needsLoRA: @Sendable (TrainingPlan) -> String? = {
        $0.tuning.method == .lora ? nil : tr("only with method lora")
    }
    static let needsAdapter: @Sendable (TrainingPlan) -> String? = {
        $0.tuning.method.trainsAdapter ? nil : tr("only with an adapter: method lora or ia3")
    }
    static let needsFreeze: @Sendable (TrainingPlan) -> String? = {
        $0.tuning.method == .freeze ? nil : tr("only with method freeze")
    }
    static let needsChats: @Sendable (TrainingPlan) -> String? = {
        $0.stage.data == .supervised ? nil : tr("only with stages sft and distill")
    }
    static let needsAnswers: @Sendable (TrainingPlan) -> String? = {
        $0.stage == .supervised ? nil : tr("only with stage sft")
    }
    static let needsTeacher: @Sendable (TrainingPlan) -> String? = {
        $0.stage == .distillation ? nil : tr("only with stage distill")
    }
    static let needsTokens: @Sendable (TrainingPlan) -> String? = {
        [.pretraining, .supervised].contains($0.stage) ? nil : tr("only with stages pt and sft")
    }
    static let needsPairs: @Sendable (TrainingPlan) -> String? = {
        $0.stage == .directPreference ? nil : tr("only with stage dpo")
    }

    static let needsMarks: @Sendable (TrainingPlan) -> String? = {
        $0.stage == .kto ? nil : tr("only with stage kto")
    }
    static let needsPreferences: @Sendable (TrainingPlan) -> String? = {
        $0.stage == .directPreference || $0.stage == .kto ? nil : tr("only with stages dpo and kto")
    }

    /// Off where no loss compares with a reference.
    static let needsReference: @Sendable (TrainingPlan) -> String? = { plan in
        plan.stage.objective(plan).usesReference ? nil : tr("this loss has no reference")
    }
    static let needsOwnReference: @Sendable (TrainingPlan) -> String? = { plan in
        needsReference(plan)
            ?? (plan.preference.referencePath == nil ? tr("only with a reference") : nil)
    }

    /// Off without a loss of pairs that reads the setting.
    static func needs(_ loss: PairLoss) -> @Sendable (TrainingPlan) -> String? {
        { plan in
            needsPairs(plan)
                ?? (plan.preference.loss == loss
                    ? nil : tr("only with loss type {1}", loss.rawValue))
        }
    }
}
