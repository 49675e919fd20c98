// Projections of a token or a short prompt that read the same rows: packed weights are multiplied as they
// lie, all of them in one turn of the pool. It does not know which layers they are; nothing is recorded.

extension Projection {
    /// Up to so many rows the weights are better multiplied as they lie than decoded for a product of
    /// matrices, which reads and writes them several times.
    static let fewRowsMax = 32

    /// What each projection makes of x (T, K) in fp32.
    static func fewRows(_ projections: [Projection], _ x: Value, _ context: ForwardContext)
        -> [Value]
    {
        let arena = context.arena
        let results = projections.map { Tensor(x.rows, $0.outputs, in: arena) }
        var packed: [(weight: any PackedWeight, y: Tensor)] = []
        for (projection, y) in zip(projections, results) {
            switch projection.base.numbers {
            case .packed(let weight): packed.append((weight, y))
            case .floats: projection.baseProduct(x.tensor, into: y, .openBLAS, arena: arena)
            }
        }
        PackedMatmul.multiply(packed, x.tensor, arena: arena)
        for (projection, y) in zip(projections, results) {
            projection.addAdapter(of: x.tensor, to: y, context)
            if let bias = projection.bias { Elementwise.addBias(bias.pointer, to: y) }
        }
        return results.map { Value($0, needsGradient: false) }
    }

    private func addAdapter(of x: Tensor, to y: Tensor, _ context: ForwardContext) {
        guard context.usesAdapter, let adapter else { return }
        let low = Self.lowInput(x, adapter, nil, context.arena)
        Gemm.multiplyTransposed(low, adapter.b.value, into: y, accumulate: true)
    }
}
