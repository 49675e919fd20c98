// What happens in a session of the interface, a line an event, in the file that also takes what
// libraries write. It takes all messages and keeps what a user would look up the day after.

import Foundation
import Kernel
import Logging

/// Keeps lines of the log in a file.
struct SessionLog: Sendable {
    private let logger: Logger

    init(_ handler: some LogHandler) {
        logger = Logger(label: "workbench", factory: { _ in handler })
    }

    /// Keeps the line of a message, if it has one.
    func note(_ message: AppMessage) {
        if let line = LogLine(message) { keep(line) }
    }

    /// Keeps a line; those of the lowest level are not written to the file.
    func keep(_ line: LogLine) {
        var metadata: Logger.Metadata = [:]
        for fact in line.facts { metadata[fact.key] = "\(fact.value)" }
        logger.log(level: line.level.ofFile, "\(line.message)", metadata: metadata)
    }
}

extension LogLine.Level {
    fileprivate var ofFile: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
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
