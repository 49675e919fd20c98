// Which examples each optimizer step trains on: a pure function of the step number, so a resumed
// run continues in the middle of an epoch without replaying it. Knows counts and lengths only.

/// The order and grouping of examples over a whole run.
public struct BatchPlan: Sendable, Equatable {
    /// In which order the examples of an epoch are visited.
    public enum Order: Sendable, Equatable {
        /// As they are stored, the same in every epoch.
        case sequential
        /// A random permutation for each epoch.
        case shuffled
        /// Random, but neighbours have similar lengths (given here), which saves padding.
        case groupedByLength([Int])
    }

    /// Examples in the training set.
    public let exampleCount: Int
    /// Examples in one micro-batch.
    public let microBatchSize: Int
    /// Micro-batches in one optimizer step.
    public let accumulation: Int
    /// Micro-batches of one epoch; the last may be smaller.
    public let microBatchesPerEpoch: Int
    /// Optimizer steps of the whole run.
    public let steps: Int
    /// In which order the examples of an epoch are visited.
    public let order: Order
    /// The root of the permutations.
    public let random: RandomSource

    /// Plans `epochs` passes (fractions count), or exactly `maximumSteps` steps when given. With
    /// `dropsLast` an incomplete last micro-batch of an epoch is left out.
    public init(
        exampleCount: Int, microBatchSize: Int, accumulation: Int, epochs: Double,
        maximumSteps: Int? = nil, dropsLast: Bool = false, order: Order = .shuffled, seed: UInt64
    ) {
        precondition(
            exampleCount > 0 && microBatchSize > 0 && accumulation > 0,
            "a batch plan needs positive counts: \(exampleCount) examples, micro-batches of "
                + "\(microBatchSize), accumulation \(accumulation)")
        precondition(
            !dropsLast || exampleCount >= microBatchSize,
            "\(exampleCount) examples fill no micro-batch of \(microBatchSize)")
        if case .groupedByLength(let lengths) = order {
            precondition(
                lengths.count == exampleCount,
                "\(lengths.count) lengths for \(exampleCount) examples")
        }
        self.exampleCount = exampleCount
        self.microBatchSize = microBatchSize
        self.accumulation = accumulation
        self.order = order
        self.random = RandomSource(seed: seed)
        microBatchesPerEpoch =
            dropsLast
            ? exampleCount / microBatchSize : Self.roundedUp(exampleCount, by: microBatchSize)
        let perEpoch = Self.roundedUp(microBatchesPerEpoch, by: accumulation)
        if let maximumSteps {
            precondition(maximumSteps > 0, "a run cannot have \(maximumSteps) steps")
            steps = maximumSteps
        } else {
            let exact = (epochs * Double(perEpoch)).rounded(.up)
            guard epochs > 0, let whole = Int(exactly: exact) else {
                preconditionFailure("a run cannot have \(epochs) epochs")
            }
            steps = whole
        }
    }

    /// Examples that one epoch visits: all, unless an incomplete micro-batch is left out.
    public var examplesPerEpoch: Int { min(exampleCount, microBatchesPerEpoch * microBatchSize) }

    /// Optimizer steps of one epoch; the last may have fewer micro-batches.
    public var stepsPerEpoch: Int { Self.roundedUp(microBatchesPerEpoch, by: accumulation) }

    /// The epoch, counted from 0, that step `step`, counted from 0, belongs to.
    public func epoch(ofStep step: Int) -> Int {
        step / stepsPerEpoch
    }

    /// Epochs done once `count` steps are done, as a fraction, by micro-batches seen.
    public func epochs(afterSteps count: Int) -> Double {
        let (whole, rest) = count.quotientAndRemainder(dividingBy: stepsPerEpoch)
        let seen = min(rest * accumulation, microBatchesPerEpoch)
        return Double(whole) + Double(seen) / Double(microBatchesPerEpoch)
    }

    /// The micro-batches of optimizer step `step` (counted from 0): indices of examples.
    public func microBatches(step: Int) -> [[Int]] {
        microBatches(step: step, order: exampleOrder(epoch: epoch(ofStep: step)))
    }

    /// The same with the order of the step's epoch at hand, which saves computing it for each step.
    public func microBatches(step: Int, order: [Int]) -> [[Int]] {
        precondition(step >= 0 && step < steps, "step \(step) is outside 0 ..< \(steps)")
        precondition(
            order.count == exampleCount, "an order of \(order.count) for \(exampleCount) examples")
        let first = step % stepsPerEpoch * accumulation
        let last = min(first + accumulation, microBatchesPerEpoch)
        return (first..<last).map { batch in
            let start = batch * microBatchSize
            return Array(order[start..<min(start + microBatchSize, exampleCount)])
        }
    }

    /// The order in which epoch `epoch` visits the examples.
    public func exampleOrder(epoch: Int) -> [Int] {
        switch order {
        case .sequential:
            return Array(0..<exampleCount)
        case .shuffled:
            return permutation(epoch: epoch)
        case .groupedByLength(let lengths):
            return groupedOrder(permutation(epoch: epoch), lengths: lengths)
        }
    }

    /// Consecutive groups of `size` indices below `count`, for evaluation.
    public static func chunks(count: Int, size: Int) -> [Range<Int>] {
        precondition(count >= 0 && size > 0, "cannot cut \(count) examples into groups of \(size)")
        return stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
    }

    // MARK: - Parts

    private func permutation(epoch: Int) -> [Int] {
        var stream = random.stream(.shuffle, step: epoch)
        return stream.permutation(of: exampleCount)
    }

    /// Sorts stretches of the permutation by falling length. A stretch is up to 50 whole steps
    /// long, at most a quarter of the set; the longest example leads, so that memory runs out in
    /// the first step or never.
    private func groupedOrder(_ permutation: [Int], lengths: [Int]) -> [Int] {
        let stepSize = microBatchSize * accumulation
        let stretch = max(1, min(exampleCount / (stepSize * 4), 50)) * stepSize
        var sorted: [Int] = []
        sorted.reserveCapacity(exampleCount)
        for range in Self.chunks(count: exampleCount, size: stretch) {
            // Ties keep the order of the permutation: Swift's sort is stable only by promise of
            // its implementation, so the position decides explicitly.
            sorted += permutation[range].enumerated()
                .sorted {
                    let (a, b) = (lengths[$0.element], lengths[$1.element])
                    return a == b ? $0.offset < $1.offset : a > b
                }
                .map(\.element)
        }
        let heads = Self.chunks(count: exampleCount, size: stretch).map(\.lowerBound)
        if let longest = heads.max(by: { lengths[sorted[$0]] < lengths[sorted[$1]] }) {
            sorted.swapAt(0, longest)
        }
        return sorted
    }

    private static func roundedUp(_ count: Int, by size: Int) -> Int {
        (count - 1) / size + 1
    }
}
