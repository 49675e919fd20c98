// A run of another process as the interface meets it: what is known when its control socket opens, and what comes
// through it then. Values only; Services/ fills them.

import Kernel

/// A run whose process answered.
struct RemoteRun: Equatable, Sendable {
    /// The whole path of its folder.
    var folder: String
    var process: Int32
    /// The plan that its folder keeps; nil when it cannot be read.
    var plan: TrainingPlan?
    /// What its log says so far.
    var curve: RunCurve
    /// What its process said of itself, in the order in which it happened.
    var events: [TrainingEvent] = []
}

/// What comes from a run of another process.
enum RemoteEvent: Equatable, Sendable {
    /// Its process answers, for the first time or again.
    case joined(RemoteRun)
    case told(TrainingEvent)
    /// The connection is lost; it is tried again.
    case interrupted
    /// The run did not take what it was asked for.
    case refused(String)
    /// Nobody will say more: the process died, or it cannot be reached.
    case lost(KernelError)
}

/// Whoever takes what a person asks of a run: the run of this process, or one of another.
protocol RunSteering: Sendable {
    func perform(_ command: RunCommand)
}
