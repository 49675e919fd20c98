// What a plan would take: steps and memory, term by term. Services/ computes it from the model's
// shapes and the data report; the interface compares it with what is free.

/// Steps and memory of a plan.
struct PlanEstimate: Equatable, Sendable {
    /// One term of the memory: "base weights".
    struct Part: Equatable, Sendable {
        /// What it is for.
        var title: String
        /// How much.
        var bytes: Int
    }

    /// How fast an earlier run of the same kind was on this machine.
    struct Speed: Equatable, Sendable {
        var tokensPerSecond: Double
        /// The name of that run.
        var run: String
    }

    /// How memory and plan go together.
    enum Verdict: Equatable, Sendable {
        /// More than a tenth stays free; the share that stays.
        case fits(Double)
        /// Little stays free; the share that stays.
        case tight(Double)
        /// Bytes that are missing.
        case tooLarge(Int)
        /// Free memory is unknown.
        case unknown
    }

    /// Optimizer steps of the run; nil while the number of records is unknown.
    var steps: Int?
    /// Optimizer steps of one pass over the data.
    var stepsPerEpoch: Int?
    /// Tokens of one pass over the data; nil while they were not counted.
    var tokensPerEpoch: Int?
    /// The speed to reckon with; nil while no run has measured one.
    var speed: Speed?
    /// Numbers that are trained.
    var trainableParameters: Int
    /// Peak bytes of the run.
    var memoryBytes: Int
    /// The terms of the peak.
    var parts: [Part] = []
    /// Bytes that a new run could have now; nil when it was not measured.
    var availableBytes: Int?

    /// Tokens of the whole run.
    var tokens: Double? {
        guard let steps, let stepsPerEpoch, let tokensPerEpoch, stepsPerEpoch > 0 else {
            return nil
        }
        return Double(tokensPerEpoch) * Double(steps) / Double(stepsPerEpoch)
    }

    /// Seconds that the steps would take at that speed; evaluations and saving come on top.
    var seconds: Double? {
        guard let tokens, let speed else { return nil }
        return tokens / speed.tokensPerSecond
    }

    /// Whether the run fits in what is free now.
    var verdict: Verdict {
        guard let available = availableBytes, available > 0 else { return .unknown }
        let free = available - memoryBytes
        if free < 0 { return .tooLarge(-free) }
        let share = Double(free) / Double(available)
        return share > 0.1 ? .fits(share) : .tight(share)
    }
}
