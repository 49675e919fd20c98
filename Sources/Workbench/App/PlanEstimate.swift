// What a plan would take: steps and memory, term by term. Running/ computes it from the model's
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

    /// How memory and plan go together.
    enum Verdict: Equatable, Sendable {
        /// More than a tenth stays free; the share that stays.
        case fits(Double)
        /// Little stays free; the share that stays.
        case tight(Double)
        /// Bytes that are missing.
        case tooLarge(Int)
        /// Nobody knows what is free.
        case unknown
    }

    /// Optimizer steps of the run; nil while the number of records is unknown.
    var steps: Int?
    /// Optimizer steps of one pass over the data.
    var stepsPerEpoch: Int?
    /// Numbers that are trained.
    var trainableParameters: Int
    /// Peak bytes of the run.
    var memoryBytes: Int
    /// The terms of the peak.
    var parts: [Part] = []
    /// Bytes that a new run could have now; nil when it was not measured.
    var availableBytes: Int?

    /// Whether the run fits in what is free now.
    var verdict: Verdict {
        guard let available = availableBytes, available > 0 else { return .unknown }
        let free = available - memoryBytes
        if free < 0 { return .tooLarge(-free) }
        let share = Double(free) / Double(available)
        return share > 0.1 ? .fits(share) : .tight(share)
    }
}
