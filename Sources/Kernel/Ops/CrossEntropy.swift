// The language-model head and its loss in one: logits exist for a chunk of labelled rows at a time,
// turn into their own gradient in place, and flow back at once. Rows without a label never get here.
// Legend: R labelled rows, C channels, V vocabulary.

import Microkernels

/// Σ_r −log softmax(cap(h_r Wᵀ))[label_r] and its gradient. Shapes: h (R, C); W (V, C).
enum CrossEntropy {
    /// Rows of logits held at once for a vocabulary. In fp32 the head is decoded again for each chunk, so
    /// that few large ones are better; in bf16 its panels serve all of them.
    static func chunkRows(vocabulary: Int, _ products: Products) -> Int {
        let floats = products.precision == .float32 ? 24 << 20 : 8 << 20
        return max(16, floats / max(1, vocabulary))
    }

    /// Returns the sum of the losses. With `dH`, the gradient of `gradientScale · Σ loss` is written to it
    /// (and added to the head's own gradient when it is trained).
    static func run(
        _ h: Tensor, head: Projection, softCap: Float? = nil, labels: [Int32],
        gradientScale: Float, dH: Tensor?, products: Products, arena: Arena
    ) -> Double {
        precondition(labels.count == h.rows, "\(labels.count) labels for \(h.rows) rows")
        let phase = arena.enter(.forward)
        defer { arena.leave(to: phase) }
        let vocabulary = head.outputs
        let chunk = min(h.rows, chunkRows(vocabulary: vocabulary, products))
        guard chunk > 0 else { return 0 }
        let scratch = Tensor(chunk, vocabulary, in: arena)
        let slopes = dH == nil ? nil : softCap.map { _ in Tensor(chunk, vocabulary, in: arena) }
        let panels = head.panels(products, withGradient: dH != nil, arena: arena)
        var losses = [Double](repeating: 0, count: h.rows)
        var start = 0
        while start < h.rows {
            let range = start..<min(h.rows, start + chunk)
            let logits = scratch.rows(0..<range.count)
            let input = h.rows(range)
            head.baseProduct(input, into: logits, products, panels, arena: arena)
            losses.withUnsafeMutableBufferPointer { losses in
                guard let sums = losses.baseAddress else { return }
                Parallel.ranges(range.count) { rows in
                    for r in rows {
                        let row = logits.row(r)
                        let label = Int(labels[range.lowerBound + r])
                        precondition(
                            label >= 0 && label < vocabulary, "label \(label) of \(vocabulary)")
                        let slope = slopes?.row(r)
                        if let softCap { mk_soft_cap(row, slope, vocabulary, 1, softCap) }
                        let sum = mk_logsumexp(row, vocabulary)
                        sums[range.lowerBound + r] = sum - Double(row[label])
                        guard dH != nil else { continue }
                        mk_softmax_scaled(row, sum, gradientScale, vocabulary)
                        row[label] -= gradientScale
                        if let slope { mk_multiply(row, slope, vocabulary) }
                    }
                }
            }
            if let dH {
                head.baseGradient(
                    logits, input: input, into: dH.rows(range), accumulate: false, products,
                    panels, arena: arena)
            }
            start = range.upperBound
        }
        return losses.reduce(0, +)
    }
}
