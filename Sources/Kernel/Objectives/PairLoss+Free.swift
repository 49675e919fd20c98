// Losses of pairs that need no reference. β is pref_beta, γ simpo_gamma, ℓ the log probability of an answer.

import Foundation

extension MetricKey {
    static let supervisedLoss: MetricKey = "sft_loss"
    static let oddsRatioLoss: MetricKey = "odds_ratio_loss"
}

extension PairLoss {
    /// −ℓ_c − β log σ(o) per token, with the log odds ratio o = logit(e^ℓ_c) − logit(e^ℓ_r) (Hong et al. 2024, ORPO,
    /// arXiv 2403.07691).
    public static let orpo = PairLoss("orpo", usesReference: false, isPerToken: true) {
        evidence, settings in
        let (c, r) = (evidence.model.chosen, evidence.model.rejected)
        let (cLeft, rLeft) = (left(of: c), left(of: r))
        let odds = (c - log(cLeft)) - (r - log(rLeft))
        let pull = settings.beta * Logistic.sigmoid(-odds)
        return Outcome(
            loss: -c + settings.beta * Logistic.softplus(-odds),
            slope: PairSides(chosen: -1 - pull / cLeft, rejected: pull / rLeft),
            parts: [.supervisedLoss: -c, .oddsRatioLoss: Logistic.softplus(-odds)])
    }

    /// −log σ(β (ℓ_c − ℓ_r) − γ) per token, γ being simpo_gamma (Meng et al. 2024, SimPO, arXiv 2405.14734).
    public static let simpo = PairLoss(
        margin: "simpo", usesReference: false, isPerToken: true, smoothsLabels: true
    ) { margin, settings in
        smoothed(
            settings.beta * margin - settings.targetMargin, settings.beta,
            settings.labelSmoothing)
    }

    /// −log σ(β (ℓ_c − ℓ_r)) (Xu et al. 2024, CPO, arXiv 2401.08417); the paper adds the loss of the preferred answer,
    /// which is pref_ftx: 1.
    public static let cpo = PairLoss(margin: "cpo", usesReference: false, smoothsLabels: true) {
        margin, settings in
        smoothed(settings.beta * margin, settings.beta, settings.labelSmoothing)
    }

    /// 1 − e^ℓ, kept above zero where an answer is certain.
    private static func left(of logProbability: Double) -> Double {
        max(-expm1(logProbability), 1e-12)
    }
}
