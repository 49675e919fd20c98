// How a model stretches its rotary frequencies beyond the length it was first trained on.
// These are the settings as the model's author wrote them; the rotary op applies them.
import Foundation

/// A rotary scaling method with its settings.
public enum RopeScaling: Sendable, Equatable {
    /// Positions are divided by `factor`.
    case linear(factor: Double)
    /// The base grows with the length of the text beyond the original one.
    case dynamic(factor: Double, originalMaximumPositions: Int)
    /// Llama 3.1: low frequencies are divided, high ones kept, those between blended.
    case llama3(
        factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double,
        originalMaximumPositions: Int)
    case yarn(YarnScaling)
    /// Each frequency is divided by its own factor, one per pair of dimensions (from a GGUF file).
    case frequencyFactors([Float])

    /// The factor that divides each of the `headDimension / 2` frequencies of a llama3 or listed
    /// scaling; nil for the methods that are not plain factors per frequency.
    public func frequencyFactors(headDimension: Int, theta: Double) -> [Float]? {
        switch self {
        case .linear, .dynamic, .yarn: return nil
        case .frequencyFactors(let factors): return factors
        case .llama3(let factor, let low, let high, let original):
            let longest = Double(original) / low
            let shortest = Double(original) / high
            return (0..<headDimension / 2).map { pair in
                let frequency = pow(theta, -2 * Double(pair) / Double(headDimension))
                let wavelength = 2 * Double.pi / frequency
                if wavelength < shortest { return 1 }
                if wavelength > longest { return Float(factor) }
                let blend = (Double(original) / wavelength - low) / (high - low)
                return Float(1 / ((1 - blend) / factor + blend))
            }
        }
    }
}

/// The settings of YaRN scaling (arXiv 2309.00071).
public struct YarnScaling: Sendable, Equatable {
    public var factor: Double
    public var originalMaximumPositions: Int
    /// Multiplies the attention logits' scale; nil means 0.1·ln(factor) + 1.
    public var attentionFactor: Double?
    public var betaFast: Double
    public var betaSlow: Double
    /// The numerator and denominator of DeepSeek's attention scale; nil when not used.
    public var scaleMultiplier: Double?
    public var scaleMultiplierAllDimensions: Double?
    /// Whether the blend's bounds are rounded outward to whole dimensions.
    public var truncatesBounds: Bool

    public init(
        factor: Double, originalMaximumPositions: Int, attentionFactor: Double? = nil,
        betaFast: Double = 32, betaSlow: Double = 1, scaleMultiplier: Double? = nil,
        scaleMultiplierAllDimensions: Double? = nil, truncatesBounds: Bool = true
    ) {
        self.factor = factor
        self.originalMaximumPositions = originalMaximumPositions
        self.attentionFactor = attentionFactor
        self.betaFast = betaFast
        self.betaSlow = betaSlow
        self.scaleMultiplier = scaleMultiplier
        self.scaleMultiplierAllDimensions = scaleMultiplierAllDimensions
        self.truncatesBounds = truncatesBounds
    }
}

extension YarnScaling {
    /// The factor and the original length alone, all else as usual.
    var withOwnFactorOnly: YarnScaling {
        YarnScaling(factor: factor, originalMaximumPositions: originalMaximumPositions)
    }

    /// What the attention's scale is multiplied with, after all settings.
    var effectiveAttentionFactor: Double {
        func scale(_ multiplier: Double) -> Double {
            factor <= 1 ? 1 : 0.1 * multiplier * log(factor) + 1
        }
        if let attentionFactor { return attentionFactor }
        if let one = scaleMultiplier, let all = scaleMultiplierAllDimensions, one != 0, all != 0 {
            return scale(one) / scale(all)
        }
        return scale(1)
    }
}
