// One line of the log: when, how grave, from which part, and what, with the facts as keys and values. The
// message is English and translated where it is shown; the file of the session has it as it is.

import Kernel
import Foundation

/// A moment as clocks on the wall show it.
struct WallTime: Equatable, Sendable {
    /// Seconds since 1970 in UTC.
    var seconds = 0.0
    /// Seconds that the local clock is ahead of UTC.
    var zoneSeconds = 0

    /// `14:20:35`.
    var clock: String {
        let local = Int(max(0, seconds)) + zoneSeconds
        let day = (local % 86_400 + 86_400) % 86_400
        return String(format: "%02d:%02d:%02d", day / 3600, day % 3600 / 60, day % 60)
    }

    /// `2026-11-22 14:20:35`.
    var stamp: String {
        let local = Date(timeIntervalSince1970: max(0, seconds) + Double(zoneSeconds))
        return local.formatted(.iso8601).prefix(10) + " " + clock
    }
}

/// A line of the log.
struct LogLine: Equatable, Sendable {
    /// How grave it is, the least first.
    enum Level: Int, CaseIterable, Sendable {
        case debug, info, warning, error

        /// A word of at most five letters.
        var word: String {
            switch self {
            case .debug: tr("debug")
            case .info: tr("info")
            case .warning: tr("warn")
            case .error: tr("error")
            }
        }
    }

    /// The part of the program that it comes from.
    enum Source: CaseIterable, Sendable {
        case run, evaluation, export, chat, data, model, interface, program

        var word: String {
            switch self {
            case .run: tr("run")
            case .evaluation: tr("evaluation")
            case .export: tr("export")
            case .chat: tr("chat")
            case .data: tr("data")
            case .model: tr("model")
            case .interface: tr("interface")
            case .program: tr("program")
            }
        }
    }

    /// Something with a name.
    struct Fact: Equatable, Sendable {
        var key: String
        var value: Sentence
    }

    /// Facts that are sentences: shown without their key.
    private static let sentences: Set = ["error", "note"]

    var level: Level
    var source: Source
    /// What happened, in English unless the user saw it in another language.
    var message: Sentence
    var facts: [Fact] = []
    /// When it was reported.
    var time = WallTime()
    /// Lines count up; set by the book.
    var number = 0

    init(
        _ level: Level, _ source: Source, _ message: Sentence,
        _ facts: KeyValuePairs<String, any CustomStringConvertible> = [:]
    ) {
        (self.level, self.source, self.message) = (level, source, message)
        self.facts = facts.map {
            Fact(
                key: $0.key,
                value: $0.value as? Sentence ?? Sentence(verbatim: $0.value.description))
        }
    }

    /// What happened, in the reader's language; it may hold line ends.
    var text: String {
        let details = facts.map { fact in
            Self.sentences.contains(fact.key)
                ? tr(fact.value) : "\(fact.key)=\(tr(fact.value))"
        }
        return ([tr(message)] + details).joined(separator: "  ")
    }
}

/// The newest lines of a session.
struct LogBook: Equatable, Sendable {
    /// Lines that are kept; beyond it the oldest eighth goes.
    static let linesMax = 10_000

    private(set) var lines: [LogLine] = []
    /// Lines that went.
    private(set) var droppedCount = 0

    /// Adds a line at the end and gives it its number.
    mutating func add(_ line: LogLine, at time: WallTime) {
        var line = line
        (line.number, line.time) = (droppedCount + lines.count, time)
        lines.append(line)
        guard lines.count > Self.linesMax else { return }
        let excess = Self.linesMax / 8
        lines.removeFirst(excess)
        droppedCount += excess
    }
}
