// Progress of long work on the command line: one line on standard error that is drawn over again and taken
// away before anything else is printed. Only for a terminal that can do so, and only when it is wanted.

import Foundation

/// A line that moves while work goes on.
struct ProgressLine {
    /// Whether anything is drawn.
    let isShown: Bool
    private static let barWidth = 30

    init(
        _ answer: AnswerOptions, environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        let isAsked = !answer.json && !answer.quiet && !answer.plain
        isShown =
            isAsked && isatty(STDERR_FILENO) == 1
            && !["", "dumb"].contains(environment["TERM"] ?? "")
    }

    /// Work whose end is not known.
    func draw(_ word: String) {
        if isShown { Output.error("\r\u{1B}[K" + ErrorReport.visible(word) + "…") }
    }

    func draw(_ word: String, _ done: Int, of total: Int) {
        if isShown { Output.error("\r\u{1B}[K" + Self.bar(word, done, total)) }
    }

    func draw(_ word: String, fraction: Double) {
        if isShown {
            Output.error("\r\u{1B}[K" + Self.bar(ErrorReport.visible(word), fraction: fraction))
        }
    }

    /// Removes the line.
    func clear() { if isShown { Output.error("\r\u{1B}[K") } }

    static func bar(_ word: String, _ done: Int, _ total: Int) -> String {
        "\(word) [\(marks(done, total))] \(done)/\(total)"
    }

    static func bar(_ word: String, fraction: Double) -> String {
        let percent = Int((fraction.isFinite ? min(1, max(0, fraction)) : 0) * 100)
        return "\(word) [\(marks(percent, 100))] \(percent) %"
    }

    private static func marks(_ done: Int, _ total: Int) -> String {
        let filled = total > 0 ? min(barWidth, max(0, done) * barWidth / total) : barWidth
        return String(repeating: "#", count: filled)
            + String(repeating: ".", count: barWidth - filled)
    }
}
