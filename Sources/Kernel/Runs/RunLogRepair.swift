// The log of a run that continues: lines of later steps go, a line that cannot be read goes alone, and what
// the checkpoint's history knows better is put right. It writes nothing and knows no other file.

import Foundation

/// trainer_log.jsonl, taken up at a step.
struct RunLogRepair {
    private enum Kind: Int { case event, step, evaluation }

    private struct Place: Hashable {
        var step: Int
        var kind: Kind
    }

    private struct Line {
        var step: Int
        var kind: Kind
        var fields: JSONObject
    }

    /// Longer lines are none of a log.
    private static let lineBytesMax = 1 << 20
    private var lines: [Line] = []
    /// The lines of changes of the rate by their step, and how many the history knows there.
    private var events: [Int: [Int]] = [:]
    private var recordedEvents: [Int: Int] = [:]
    private var unreadable: [Int] = []
    private(set) var restored = 0
    /// Whether the file must be written anew.
    private(set) var hasChanged = false
    /// The number of steps that the lines speak of.
    private(set) var totalSteps: Int?

    /// Takes the lines up to `step`; `recorded` is the log_history of the checkpoint, `total` its max_steps.
    init(_ bytes: UnsafeRawBufferPointer, upTo step: Int, recorded: [JSONObject], total: Int?) {
        read(bytes, upTo: step)
        var places: [Place: Int] = [:]
        for (index, line) in lines.enumerated() {
            places[Place(step: line.step, kind: line.kind), default: index] = index
        }
        for (index, line) in lines.enumerated() where line.kind == .event {
            events[line.step, default: []].append(index)
        }
        for entry in recorded where Self.kind(of: entry) == .event {
            recordedEvents[Self.step(entry), default: 0] += 1
        }
        for entry in recorded { mend(entry, upTo: step, total: totalSteps ?? total, places) }
        if restored > 0 {
            // Stable: what stands for the same is left in its order.
            lines = lines.enumerated().sorted {
                ($0.element.step, $0.element.kind.rawValue, $0.offset)
                    < ($1.element.step, $1.element.kind.rawValue, $1.offset)
            }.map(\.element)
        }
        totalSteps = totalSteps ?? total
    }

    private mutating func read(_ bytes: UnsafeRawBufferPointer, upTo step: Int) {
        var (start, number) = (0, 0)
        while start < bytes.count, let base = bytes.baseAddress {
            let rest = bytes.count - start
            let found = memchr(base + start, 0x0A, rest)
            let length = found.map { $0 - UnsafeMutableRawPointer(mutating: base + start) } ?? rest
            let line = UnsafeRawBufferPointer(start: base + start, count: length)
            start += length + 1
            number += 1
            guard length > 0 else { continue }
            guard length <= Self.lineBytesMax,
                let json = try? JSONValue(parsing: line, source: RunLogLine.fileName),
                let fields = json.object, let at = json["current_steps"]?.integer, at >= 0
            else {
                hasChanged = true
                // Behind the last line's end something was about to be written when the run was killed.
                if found != nil { unreadable.append(number) }
                continue
            }
            guard at <= step else {
                hasChanged = true
                continue
            }
            if found == nil { hasChanged = true }
            lines.append(Line(step: at, kind: Self.kind(of: fields), fields: fields))
            totalSteps = json["total_steps"]?.integer ?? totalSteps
        }
    }

    /// Compares an entry of the history with its line; a missing line is made of it.
    private mutating func mend(
        _ entry: JSONObject, upTo step: Int, total: Int?, _ places: [Place: Int]
    ) {
        guard let at = entry["step"]?.integer, (0...step).contains(at) else { return }
        let kind = Self.kind(of: entry)
        let known = RunLogLine.fields(of: entry)
        if let index = line(for: known, at: Place(step: at, kind: kind), places) {
            for (name, value) in known where lines[index].fields[name] != value {
                // Earlier versions wrote less into the history; what the line alone knows stays.
                lines[index].fields[name] = value
                hasChanged = true
                wasWrong.insert(index)
            }
            return
        }
        var fields: JSONObject = ["current_steps": .integer(at)]
        if let total { fields["total_steps"] = .integer(total) }
        for (name, value) in known { fields[name] = value }
        if let total {
            fields["percentage"] = RunLogLine.percentage(at, of: total)
        }
        lines.append(Line(step: at, kind: kind, fields: fields))
        restored += 1
        hasChanged = true
    }

    /// The line that an entry stands for. The rate may have been changed twice at one step: then each change
    /// has a line of its own, and only an equal one is it.
    private func line(
        for known: [(name: String, value: JSONValue)], at place: Place, _ places: [Place: Int]
    ) -> Int? {
        guard place.kind == .event else { return places[place] }
        let changes = events[place.step] ?? []
        return changes.first { index in known.allSatisfy { lines[index].fields[$0] == $1 } }
            ?? (changes.count == 1 && recordedEvents[place.step] == 1 ? changes[0] : nil)
    }

    private var wasWrong: Set<Int> = []

    private static func kind(of fields: JSONObject) -> Kind {
        fields["event"] != nil
            ? .event : fields[RunLogLine.evaluationMark] != nil ? .evaluation : .step
    }

    // MARK: - What there is

    /// The lines as the file's text, each with its end.
    var text: [String] { lines.map { JSONValue.object($0.fields).text() + "\n" } }

    /// The measures in the form of log_history; entries that the checkpoint knew are kept as they were.
    func history(_ recorded: [JSONObject], upTo step: Int) -> [JSONValue] {
        var history = recorded.filter { entry in
            entry["step"]?.integer.map { (0...step).contains($0) } ?? false
        }
        let known = Set(history.map(Self.key))
        for line in lines {
            let entry = RunLogLine.entry(of: line.fields, step: line.step)
            if !known.contains(Self.key(entry)) { history.append(entry) }
        }
        if history.count > known.count {
            history = history.enumerated().sorted {
                (Self.step($0.element), $0.offset) < (Self.step($1.element), $1.offset)
            }.map(\.element)
        }
        return history.map { .object($0) }
    }

    private static func step(_ entry: JSONObject) -> Int { entry["step"]?.integer ?? 0 }

    private static func key(_ entry: JSONObject) -> [Int] {
        [step(entry), kind(of: entry).rawValue]
    }

    /// What the user should know, in one sentence each.
    func notes(_ path: String) -> [Sentence] {
        var notes: [Sentence] = []
        if let first = unreadable.first {
            let count = unreadable.count
            notes.append(
                "The log was damaged: \(count) line\(count == 1 ? "" : "s") of \(path) could not be read "
                    + "and \(count == 1 ? "was" : "were") left out, the first is line \(first).")
        }
        let mended = restored + wasWrong.count
        if mended > 0 {
            notes.append(
                "\(mended) line\(mended == 1 ? "" : "s") of the log \(mended == 1 ? "was" : "were") "
                    + "restored from the checkpoint's trainer_state.json.")
        }
        return notes
    }
}
