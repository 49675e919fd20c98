// MatmulBackend with a frozen weight that stays in its packed bytes: a panel of rows is decoded into
// cache-sized fp32 scratch by all threads, multiplied, and thrown away.
// Legend: T tokens, N weight rows (outputs), K weight columns (inputs).

import Microkernels

/// MatmulBackend with a `PackedWeight` W (N, K).
enum PackedMatmul {
    /// Floats of one decoded panel: large enough for GEMM to run at its rate, small beside the weights.
    private static let panelFloatsMax = 1 << 20

    /// Y (T, N) = X (T, K) · Wᵀ.
    static func forward(
        _ x: Tensor, _ w: PackedWeight, into y: Tensor, arena: Arena,
        by library: DenseLibrary = .openBLAS
    ) {
        precondition(
            x.columns == w.columns && y.rows == x.rows && y.columns == w.rows,
            "(\(x.rows), \(x.columns)) · (\(w.rows), \(w.columns))ᵀ into (\(y.rows), \(y.columns))")
        if x.rows == 1 {
            return multiply([(w, y)], x, arena: arena)
        }
        forEachPanel(of: w, arena) { range, panel in
            Gemm.gemmNT(x, panel, into: y.columns(range), by: library)
        }
    }

    /// dX (T, K) = dY (T, N) · W (+ dX).
    static func backward(
        _ dY: Tensor, _ w: PackedWeight, into dX: Tensor, accumulate: Bool, arena: Arena,
        by library: DenseLibrary = .openBLAS
    ) {
        var adds = accumulate
        forEachPanel(of: w, arena) { range, panel in
            Gemm.multiply(
                dY.columns(range), panel, into: dX, accumulate: adds, by: library)
            adds = true
        }
    }

    /// Σ of each row's squares (N).
    static func rowSquares(of weight: WeightNumbers, arena: Arena) -> [Double] {
        var squares: [Double] = []
        func add(_ panel: Tensor) {
            for r in 0..<panel.rows { squares.append(mk_sum_squares(panel.row(r), panel.columns)) }
        }
        switch weight {
        case .floats(let matrix): add(matrix)
        case .packed(let weight): forEachPanel(of: weight, arena) { _, panel in add(panel) }
        }
        return squares
    }

    /// Rows of a weight that stay in the second-level cache while the rows of x pass by.
    private static let rowsPerBlock = 64

    /// Y (T, N) = X (T, K) · Wᵀ of few tokens, for all weights that read the same rows: one turn of the pool,
    /// and weights are read from memory once, in their packed form.
    static func multiply(
        _ products: [(weight: any PackedWeight, y: Tensor)], _ x: Tensor, arena: Arena
    ) {
        let size = RowInput.byteCount(columns: x.columns)
        let memory = Storage(x.rows * size, in: arena)
        let inputs = (0..<x.rows).map {
            RowInput(x.row($0), columns: x.columns, memory: memory.pointer + $0 * size)
        }
        let rows = products.reduce(0) { $0 + $1.weight.rows }
        // A part of less than some ten thousand weights costs more to hand out than to compute.
        let grain = 16_384 / max(1, x.columns * x.rows)
        Parallel.tapering(rows, grain: grain, multipleOf: 16) { range in
            var start = 0
            for (weight, y) in products {
                let own = range.clamped(to: start..<start + weight.rows)
                let block = inputs.count == 1 ? max(1, own.count) : rowsPerBlock
                for first in stride(from: own.lowerBound, to: own.upperBound, by: block) {
                    let part = first - start..<min(first + block, own.upperBound) - start
                    for (t, input) in inputs.enumerated() {
                        weight.multiply(rows: part, by: input, into: y.row(t) + part.lowerBound)
                    }
                }
                start += weight.rows
            }
        }
        withExtendedLifetime(memory) {}
    }

    /// Rows of a weight (N, K) that are decoded together.
    static func panelRows(_ n: Int, _ k: Int) -> Int { min(n, max(64, panelFloatsMax / max(1, k))) }

    private static func forEachPanel(
        of w: PackedWeight, _ arena: Arena, _ body: (_ rows: Range<Int>, _ panel: Tensor) -> Void
    ) {
        let height = panelRows(w.rows, w.columns)
        let scratch = Tensor(height, w.columns, in: arena)
        var start = 0
        while start < w.rows {
            let range = start..<min(w.rows, start + height)
            decode(w, range, into: scratch)
            body(range, scratch.rows(0..<range.count))
            start = range.upperBound
        }
    }

    /// Decodes rows `range` of `w` into the top of `scratch`, shared by the threads.
    static func decode(_ w: PackedWeight, _ range: Range<Int>, into scratch: Tensor) {
        Parallel.ranges(range.count, grain: 8) { part in
            let rows = range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound
            w.decode(rows: rows, into: scratch.row(part.lowerBound))
        }
    }
}
