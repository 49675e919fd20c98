// What is wrong with the settings of token losses, and what of them has no effect in a plan.

extension TokenLossSettings {
    /// What is wrong with them in a plan, and what of them has no effect there.
    func check(_ plan: TrainingPlan, _ found: inout PlanIssueList) {
        let (set, plain) = (self, TokenLossSettings())
        found.require(
            (0..<1).contains(set.labelSmoothing), "label_smoothing_factor",
            "must be at least \(0) and less than \(1), is \(set.labelSmoothing).")
        found.require(
            set.entropyPower.isFinite && set.entropyPower >= 0, "eaft_alpha",
            "must be \(0) or more, is \(set.entropyPower).")
        let idle = [
            (
                "label_smoothing_factor", set.labelSmoothing != 0,
                [.pretraining, .supervised].contains(plan.stage)
            ),
            ("use_dft_loss", set.weighsByProbability, plan.stage == .supervised),
            ("use_eaft_loss", set.weighsByEntropy, plan.stage == .supervised),
            ("use_asft_loss", set.isAnchored, plan.stage == .supervised),
        ]
        for (field, isSet, belongs) in idle where isSet && !belongs {
            found.add(
                .error, field, "no loss of stage \(plan.stage.rawValue) reads it; leave it out.")
        }
        found.require(
            !(set.weighsByProbability && set.weighsByEntropy), "use_eaft_loss",
            "contradicts use_dft_loss; choose one.")
        found.require(
            !(set.isAnchored && (set.weighsByProbability || set.weighsByEntropy)), "use_asft_loss",
            "contradicts use_dft_loss and use_eaft_loss; choose one.")
        found.require(
            set.anchorWeight.isFinite && set.anchorWeight >= 0, "asft_alpha",
            "must be \(0) or more, is \(set.anchorWeight).")
        if set.anchorWeight != plain.anchorWeight, !set.isAnchored {
            found.add(.note, "asft_alpha", "no effect: it goes with use_asft_loss.")
        }
        found.require(
            set.labelSmoothing == 0 || set.weight == nil, "label_smoothing_factor",
            "goes without use_dft_loss, use_eaft_loss and use_asft_loss only.")
        if set.entropyPower != plain.entropyPower, !set.weighsByEntropy {
            found.add(.note, "eaft_alpha", "no effect: it goes with use_eaft_loss.")
        }
    }
}
