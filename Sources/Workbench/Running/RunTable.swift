// Runs as text: a table for people, an object for scripts, and what a live run's own process adds to what its
// folder says.

import Foundation
import Kernel

/// Runs in columns.
enum RunTable {
    /// One line a run under a heading; numbers to the right.
    static func text(_ runs: [RunRecord], now: Double) -> String {
        let heading = [
            "NAME", "STATE", "STEP", "LOSS", "EVAL", "METHOD", "AGE", "PID", "MODEL",
        ]
        let rows = [heading] + runs.map { cells($0, now: now) }
        let widths = heading.indices.map { column in
            rows.map { $0[column].count }.max() ?? 0
        }
        let right: Set = [2, 3, 4, 6, 7]
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let pad = String(repeating: " ", count: widths[column] - cell.count)
                line += (right.contains(column) ? pad + cell : cell + pad) + "  "
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    private static func cells(_ run: RunRecord, now: Double) -> [String] {
        [
            ErrorReport.visible(String(run.name.prefix(32))), run.state.rawValue, steps(run),
            number(run.loss), number(run.bestEvaluationLoss), run.method ?? "-",
            age(now - run.changedSeconds), run.process.map(String.init) ?? "-",
            // Last, and short enough for lines of 80.
            ErrorReport.visible(String((run.model ?? "-").prefix(22))),
        ]
    }

    /// One run in full, with what can be done about it.
    static func text(of run: RunRecord, now: Double) -> String {
        var rows = [
            ("name", run.name), ("folder", run.folder), ("state", run.state.rawValue),
            ("step", steps(run)), ("loss", number(run.loss)),
            ("best eval loss", number(run.bestEvaluationLoss)),
            ("saved", run.savedStep.map { "step \($0)" } ?? "-"), ("method", run.method ?? "-"),
            ("model", run.model ?? "-"), ("changed", age(now - run.changedSeconds) + " ago"),
            ("process", run.process.map(String.init) ?? "-"),
        ]
        if let fault = run.fault { rows.append(("fault", fault)) }
        if let next = next(run) { rows.append(("go on with", next)) }
        return rows.map { name, value in
            name.padding(toLength: 16, withPad: " ", startingAt: 0) + ErrorReport.visible(value)
                + "\n"
        }.joined()
    }

    /// The command that makes sense now.
    private static func next(_ run: RunRecord) -> String? {
        switch run.state {
        case .training, .paused: "workbench attach \(run.folder)"
        case .lost, .stopped, .failed: "workbench train \(run.folder)/\(RunFolder.planName)"
        case .evaluating, .done: nil
        }
    }

    private static func steps(_ run: RunRecord) -> String {
        guard let step = run.step else { return "-" }
        return "\(step)" + (run.totalSteps.map { "/\($0)" } ?? "")
    }

    private static func number(_ value: Double?) -> String {
        value.map { String(format: "%.4f", $0) } ?? "-"
    }

    /// How long ago, in one unit.
    static func age(_ seconds: Double) -> String {
        let whole = Int(max(0, min(seconds, 1e11)))
        return switch whole {
        case ..<60: "\(whole)s"
        case ..<3600: "\(whole / 60)m"
        case ..<86_400: "\(whole / 3600)h"
        default: "\(whole / 86_400)d"
        }
    }
}

extension RunRecord {
    /// The same with what the run's own process says, if there is one and it answers soon.
    var asked: RunRecord {
        guard state.isLive, let status = try? RunDoor.ask(folder, "status", seconds: 1),
            status["ok"]?.bool == true
        else { return self }
        var run = self
        run.step = status["step"]?.integer ?? step
        run.totalSteps = status["total_steps"]?.integer ?? totalSteps
        run.loss = status["loss"]?.double ?? loss
        run.bestEvaluationLoss = status["best_eval_loss"]?.double ?? bestEvaluationLoss
        run.savedStep = status["saved_step"]?.integer ?? savedStep
        return run
    }

    /// For scripts.
    var json: JSONObject {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        func whole(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
        func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
        return [
            "name": .string(name), "folder": .string(folder), "state": .string(state.rawValue),
            "step": whole(step), "total_steps": whole(totalSteps), "loss": number(loss),
            "best_eval_loss": number(bestEvaluationLoss), "saved_step": whole(savedStep),
            "method": text(method), "model": text(model), "changed": .number(changedSeconds),
            "process": whole(process.map { Int($0) }), "error": text(fault),
        ]
    }
}
