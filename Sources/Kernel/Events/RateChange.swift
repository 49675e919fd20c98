// A change of the learning rate during a run: what the user asks for, and what the run then reports.
// It multiplies the plan's schedule; the curve itself stays what the plan says.

/// What a user asks of the learning rate from the next step on.
public enum RateChange: Sendable, Equatable, Codable {
    /// So many times what the plan says, whatever was asked before; 1 goes back to the plan.
    case factor(Double)
    /// A new peak rate in place of the plan's `learning_rate`.
    case peak(Double)

    /// Times the plan's rate; nil for what no run can take.
    public func factor(baseRate: Double) -> Double? {
        let factor =
            switch self {
            case .factor(let factor): factor
            case .peak(let peak): peak / baseRate
            }
        let isUsable = factor.isFinite && factor > 0 && (factor * baseRate).isFinite
        return isUsable ? factor : nil
    }
}

/// A change of the learning rate that took effect.
public struct RateRecord: Sendable, Equatable, Codable {
    /// The first step with the new rate, from 1.
    public var firstStep: Int
    public var totalSteps: Int
    /// Times what the plan says.
    public var factor: Double
    /// The peak rate now: the plan's times the factor.
    public var peak: Double
    /// The rate of the first step.
    public var rate: Double

    public init(firstStep: Int, totalSteps: Int, factor: Double, peak: Double, rate: Double) {
        (self.firstStep, self.totalSteps, self.factor) = (firstStep, totalSteps, factor)
        (self.peak, self.rate) = (peak, rate)
    }
}
