// Projections that read the same single row: all their packed weights take one turn of the pool.
// It does not know which layers they are; nothing is recorded.

extension Projection {
    /// What each projection makes of x (1, K) in fp32.
    static func singleRow(_ projections: [Projection], _ x: Value, _ context: ForwardContext)
        -> [Value]
    {
        let arena = context.arena
        let results = projections.map { Tensor(1, $0.outputs, in: arena) }
        var packed: [(weight: any PackedWeight, y: UnsafeMutablePointer<Float>)] = []
        for (projection, y) in zip(projections, results) {
            switch projection.base {
            case .packed(let weight): packed.append((weight, y.pointer))
            case .trained: projection.baseProduct(x.tensor, into: y, .float32, arena: arena)
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
