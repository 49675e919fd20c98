// What Export asks for and what it is answered, as values, and how the log tells of replies.
// Requests/ExportRequests.swift of Services performs them, Replies/ExportReplies.swift of App takes the answers.

import Kernel

extension ExportTab {
    /// Work that the tab asks for.
    enum Request: Equatable, Sendable {
        /// How large an export would be, and what the disk takes.
        case measureExport(ExportQuestion)
        case start(ExportRequest)
        case cancelExport
    }

    /// Answers to requests.
    enum Reply: Equatable, Sendable {
        /// Answers `measureExport`.
        case exportMeasured(ExportQuestion, Result<ExportSizes, KernelError>)
        /// An event of the export that is under way.
        case event(ExportEvent)

        /// Whether files that the plan names may have come or gone.
        var changesPlaces: Bool {
            if case .event(.finished) = self { true } else { false }
        }
    }
}

extension LogLine {
    /// The line of a reply to Export; nil when it only brings what was asked for.
    init?(_ reply: ExportTab.Reply) {
        switch reply {
        case .exportMeasured, .event(.progress): return nil
        case .event(.finished(let outcome)):
            self.init(
                outcome.verified ? .info : .error, .export, phrase("exported"),
                ["folder": outcome.folder, "check": outcome.verification])
        case .event(.failed(let error)): self.init(fault: error, .export, phrase("export failed"))
        }
    }
}
