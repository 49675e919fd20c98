// The settings of preference stages, and their losses as rows: a kind of loss is a function of a pair's margin.

import Foundation

/// Settings of preference stages.
public struct PreferenceSettings: Sendable, Equatable, Codable {
    /// The kind of loss (`pref_loss`, sigmoid).
    public var loss = PairLoss.sigmoid
    /// How closely the model stays to the reference (`pref_beta`, 0.1).
    public var beta = 0.1
    /// The chance that a pair is labelled the wrong way round (`dpo_label_smoothing`, 0).
    public var labelSmoothing = 0.0
    /// How much of the mean token loss of the preferred answer is added (`pref_ftx`, 0).
    public var supervisedWeight = 0.0

    public init() {}
}

/// One loss of preference pairs.
public struct PairLoss: Sendable, RawRepresentable, CaseIterable, Codable, Hashable {
    /// Its name in plans and settings files, as in LLaMA-Factory (`pref_loss`).
    public let rawValue: String
    /// Loss and its derivative by the margin: how much likelier than in the reference the preferred answer became,
    /// less the same of the rejected one, in nats.
    let value: @Sendable (_ margin: Double, PreferenceSettings) -> (loss: Double, slope: Double)

    /// All of them; the first is the default.
    public static let allCases: [PairLoss] = [.sigmoid, .hinge]

    /// Losses of LLaMA-Factory that this version does not have.
    public static let missing = ["ipo", "kto_pair", "orpo", "simpo"]

    /// The one of a name; nil for others.
    public init?(rawValue: String) {
        guard let loss = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = loss
    }

    init(
        _ name: String,
        value: @escaping @Sendable (Double, PreferenceSettings) -> (loss: Double, slope: Double)
    ) {
        (rawValue, self.value) = (name, value)
    }

    /// −log σ(βh) (Rafailov et al. 2023, arXiv 2305.18290), with smoothed labels −(1 − ε) log σ(βh) − ε log σ(−βh)
    /// (Mitchell 2023, cDPO).
    public static let sigmoid = PairLoss("sigmoid") { margin, settings in
        let (z, smoothing) = (settings.beta * margin, settings.labelSmoothing)
        return (
            (1 - smoothing) * softplus(-z) + smoothing * softplus(z),
            settings.beta * (smoothing * logistic(z) - (1 - smoothing) * logistic(-z))
        )
    }

    /// max(0, 1 − βh) (Zhao et al. 2023, SLiC-HF, arXiv 2305.10425).
    public static let hinge = PairLoss("hinge") { margin, settings in
        let left = 1 - settings.beta * margin
        return left > 0 ? (left, -settings.beta) : (0, 0)
    }

    public static func == (a: PairLoss, b: PairLoss) -> Bool { a.rawValue == b.rawValue }
    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }

    /// log(1 + eˣ), without overflow.
    private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

    /// 1 / (1 + e⁻ˣ), without overflow.
    private static func logistic(_ x: Double) -> Double {
        x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
    }
}
