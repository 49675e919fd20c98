// The size of a micro-batch as far as memory goes, and the largest of a run.

/// What of a micro-batch decides how much memory it takes.
public struct BatchShape: Sendable, Equatable {
    /// Tokens of all samples.
    public var tokens: Int
    /// Rows that predict a trained token: what the head reads.
    public var targets: Int
    /// Tokens of the longest sample.
    public var longest: Int
    public var samples: Int

    /// `targets` are all tokens unless told, `longest` as well.
    public init(tokens: Int, targets: Int? = nil, longest: Int? = nil, samples: Int = 1) {
        self.tokens = tokens
        self.targets = targets ?? tokens
        self.longest = longest ?? tokens
        self.samples = samples
    }

    /// One row of a batch, which may hold several samples.
    init(_ row: EncodedExample) {
        let samples = row.segments
        self.init(
            tokens: row.ids.count, targets: row.labels.count { $0 != -100 },
            longest: samples.map(\.count).max() ?? 0, samples: samples.count)
    }

    /// A batch that is there.
    init(_ batch: PackedBatch) {
        self.init(
            tokens: batch.tokens.count, targets: batch.targets.count,
            longest: batch.sampleRanges.map(\.count).max() ?? 0,
            samples: batch.sampleRanges.count)
    }

    /// Rows that are laid end to end.
    init(_ rows: some Sequence<BatchShape>) {
        self.init(tokens: 0, samples: 0)
        for row in rows {
            tokens += row.tokens
            targets += row.targets
            longest = max(longest, row.longest)
            samples += row.samples
        }
    }

    /// Room for either of two batches; fewer samples take more.
    func covering(_ other: BatchShape?) -> BatchShape {
        guard let other else { return self }
        return BatchShape(
            tokens: max(tokens, other.tokens), targets: max(targets, other.targets),
            longest: max(longest, other.longest), samples: min(samples, other.samples))
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
