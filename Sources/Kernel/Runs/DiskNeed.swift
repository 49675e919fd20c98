// How many bytes a run will write: a checkpoint, those that are kept at once, and the result. Told before
// the first step, since a save that fails after hours is told too late.

import Foundation

/// What a run needs on the disk; sizes of weights are exact, small files are rounded up.
public struct DiskNeed: Sendable, Equatable {
    /// One checkpoint.
    public var checkpointBytes: Int
    /// Checkpoints that lie in the folder at the same time at most.
    public var checkpoints: Int
    /// The trained weights in the run's folder at the end.
    public var resultBytes: Int

    /// All together.
    public var totalBytes: Int {
        let (kept, overflow) = checkpointBytes.multipliedReportingOverflow(by: checkpoints)
        let (total, beyond) = kept.addingReportingOverflow(resultBytes)
        return overflow || beyond ? .max : total
    }

    /// Configuration, tokenizer, state and manifest beside the weights.
    private static let sideBytes = 64 << 10
    private static let modelSideBytes = 8 << 20

    /// From shapes alone, before anything is read. Without `steps`, the length of the run, one checkpoint is
    /// reckoned with.
    public init(_ plan: TrainingPlan, model: ModelFolder, tuning: TuningChoice, steps: Int?) {
        let trained = tuning.method.parameters(of: tuning.weights)
        func count(_ specs: [ParameterSpec]) -> Int { specs.reduce(0) { $0 + $1.count } }
        let bfloat16 = count(trained.filter { $0.dtype == .bfloat16 })
        self.init(
            plan, trainedBytes: trained.reduce(0) { $0 + $1.byteCount },
            modelBytes: count(tuning.weights.allParameters) * 4 - bfloat16 * 2,
            optimizerBytes: plan.optimizer.kind.stateBytes(plan.optimizer, trained), steps: steps,
            stepsPerEpoch: nil)
    }

    init(
        _ plan: TrainingPlan, trained: ParameterBuffer, model parameters: Int,
        optimizer: any Optimizer, steps: Int, stepsPerEpoch: Int
    ) {
        self.init(
            plan, trainedBytes: trained.byteCount,
            modelBytes: parameters * 4 - trained.bfloat16.count * 2,
            optimizerBytes: optimizer.stateItems.reduce(0) { $0 + $1.byteCount }, steps: steps,
            stepsPerEpoch: stepsPerEpoch)
    }

    private init(
        _ plan: TrainingPlan, trainedBytes: Int, modelBytes: Int, optimizerBytes: Int, steps: Int?,
        stepsPerEpoch: Int?
    ) {
        resultBytes =
            plan.tuning.method.trainsAdapter
            ? trainedBytes + Self.sideBytes : modelBytes + Self.modelSideBytes
        checkpointBytes =
            resultBytes + Self.sideBytes
            + (plan.checkpointing.savesOnlyModel ? 0 : optimizerBytes)
        checkpoints = Self.kept(plan, steps: steps, stepsPerEpoch: stepsPerEpoch)
    }

    private static func kept(_ plan: TrainingPlan, steps: Int?, stepsPerEpoch: Int?) -> Int {
        let saving = plan.checkpointing
        let saves: Int
        switch (saving.cadence, steps, stepsPerEpoch) {
        case _ where !plan.trains: return 0
        case (.never, _, _): saves = 0
        case (.steps, let steps?, _):
            let interval = max(1, saving.interval.steps(of: steps))
            saves = steps / interval + (steps % interval == 0 ? 0 : 1)
        case (.epoch, let steps?, let interval?):
            saves = steps / max(1, interval) + (steps % max(1, interval) == 0 ? 0 : 1)
        case (.epoch, _, _): saves = Int(exactly: plan.duration.epochs.rounded(.up)) ?? 1
        case (.steps, nil, _): saves = 1
        }
        guard let limit = saving.keptMax else { return saves + (saving.loadsBest ? 1 : 0) }
        // The new one is whole before the oldest goes, and the best stays besides.
        return min(saves, max(1, limit) + 1) + (saving.loadsBest ? 1 : 0)
    }

    /// Bytes that are missing in the folder's file system; nil when they are there or when that is unknown.
    /// The folder need not be there yet.
    public func shortage(in folder: String) -> Int? {
        guard let free = ExportEstimate.freeBytes(at: folder) else { return nil }
        let missing = bytes(beside: Checkpoint.list(in: folder).count) - free
        return missing > 0 ? missing : nil
    }

    /// What is still to be written: checkpoints that are there already take no room anew.
    private func bytes(beside have: Int) -> Int {
        max(0, totalBytes - checkpointBytes * min(have, checkpoints))
    }

    /// What to say before a run whose folder is in a file system with too little room.
    func notes(in folder: String) -> [Sentence] {
        guard let free = DiskCalls.current.freeBytes(folder) else { return [] }
        let have = Checkpoint.list(in: folder).count
        if free < max(checkpoints > have ? checkpointBytes : 0, resultBytes) {
            return [
                checkpoints > 0
                    ? "The disk is nearly full: \(Self.text(free)) are free in \(folder), and a checkpoint "
                        + "takes about \(Self.text(checkpointBytes)). Saving will fail unless space is made."
                    : "The disk is nearly full: \(Self.text(free)) are free in \(folder), and the result "
                        + "takes about \(Self.text(resultBytes)). Saving will fail unless space is made."
            ]
        }
        guard free < bytes(beside: have) else { return [] }
        return [
            "The run will keep up to \(checkpoints) checkpoints of about \(Self.text(checkpointBytes)) each, "
                + "and \(Self.text(free)) are free in \(folder): later saves will fail. Set "
                + "save_total_limit, or make space."
        ]
    }

    private static func text(_ bytes: Int) -> String { ByteText.of(bytes) }
}
