// The loss on samples that are not trained on: the same measure between steps and in a run that
// only evaluates. It keeps no state and saves nothing.

/// Held-out samples and how many of them go through the model together.
struct EvaluationPass {
    /// What is measured.
    var objective: any Objective = TokenLoss()
    /// Answers the samples where the model is judged by what it says.
    var rollouts: Rollouts?
    /// The samples.
    let examples: [EncodedExample]
    /// Samples in one batch.
    let batchSize: Int

    /// The means over all samples, as of step 0; nil when the user stopped. `progress` hears how
    /// many samples are done. Throws when the model computes no number.
    func measure(
        _ model: ObjectiveModel, _ control: RunControl, now: () -> Double,
        progress: (Int) -> Void = { _ in }
    ) throws(KernelError) -> EvaluationRecord? {
        let start = now()
        var (measures, tokens) = (Measures(), 0)
        for range in BatchPlan.chunks(count: examples.count, size: batchSize) {
            guard control.requestedState != .stop else { return nil }
            let batch = PackedBatch(examples[range])
            if let rollouts {
                guard
                    let found = try rollouts.evaluate(
                        examples[range], isStopped: { control.requestedState == .stop })
                else { return nil }
                measures += found
            } else if objective.weight(of: batch) > 0 {
                measures += objective.measure(batch, on: model)
                guard objective.values(of: measures)[.loss]?.isFinite == true else {
                    throw model.decoder.notFiniteError()
                }
            }
            tokens += batch.learnedTargets
            progress(range.upperBound)
        }
        return EvaluationRecord(
            step: 0, epoch: 0, values: [.loss: 0].merging(objective.values(of: measures)) { $1 },
            tokens: tokens,
            seconds: now() - start)
    }
}

extension PackedBatch {
    /// The rows of a micro-batch; examples that share a row stay apart, unless the row is open.
    init(_ rows: some Sequence<EncodedExample>) {
        self.init()
        for row in rows {
            for segment in row.segments {
                append(ids: Array(row.ids[segment]), labels: Array(row.labels[segment]))
            }
            if row.arrangement.isJudged {
                verdicts.append(row.arrangement == .desirable)
                unlearnedTargets += targetRanges.suffix(row.parts.count - 1).reduce(0) {
                    $0 + $1.count
                }
            }
            guard row.arrangement == .open else { continue }
            // One segment for attention, but each example counts its own positions.
            let start = positions.count - row.ids.count
            for part in row.parts {
                for (position, place) in part.enumerated() {
                    positions[start + place] = Int32(position)
                }
            }
        }
    }
}
