// The learning-rate settings of a plan: a shape, its warm-up, and the shape's own constants.
// It knows neither the base rate nor the length of the run; LearningRateSchedule joins them.

/// Which curve the learning rate follows, and the curve's constants.
public struct ScheduleSettings: Sendable, Equatable, Codable {
    /// The curve's name, spelled as in plan files (`lr_scheduler_type`).
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case linear, cosine, polynomial, constant
        case cosineWithRestarts = "cosine_with_restarts"
        case constantWithWarmup = "constant_with_warmup"
        case inverseSquareRoot = "inverse_sqrt"
        case cosineWithMinimum = "cosine_with_min_lr"
        case cosineWarmupWithMinimum = "cosine_warmup_with_min_lr"
        case warmupStableDecay = "warmup_stable_decay"
    }

    /// How one phase of warmup_stable_decay bends.
    public enum Bend: String, Sendable, Codable, CaseIterable {
        case linear, cosine
        case oneMinusSquareRoot = "1-sqrt"
    }

    /// Constants of single curves; nil takes the curve's default (`lr_scheduler_kwargs`).
    public struct Arguments: Sendable, Equatable, Codable {
        /// Cosine waves: 0.5 for the plain ones, 1 with restarts (`num_cycles`).
        public var cycles: Double?
        /// Exponent of the polynomial, 1 (`power`).
        public var power: Double?
        /// Final rate of the polynomial, 1e-7 (`lr_end`).
        public var endRate: Double?
        /// Final rate of the cosine with a minimum (`min_lr`).
        public var minimumRate: Double?
        /// The same as a part of the base rate (`min_lr_rate`).
        public var minimumRatio: Double?
        /// First rate of the warm-up as a part of the base rate (`warmup_lr_rate`).
        public var warmupRatio: Double?
        /// The unit of time of inverse_sqrt: the warm-up, or 10000 without one (`timescale`).
        public var timescale: Int?
        /// Steps at the full rate (`num_stable_steps`).
        public var stableSteps: Int?
        /// Steps of the final decay (`num_decay_steps`).
        public var decaySteps: Int?
        /// Bend of the warm-up, linear (`warmup_type`).
        public var warmupBend: Bend?
        /// Bend of the decay, cosine (`decay_type`).
        public var decayBend: Bend?
        /// Lowest factor of warmup_stable_decay, 0 (`min_lr_ratio`).
        public var floorRatio: Double?

        public init() {}
    }

    /// The curve (`lr_scheduler_type`, linear).
    public var kind: Kind = .linear
    /// Steps from zero to the full rate (`warmup_steps`, 0).
    public var warmupSteps = 0
    /// The same as a part of all steps, used when `warmupSteps` is 0 (`warmup_ratio`, 0).
    public var warmupRatio = 0.0
    /// Constants of the curve (`lr_scheduler_kwargs`).
    public var arguments = Arguments()

    public init() {}

    /// Warm-up steps of a run with `totalSteps`.
    public func warmupSteps(of totalSteps: Int) -> Int {
        if warmupSteps > 0 { return warmupSteps }
        return Int(exactly: (warmupRatio * Double(totalSteps)).rounded(.up)) ?? totalSteps
    }
}
