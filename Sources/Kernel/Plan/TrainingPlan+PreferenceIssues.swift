// What is wrong with the settings of preference stages, and what of them has no effect in a plan.

extension PreferenceSettings {
    /// What is wrong with them in a plan, and what of them has no effect there.
    func check(_ plan: TrainingPlan, _ found: inout PlanIssueList) {
        let (set, plain) = (self, PreferenceSettings())
        let (pairs, marks) = (TrainingStage.directPreference, TrainingStage.kto)
        let readers: [(String, Bool, Set<TrainingStage>)] = [
            ("pref_loss", set.loss != plain.loss, [pairs]),
            ("pref_beta", set.beta != plain.beta, [pairs, marks]),
            ("dpo_label_smoothing", set.labelSmoothing != plain.labelSmoothing, [pairs]),
            ("pref_ftx", set.supervisedWeight != plain.supervisedWeight, [pairs, marks]),
            ("pref_bco_weight", set.classifierWeight != plain.classifierWeight, [pairs]),
            ("simpo_gamma", set.targetMargin != plain.targetMargin, [pairs]),
            ("discopop_tau", set.modulation != plain.modulation, [pairs]),
            ("ld_alpha", set.excessWeight != plain.excessWeight, [pairs]),
            ("kto_chosen_weight", set.desirableWeight != plain.desirableWeight, [marks]),
            ("kto_rejected_weight", set.undesirableWeight != plain.undesirableWeight, [marks]),
            (
                "ref_model", set.referencePath != nil,
                [pairs, marks, .distillation, .supervised, .groupPolicy]
            ),
        ]
        for (field, isSet, stages) in readers where isSet && !stages.contains(plan.stage) {
            found.add(.note, field, "no effect: stage \(plan.stage.rawValue) does not read it.")
        }
        switch plan.stage {
        case pairs: checkPairs(&found)
        case marks:
            for (field, weight) in [
                ("kto_chosen_weight", set.desirableWeight),
                ("kto_rejected_weight", set.undesirableWeight),
            ] {
                found.require(
                    weight.isFinite && weight >= 0, field, "must be \(0) or more, is \(weight).")
            }
        default:
            if plan.stage.data == .supervised {
                checkReference(plan, &found)
            }
            return
        }
        found.require(
            set.beta.isFinite && set.beta > 0, "pref_beta", "must be above 0, is \(set.beta).")
        found.require(
            set.supervisedWeight.isFinite && set.supervisedWeight >= 0, "pref_ftx",
            "must be \(0) or more, is \(set.supervisedWeight).")
        if plan.tuning.method == .lora, plan.tuning.lora.dropout > 0 {
            found.add(
                .note, "lora_dropout",
                "no effect with stage \(plan.stage.rawValue): model and reference must be alike "
                    + "but for what was learned, and LLaMA-Factory switches dropout off as well.")
        }
        checkReference(plan, &found)
        if plan.stage.objective(plan).usesReference, set.referencePath == nil,
            !plan.model.adapters.isEmpty,
            !plan.model.createsNewAdapter
        {
            found.add(
                .note, "adapter_name_or_path",
                "the reference is the base without this adapter, as in LLaMA-Factory; "
                    + "create_new_adapter: true merges it into the reference.")
        }
    }

    private func checkReference(_ plan: TrainingPlan, _ found: inout PlanIssueList) {
        if referencePath != nil, !plan.stage.objective(plan).usesReference {
            found.add(
                .note, "ref_model",
                plan.stage == .supervised
                    ? "no effect without use_asft_loss."
                    : plan.stage == .groupPolicy
                        ? "no effect without grpo_beta."
                        : "no effect: pref_loss \(loss.rawValue) has no reference.")
        }
        let idle = [
            ("ref_model_adapters", !referenceAdapters.isEmpty),
            ("ref_model_quantization_bit", referenceQuantization != .fromFile),
        ]
        for (field, isSet) in idle where isSet && referencePath == nil {
            found.add(.note, field, "no effect without ref_model.")
        }
    }

    private func checkPairs(_ found: inout PlanIssueList) {
        let (set, plain) = (self, PreferenceSettings())
        found.require(
            (0..<0.5).contains(set.labelSmoothing), "dpo_label_smoothing",
            "must be 0 or more and below 0.5, is \(set.labelSmoothing).")
        found.require(
            set.labelSmoothing == 0 || set.loss.smoothsLabels, "dpo_label_smoothing",
            "goes with pref_loss \(Self.smoothing) only.")
        found.require(
            set.targetMargin.isFinite && set.targetMargin >= 0, "simpo_gamma",
            "must be \(0) or more, is \(set.targetMargin).")
        found.require(
            set.modulation.isFinite && set.modulation > 0, "discopop_tau",
            "must be more than \(0), is \(set.modulation).")
        found.require(
            set.excessWeight.map { (0...1).contains($0) } ?? true, "ld_alpha",
            "must be between \(0) and \(1), is \(set.excessWeight ?? 0).")
        found.require(
            set.classifierWeight.isFinite && set.classifierWeight >= 0, "pref_bco_weight",
            "must be \(0) or more, is \(set.classifierWeight).")
        if set.classifierWeight > 0, !set.loss.usesReference {
            found.add(
                .note, "pref_bco_weight",
                "no effect: pref_loss \(set.loss.rawValue) has no reference.")
        }
        let others = [
            ("simpo_gamma", set.targetMargin != plain.targetMargin, PairLoss.simpo),
            ("discopop_tau", set.modulation != plain.modulation, .discopop),
        ]
        for (field, isSet, loss) in others where isSet && set.loss != loss {
            found.add(.note, field, "no effect: it goes with pref_loss \(loss.rawValue).")
        }
    }

    /// The losses that smooth labels.
    private static var smoothing: String {
        PairLoss.allCases.filter(\.smoothsLabels).map(\.rawValue).joined(separator: ", ")
    }
}
