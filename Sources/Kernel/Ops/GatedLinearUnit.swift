// The gate of a feed-forward layer, with the activations that families use. Legend: T rows, F inner channels.

import Microkernels

/// The activation of a feed-forward layer; a new one is a case with its two loops.
public enum Activation: Sendable, CaseIterable {
    /// g / (1 + e^−g).
    case silu
    /// g / 2 · (1 + tanh(√(2/π) (g + 0.044715 g³))): "gelu_pytorch_tanh" (arXiv 1606.08415).
    case geluTanh

    /// The names that config.json may have for it, the usual one first.
    private var names: [String] {
        switch self {
        case .silu: ["silu", "swish"]
        case .geluTanh: ["gelu_pytorch_tanh"]
        }
    }

    /// What config.json calls it.
    var name: String { names[0] }

    /// All names that can be read.
    static var names: [String] { allCases.flatMap(\.names) }

    /// The activation of this name.
    init?(name: String) {
        guard let activation = Self.allCases.first(where: { $0.names.contains(name) }) else {
            return nil
        }
        self = activation
    }

    /// y = activation(gate) · up of one row.
    func multiply(
        _ gate: UnsafePointer<Float>, _ up: UnsafePointer<Float>,
        into y: UnsafeMutablePointer<Float>, count: Int
    ) {
        switch self {
        case .silu: mk_silu_mul(gate, up, y, count)
        case .geluTanh: mk_gelu_mul(gate, up, y, count)
        }
    }

    /// The gradients of one row; they may lie over gate and up themselves.
    func multiplyBackward(
        _ gate: UnsafePointer<Float>, _ up: UnsafePointer<Float>, dY: UnsafePointer<Float>,
        dGate: UnsafeMutablePointer<Float>, dUp: UnsafeMutablePointer<Float>, count: Int
    ) {
        switch self {
        case .silu: mk_silu_mul_backward(gate, up, dY, dGate, dUp, count)
        case .geluTanh: mk_gelu_mul_backward(gate, up, dY, dGate, dUp, count)
        }
    }
}

/// y = activation(gate) · up. Paper: arXiv 2002.05202 (SwiGLU, GeGLU). Shapes: all (T, F).
enum GatedLinearUnit {
    /// Gate and up as the backward pass reads them: as they are, or rounded to bf16.
    enum Saved {
        case floats(gate: Tensor, up: Tensor)
        case bfloat16(gate: BFloat16Rows, up: BFloat16Rows)

        /// Room for (rows, columns) of both.
        static func bfloat16(_ rows: Int, _ columns: Int, _ arena: Arena) -> Self {
            .bfloat16(
                gate: BFloat16Rows(rows, columns, in: arena),
                up: BFloat16Rows(rows, columns, in: arena))
        }

        /// Gate and up of one row, in memory that is theirs or in `scratch`.
        fileprivate func row(
            _ r: Int, scratch: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)
        ) -> (gate: UnsafePointer<Float>, up: UnsafePointer<Float>) {
            switch self {
            case .floats(let gate, let up): return (.init(gate.row(r)), .init(up.row(r)))
            case .bfloat16(let gate, let up):
                gate.read(row: r, into: scratch.0)
                up.read(row: r, into: scratch.1)
                return (.init(scratch.0), .init(scratch.1))
            }
        }
    }

    /// What (rows, columns) of gate and up take: copies in bf16, which are kept, or none; the product; and in bf16
    /// the gradients, which else lie over gate and up.
    static func memory(_ rows: Int, _ columns: Int, _ precision: Precision) -> MemoryCost {
        let floats = Tensor.byteCount(rows, columns)
        guard precision == .bfloat16 else { return MemoryCost(forward: floats) }
        let copy = Arena.size(of: rows * columns * MemoryLayout<UInt16>.stride)
        return MemoryCost(kept: 2 * copy, forward: floats, backward: 2 * floats)
    }

    /// y from gate and up, which are also written into `saved` when that is in bf16.
    static func forward(
        _ activation: Activation, gate: Tensor, up: Tensor, into y: Tensor, saving saved: Saved
    ) {
        Parallel.ranges(gate.rows, grain: 4) { range in
            for r in range {
                activation.multiply(gate.row(r), up.row(r), into: y.row(r), count: gate.columns)
            }
            guard case .bfloat16(let savedGate, let savedUp) = saved else { return }
            for r in range {
                savedGate.write(gate.row(r), row: r)
                savedUp.write(up.row(r), row: r)
            }
        }
    }

    /// y from what was saved.
    static func forward(
        _ activation: Activation, _ saved: Saved, into y: Tensor, arena: Arena
    ) {
        let scratch = Tensor(2 * Parallel.threadCount, y.columns, in: arena)
        let parts = max(1, y.rows / 4)
        Parallel.run(parts) { part, worker in
            for r in Parallel.slice(part, of: parts, count: y.rows) {
                let own = (scratch.row(2 * worker), scratch.row(2 * worker + 1))
                let (gate, up) = saved.row(r, scratch: own)
                activation.multiply(gate, up, into: y.row(r), count: y.columns)
            }
        }
    }

    /// dGate and dUp may be the tensors gate and up themselves.
    static func backward(
        _ activation: Activation, _ dY: Tensor, _ saved: Saved, dGate: Tensor, dUp: Tensor
    ) {
        Parallel.ranges(dY.rows, grain: 4) { range in
            for r in range {
                let (gate, up) = saved.row(r, scratch: (dGate.row(r), dUp.row(r)))
                activation.multiplyBackward(
                    gate, up, dY: dY.row(r), dGate: dGate.row(r), dUp: dUp.row(r),
                    count: dY.columns)
            }
        }
    }
}
