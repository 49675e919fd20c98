// The log of a run on disk: its steps and evaluations, as far as lines were written. A
// line stands for the steps since the one before it, so it is coarser than a run that is watched.

import Kernel

/// The measurements that a run folder keeps.
struct RunCurve: Equatable, Sendable {
    /// The logged steps in order; what the log does not have is 0, or NaN where it is measured.
    var steps: [StepRecord] = []
    /// The evaluations in order.
    var evaluations: [EvaluationRecord] = []
    /// Changes of the learning rate in order.
    var rateChanges: [RateRecord] = []
    /// Answers to the plan's prompts in order.
    var samples: [SampleRecord] = []
    /// Lines that could not be read; a torn last line is not among them.
    var damagedLines = 0
    /// Of a very long log only every n-th step is held.
    var everyNth = 1
    /// Metrics that no row declares, by the names that the log has, as far as they are held.
    private(set) var others: Set<MetricKey> = []
    /// Whether the log has more of them than are held.
    private(set) var leavesMetricsOut = false
    /// Undeclared metrics that are held at most.
    static let othersMax = 64

    /// Adds a step; `hasOthers` when it may have metrics that no row declares.
    mutating func add(_ record: StepRecord, hasOthers: Bool = true) {
        steps.append(hasOthers ? limited(record) : record)
    }

    /// Adds an evaluation.
    mutating func add(_ record: EvaluationRecord, hasOthers: Bool = true) {
        evaluations.append(hasOthers ? limited(record) : record)
    }

    private mutating func limited<Record: Measured>(_ record: Record) -> Record {
        var record = record
        for key in record.values.keys where !Metrics.isKnown(key) && !others.contains(key) {
            guard others.count < Self.othersMax else {
                leavesMetricsOut = true
                record.values[key] = nil
                continue
            }
            others.insert(key)
        }
        return record
    }
}
