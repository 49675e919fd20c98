// Rotary positions: pairs (i, i + D/2) of each head turn by position · frequency_i.
// Legend: T rows, D head dimension. The backward pass turns by the negative angle.

import Foundation
import Microkernels

/// Rotary position embedding (arXiv 2104.09864) in the half-split layout of Hugging Face.
public struct Rotary: Equatable, Sendable {
    /// D/2 frequencies in radians a position, after scaling.
    public let inverseFrequencies: [Double]
    /// What cosine and sine are multiplied by (YaRN's attention factor; otherwise 1).
    public let attentionFactor: Double

    public init(inverseFrequencies: [Double], attentionFactor: Double = 1) {
        self.inverseFrequencies = inverseFrequencies
        self.attentionFactor = attentionFactor
    }

    /// Cosines in the first T rows' left half and sines in the right: (T, D).
    func table(positions: [Int32], arena: Arena) -> Tensor {
        let half = inverseFrequencies.count
        let table = Tensor(positions.count, 2 * half, in: arena)
        Parallel.ranges(positions.count, grain: 64) { range in
            for t in range {
                let row = table.row(t)
                for i in 0..<half {
                    // Angles in fp32 as the reference computes them: position · frequency, then cos.
                    let angle = Double(Float(positions[t]) * Float(inverseFrequencies[i]))
                    row[i] = Float(cos(angle) * attentionFactor)
                    row[half + i] = Float(sin(angle) * attentionFactor)
                }
            }
        }
        return table
    }

    /// Turns each head of x (T, heads · D) in place; direction −1 undoes it, as the gradient needs.
    static func apply(_ x: Tensor, table: Tensor, direction: Float) {
        let half = table.columns / 2
        let heads = x.columns / table.columns
        precondition(heads * table.columns == x.columns && x.rows == table.rows, "rotary shapes")
        Parallel.ranges(x.rows, grain: 16) { range in
            for t in range {
                mk_rotary(x.row(t), table.row(t), table.row(t) + half, heads, half, direction)
            }
        }
    }
}
