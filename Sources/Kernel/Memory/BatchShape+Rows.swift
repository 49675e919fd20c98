// What the rows of a run take as a micro-batch, and the largest micro-batch of a run.

extension BatchShape {
    /// One row of a batch, which may hold several samples.
    init(_ row: EncodedExample) {
        let samples = row.segments
        self.init(
            tokens: row.ids.count, targets: row.labels.count { $0 != -100 },
            longest: samples.map(\.count).max() ?? 0, samples: samples.count)
    }

    /// The answers to the prompt of a row, as long as they may be.
    init(answersTo row: EncodedExample, _ rollout: RolloutSettings) {
        let tokens = row.ids.count + rollout.newTokensMax
        self.init(
            tokens: rollout.answers * tokens, targets: rollout.answers * rollout.newTokensMax,
            longest: tokens, samples: rollout.answers)
    }

    /// A batch that is there.
    init(_ batch: PackedBatch) {
        self.init(
            tokens: batch.tokens.count, targets: batch.targets.count,
            longest: batch.sampleRanges.map(\.count).max() ?? 0,
            samples: batch.sampleRanges.count)
    }
}

extension BatchPlan {
    /// The largest micro-batch over these rows, in the first three epochs: later ones draw from the same rows.
    public func largest(_ rows: [BatchShape]) -> BatchShape {
        var largest: BatchShape?
        for epoch in 0..<3 where epoch * stepsPerEpoch < steps {
            let order = exampleOrder(epoch: epoch)
            for step in epoch * stepsPerEpoch..<min(steps, (epoch + 1) * stepsPerEpoch) {
                for batch in microBatches(step: step, order: order) {
                    largest = BatchShape(batch.lazy.map { rows[$0] }).covering(largest)
                }
            }
        }
        return largest ?? BatchShape(tokens: 0)
    }
}
