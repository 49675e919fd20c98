// Sums, scales and biases over rows; each is one pass over memory, shared by the threads.

import Microkernels

/// Elementwise operations on (T, C) tensors.
enum Elementwise {
    /// y = a + b, all (T, C).
    static func add(_ a: Tensor, _ b: Tensor, into y: Tensor) {
        precondition(
            a.rows == b.rows && a.columns == b.columns && y.rows == a.rows, "sum of two shapes")
        Parallel.ranges(y.rows, grain: 16) { range in
            for r in range { mk_add(y.row(r), a.row(r), b.row(r), y.columns) }
        }
    }

    /// y += x, both (T, C).
    static func add(_ x: Tensor, to y: Tensor) { add(y, x, into: y) }

    /// x ← factor · x, (T, C).
    static func scale(_ x: Tensor, by factor: Float) {
        Parallel.ranges(x.rows, grain: 16) { range in
            for r in range { mk_scale(x.row(r), factor, x.columns) }
        }
    }

    /// y[t, c] = x[t, c] · factors[c], (T, C); y may be x.
    static func scaleColumns(_ x: Tensor, by factors: Tensor, into y: Tensor) {
        precondition(factors.count == x.columns && y.columns == x.columns && y.rows == x.rows)
        Parallel.ranges(x.rows, grain: 16) { range in
            for r in range {
                if x.pointer != y.pointer { y.row(r).update(from: x.row(r), count: x.columns) }
                mk_multiply(y.row(r), factors.pointer, y.columns)
            }
        }
    }

    /// y[t] += bias for every row.
    static func addBias(_ bias: UnsafePointer<Float>, to y: Tensor) {
        Parallel.ranges(y.rows, grain: 16) { range in
            for r in range { mk_axpy(y.row(r), 1, bias, y.columns) }
        }
    }

    /// sums[c] += Σ_t x[t, c]: the gradient of a bias.
    static func addColumnSums(of x: Tensor, to sums: UnsafeMutablePointer<Float>) {
        for r in 0..<x.rows { mk_axpy(sums, 1, x.row(r), x.columns) }
    }

    /// Σ x² over a contiguous buffer in double precision, in a fixed order of chunks.
    static func sumOfSquares(_ x: Tensor) -> Double {
        precondition(x.isContiguous, "sum of squares of a strided tensor")
        let chunk = 1 << 16
        var partial = [Double](repeating: 0, count: (x.count + chunk - 1) / chunk)
        partial.withUnsafeMutableBufferPointer { partial in
            guard let sums = partial.baseAddress else { return }
            let pointer = x.pointer
            let total = x.count
            Parallel.run(partial.count) { part, _ in
                let start = part * chunk
                sums[part] = mk_sum_squares(pointer + start, min(chunk, total - start))
            }
        }
        return partial.reduce(0, +)
    }
}
