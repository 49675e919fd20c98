// Dense matrix products through OpenBLAS, sliced over our own threads (BLAS itself runs on one).
// Legend: M rows of the result, N columns, K the contracted length. Shapes as in the file's strides.

import CBLAS

/// Dense fp32 matrix products; β = 1 when accumulating.
enum Gemm {
    /// One BLAS thread: read before the first product, wherever that is. With threads of its own BLAS
    /// would wait for ours, a hundred times slower.
    static let blasReady: Void = { openblas_set_num_threads(1) }()

    /// C (M, N) = α · A (M, K) · B (N, K)ᵀ (+ C).
    static func multiplyTransposed(
        _ a: Tensor, _ b: Tensor, into c: Tensor, alpha: Float = 1, accumulate: Bool = false
    ) {
        precondition(
            a.columns == b.columns && c.rows == a.rows && c.columns == b.rows,
            "(\(a.rows), \(a.columns)) · (\(b.rows), \(b.columns))ᵀ into (\(c.rows), \(c.columns))")
        sliced(a.rows, b.rows, depth: a.columns) { m, n in
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasTrans, blasint(m.count), blasint(n.count),
                blasint(a.columns), alpha, a.row(m.lowerBound), blasint(a.stride),
                b.row(n.lowerBound), blasint(b.stride), accumulate ? 1 : 0,
                c.row(m.lowerBound) + n.lowerBound, blasint(c.stride))
        }
    }

    /// C (M, N) = α · A (M, K) · B (K, N) (+ C).
    static func multiply(
        _ a: Tensor, _ b: Tensor, into c: Tensor, alpha: Float = 1, accumulate: Bool = false
    ) {
        precondition(
            a.columns == b.rows && c.rows == a.rows && c.columns == b.columns,
            "(\(a.rows), \(a.columns)) · (\(b.rows), \(b.columns)) into (\(c.rows), \(c.columns))")
        sliced(a.rows, b.columns, depth: a.columns) { m, n in
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(m.count), blasint(n.count),
                blasint(a.columns), alpha, a.row(m.lowerBound), blasint(a.stride),
                b.pointer + n.lowerBound, blasint(b.stride), accumulate ? 1 : 0,
                c.row(m.lowerBound) + n.lowerBound, blasint(c.stride))
        }
    }

    /// C (M, N) = α · A (K, M)ᵀ · B (K, N) (+ C): gradients of weights.
    static func transposedMultiply(
        _ a: Tensor, _ b: Tensor, into c: Tensor, alpha: Float = 1, accumulate: Bool = false
    ) {
        precondition(
            a.rows == b.rows && c.rows == a.columns && c.columns == b.columns,
            "(\(a.rows), \(a.columns))ᵀ · (\(b.rows), \(b.columns)) into (\(c.rows), \(c.columns))")
        sliced(a.columns, b.columns, depth: a.rows) { m, n in
            cblas_sgemm(
                CblasRowMajor, CblasTrans, CblasNoTrans, blasint(m.count), blasint(n.count),
                blasint(a.rows), alpha, a.pointer + m.lowerBound, blasint(a.stride),
                b.pointer + n.lowerBound, blasint(b.stride), accumulate ? 1 : 0,
                c.row(m.lowerBound) + n.lowerBound, blasint(c.stride))
        }
    }

    /// Cuts the longer side of the result over the threads; small products stay on the caller.
    private static func sliced(
        _ m: Int, _ n: Int, depth: Int, _ body: (_ m: Range<Int>, _ n: Range<Int>) -> Void
    ) {
        guard m > 0, n > 0 else { return }
        _ = blasReady
        let work = 2 * m * n * max(depth, 1)
        let parts = work < 400_000 ? 1 : min(Parallel.threadCount, max(m, n) / 8 + 1)
        if parts == 1 { return body(0..<m, 0..<n) }
        Parallel.run(parts) { part, _ in
            if m >= n {
                let range = Parallel.slice(part, of: parts, count: m, multipleOf: 8)
                if !range.isEmpty { body(range, 0..<n) }
            } else {
                let range = Parallel.slice(part, of: parts, count: n, multipleOf: 16)
                if !range.isEmpty { body(0..<m, range) }
            }
        }
    }
}
