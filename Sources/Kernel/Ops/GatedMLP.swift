// The gate of a SwiGLU feed-forward layer. Legend: T rows, F inner channels.

import Microkernels

/// y = silu(gate) · up, silu(g) = g / (1 + e^−g). Paper: arXiv 2002.05202. Shapes: all (T, F).
enum SwiGLU {
    static func forward(gate: Tensor, up: Tensor, into y: Tensor) {
        Parallel.ranges(gate.rows, grain: 4) { range in
            for r in range { mk_silu_mul(gate.row(r), up.row(r), y.row(r), gate.columns) }
        }
    }

    /// Saved: gate, up. dGate and dUp may be the tensors gate and up themselves.
    static func backward(_ dY: Tensor, gate: Tensor, up: Tensor, dGate: Tensor, dUp: Tensor) {
        Parallel.ranges(gate.rows, grain: 4) { range in
            for r in range {
                mk_silu_mul_backward(
                    gate.row(r), up.row(r), dY.row(r), dGate.row(r), dUp.row(r), gate.columns)
            }
        }
    }
}
