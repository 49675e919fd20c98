// What the log of a run on disk says: its steps and evaluations, as far as lines were written. A
// line stands for the steps since the one before it, so it is coarser than a run that is watched.

import Kernel

/// The measurements that a run folder keeps.
struct RunCurve: Equatable, Sendable {
    /// The logged steps in order; what the log does not say is 0, or NaN where it is measured.
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
}
