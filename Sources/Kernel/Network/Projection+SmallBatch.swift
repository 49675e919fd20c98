// Projections of a token or a short prompt that read the same rows: packed weights are multiplied as they
// lie, all of them in one turn of the pool. It does not know which layers they are; nothing is recorded.

extension Projection {
    /// Up to so many rows the weights are better multiplied as they lie than decoded for a product of
    /// matrices, which reads and writes them several times.
    static let smallBatchMax = 32

    /// What each projection makes of x (T, K) in fp32.
    static func smallBatch(_ projections: [Projection], _ x: Value, _ context: ForwardContext)
        -> [Value]
    {
        let arena = context.arena
        let results = projections.map { Tensor(x.rows, $0.outputs, in: arena) }
        var packed: [(weight: any PackedWeight, y: Tensor)] = []
        for (projection, y) in zip(projections, results) {
            let adapter = context.usesAdapter ? projection.adapter : nil
            let input = adapter?.input(x.tensor, in: arena) ?? x.tensor
            switch projection.base.numbers {
            case .packed(let weight) where input.pointer == x.tensor.pointer:
                packed.append((weight, y))
            case .packed(let weight):
                PackedMatmul.multiply([(weight, y)], input, arena: arena)
            case .floats: projection.baseProduct(input, into: y, .openBLAS, arena: arena)
            }
        }
        PackedMatmul.multiply(packed, x.tensor, arena: arena)
        for (projection, y) in zip(projections, results) {
            if context.usesAdapter, let adapter = projection.adapter {
                adapter.finish(y, input: x.tensor, of: projection, context)
            } else if let bias = projection.bias {
                Elementwise.addBias(bias.pointer, to: y)
            }
        }
        return results.map { Value($0, requiresGrad: false) }
    }
}
