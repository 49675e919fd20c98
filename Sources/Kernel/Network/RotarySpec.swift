// A model's rotary positions as its author wrote them, and the frequencies that follow from them.

import Foundation

/// Base, width and scaling of rotary positions.
public struct RotarySpec: Sendable, Equatable {
    public var headDimension: Int
    /// The base of the frequencies.
    public var theta: Double
    public var scaling: RopeScaling?

    /// The frequencies after scaling.
    public var rotary: Rotary {
        Rotary(headDimension: headDimension, theta: theta, scaling: scaling)
    }

    /// Divisors of the frequencies, where the scaling is nothing else.
    var frequencyFactors: [Float]? {
        scaling?.frequencyFactors(headDimension: headDimension, theta: theta)
    }
}

extension Rotary {
    /// Frequencies θ^(−2i/D), stretched by the scaling. `dynamic` is plain up to the trained length.
    public init(headDimension: Int, theta: Double, scaling: RopeScaling?) {
        let plain = (0..<headDimension / 2).map {
            pow(theta, -2 * Double($0) / Double(headDimension))
        }
        switch scaling {
        case nil, .dynamic?:
            self.init(inverseFrequencies: plain)
        case .linear(let factor)?:
            self.init(inverseFrequencies: plain.map { $0 / factor })
        case .llama3?, .frequencyFactors?:
            let factors =
                scaling?.frequencyFactors(headDimension: headDimension, theta: theta) ?? []
            precondition(
                factors.count == plain.count,
                "\(factors.count) factors for \(plain.count) frequencies")
            self.init(inverseFrequencies: zip(plain, factors).map { $0 / Double($1) })
        case .yarn(let yarn)?:
            self.init(yarn: yarn, plain: plain, headDimension: headDimension, theta: theta)
        }
    }

    /// YaRN (arXiv 2309.00071): high frequencies stay, low ones are divided, a ramp blends between.
    private init(yarn: YarnScaling, plain: [Double], headDimension: Int, theta: Double) {
        func pair(rotations: Double) -> Double {
            Double(headDimension)
                * log(Double(yarn.originalMaximumPositions) / (rotations * 2 * .pi))
                / (2 * log(theta))
        }
        var (low, high) = (pair(rotations: yarn.betaFast), pair(rotations: yarn.betaSlow))
        if yarn.truncatesBounds { (low, high) = (low.rounded(.down), high.rounded(.up)) }
        low = max(low, 0)
        high = min(high, Double(headDimension - 1))
        if low == high { high += 0.001 }
        let frequencies = plain.enumerated().map { i, frequency in
            let ramp = min(1, max(0, (Double(i) - low) / (high - low)))
            return frequency / yarn.factor * ramp + frequency * (1 - ramp)
        }
        self.init(
            inverseFrequencies: frequencies, attentionFactor: yarn.effectiveAttentionFactor)
    }
}
