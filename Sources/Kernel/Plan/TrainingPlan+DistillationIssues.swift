// What is wrong with the settings of distillation, and what of them has no effect in a plan.

extension DistillationSettings {
    /// What is wrong with them in a plan, and what of them has no effect there.
    func check(_ plan: TrainingPlan, _ found: inout PlanIssueList) {
        let (set, plain) = (self, DistillationSettings())
        guard plan.stage == .distillation else {
            for (field, isSet) in [
                ("distill_weight", set.weight != plain.weight),
                ("distill_beta", set.interpolation != plain.interpolation),
                ("distill_temperature", set.temperature != plain.temperature),
            ] where isSet {
                found.add(.note, field, "no effect: stage \(plan.stage.rawValue) does not read it.")
            }
            return
        }
        found.require(
            (0...1).contains(set.weight), "distill_weight",
            "must be between \(0) and \(1), is \(set.weight).")
        found.require(
            (0...1).contains(set.interpolation), "distill_beta",
            "must be between \(0) and \(1), is \(set.interpolation).")
        found.require(
            set.temperature.isFinite && set.temperature > 0, "distill_temperature",
            "must be more than \(0), is \(set.temperature).")
        found.require(
            plan.preference.referencePath != nil, "ref_model",
            "stage distill learns from it: name the teacher, a model with the same tokenizer.")
    }
}
