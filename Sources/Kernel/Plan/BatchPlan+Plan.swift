// From a plan and the lengths of the rows to the order of a run.

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
}
