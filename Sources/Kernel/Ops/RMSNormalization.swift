// RMS normalization of rows. Legend: T rows, C channels.

import Microkernels

/// Root-mean-square normalization: y = x · g / √(mean(x²) + ε). Paper: arXiv 1910.07467.
/// Shapes: x, y (T, C); g (C); saved inverseRMS (T).
enum RMSNormalization {
    /// What norms of so many rows keep besides their result.
    static func memory(_ rows: Int) -> MemoryCost { MemoryCost(kept: Tensor.byteCount(1, rows)) }

    static func forward(
        _ x: Tensor, gain: UnsafePointer<Float>, epsilon: Float, into y: Tensor,
        inverseRMS: UnsafeMutablePointer<Float>?
    ) {
        Parallel.ranges(x.rows, grain: 16) { range in
            for r in range {
                let inverse = mk_rms_norm(x.row(r), gain, y.row(r), x.columns, epsilon)
                if let inverseRMS { inverseRMS[r] = inverse }
            }
        }
    }

    /// dX (T, C) (+)= the gradient; dGain (C) += Σ_t dY · x / rms when given.
    static func backward(
        _ dY: Tensor, x: Tensor, gain: UnsafePointer<Float>, inverseRMS: UnsafePointer<Float>,
        into dX: Tensor, accumulate: Bool, dGain: UnsafeMutablePointer<Float>?, arena: Arena
    ) {
        let parts = max(1, min(Parallel.threadCount, x.rows / 16))
        // Each part sums its own gain gradient; parts are added in order, so the bits repeat.
        let partial = dGain == nil ? nil : Tensor(parts, x.columns, in: arena)
        partial?.fill(0)
        Parallel.run(parts) { part, _ in
            let gainSum = partial?.row(part)
            for r in Parallel.slice(part, of: parts, count: x.rows) {
                mk_rms_norm_backward(
                    dY.row(r), x.row(r), gain, inverseRMS[r], dX.row(r), gainSum, x.columns,
                    accumulate ? 1 : 0)
            }
        }
        if let dGain, let partial {
            for part in 0..<parts { mk_axpy(dGain, 1, partial.row(part), x.columns) }
        }
    }
}
