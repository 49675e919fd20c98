// From a plan and the lengths of the rows to the order of a run, and to how large its micro-batches get.

extension BatchPlan {
    /// The batches of a plan's run over rows of these lengths.
    public init(_ plan: TrainingPlan, lengths: [Int]) throws(KernelError) {
        guard !lengths.isEmpty else { throw KernelError(.badData, "there is nothing to train on") }
        let size = plan.batching.microBatchSize
        guard !plan.batching.dropsLast || lengths.count >= size else {
            throw KernelError(
                .configuration, "leaving out the incomplete batch leaves nothing",
                at: "dataloader_drop_last",
                because: "\(lengths.count) examples fill no batch of \(size)",
                hint: "Switch it off, or lower per_device_train_batch_size.")
        }
        var order = plan.batching.shuffles ? Order.shuffled : .sequential
        if plan.batching.groupsByLength { order = .groupedByLength(lengths) }
        self.init(
            exampleCount: lengths.count, microBatchSize: size,
            accumulation: plan.batching.accumulationSteps, epochs: plan.duration.epochs,
            maximumSteps: plan.duration.stepsMax, dropsLast: plan.batching.dropsLast, order: order,
            seed: UInt64(bitPattern: Int64(plan.shuffleSeed)))
    }

    /// Tokens of the largest micro-batch over rows of these lengths, in the first three epochs: later
    /// ones draw from the same rows.
    public func tokensMax(lengths: [Int]) -> Int {
        var largest = 0
        for epoch in 0..<3 where epoch * stepsPerEpoch < steps {
            let order = exampleOrder(epoch: epoch)
            for step in epoch * stepsPerEpoch..<min(steps, (epoch + 1) * stepsPerEpoch) {
                for batch in microBatches(step: step, order: order) {
                    largest = max(largest, batch.reduce(0) { $0 + lengths[$1] })
                }
            }
        }
        return largest
    }
}
