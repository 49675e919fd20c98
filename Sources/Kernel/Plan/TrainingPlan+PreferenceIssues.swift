// What is wrong with the settings of preference stages, and what of them has no effect in a plan.

extension PreferenceSettings {
    /// What is wrong with them in a plan, and what of them has no effect there.
    func check(_ plan: TrainingPlan, _ found: inout PlanIssueList) {
        let (set, plain) = (self, PreferenceSettings())
        guard plan.stage.data == .preference else {
            let idle = [
                ("pref_loss", set.loss != plain.loss), ("pref_beta", set.beta != plain.beta),
                ("dpo_label_smoothing", set.labelSmoothing != plain.labelSmoothing),
                ("pref_ftx", set.supervisedWeight != plain.supervisedWeight),
            ]
            for (field, isSet) in idle where isSet {
                found.add(.note, field, "no effect: it belongs to stage dpo.")
            }
            return
        }
        found.require(
            set.beta.isFinite && set.beta > 0, "pref_beta", "must be above 0, is \(set.beta).")
        found.require(
            (0..<0.5).contains(set.labelSmoothing), "dpo_label_smoothing",
            "must be 0 or more and below 0.5, is \(set.labelSmoothing).")
        found.require(
            set.supervisedWeight.isFinite && set.supervisedWeight >= 0, "pref_ftx",
            "must be \(0) or more, is \(set.supervisedWeight).")
        found.require(
            set.labelSmoothing == 0 || set.loss == .sigmoid, "dpo_label_smoothing",
            "goes with pref_loss sigmoid only.")
        if plan.tuning.method == .lora, plan.tuning.lora.dropout > 0 {
            found.add(
                .note, "lora_dropout",
                "no effect with stage dpo: both models must say the same of a pair, and "
                    + "LLaMA-Factory switches dropout off as well.")
        }
        if !plan.model.adapters.isEmpty, !plan.model.createsNewAdapter {
            found.add(
                .note, "adapter_name_or_path",
                "the reference is the base without this adapter, as in LLaMA-Factory; "
                    + "create_new_adapter: true merges it into the reference.")
        }
    }
}
