// What Runs asks for and what it is answered, as values, and how the log tells of replies.
// Requests/RunsRequests.swift of Services performs them, Replies/RunsReplies.swift of App takes the answers.

import Kernel

extension RunsTab {
    /// Work that the tab asks for.
    enum Request: Equatable, Sendable {
        /// All runs with their plans and notes.
        case listRuns
        /// What the log of a run says.
        case readCurve(folder: String)
        case saveNotes(RunNotes, folder: String)
        /// Moves a run into the trash beside it.
        case discardRun(folder: String)
        case restoreRun(place: String, folder: String)
    }

    /// Answers to requests.
    enum Reply: Equatable, Sendable {
        /// Answers `listRuns`.
        case runsListed(RunListing)
        /// How much of a long log `readCurve` has read.
        case curveProgress(folder: String, fraction: Double)
        /// Answers `readCurve`.
        case curveRead(folder: String, Result<RunCurve, KernelError>)
        /// Answers `saveNotes`.
        case notesSaved(folder: String, KernelError?)
        /// Answers `discardRun` with the place in the trash.
        case runDiscarded(folder: String, Result<String, KernelError>)
        /// Answers `restoreRun`.
        case runRestored(folder: String, KernelError?)

        /// Whether files that the plan names may have come or gone.
        var changesPlaces: Bool {
            switch self {
            case .runDiscarded, .runRestored: true
            case .runsListed, .curveProgress, .curveRead, .notesSaved: false
            }
        }
    }
}

extension LogLine {
    /// The line of a reply to Runs; nil when it only brings what was asked for.
    init?(_ reply: RunsTab.Reply) {
        switch reply {
        case .notesSaved(let path, let error), .runRestored(let path, let error):
            self.init(written: path, error)
        case .runDiscarded(let folder, let result):
            self.init(
                result, .run, phrase("run to the trash"), phrase("workbench failed"), folder,
                level: .info)
        case .curveRead(_, .failure(let error)):
            self.init(fault: error, .run, phrase("curve cannot be read"))
        case .runsListed, .curveProgress, .curveRead(_, .success): return nil
        }
    }
}
