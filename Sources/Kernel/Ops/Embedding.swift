// Token rows out of the embedding matrix, and their gradient back into it.

import Microkernels

/// y[t] = W[ids[t]]. Shapes: W (V, C); y (T, C).
enum Embedding {
    static func forward(_ ids: [Int32], from weight: PackedWeight, into y: Tensor) {
        Parallel.ranges(ids.count, grain: 32) { range in
            for t in range {
                let id = Int(ids[t])
                precondition(id >= 0 && id < weight.rows, "token id \(id) of \(weight.rows)")
                weight.decode(rows: id..<id + 1, into: y.row(t))
            }
        }
    }

    static func forward(_ ids: [Int32], from weight: Tensor, into y: Tensor) {
        for (t, id) in ids.enumerated() {
            precondition(id >= 0 && Int(id) < weight.rows, "token id \(id) of \(weight.rows)")
            y.row(t).update(from: weight.row(Int(id)), count: weight.columns)
        }
    }

    static func forward(
        _ ids: [Int32], from weight: WeightNumbers, into y: Tensor
    ) {
        switch weight {
        case .floats(let matrix): forward(ids, from: matrix, into: y)
        case .packed(let matrix): forward(ids, from: matrix, into: y)
        }
    }

    /// dW[ids[t]] += dY[t]; in token order, so the bits repeat. The row of `paddingID` gets nothing.
    static func backward(_ dY: Tensor, ids: [Int32], into dW: Tensor, paddingID: Int? = nil) {
        for (t, id) in ids.enumerated() where Int(id) != paddingID {
            mk_axpy(dW.row(Int(id)), 1, dY.row(t), dY.columns)
        }
    }
}
