// What Train asks for and what it is answered, as values, and how the log tells of replies.
// Requests/TrainRequests.swift of Services performs them, Replies/TrainReplies.swift of App takes the answers.
// LogLine+Training.swift defines how events of a run read in the log.

import Kernel

extension TrainTab {
    /// Work that the tab asks for.
    enum Request: Equatable, Sendable {
        case startRun(TrainingPlan)
        case controlRun(RunCommand)
        /// Watches and steers a run of another process; its replies carry the number.
        case attachRun(folder: String, number: Int)
        /// Leaves that run to its process.
        case leaveRun
        /// The earlier parts of the run that was resumed, from its folder.
        case readHistory(folder: String)
        /// Every step of a run as a table.
        case writeCurves(TrainCurves, path: String)
    }

    /// Answers to requests, and events of runs.
    enum Reply: Equatable, Sendable {
        case training(TrainingEvent)
        /// An event of the attached run of this number, counted from one.
        case remote(Int, RemoteEvent)
        /// Answers `readHistory`.
        case historyRead(folder: String, Result<RunCurve, KernelError>)

        /// Whether files that the plan names may have come or gone.
        var changesPlaces: Bool {
            switch self {
            case .training(.finished), .training(.failed), .remote(_, .lost),
                .remote(_, .told(.finished)), .remote(_, .told(.failed)):
                true
            default: false
            }
        }
    }
}

extension LogLine {
    /// The line of a reply to Train; nil when it only brings what was asked for.
    init?(_ reply: TrainTab.Reply) {
        switch reply {
        case .training(let event), .remote(_, .told(let event)): self.init(event)
        case .remote(_, .joined(let run)):
            self.init(
                .info, .run, phrase("attached"),
                ["folder": run.folder, "process": "\(run.process)"])
        case .remote(_, .interrupted):
            self.init(.warning, .run, phrase("connection to the run lost"))
        case .remote(_, .refused(let why)):
            self.init(.warning, .run, phrase("the run refused"), ["why": why])
        case .remote(_, .lost(let error)): self.init(fault: error, .run, phrase("run lost"))
        case .historyRead(_, .failure(let error)):
            self.init(fault: error, .run, phrase("curve cannot be read"))
        case .historyRead(_, .success): return nil
        }
    }
}
