// Three made-up runs and their curves, for tests of what shows runs.

import Foundation
import Kernel
import Testing

@testable import Workbench

/// Runs in a temporary folder, as the finder finds them.
enum RunSamples {
    /// Answers what the list of runs asks.
    static func world(_ effect: Workbench.Effect) -> [AppMessage] {
        switch effect {
        case .runs(.listRuns): (try? listing.get()).map { [.runs(.runsListed($0))] } ?? []
        case .runs(.readCurve(let folder)):
            [
                .runs(
                    .curveRead(
                        folder: folder,
                        .success(
                            folder.hasSuffix("oom")
                                ? RunCurve() : curve(folder.hasSuffix("02") ? 1.5 : 1, to: 600))))
            ]
        default: []
        }
    }

    static func curve(_ best: Double, to steps: Int) -> RunCurve {
        var curve = RunCurve()
        for step in stride(from: 10, through: steps, by: 10) {
            var record = TrainSamples.record(step)
            record.loss = best + 2 * exp(-Double(step) / 100)
            curve.steps.append(record)
            guard step % 100 == 0 else { continue }
            curve.evaluations.append(
                EvaluationRecord(
                    step: step, epoch: 0, loss: record.loss + 0.1, tokens: 0, seconds: 0))
        }
        return curve
    }

    static func plan(_ rate: Double, rank: Int) -> TrainingPlan {
        var plan = Fixture.readyPlan
        plan.optimizer.learningRate = rate
        plan.tuning.lora.rank = rank
        return plan
    }

    /// Records can only be read from folders: this writes some and reads them.
    static let listing = Result { try written() }

    private static func written() throws -> RunListing {
        let root = FileManager.default.temporaryDirectory
            .appendingPathComponent("runs-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        func make(
            _ name: String, _ status: String, _ loss: Double?, _ plan: TrainingPlan?,
            _ notes: RunNotes = RunNotes()
        ) throws -> RunEntry {
            let folder = "\(root.path)/\(name)"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try Data(status.utf8).write(to: URL(fileURLWithPath: "\(folder)/workbench_run.json"))
            if let loss {
                let line = #"{"current_steps": 300, "total_steps": 600, "loss": \#(loss)}"# + "\n"
                try Data(line.utf8)
                    .write(to: URL(fileURLWithPath: "\(folder)/trainer_log.jsonl"))
            }
            var record = try #require(RunRecord(folder: folder))
            (record.folder, record.changedSeconds) = ("/runs/\(name)", loss ?? 0)
            record.values[.tokensPerSecond] = loss.map { $0 * 100 }
            return RunEntry(
                record: record, plan: plan, notes: notes)
        }
        return RunListing(
            runs: [
                try make(
                    "客服-03", #"{"state": "done", "best_eval_loss": 1.25, "model": "SmolLM2"}"#, 1.5,
                    plan(2e-4, rank: 16), RunNotes(note: "good", tags: ["prod"])),
                try make(
                    "sft-02", #"{"state": "stopped", "model": "SmolLM2"}"#, 2.5,
                    plan(1e-4, rank: 8)),
                try make("oom", #"{"state": "failed", "error": "no memory"}"#, nil, nil),
            ], nowSeconds: 100)
    }
}
