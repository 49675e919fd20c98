// How an error or a list of findings is reported to people and to scripts. Text from files may hold
// terminal control codes, so everything is made visible before it is printed.

import Foundation
import Kernel
import Panels

/// An error ready to print: on several lines for people, as one JSON object for scripts.
enum ErrorReport {
    /// What, where, why, and what to do, each on a line of its own.
    static func text(_ error: KernelError) -> String {
        var lines = ["workbench: " + visible(tr(error.what))]
        func add(_ label: DisplayText, _ text: String) {
            lines.append("  \(label.padded(to: 6)) \(text)")
        }
        if let place = error.place { add(tr("where:"), visible(place)) }
        if let why = error.why { add(tr("why:"), visible(tr(why), keepsLines: true)) }
        if let hint = error.hint { add(tr("try:"), visible(tr(hint))) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same as one JSON object on a line.
    static func json(_ error: KernelError) -> String {
        var object = ["kind": error.kind.rawValue, "what": error.what.description]
        object["where"] = error.place
        object["why"] = error.why?.description
        object["hint"] = error.hint?.description
        let report = Wrapper(error: object, exitCode: ExitStatus(error.kind).rawValue)
        return encoded(report)
    }

    /// Findings for people: errors and warnings each on a line, notes with one reason together.
    static func text(_ issues: [PlanIssue]) -> String {
        var lines = issues.filter { $0.severity != .note }.map {
            "\($0.severity.rawValue): \(visible($0.field)): \(visible(tr($0.message)))"
        }
        var fields: [String: [String]] = [:]
        var order: [String] = []
        for note in issues where note.severity == .note {
            let reason = tr(note.reason)
            if fields[reason] == nil { order.append(reason) }
            fields[reason, default: []].append(visible(note.field))
        }
        for reason in order {
            let names = fields[reason, default: []].joined(separator: ", ")
            lines.append("note: \(names): \(visible(reason))")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Findings as one JSON array on a line.
    static func json(_ issues: [PlanIssue]) -> String { encoded(issues) }

    private struct Wrapper: Encodable {
        var error: [String: String]
        var exitCode: Int32
    }

    private static func encoded(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            return #"{"error":{"kind":"internalFault"}}"# + "\n"
        }
        return JSONText.printable(String(decoding: data, as: UTF8.self)) + "\n"
    }

    /// The text with control characters and direction marks written out: `\u{1B}`.
    static func visible(_ text: String, keepsLines: Bool = false) -> String {
        var terminal = TerminalText()
        return terminal.visible(text, keepsLines: keepsLines)
    }
}

/// Runs the body of a command; a kernel error is reported on stderr and ends the process with its
/// code. Other errors, such as those of the argument parser, are passed on.
func reportAndExit(json: Bool, _ body: () throws -> Void) throws {
    do {
        try body()
    } catch let error as KernelError {
        let text = json ? ErrorReport.json(error) : ErrorReport.text(error)
        Output.error(text)
        exit(ExitStatus(error.kind).rawValue)
    }
}
