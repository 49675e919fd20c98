// Step counts and orders of batches, and that any step can be asked for alone.

import Testing

@testable import Kernel

@Suite struct BatchesTests {
    private func plan(
        _ count: Int, _ size: Int, _ accumulation: Int, epochs: Double = 1, maximum: Int? = nil,
        dropsLast: Bool = false, order: BatchPlan.Order = .shuffled, seed: UInt64 = 42
    ) -> BatchPlan {
        BatchPlan(
            exampleCount: count, microBatchSize: size, accumulation: accumulation, epochs: epochs,
            maximumSteps: maximum, dropsLast: dropsLast, order: order, seed: seed)
    }

    @Test(arguments: [
        // 1,000 examples, 1 × 8, 3 epochs: 125 steps an epoch, 375 in all.
        (1000, 1, 8, 3.0, 375),
        // ⌈10/3⌉ = 4 micro-batches, ⌈4/3⌉ = 2 steps an epoch.
        (10, 3, 3, 1.0, 2),
        // Half an epoch of 2 steps is 1 step; 1.2 epochs are ⌈2.4⌉ = 3.
        (10, 3, 3, 0.5, 1), (10, 3, 3, 1.2, 3),
        // Fewer examples than one step wants.
        (3, 2, 8, 2.0, 2), (1, 1, 1, 1.0, 1),
    ])
    func stepCounts(count: Int, size: Int, accumulation: Int, epochs: Double, steps: Int) {
        #expect(plan(count, size, accumulation, epochs: epochs).steps == steps)
    }

    @Test func maximumStepsOverrideEpochs() {
        let short = plan(10, 1, 1, epochs: 3, maximum: 4)
        #expect(short.steps == 4)
        let long = plan(10, 1, 1, epochs: 1, maximum: 25)
        #expect(long.steps == 25)
        #expect(long.epoch(ofStep: 24) == 2)
        #expect(long.microBatches(step: 24).count == 1)
    }

    @Test func sequentialBatchesEndWithShorterOnes() {
        let batches = plan(10, 3, 3, epochs: 2, order: .sequential)
        #expect(batches.microBatches(step: 0) == [[0, 1, 2], [3, 4, 5], [6, 7, 8]])
        #expect(batches.microBatches(step: 1) == [[9]])
        #expect(batches.microBatches(step: 2) == batches.microBatches(step: 0))
        #expect(batches.steps == 4)
    }

    @Test func incompleteBatchesCanBeLeftOut() {
        // ⌊10/3⌋ = 3 micro-batches, ⌈3/2⌉ = 2 steps an epoch; the tenth example is not seen.
        let batches = plan(10, 3, 2, epochs: 2, dropsLast: true, order: .sequential)
        #expect(batches.microBatchesPerEpoch == 3 && batches.steps == 4)
        #expect(batches.examplesPerEpoch == 9)
        #expect(batches.microBatches(step: 0) == [[0, 1, 2], [3, 4, 5]])
        #expect(batches.microBatches(step: 1) == [[6, 7, 8]])
        #expect(batches.microBatches(step: 2) == batches.microBatches(step: 0))
        let epochs: [Double] = [0, 2 / 3, 1, 1 + 2 / 3, 2]
        #expect((0...4).map { batches.epochs(afterSteps: $0) } == epochs)
        // Another order leaves out another example.
        let shuffled = plan(10, 3, 1, epochs: 20, dropsLast: true)
        let left = (0..<20).map { epoch in
            Set(0..<10).subtracting(
                (0..<3).flatMap {
                    shuffled.microBatches(step: epoch * 3 + $0).flatMap(\.self)
                })
        }
        #expect(left.allSatisfy { $0.count == 1 } && Set(left).count > 3)
        // Nothing is incomplete.
        #expect(plan(9, 3, 2, dropsLast: true) == plan(9, 3, 2))
    }

    @Test(arguments: [BatchPlan.Order.shuffled, .groupedByLength((0..<23).map { $0 * 7 % 11 })])
    func everyEpochVisitsEachExampleOnce(order: BatchPlan.Order) {
        let batches = plan(23, 2, 3, epochs: 3, order: order)
        var epochs: [[Int]] = [[], [], []]
        for step in 0..<batches.steps {
            epochs[batches.epoch(ofStep: step)] += batches.microBatches(step: step).flatMap(\.self)
        }
        for epoch in epochs { #expect(epoch.sorted() == Array(0..<23)) }
        #expect(epochs[0] != epochs[1] && epochs[1] != epochs[2])
    }

    /// Asking for one step alone gives what a run from the start would have seen there.
    @Test func anyStepCanBeAskedForAlone() {
        let whole = plan(50, 2, 4, epochs: 4)
        let seen = (0..<whole.steps).map { whole.microBatches(step: $0) }
        for step in [13, 27, 0, 6] {
            #expect(plan(50, 2, 4, epochs: 4).microBatches(step: step) == seen[step])
            let order = whole.exampleOrder(epoch: whole.epoch(ofStep: step))
            #expect(whole.microBatches(step: step, order: order) == seen[step])
        }
    }

    @Test func seedsGiveOtherOrders() {
        #expect(
            plan(50, 1, 1, seed: 1).exampleOrder(epoch: 0)
                != plan(50, 1, 1, seed: 2).exampleOrder(epoch: 0))
        #expect(
            plan(50, 1, 1, seed: 1).exampleOrder(epoch: 3)
                == plan(50, 2, 5, seed: 1).exampleOrder(epoch: 3))
    }

    @Test func groupedBatchesHoldSimilarLengths() {
        let lengths = (0..<400).map { $0 * 37 % 101 }
        // Steps of 4, 400 / (4·4) = 25 of them a stretch: 100 examples, four stretches.
        let batches = plan(400, 4, 1, order: .groupedByLength(lengths))
        let order = batches.exampleOrder(epoch: 0)
        #expect(lengths[order[0]] == 100)
        func spread(_ order: [Int]) -> Int {
            BatchPlan.chunks(count: 400, size: 4).reduce(0) { sum, range in
                let group = order[range].map { lengths[$0] }
                return sum + (group.max() ?? 0) - (group.min() ?? 0)
            }
        }
        let shuffled = plan(400, 4, 1).exampleOrder(epoch: 0)
        #expect(spread(order) * 5 < spread(shuffled))
        for range in BatchPlan.chunks(count: 400, size: 100).dropFirst() {
            let stretch = order[range].dropFirst().map { lengths[$0] }
            #expect(stretch == stretch.sorted(by: >))
        }
    }

    @Test func epochProgressCountsMicroBatches() {
        // Four micro-batches an epoch in steps of three: 3/4 after the first step, 1 after two.
        let batches = plan(10, 3, 3, epochs: 2)
        #expect((0...4).map { batches.epochs(afterSteps: $0) } == [0, 0.75, 1, 1.75, 2])
    }

    @Test func theLargestMicroBatchIsFound() {
        let lengths = [5, 1, 1, 9, 2, 2, 8]
        #expect(
            plan(7, 2, 2, order: .sequential).largest(lengths.map { BatchShape(tokens: $0) }).tokens
                == 10)
        // Steps that never come do not count, and fewer steps than an epoch has are fine.
        let short = BatchPlan(
            exampleCount: 7, microBatchSize: 2, accumulation: 1, epochs: 1, maximumSteps: 1,
            order: .sequential, seed: 1)
        #expect(short.largest(lengths.map { BatchShape(tokens: $0) }).tokens == 6)
        let long = plan(7, 1, 1, epochs: 5)
        #expect(long.largest(lengths.map { BatchShape(tokens: $0) }).tokens == 9)
    }

    @Test func chunksCoverTheCount() {
        #expect(BatchPlan.chunks(count: 5, size: 2) == [0..<2, 2..<4, 4..<5])
        #expect(BatchPlan.chunks(count: 0, size: 2).isEmpty)
    }
}
