// A frozen weight with a finished adapter folded in, decoded on demand: the base keeps its packed bytes,
// so several adapters can be stacked under a new one without a copy of the model.

import Microkernels

/// A changed weight as a packed weight. Shapes: W (N, K).
final class MergedWeight: PackedWeight {
    private let base: any PackedWeight
    private let change: WeightChange

    init(_ base: any PackedWeight, _ change: WeightChange) {
        if let low = change.lowRank {
            precondition(
                low.a.count == low.rank * base.columns && low.b.count == base.rows * low.rank,
                "adapter of another shape")
        }
        precondition(
            (change.rows?.count ?? base.rows) == base.rows
                && (change.columns?.count ?? base.columns) == base.columns,
            "factors of another shape")
        (self.base, self.change) = (base, change)
    }

    var rows: Int { base.rows }
    var columns: Int { base.columns }
    var byteCount: Int {
        let own =
            (change.lowRank.map { $0.a.count + $0.b.count } ?? 0)
            + (change.rows?.count ?? 0) + (change.columns?.count ?? 0)
        return base.byteCount + own * MemoryLayout<Float>.stride
    }
    var formatName: String { base.formatName }

    func decode(rows range: Range<Int>, into destination: UnsafeMutablePointer<Float>) {
        base.decode(rows: range, into: destination)
        if let low = change.lowRank {
            low.a.withUnsafeBufferPointer { a in
                guard let a = a.baseAddress else { return }
                for (i, row) in range.enumerated() {
                    for r in 0..<low.rank {
                        mk_axpy(
                            destination + i * columns, low.scale * low.b[row * low.rank + r],
                            a + r * columns, columns)
                    }
                }
            }
        }
        for (i, row) in range.enumerated() {
            if let factors = change.rows {
                mk_scale(destination + i * columns, factors[row], columns)
            }
            if let factors = change.columns {
                mk_multiply(destination + i * columns, factors, columns)
            }
        }
    }

    func multiply(rows range: Range<Int>, by x: RowInput, into y: UnsafeMutablePointer<Float>) {
        guard change.columns == nil else { return multiplyDecoded(rows: range, by: x, into: y) }
        base.multiply(rows: range, by: x, into: y)
        if let low = change.lowRank {
            low.a.withUnsafeBufferPointer { a in
                guard let a = a.baseAddress else { return }
                let update = (0..<low.rank).map {
                    mk_dot(a + $0 * columns, x.values, columns) * low.scale
                }
                for (i, row) in range.enumerated() {
                    for r in 0..<low.rank { y[i] += low.b[row * low.rank + r] * update[r] }
                }
            }
        }
        guard let factors = change.rows else { return }
        for (i, row) in range.enumerated() { y[i] *= factors[row] }
    }

    /// Factors of columns change the input, which is rounded already: rows are decoded instead.
    private func multiplyDecoded(
        rows range: Range<Int>, by x: RowInput, into y: UnsafeMutablePointer<Float>
    ) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { row in
            guard let start = row.baseAddress else { return }
            for (i, index) in range.enumerated() {
                decode(rows: index..<index + 1, into: start)
                y[i] = mk_dot(start, x.values, columns)
            }
        }
    }
}

extension ModelWeights {
    /// The same weights with several adapters folded in, in order.
    public func merging(adapters: some Sequence<String>) throws(KernelError) -> ModelWeights {
        var weights = self
        for folder in adapters { weights = try weights.folding(adapter: folder) }
        return weights
    }

    /// The same weights with a PEFT adapter folded in. Modules saved whole beside it replace the base's.
    public func folding(adapter folder: String) throws(KernelError) -> ModelWeights {
        let applied = try AdapterFile.describe(folder).applied(to: self)
        let (method, spec) = (applied.method, applied.weights.spec)
        let model = try applied.model(loading: folder, arena: Arena(reserving: 8 << 30))
        var (matrices, vectors) = (applied.weights.matrices, applied.weights.vectors)
        for slot in applied.weights.layout.linears {
            guard let adapter = model.decoder.projection(slot)?.adapter,
                let base = matrices[slot.weightName]
            else { continue }
            matrices[slot.weightName] = MergedWeight(base, adapter.frozenChange(of: base))
            vectors[slot.biasName]?.withUnsafeMutableBufferPointer { bias in
                if let start = bias.baseAddress { adapter.mergeBias(start, count: bias.count) }
            }
        }
        for name in method.trainableNames {
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
