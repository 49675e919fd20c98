// The plan that the interface opens with: the sample model and data with good settings, so that Start is
// one key away; or as much of them as exists.

import Foundation
import Kernel

enum StartingPlan {
    /// Looks for the sample data beside the program and below the current folder.
    static func make(_ paths: Paths) -> TrainingPlan {
        var plan = TrainingPlan()
        plan.output.folder = freshFolder(in: paths.runs)
        if FileManager.default.fileExists(atPath: paths.sampleModel) {
            plan.model.path = paths.sampleModel
            plan.encoding.template = "smollm2"
        }
        if let folder = sampleData() {
            plan.data.folder = folder
            plan.data.names = ["identity"]
        }
        plan.computeType = .automatic
        plan = (Preset.named("quick") ?? Preset.all[0]).applied(to: plan)
        // The persona set is small: many small steps at a high rate make the answers change in a minute.
        plan.optimizer.learningRate = 1.5e-3
        plan.duration.epochs = 4
        plan.batching.microBatchSize = 4
        plan.batching.accumulationSteps = 1
        plan.data.validationSize = 0.1
        plan.evaluation.cadence = .steps
        plan.evaluation.interval = .init(10)
        plan.checkpointing.interval = .init(20)
        plan.checkpointing.keptMax = 2
        return plan
    }

    private static func sampleData() -> String? {
        let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return samplePlaces(program: program ?? "").first {
            FileManager.default.fileExists(atPath: "\($0)/dataset_info.json")
        }
    }

    /// Where sample data may lie: here, where `make install` puts it, beside the program, and in a checkout
    /// whose .build has the program.
    static func samplePlaces(program: String) -> [String] {
        let beside = (program as NSString).deletingLastPathComponent
        guard !beside.isEmpty else { return ["sample-data"] }
        let others =
            ["../share/workbench/sample-data", "sample-data"]
            + ["../../../sample-data", "../../sample-data"]
        return ["sample-data"] + others.map { ("\(beside)/\($0)" as NSString).standardizingPath }
    }

    /// run-1, run-2, …: the first that is not there yet.
    private static func freshFolder(in runs: String) -> String {
        var number = 1
        while number < 100_000, FileManager.default.fileExists(atPath: "\(runs)/run-\(number)") {
            number += 1
        }
        return "\(runs)/run-\(number)"
    }
}
