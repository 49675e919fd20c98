// What attention takes of an arena; the numbers are those of Attention.swift.

extension Attention {
    /// The result, which is kept, and scratch; the gradients of queries, keys and values besides.
    static func memory(_ shape: AttentionShape, over batch: BatchShape) -> MemoryCost {
        let (rows, d) = (batch.tokens, shape.headDimension)
        let queries = Tensor.byteCount(rows, shape.heads * d)
        let keys = Tensor.byteCount(rows, shape.keyValueHeads * d)
        let transposed = Tensor.byteCount(1, rows * shape.keyValueHeads * d + lanes)
        let width = scoreWidth(longest: batch.longest)
        func scratch(_ rows: Int) -> Int { Tensor.byteCount(Parallel.threadCount, rows * width) }
        let sums = splits(shape, samples: batch.samples) ? 2 * queries : 0
        return MemoryCost(
            kept: queries, forward: transposed + scratch(stripRows),
            backward: queries + 2 * keys + 2 * transposed + sums
                + scratch((shape.softCap == nil ? 2 : 3) * blockRows))
    }
}
