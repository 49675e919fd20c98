// A frozen weight with a finished adapter folded in, decoded on demand: the base keeps its packed bytes,
// so several adapters can be stacked under a new one without a copy of the model.

import Microkernels

/// W + s · B A as a packed weight. Shapes: W (N, K); A (R, K); B (N, R).
final class FoldedWeight: PackedWeight {
    private let base: any PackedWeight
    private let a: [Float]
    private let b: [Float]
    private let rank: Int
    private let scale: Float

    init(_ base: any PackedWeight, a: [Float], b: [Float], rank: Int, scale: Float) {
        precondition(
            a.count == rank * base.columns && b.count == base.rows * rank,
            "adapter of another shape")
        (self.base, self.a, self.b, self.rank, self.scale) = (base, a, b, rank, scale)
    }

    var rows: Int { base.rows }
    var columns: Int { base.columns }
    var byteCount: Int { base.byteCount + (a.count + b.count) * MemoryLayout<Float>.stride }
    var formatName: String { base.formatName }

    func decode(rows range: Range<Int>, into destination: UnsafeMutablePointer<Float>) {
        base.decode(rows: range, into: destination)
        a.withUnsafeBufferPointer { a in
            guard let a = a.baseAddress else { return }
            for (i, row) in range.enumerated() {
                for r in 0..<rank {
                    mk_axpy(
                        destination + i * columns, scale * b[row * rank + r], a + r * columns,
                        columns)
                }
            }
        }
    }

    func multiply(rows range: Range<Int>, by x: RowInput, into y: UnsafeMutablePointer<Float>) {
        base.multiply(rows: range, by: x, into: y)
        a.withUnsafeBufferPointer { a in
            guard let a = a.baseAddress else { return }
            let low = (0..<rank).map { mk_dot(a + $0 * columns, x.values, columns) * scale }
            for (i, row) in range.enumerated() {
                for r in 0..<rank { y[i] += b[row * rank + r] * low[r] }
            }
        }
    }
}

extension ModelWeights {
    /// The same weights with a PEFT adapter folded in. Modules saved whole beside it replace the base's.
    public func folding(adapter folder: String) throws(KernelError) -> ModelWeights {
        let applied = try AdapterFile.describe(folder).applied(to: self)
        let (method, spec) = (applied.method, applied.weights.spec)
        let model = TunedModel(applied.weights, method: method, arena: Arena(reserving: 8 << 30))
        try AdapterFile.load(folder, into: model)
        var (matrices, vectors) = (applied.weights.matrices, applied.weights.vectors)
        for slot in applied.weights.layout.linears {
            let name = slot.weightName
            let names = slot.adapterNames
            guard let (rank, scale) = method.lora?.factor(of: slot),
                let base = matrices[name], let a = model.parameters[names.a],
                let b = model.parameters[names.b]
            else { continue }
            matrices[name] = FoldedWeight(
                base, a: a.value.values, b: b.value.values, rank: rank, scale: scale)
        }
        for name in method.trainedNames {
            guard let parameter = model.parameters[name] else { continue }
            if parameter.shape.count == 1 {
                vectors[name] = parameter.value.values
            } else {
                matrices[name] = DenseWeight(parameter.value.values, rows: parameter.shape[0])
            }
        }
        return ModelWeights(spec: spec, matrices: matrices, vectors: vectors)
    }
}

/// A frozen matrix of plain floats in memory of its own.
final class DenseWeight: PackedWeight {
    private let values: [Float]
    let rows: Int
    let columns: Int
    var byteCount: Int { values.count * MemoryLayout<Float>.stride }
    var formatName: String { "f32" }

    init(_ values: [Float], rows: Int) {
        precondition(rows > 0 && values.count % rows == 0, "\(values.count) values in \(rows) rows")
        (self.values, self.rows, columns) = (values, rows, values.count / rows)
    }

    func decode(rows range: Range<Int>, into destination: UnsafeMutablePointer<Float>) {
        values.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            destination.update(
                from: start + range.lowerBound * columns, count: range.count * columns)
        }
    }

    func multiply(rows range: Range<Int>, by x: RowInput, into y: UnsafeMutablePointer<Float>) {
        values.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            for (i, row) in range.enumerated() {
                y[i] = mk_dot(start + row * columns, x.values, columns)
            }
        }
    }
}
