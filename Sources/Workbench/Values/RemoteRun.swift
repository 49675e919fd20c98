// A run of another process as the interface sees it: what is known when its control socket opens, and what comes
// through it then. Values only; Services/ fills them.

import Kernel

/// A run whose process answered.
struct RemoteRun: Equatable, Sendable {
    /// The whole path of its folder.
    var folder: String
    var process: Int32
    /// The plan that its folder keeps; nil when it cannot be read.
    var plan: TrainingPlan?
    /// The measurements in its log so far.
    var curve: RunCurve
    /// The events that its process reported, in the order in which they happened.
    var events: [TrainingEvent] = []
}

/// What comes from a run of another process.
enum RemoteEvent: Equatable, Sendable {
    /// Its process answers, for the first time or again.
    case joined(RemoteRun)
    case told(TrainingEvent)
    /// The connection is lost; it is tried again.
    case interrupted
    /// The run did not accept a request.
    case refused(String)
    /// Nothing more will come: the process died, or it cannot be reached.
    case lost(KernelError)
}

/// Takes the user's requests to a run: the run of this process, or one of another.
protocol RunSteering: Sendable {
    func perform(_ command: RunCommand)
}
