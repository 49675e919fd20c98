// Losses of pairs against a reference. β is pref_beta, ε dpo_label_smoothing, h the margin of gains, r = β (ℓπ − ℓρ) the
// reward of an answer, σ the logistic function.

import Foundation

extension PairLoss {
    /// −log σ(βh) (Rafailov et al. 2023, arXiv 2305.18290), with smoothed labels −(1 − ε) log σ(βh) − ε log σ(−βh)
    /// (Mitchell 2023, cDPO).
    public static let sigmoid = PairLoss(margin: "sigmoid", smoothsLabels: true) {
        margin, settings in
        smoothed(settings.beta * margin, settings.beta, settings.labelSmoothing)
    }

    /// max(0, 1 − βh) (Zhao et al. 2023, SLiC-HF, arXiv 2305.10425).
    public static let hinge = PairLoss(margin: "hinge") { margin, settings in
        let left = 1 - settings.beta * margin
        return left > 0 ? (left, -settings.beta) : (0, 0)
    }

    /// (h − 1/(2β))² per token (Azar et al. 2023, IPO, arXiv 2310.12036).
    public static let ipo = PairLoss(margin: "ipo", isPerToken: true) { margin, settings in
        let distance = margin - 1 / (2 * settings.beta)
        return (distance * distance, 2 * distance)
    }

    /// (−(1 − ε) log σ(βh) + ε log σ(−βh)) / (1 − 2ε): unbiased under labels that are wrong with the chance ε
    /// (Chowdhury et al. 2024, arXiv 2403.00409).
    public static let robust = PairLoss(margin: "robust", smoothsLabels: true) {
        margin, settings in
        let (z, noise) = (settings.beta * margin, settings.labelSmoothing)
        let loss = (1 - noise) * Logistic.softplus(-z) - noise * Logistic.softplus(z)
        let slope = -(1 - noise) * Logistic.sigmoid(-z) - noise * Logistic.sigmoid(z)
        return (loss / (1 - 2 * noise), settings.beta * slope / (1 - 2 * noise))
    }

    /// The reverse KL divergence of σ(βh) from the smoothed label, ε at least 0.001 (Ji et al. 2024, EXO,
    /// arXiv 2402.00856).
    public static let exo = PairLoss(margin: "exo_pair", smoothsLabels: true) { margin, settings in
        let z = settings.beta * margin
        let noise = settings.labelSmoothing == 0 ? 1e-3 : settings.labelSmoothing
        let (right, wrong) = (Logistic.sigmoid(z), Logistic.sigmoid(-z))
        let above = -Logistic.softplus(-z) - log1p(-noise)
        let below = -Logistic.softplus(z) - log(noise)
        return (right * above + wrong * below, settings.beta * right * wrong * (above - below))
    }

    /// −log σ(r_c) − ½ log σ(−r_c) − ½ log σ(−r_r) (Chen et al. 2024, NCA, arXiv 2402.05369).
    public static let nca = PairLoss("nca_pair") { evidence, settings in
        let beta = settings.beta
        let (c, r) = (beta * evidence.gain.chosen, beta * evidence.gain.rejected)
        return Outcome(
            loss: Logistic.softplus(-c) + (Logistic.softplus(c) + Logistic.softplus(r)) / 2,
            slope: PairSides(
                chosen: beta * (Logistic.sigmoid(c) / 2 - Logistic.sigmoid(-c)),
                rejected: beta * Logistic.sigmoid(r) / 2))
    }

    /// (g_c − 1/(2β))² + (g_r + 1/(2β))² of the gains g, hard labels (Wu et al. 2024, SPPO, arXiv 2405.00675).
    public static let sppo = PairLoss("sppo_hard") { evidence, settings in
        let half = 1 / (2 * settings.beta)
        let (c, r) = (evidence.gain.chosen - half, evidence.gain.rejected + half)
        return Outcome(loss: c * c + r * r, slope: PairSides(chosen: 2 * c, rejected: 2 * r))
    }

    /// 1 − σ(r_c) + σ(r_r): good answers become likelier, bad ones less likely (D'Oosterlinck et al. 2024, APO,
    /// arXiv 2408.06266).
    public static let apoZero = PairLoss("apo_zero") { evidence, settings in
        let beta = settings.beta
        let (c, r) = (beta * evidence.gain.chosen, beta * evidence.gain.rejected)
        return Outcome(
            loss: Logistic.sigmoid(-c) + Logistic.sigmoid(r),
            slope: PairSides(chosen: -beta * steepness(c), rejected: beta * steepness(r)))
    }

    /// σ(r_c) + 1 − σ(βh): both become less likely, the rejected one more so (D'Oosterlinck et al. 2024, APO).
    public static let apoDown = PairLoss("apo_down") { evidence, settings in
        let beta = settings.beta
        let (c, z) = (beta * evidence.gain.chosen, beta * evidence.gain.margin)
        return Outcome(
            loss: Logistic.sigmoid(c) + Logistic.sigmoid(-z),
            slope: PairSides(
                chosen: beta * (steepness(c) - steepness(z)), rejected: beta * steepness(z)))
    }

    /// (1 − m) · −log σ(βh) + m · e^−βh with m = σ(βh / τ), τ discopop_tau (Lu et al. 2024, DiscoPOP, arXiv 2406.08414).
    public static let discopop = PairLoss(margin: "discopop") { margin, settings in
        let (z, tau) = (settings.beta * margin, settings.modulation)
        let mix = Logistic.sigmoid(z / tau)
        let (logistic, exponential) = (Logistic.softplus(-z), exp(-z))
        let slope =
            -(1 - mix) * Logistic.sigmoid(-z) - mix * exponential
            + (exponential - logistic) * mix * (1 - mix) / tau
        return (logistic * (1 - mix) + exponential * mix, settings.beta * slope)
    }

    /// −log σ(r_c − δ) − log σ(−(r_r − δ)), δ being the mean of all rewards so far (Jung et al. 2024, BCO,
    /// arXiv 2404.04656).
    public static let bco = PairLoss("bco_pair", usesBaseline: true) { evidence, settings in
        let c = settings.beta * evidence.gain.chosen - evidence.baseline
        let r = settings.beta * evidence.gain.rejected - evidence.baseline
        return Outcome(
            loss: Logistic.softplus(-c) + Logistic.softplus(r),
            slope: PairSides(
                chosen: -settings.beta * Logistic.sigmoid(-c),
                rejected: settings.beta * Logistic.sigmoid(r)))
    }

    /// −(1 − ε) log σ(z) − ε log σ(−z) and its derivative by what z is `scale` times of.
    static func smoothed(
        _ z: Double, _ scale: Double, _ noise: Double
    ) -> (loss: Double, slope: Double) {
        (
            (1 - noise) * Logistic.softplus(-z) + noise * Logistic.softplus(z),
            scale * (noise * Logistic.sigmoid(z) - (1 - noise) * Logistic.sigmoid(-z))
        )
    }

    /// σ'(x).
    private static func steepness(_ x: Double) -> Double {
        Logistic.sigmoid(x) * Logistic.sigmoid(-x)
    }
}
