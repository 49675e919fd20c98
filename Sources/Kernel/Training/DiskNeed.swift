// What a run will write, from shapes alone: its checkpoints as they are kept together, and its result. It is
// asked before the run, so that hours are not lost to a disk that was too small from the start.

import Foundation

/// Bytes that a plan's run needs in the file system of its folder.
public struct DiskNeed: Sendable, Equatable {
    /// One checkpoint.
    public let checkpointBytes: Int
    /// Checkpoints that lie there together at most.
    public let checkpoints: Int
    /// The result beside them.
    public let resultBytes: Int

    /// All of it together; as much as can be counted if that is more.
    public var bytes: Int {
        let (states, isLarge) = checkpointBytes.multipliedReportingOverflow(by: checkpoints)
        let (sum, isLarger) = states.addingReportingOverflow(resultBytes)
        return isLarge || isLarger ? .max : sum
    }

    /// Configuration, manifest, log and the like.
    private static let smallFiles = 1 << 16
    /// The tokenizer of a model beside them.
    private static let modelFiles = 8 << 20

    /// `steps` is the length of the run; without it, one checkpoint is reckoned with.
    public init(_ plan: TrainingPlan, model: ModelFolder, tuning: TuningChoice, steps: Int?) {
        let trained = tuning.weights.allParameters
            .filter { tuning.method.trainedNames.contains($0.name) }
        func count(_ specs: [ParameterSpec]) -> Int { specs.reduce(0) { $0 + $1.count } }
        let adapter = (tuning.method.lora?.parameters(in: DecoderSpec(model.config)) ?? [])
            .reduce(0) { $0 + $1.count }
        let numbers = adapter + count(trained)
        let halves =
            tuning.method.matricesIn == .bfloat16
            ? count(trained.filter { $0.shape.count > 1 }) : 0
        let float = MemoryLayout<Float>.stride
        let side: Int
        let weights: Int
        if tuning.method.lora != nil {
            (weights, side) = (numbers * float, Self.smallFiles)
        } else {
            // The whole model is written with its tokenizer, also where only a part of it trains.
            weights =
                count(tuning.weights.allParameters) * float
                - halves * (float - MemoryLayout<UInt16>.stride)
            side = Self.modelFiles
        }
        let buffers = plan.optimizer.kind == .adamW ? 2 : plan.optimizer.momentum > 0 ? 1 : 0
        let optimizer =
            plan.checkpointing.savesOnlyModel
            ? 0 : buffers * (numbers * float - halves * (float - MemoryLayout<UInt16>.stride))
        checkpointBytes = weights + optimizer + side
        resultBytes = weights + side
        checkpoints = plan.trains ? Self.checkpoints(plan, steps) : 0
    }

    private static func checkpoints(_ plan: TrainingPlan, _ steps: Int?) -> Int {
        let settings = plan.checkpointing
        let saves: Int? =
            switch settings.cadence {
            case .never: 0
            case .steps: steps.map { $0 / settings.interval.steps(of: $0) }
            case .epoch: Int(exactly: plan.duration.epochs.rounded(.up))
            }
        // A new one is written before an old one goes, and the best one stays beside the newest.
        let most = settings.keptMax.map { max(1, $0) + (settings.loadsBest ? 2 : 1) } ?? .max
        return min(saves ?? 1, most)
    }

    /// Bytes that are missing in the folder's file system; nil when they are there or nobody knows. What
    /// checkpoints take there already is not needed once more.
    public func shortage(in folder: String) -> Int? {
        guard let free = ExportEstimate.freeBytes(at: folder) else { return nil }
        let held = Checkpoint.list(in: folder).prefix(max(1, checkpoints))
            .reduce(0) { $0 + Self.bytes(of: $1.path) }
        let available = free.addingReportingOverflow(held)
        let missing = bytes - (available.overflow ? .max : available.partialValue)
        return missing > 0 ? missing : nil
    }

    private static func bytes(of checkpoint: String) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpoint)) ?? []
        return names.reduce(0) { sum, name in
            var status = stat()
            guard lstat("\(checkpoint)/\(name)", &status) == 0 else { return sum }
            return sum + Int(status.st_size)
        }
    }

    /// What a person should know before the first step; nil when there is room.
    func note(in folder: String) -> String? {
        guard let missing = shortage(in: folder) else { return nil }
        func mib(_ bytes: Int) -> String {
            "\((Double(bytes) / Double(1 << 20) * 10).rounded() / 10) MiB"
        }
        return "The disk is too small for the whole run: \(checkpoints) checkpoints of "
            + "\(mib(checkpointBytes)) and the result need \(mib(bytes)), \(mib(missing)) more than is "
            + "free. Free some space, choose another output_dir, or lower save_total_limit."
    }
}
