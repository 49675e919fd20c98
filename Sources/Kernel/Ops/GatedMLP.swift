// The gate of a SwiGLU feed-forward layer. Legend: T rows, F inner channels.

import Microkernels

/// y = silu(gate) · up, silu(g) = g / (1 + e^−g). Paper: arXiv 2002.05202. Shapes: all (T, F).
enum SwiGLU {
    /// Gate and up as the way back reads them: as they are, or rounded at half the size.
    enum Kept {
        case floats(gate: Tensor, up: Tensor)
        case halves(gate: BFloat16Rows, up: BFloat16Rows)

        /// Room for (rows, columns) of both.
        static func halves(_ rows: Int, _ columns: Int, _ arena: Arena) -> Self {
            .halves(
                gate: BFloat16Rows(rows, columns, in: arena),
                up: BFloat16Rows(rows, columns, in: arena))
        }

        /// Gate and up of one row, in memory that is theirs or in `scratch`.
        fileprivate func row(
            _ r: Int, scratch: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)
        ) -> (gate: UnsafePointer<Float>, up: UnsafePointer<Float>) {
            switch self {
            case .floats(let gate, let up): return (.init(gate.row(r)), .init(up.row(r)))
            case .halves(let gate, let up):
                gate.read(row: r, into: scratch.0)
                up.read(row: r, into: scratch.1)
                return (.init(scratch.0), .init(scratch.1))
            }
        }
    }

    /// y from gate and up, which are also written into `halves` when that is what is kept.
    static func forward(gate: Tensor, up: Tensor, into y: Tensor, keeping kept: Kept) {
        Parallel.ranges(gate.rows, grain: 4) { range in
            for r in range { mk_silu_mul(gate.row(r), up.row(r), y.row(r), gate.columns) }
            guard case .halves(let keptGate, let keptUp) = kept else { return }
            for r in range {
                keptGate.write(gate.row(r), row: r)
                keptUp.write(up.row(r), row: r)
            }
        }
    }

    /// y from what was kept.
    static func forward(_ kept: Kept, into y: Tensor, arena: Arena) {
        let scratch = Tensor(2 * Parallel.threadCount, y.columns, in: arena)
        let parts = max(1, y.rows / 4)
        Parallel.run(parts) { part, worker in
            for r in Parallel.slice(part, of: parts, count: y.rows) {
                let own = (scratch.row(2 * worker), scratch.row(2 * worker + 1))
                let (gate, up) = kept.row(r, scratch: own)
                mk_silu_mul(gate, up, y.row(r), y.columns)
            }
        }
    }

    /// dGate and dUp may be the tensors gate and up themselves.
    static func backward(_ dY: Tensor, _ kept: Kept, dGate: Tensor, dUp: Tensor) {
        Parallel.ranges(dY.rows, grain: 4) { range in
            for r in range {
                let (gate, up) = kept.row(r, scratch: (dGate.row(r), dUp.row(r)))
                mk_silu_mul_backward(
                    gate, up, dY.row(r), dGate.row(r), dUp.row(r), dY.columns)
            }
        }
    }
}
