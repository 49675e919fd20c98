// How the gradients of a step's micro-batches become one sum: by one rank, or by several that share the micro-batches.

/// Adds up gradients over the micro-batches of a step.
public protocol GradientReduction: AnyObject {
    /// The places of the micro-batches that this rank computes, of so many in a step.
    func share(of microBatches: Int) -> Range<Int>
    /// Before the first micro-batch: gradients are zero then.
    func begin()
    /// The gradients of one more micro-batch were added to the store.
    func microBatchIsDone()
    /// After the last one: the store has the sums of all ranks.
    func finish() throws(KernelError)
}

/// In which order gradients are added.
public enum GradientOrder: Sendable, Equatable {
    /// One after the other as they come, then rank by rank: no memory beside the gradients, rounding by the
    /// number of ranks.
    case fast
    /// Neighbouring micro-batches first, then sums of neighbours. The sums have the same bits for any number of ranks
    /// where ranks and micro-batches are powers of two, and take log₂ of the micro-batches in buffers.
    case tree
}

/// Ranks with the same parameters, each on its own micro-batches (data parallel).
public final class DataParallel: GradientReduction {
    private let gradients: Tensor
    private let communicator: any Communicator
    private let order: GradientOrder
    /// Micro-batches of a step.
    private let accumulation: Int
    /// Finished subtrees, the largest first, each with the micro-batches in it.
    private var subtrees: [(sum: [Float], leaves: Int)] = []

    /// The reduction of a store over a group; `accumulation` is the number of micro-batches in a step of all ranks.
    public init(
        _ store: ParameterStore, over communicator: any Communicator, accumulation: Int,
        order: GradientOrder
    ) {
        (gradients, self.communicator) = (store.gradients, communicator)
        (self.accumulation, self.order) = (accumulation, order)
    }

    /// Neighbouring micro-batches, so that the lower part of the tree lies in one rank. The last step of an epoch may
    /// have fewer: ranks behind its end have none.
    public func share(of microBatches: Int) -> Range<Int> {
        let each = (accumulation + communicator.size - 1) / communicator.size
        let start = min(microBatches, communicator.rank * each)
        return start..<min(microBatches, start + each)
    }

    public func begin() {
        gradients.fill(0)
        subtrees = []
    }

    public func microBatchIsDone() {
        guard order == .tree else { return }
        var (sum, leaves) = (gradients.values, 1)
        while let last = subtrees.last, last.leaves == leaves {
            sum = Self.added(last.sum, sum)
            leaves *= 2
            subtrees.removeLast()
        }
        subtrees.append((sum, leaves))
        gradients.fill(0)
    }

    public func finish() throws(KernelError) {
        if var (sum, _) = subtrees.popLast() {
            while let (left, _) = subtrees.popLast() { sum = Self.added(left, sum) }
            for (i, value) in sum.enumerated() { gradients.pointer[i] = value }
        }
        guard communicator.size > 1 else { return }
        try communicator.allReduce(
            UnsafeMutableBufferPointer(start: gradients.pointer, count: gradients.count))
    }

    private static func added(_ left: [Float], _ right: [Float]) -> [Float] {
        var sum = left
        for i in sum.indices { sum[i] += right[i] }
        return sum
    }
}

/// The seat of a run in its group: who it computes with, and how their gradients are added.
public struct RankContext {
    public let communicator: any Communicator
    public let order: GradientOrder

    public init(_ communicator: any Communicator, order: GradientOrder) {
        (self.communicator, self.order) = (communicator, order)
    }

    /// A run of one rank.
    public static var only: RankContext { RankContext(SingleProcess(), order: .fast) }
}
