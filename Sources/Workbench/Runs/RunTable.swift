// Runs as text: a table for people, an object for scripts, and what a live run's own process adds to what is in its
// folder.

import Foundation
import Kernel
import Panels

/// Runs in columns.
enum RunTable {
    /// One line a run under a heading; numbers to the right.
    static func text(_ runs: [RunRecord], now: Double) -> String {
        let heading = [
            tr("NAME"), tr("STATE"), tr("STEP"), tr("LOSS"), tr("EVAL"), tr("METHOD"), tr("AGE"),
            tr("PID"), tr("MODEL"),
        ]
        let rows = [heading] + runs.map { cells($0, now: now) }
        let widths = heading.indices.map { column in
            rows.map { TextWidth.columns(of: $0[column]) }.max() ?? 0
        }
        let right: Set = [2, 3, 4, 6, 7]
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let pad = String(
                    repeating: " ", count: widths[column] - TextWidth.columns(of: cell))
                line += (right.contains(column) ? pad + cell : cell + pad) + "  "
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    private static func cells(_ run: RunRecord, now: Double) -> [String] {
        [
            String(ErrorReport.visible(run.name).prefix(32)), run.state.word, steps(run),
            number(run.loss), number(run.bestEvaluationLoss),
            ErrorReport.visible(run.method ?? "-"),
            age(now - run.changedSeconds), run.process.map(String.init) ?? "-",
            // Last, and short enough for lines of 80.
            String(ErrorReport.visible(run.model ?? "-").prefix(22)),
        ]
    }

    /// One run in full, with what can be done with it.
    static func text(of run: RunRecord, now: Double) -> String {
        var rows = [
            (tr("name"), run.name), (tr("folder"), run.folder), (tr("state"), run.state.word),
            (tr("step"), steps(run)), (tr("loss"), number(run.loss)),
            (tr("best eval loss"), number(run.bestEvaluationLoss)),
            (tr("saved"), run.savedStep.map { tr("step {1}", $0) } ?? "-"),
            (tr("method"), run.method ?? "-"), (tr("model"), run.model ?? "-"),
            (tr("changed"), tr("{1} ago", age(now - run.changedSeconds))),
            (tr("process"), run.process.map(String.init) ?? "-"),
        ]
        if let fault = run.fault { rows.append((tr("fault"), tr(fault))) }
        if let next = next(run) { rows.append((tr("go on with"), next)) }
        return rows.map { name, value in
            "\(DisplayText(name).padded(to: 16))\(ErrorReport.visible(value))\n"
        }.joined()
    }

    /// The command that makes sense now.
    private static func next(_ run: RunRecord) -> String? {
        switch run.state {
        case .training, .paused: "workbench attach \(run.folder)"
        case .lost, .stopped, .failed: "workbench train \(run.folder)/\(RunFolder.planName)"
        case .evaluating, .done, .unknown: nil
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
    private static let statusReader = MetricReader(
        of: .step,
        except: [
            "process", "threads", "step", "total_steps", "remaining", "best_eval_loss",
            "saved_step",
        ])

    /// The same with the reply of the run's own process, if there is one and it answers soon.
    var asked: RunRecord {
        guard state.isLive, let status = try? ControlSocket.ask(folder, "status", seconds: 1),
            status["ok"]?.bool == true
        else { return self }
        var run = self
        run.step = status["step"]?.integer ?? step
        run.totalSteps = status["total_steps"]?.integer ?? totalSteps
        run.values.merge(Self.statusReader.values(in: status)) { $1.isNaN ? $0 : $1 }
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
            "process": whole(process.map { Int($0) }), "error": text(fault?.description),
        ]
    }
}
