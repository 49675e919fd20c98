// Bounded logits: cap · tanh(logit / cap), and the derivative. Attention bounds its scores in the same loops.
// Legend: R rows, V vocabulary.

import Microkernels

/// x ← cap · tanh(x / cap). Paper: arXiv 2408.00118. Shapes: x (R, V).
enum SoftCap {
    static func apply(_ x: Tensor, cap: Float) {
        Parallel.ranges(x.rows) { range in
            for r in range { mk_soft_cap(x.row(r), nil, x.columns, 1, cap) }
        }
    }
}
