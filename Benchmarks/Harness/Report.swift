// The table that people read and the file that keeps every sample.

import Foundation

/// All that one call measured, and what it comes to.
struct Report {
    var date: Date
    var machine: Machine
    var versions: Versions
    var isQuick: Bool
    var figures: [Figure]
    var thresholds: [Threshold]
    /// Benchmarks that could not be made, with their reasons.
    var failures: [String]
    /// Cores that other programs used, for each program run.
    var otherCores: [Double]
    /// How long the measuring took.
    var seconds = 0.0

    /// Every measurement was made, and no threshold fails. One without its peer is not judged.
    var holds: Bool {
        failures.isEmpty && !thresholds.contains { $0.verdict(on: figure($0.figure)) == .fails }
    }

    private func figure(_ key: String) -> Figure? { figures.first { $0.key == key } }

    // MARK: - Text

    /// The facts, the table, and what is to be said about it.
    var text: String {
        (heading + [""] + table + [""] + remarks).joined(separator: "\n")
    }

    private var heading: [String] {
        let commit = machine.commit.isEmpty ? "" : " (\(machine.commit))"
        let busy = Samples(values: otherCores)
        return [
            "Workbench \(machine.version)\(commit), \(date.formatted(.iso8601))",
            "\(machine.processor), \(machine.cores) cores, \(machine.instructionSet), "
                + "\(machine.memory), \(machine.system)",
            "OpenBLAS: \(machine.blas)", "Peers: \(versions.text)",
            String(
                format:
                    "%d threads; other programs used %.2f cores (median), %.2f at most; %.1f min",
                machine.threads, busy.median ?? 0, busy.values.max() ?? 0, seconds / 60),
        ]
    }

    /// Medians, and in parentheses the least, the most, and the number of samples.
    private var table: [String] {
        var rows = [["", "Workbench", "peer", "ratio", "must be", ""]]
        var group = ""
        for figure in figures {
            if figure.group != group {
                group = figure.group
                rows.append([group])
            }
            let bounds = thresholds.filter { $0.figure == figure.key }
            let peer = figure.peer.map { peer in
                peer.problem == nil ? "\(peer.name) \(cell(peer.samples, figure.unit))" : "–"
            }
            rows.append([
                "  \(figure.title), \(figure.unit.rawValue)", cell(figure.samples, figure.unit),
                peer ?? "", figure.ratio.map { String(format: "%.3f", $0) } ?? "",
                bounds.map(\.text).joined(separator: "; "),
                bounds.map { word($0.verdict(on: figure)) }.joined(separator: "; "),
            ])
        }
        return Self.aligned(rows)
    }

    private func cell(_ samples: Samples, _ unit: Figure.Unit) -> String {
        guard let median = samples.median else { return "–" }
        guard let least = samples.values.min(), let most = samples.values.max(),
            samples.values.count > 1
        else { return unit.text(median) }
        return "\(unit.text(median)) (\(unit.text(least))–\(unit.text(most)), "
            + "\(samples.values.count))"
    }

    private func word(_ verdict: Threshold.Verdict) -> String {
        switch verdict {
        case .holds: "holds"
        case .fails: "FAILS"
        case .unjudged: "not judged"
        }
    }

    /// Columns padded to their widest cell; a row of one cell is a heading and widens nothing.
    static func aligned(_ rows: [[String]]) -> [String] {
        var widths: [Int] = []
        for row in rows where row.count > 1 {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return rows.map { row in
            guard row.count > 1 else { return row.joined() }
            var line = ""
            for (cell, width) in zip(row, widths) {
                line += cell + String(repeating: " ", count: width - cell.count + 2)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    private var remarks: [String] {
        var remarks = figures.compactMap { $0.peer?.problem.map { "Not compared: \($0)" } }
        remarks = Array(Set(remarks)).sorted()
        if isQuick { remarks.append("--quick: one small round, a look and not a result.") }
        if let most = otherCores.max(), most > 0.1 {
            remarks.append("The machine was not quiet: measure again before you believe a ratio.")
        }
        remarks += failures.map { "Failed: \($0)" }
        let failed = thresholds.filter { $0.verdict(on: figure($0.figure)) == .fails }
        remarks.append(
            failed.isEmpty
                ? (failures.isEmpty ? "No threshold fails." : "Not everything was measured.")
                : "Failing: \(failed.map { "\($0.figure) \($0.text)" }.joined(separator: ", "))")
        return remarks
    }

    // MARK: - File

    /// What the file of one call holds.
    private struct Record: Encodable {
        let date: Date
        let machine: Machine
        let versions: Versions
        let isQuick: Bool
        let seconds: Double
        let otherCores: [Double]
        let figures: [Figure]
        let failures: [String]
    }

    /// Writes the samples as JSON and the table beside it; the path without its ending.
    func write(into folder: String) throws -> String {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let stamp = date.formatted(.iso8601.timeSeparator(.omitted))
        let path = "\(folder)/\(stamp)"
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let record = Record(
            date: date, machine: machine, versions: versions, isQuick: isQuick, seconds: seconds,
            otherCores: otherCores, figures: figures, failures: failures)
        try encoder.encode(record).write(to: URL(fileURLWithPath: path + ".json"))
        try (text + "\n").write(toFile: path + ".txt", atomically: true, encoding: .utf8)
        return path + ".json"
    }
}
