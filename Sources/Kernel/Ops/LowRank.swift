// MatmulBackend with an adapter's few rows, which BLAS does at a fifth of its rate; in fp32 always, because the
// optimizer turns the rounding of small gradients into whole steps.
// Legend: T tokens, R rank, K inputs, N columns.

import Microkernels

enum LowRank {
    /// Y (T, R) = α · X (T, K) · A (R, K)ᵀ.
    static func multiply(_ x: Tensor, transposed a: Tensor, into y: Tensor, alpha: Float) {
        precondition(
            x.columns == a.columns && y.rows == x.rows && y.columns == a.rows,
            "(\(x.rows), \(x.columns)) · (\(a.rows), \(a.columns))ᵀ into (\(y.rows), \(y.columns))")
        Parallel.ranges(x.rows, grain: 16) { range in
            mk_multiply_few(
                x.row(range.lowerBound), x.stride, range.count, a.pointer, a.stride, a.rows,
                x.columns, y.row(range.lowerBound), y.stride, alpha)
        }
    }

    /// Y (T, R) = α · X (T, N) · B (N, R).
    static func multiply(
        _ x: Tensor, _ b: Tensor, into y: Tensor, alpha: Float, arena: Arena
    ) {
        let transposed = Tensor(b.columns, b.rows, in: arena)
        for n in 0..<b.rows {
            for r in 0..<b.columns { transposed.row(r)[n] = b.row(n)[r] }
        }
        multiply(x, transposed: transposed, into: y, alpha: alpha)
    }

    /// C (R, N) += U (T, R)ᵀ · X (T, N). A part owns columns, so the bits do not depend on the threads.
    static func addOuter(_ u: Tensor, _ x: Tensor, into c: Tensor) {
        precondition(
            u.rows == x.rows && c.rows == u.columns && c.columns == x.columns,
            "(\(u.rows), \(u.columns))ᵀ · (\(x.rows), \(x.columns)) into (\(c.rows), \(c.columns))")
        // Strips of 256 columns: long enough for the memory, many enough for the threads.
        let parts = max(1, c.columns / 256)
        Parallel.run(parts) { part, _ in
            let range = Parallel.slice(part, of: parts, count: c.columns, multipleOf: 32)
            guard !range.isEmpty else { return }
            mk_add_outer(
                u.pointer, u.stride, u.columns, x.pointer + range.lowerBound, x.stride, x.rows,
                range.count, c.pointer + range.lowerBound, c.stride)
        }
    }

    /// C (N, R) += X (T, N)ᵀ · U (T, R).
    static func addOuter(transposed u: Tensor, _ x: Tensor, into c: Tensor, arena: Arena) {
        let sum = Tensor(u.columns, x.columns, in: arena)
        sum.fill(0)
        addOuter(u, x, into: sum)
        for r in 0..<sum.rows {
            let row = sum.row(r)
            for n in 0..<sum.columns { c.row(n)[r] += row[n] }
        }
    }
}
