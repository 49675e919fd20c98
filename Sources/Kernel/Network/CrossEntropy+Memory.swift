// What the head and its loss take of an arena; the allocations are those of CrossEntropy.swift and Projection.panels.
// Legend: R labelled rows, C channels, V vocabulary.

extension CrossEntropy {
    /// The head over so many labelled rows: a chunk of logits, panels of the weight that serve all chunks in bf16,
    /// the rows themselves before and after the final norm, and their gradient. Without gradients only `forward` counts.
    /// `linear` is the head over all rows.
    static func memory(_ linear: LinearMemory, softCap: Float?) -> MemoryCost {
        let backend = linear.backend
        let rows = min(linear.rows, chunkRows(vocabulary: linear.outputs, backend))
        let logits = Tensor.byteCount(rows, linear.outputs)
        var chunk = LinearMemory(
            rows: rows, inputs: linear.inputs, outputs: linear.outputs, backend: backend,
            trainsWeight: linear.trainsWeight, isDecoded: linear.isDecoded, keepsOutput: false)
        chunk.recomputesInput = false
        var cost = chunk.cost()
        // Its gradient is counted for all rows.
        cost.backward -= chunk.input
        if backend == .tiles(.bfloat16) {
            typealias Left = PanelGemm.LeftPanels
            typealias Right = PanelGemm.RightPanels
            let (k, n) = (linear.inputs, linear.outputs)
            let transposed = Right.byteCount(n, depth: k, .bfloat16)
            let plain = Right.byteCount(k, depth: n, .bfloat16)
            let ofWeight =
                linear.trainsWeight
                ? Left.byteCount(n, depth: rows, .bfloat16)
                    + Right.byteCount(k, depth: rows, .bfloat16) : 0
            cost.forward = transposed + chunk.inputPanels
            cost.backward =
                transposed + plain
                + max(chunk.inputPanels, ofWeight, Left.byteCount(rows, depth: n, .bfloat16))
        }
        let slopes = softCap == nil ? 0 : logits
        // Gathered rows and those after the norm; with a gradient that as well.
        return (cost + RMSNormalization.memory(linear.rows))
            .beside(
                forward: logits + 2 * linear.input, backward: logits + slopes + 3 * linear.input)
    }

    /// What another model's side of so many rows takes: the rows themselves, a chunk of its logits, and in bf16 the panels
    /// of its head.
    static func memory(
        ofOther spec: DecoderSpec, rows: Int, chunkRows: Int, _ backend: MatmulBackend
    ) -> Int {
        let (k, n) = (spec.hiddenSize, spec.vocabularySize)
        return Tensor.byteCount(rows, k) + Tensor.byteCount(min(rows, chunkRows), n)
            + (backend == .tiles(.bfloat16)
                ? PanelGemm.RightPanels.byteCount(n, depth: k, .bfloat16) : 0)
    }
}
