// Losses of preference pairs as rows: each a function of the log probabilities of a pair's answers, with its derivatives.
// A loss knows no batch and no model.

import Foundation

/// A number of each of the two answers of a pair.
struct PairSides: Equatable {
    var chosen: Double
    var rejected: Double

    static func - (a: PairSides, b: PairSides) -> PairSides {
        PairSides(chosen: a.chosen - b.chosen, rejected: a.rejected - b.rejected)
    }

    /// How much larger the number of the preferred answer is.
    var margin: Double { chosen - rejected }
}

/// One loss of preference pairs.
public struct PairLoss: Sendable, RawRepresentable, CaseIterable, Codable, Hashable {
    /// Log probabilities of the answers in nats: sums over their tokens, or means where the loss counts per token.
    struct Evidence {
        /// ℓπ, of the model that trains.
        var model: PairSides
        /// ℓρ, of the model before training; zero where the loss has no reference.
        var reference = PairSides(chosen: 0, rejected: 0)
        /// δ, the mean reward of both answers over the run so far, this batch included.
        var baseline = 0.0

        /// ℓπ − ℓρ.
        var gain: PairSides { model - reference }
    }

    /// What a loss makes of a pair.
    struct Outcome: Equatable {
        var loss: Double
        /// The derivatives by ℓπ of both answers.
        var slope: PairSides
        /// Parts of the loss that are logged beside it.
        var parts: [MetricKey: Double] = [:]

        /// (this + w · other) / (1 + w), the parts as they are.
        mutating func mix(_ other: Outcome, weight: Double) {
            func mixed(_ own: Double, _ other: Double) -> Double {
                (own + weight * other) / (1 + weight)
            }
            loss = mixed(loss, other.loss)
            slope = PairSides(
                chosen: mixed(slope.chosen, other.slope.chosen),
                rejected: mixed(slope.rejected, other.slope.rejected))
        }
    }

    typealias Function = @Sendable (Evidence, PreferenceSettings) -> Outcome

    /// Its name in plans and settings files (`pref_loss`): LLaMA-Factory's, or TRL's where that has no such loss.
    public let rawValue: String
    /// Whether the model as it was before training takes part.
    let usesReference: Bool
    /// Whether log probabilities are means over an answer's tokens instead of sums.
    let isPerToken: Bool
    /// Whether `dpo_label_smoothing` belongs to it.
    let smoothsLabels: Bool
    /// Whether rewards are seen from their mean over the run so far.
    let usesBaseline: Bool
    let value: Function

    /// All of them; the first is the default.
    public static let allCases: [PairLoss] = [
        .sigmoid, .hinge, .ipo, .orpo, .simpo, .cpo, .robust, .exo, .nca, .sppo, .apoZero,
        .apoDown, .discopop, .bco,
    ]

    /// Losses of LLaMA-Factory that this version does not have.
    public static let missing = ["kto_pair"]

    /// The one of a name; nil for others.
    public init?(rawValue: String) {
        guard let loss = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = loss
    }

    init(
        _ name: String, usesReference: Bool = true, isPerToken: Bool = false,
        smoothsLabels: Bool = false, usesBaseline: Bool = false, value: @escaping Function
    ) {
        (rawValue, self.usesReference, self.isPerToken) = (name, usesReference, isPerToken)
        (self.smoothsLabels, self.usesBaseline, self.value) = (smoothsLabels, usesBaseline, value)
    }

    /// A loss of the margin h = (ℓπ_c − ℓρ_c) − (ℓπ_r − ℓρ_r) alone, with its derivative by h.
    init(
        margin name: String, usesReference: Bool = true, isPerToken: Bool = false,
        smoothsLabels: Bool = false,
        value: @escaping @Sendable (Double, PreferenceSettings) -> (loss: Double, slope: Double)
    ) {
        self.init(
            name, usesReference: usesReference, isPerToken: isPerToken,
            smoothsLabels: smoothsLabels
        ) { evidence, settings in
            let (loss, slope) = value(evidence.gain.margin, settings)
            return Outcome(loss: loss, slope: PairSides(chosen: slope, rejected: -slope))
        }
    }

    public static func == (a: PairLoss, b: PairLoss) -> Bool { a.rawValue == b.rawValue }
    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

/// Functions of the losses' formulas, without overflow.
enum Logistic {
    /// log(1 + eˣ) = −log σ(−x).
    static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

    /// σ(x) = 1 / (1 + e⁻ˣ).
    static func sigmoid(_ x: Double) -> Double {
        x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
    }
}
