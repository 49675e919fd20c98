// What the training loop keeps between steps, and the numbers that steer it. Values only: a checkpoint
// stores the one, a plan gives the other.

/// What a resumed run must know besides weights and optimizer buffers; all else follows from the plan.
public struct LoopState: Sendable, Equatable {
    /// Optimizer steps done.
    public var step = 0
    public var tokensSeen = 0
    /// Σ of the mean losses of all steps, for the mean over the run.
    public var lossSum = 0.0
    public var elapsedSeconds = 0.0
    public var bestEvaluationLoss: Double?
    public var bestStep: Int?
    /// Evaluations since the best one.
    public var evaluationsWithoutGain = 0
    /// The step of the last evaluation; behind `step` when a stop came before it.
    public var evaluatedStep: Int?
    /// What was measured in the steps since the last line of the log, which gives the mean.
    public var unlogged: [MetricKey: [Double]] = [:]
    /// Sums over all steps of the metrics that the objective remembers.
    public var remembered = Measures()
    /// Times what the plan's schedule says; nil while it is unchanged.
    public var learningRateScale: Double?
    /// The step after which the factor was last changed.
    public var rateChangedAfter: Int?
    /// Whether every field was written down, those without a value as null; states of earlier versions
    /// left such fields out.
    var isComplete = true

    public init() {}
}

/// The numbers that steer the loop, taken from a plan.
public struct LoopSettings: Sendable, Equatable {
    public var seed: UInt64 = 42
    public var gradientNormMax = 1.0
    public var evaluationBatchSize = 8
    /// Steps between evaluations and between checkpoints; nil: never.
    public var evaluationInterval: Int?
    public var saveInterval: Int?
    public var evaluatesAtStart = false
    /// Whether the last step is evaluated, whatever the interval.
    public var evaluatesAtEnd = false
    /// Stop after this many evaluations without a new best; nil: never.
    public var patience: Int?
    /// Whether every new best is saved, because the run ends with it.
    public var savesBest = false
    public var noiseAlpha: Float?
    public var recomputes = false

    public init() {}
}
