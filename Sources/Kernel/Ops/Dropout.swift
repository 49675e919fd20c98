// Dropout and noise whose masks are pure functions of a key and the element's index:
// nothing is saved, the backward pass makes the same mask again, and a resumed run the same bits.

import Microkernels

/// y = x · mask / (1 − p). Paper: Srivastava et al., JMLR 15 (2014). Shapes: (T, C).
enum Dropout {
    /// Forward and backward alike: the mask of element (t, c) depends on `key` and t · C + c only.
    static func apply(
        _ x: Tensor, into y: Tensor, probability: Float, key: UInt64, accumulate: Bool
    ) {
        Parallel.ranges(x.rows, grain: 16) { range in
            for r in range {
                mk_dropout(
                    x.row(r), y.row(r), x.columns, key, UInt64(r * x.columns), probability,
                    accumulate ? 1 : 0)
            }
        }
    }

    /// Uniform noise in ±scale on the rows of one sample: NEFTune (arXiv 2310.05914).
    static func addNoise(to x: Tensor, scale: Float, key: UInt64) {
        Parallel.ranges(x.rows, grain: 16) { range in
            for r in range {
                mk_add_uniform(x.row(r), x.columns, key, UInt64(r * x.columns), scale)
            }
        }
    }
}
