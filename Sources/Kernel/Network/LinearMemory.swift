// What a linear layer takes of an arena for each back end of products; the allocations are those of Projection,
// Projection+Tiles, PackedMatmul and Gemm. Legend: T rows, K inputs, N outputs, R rank.

/// A linear layer in a pass, as far as its memory goes.
struct LinearMemory {
    let rows: Int
    let inputs: Int
    let outputs: Int
    let backend: MatmulBackend
    /// Whether the weight has a gradient.
    var trainsWeight = false
    /// Whether the weight is decoded on its way into products.
    var isDecoded = true
    /// Whether the output stays until the backward pass.
    var keepsOutput = true
    /// Whether the input is computed again where the backward pass reads it.
    var recomputesInput = true

    /// Bytes of the output (T, N).
    var output: Int { Tensor.byteCount(rows, outputs) }
    /// Bytes of the input (T, K).
    var input: Int { Tensor.byteCount(rows, inputs) }
    /// Bytes of the input packed for products, which all layers that read it share.
    var inputPanels: Int {
        guard case .tiles(let precision) = backend else { return 0 }
        return PanelGemm.LeftPanels.byteCount(rows, depth: inputs, precision)
    }

    /// The layer alone, or with a low-rank update beside the weight whose input may be dropped. The backward pass
    /// counts the gradient of the input, not that of the output; the forward pass no output that is not kept.
    func cost(lowRank rank: Int? = nil, drops: Bool = false) -> MemoryCost {
        var cost = MemoryCost(kept: keepsOutput ? output : 0)
        cost.forward = product(lowRank: rank)
        cost.backward = gradient(lowRank: rank, drops: drops)
        if let rank {
            cost.kept += Tensor.byteCount(rows, rank)
            if drops { cost.forward = max(cost.forward, input) }
        }
        return cost
    }

    // MARK: - MatmulBackend

    private func product(lowRank rank: Int?) -> Int {
        switch backend {
        case .library(let library): panel(library) + rounded(library, rows, inputs)
        case .tiles(let precision):
            Right.byteCount(block, depth: inputs, precision) + decoded
                + (rank.map {
                    Left.byteCount(rows, depth: $0, precision)
                        + Right.byteCount(block, depth: $0, precision)
                } ?? 0)
        }
    }

    private func gradient(lowRank rank: Int?, drops: Bool) -> Int {
        let low = rank.map { Tensor.byteCount(rows, $0) } ?? 0
        // The input, where something reads it; once more as it was dropped, or what flows back through the drops.
        let read = recomputesInput && (trainsWeight || rank != nil) ? input : 0
        let dropped = drops ? input : 0
        let ofFactors = rank.map { max(Tensor.byteCount($0, outputs), dropped) } ?? 0
        switch backend {
        case .library(let library):
            let ofInput = panel(library) + rounded(library, rows, outputs)
            let ofWeight =
                trainsWeight
                ? rounded(library, rows, outputs) + rounded(library, rows, inputs) : 0
            return input + max(ofInput, read + max(ofWeight, low + ofFactors))
        case .tiles(let precision):
            let ofWeight =
                trainsWeight
                ? Left.byteCount(outputs, depth: rows, precision)
                    + Right.byteCount(inputs, depth: rows, precision) : 0
            let further =
                rank.map {
                    Left.byteCount(rows, depth: $0, precision)
                        + Right.byteCount(inputs, depth: $0, precision)
                } ?? 0
            let ofInput =
                Left.byteCount(rows, depth: block, precision)
                + Right.byteCount(inputs, depth: block, precision) + decoded
            return input + read
                + max(ofWeight, low + ofFactors, further + max(ofInput, dropped))
        }
    }

    private typealias Left = PanelGemm.LeftPanels
    private typealias Right = PanelGemm.RightPanels

    /// Rows of the weight whose panels are made together.
    private var block: Int { min(outputs, Projection.blockRows(inputs: inputs)) }
    /// Where the threads decode the weight on its way into panels.
    private var decoded: Int { isDecoded ? Right.decodedByteCount(columns: inputs) : 0 }

    /// Rows of the weight that are decoded, and rounded, for a library.
    private func panel(_ library: DenseLibrary) -> Int {
        let height = isDecoded ? PackedMatmul.panelRows(outputs, inputs) : outputs
        return (isDecoded ? Tensor.byteCount(height, inputs) : 0)
            + rounded(library, height, inputs)
    }

    /// A factor's copy for a library that takes bf16.
    private func rounded(_ library: DenseLibrary, _ rows: Int, _ columns: Int) -> Int {
        guard library == .oneDNN(.bfloat16) else { return 0 }
        return Gemm.Factor.byteCount(rows, columns, .bfloat16)
    }
}
