// What happens in a session of the interface, a line an event, in the file that also takes what
// libraries say. It hears all mail and keeps what someone would look up the day after.

import Foundation
import Kernel
import Logging

/// Keeps runs, exports and faults.
struct SessionLog: Sendable {
    private let logger: Logger

    init(_ handler: some LogHandler) {
        logger = Logger(label: "workbench", factory: { _ in handler })
    }

    func note(_ mail: AppMail) {
        switch mail {
        case .training(let event): note(event)
        case .export(.finished(let outcome)):
            logger.log(
                level: outcome.verified ? .info : .error, "exported",
                metadata: ["folder": "\(outcome.folder)", "check": "\(outcome.verification)"])
        case .export(.failed(let error)): fault("export", error)
        case .chat(_, .failed(let error)): fault("chat", error)
        case .planSaved(let path, .success):
            logger.info("plan saved", metadata: ["path": "\(path)"])
        case .planSaved(_, .failure(let error)), .failure(let error): fault("workbench", error)
        default: break
        }
    }

    private func note(_ event: TrainingEvent) {
        switch event {
        case .prepared(let summary):
            logger.info(
                "run begins",
                metadata: [
                    "folder": "\(summary.folder)", "steps": "\(summary.totalSteps)",
                    "from": "\(summary.firstStep)",
                ])
        case .checkpointSaved(let path, let step):
            logger.info("checkpoint", metadata: ["path": "\(path)", "step": "\(step)"])
        case .rateChanged(let change):
            logger.info(
                "learning rate",
                metadata: ["from step": "\(change.firstStep)", "peak": "\(change.peak)"])
        case .checkpointFailed(let error): fault("checkpoint", error)
        case .notice(let text): logger.notice("run", metadata: ["note": "\(text)"])
        case .finished(let result):
            logger.info(
                "run ends",
                metadata: [
                    "folder": "\(result.folder)", "ending": "\(result.ending.rawValue)",
                    "steps": "\(result.steps)",
                    "loss": "\(result.meanLoss.map { String($0) } ?? "none")",
                ])
        case .failed(let error): fault("run", error)
        default: break
        }
    }

    private func fault(_ where: String, _ error: KernelError) {
        logger.error("\(`where`) failed", metadata: ["error": "\(error)"])
    }
}

/// Writes `time level label: message key=value …` as lines of a log file.
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level = .info
    private let file: InterfaceLog

    init(_ file: InterfaceLog) { self.file = file }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let time = Date().formatted(.iso8601)
        let facts = metadata.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }.map { " \($0)=\(Self.word("\($1)"))" }.joined()
        file.append(
            "\(time) \(event.level.rawValue) \(ErrorReport.visible("\(event.message)"))\(facts)")
    }

    /// A value as one word: quoted where blanks or line ends would tear it.
    private static func word(_ text: String) -> String {
        let isPlain = !text.isEmpty && !text.contains { $0.isWhitespace || $0 == "\"" }
        return isPlain ? ErrorReport.visible(text) : text.debugDescription
    }
}
