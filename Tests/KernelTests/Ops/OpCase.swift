// One table entry per operation: inputs, the fast forward and backward, and a naive twin in Double. It has three
// uses: the fast path equals the twin, its gradients the twin's differences (OpTests), and the same operations at the
// sizes of a model are measured (OpBenchmarks). Operations on products and labels are in OpCase+Model.swift.

@testable import Kernel

/// An operation on matrices with one matrix as its result.
struct OpCase: Sendable, CustomStringConvertible {
    struct Input: Sendable {
        var rows: Int
        var columns: Int
        var scale: Float = 1
        var offset: Float = 0
    }
    var description: String
    var inputs: [Input]
    /// Runs the operation; keeps what its backward pass needs in the returned closure (dY → gradients).
    var run: @Sendable ([Tensor], Arena) -> (y: Tensor, backward: (Tensor) -> [Tensor])
    /// The same in plain loops over Double, row-major.
    var naive: @Sendable ([[Double]]) -> [Double]
    var tolerance = 2e-5
    /// Step of the central differences on the naive twin.
    var epsilon = 1e-5
}

/// What is compared with the twins: odd shapes on purpose.
let opCases: [OpCase] =
    [(1, 1, 1), (3, 17, 5), (33, 127, 17), (127, 33, 64), (64, 3, 33)].map(matmulCase)
    + [(1, 1), (3, 17), (33, 127), (64, 64)].map(normalizationCase)
    + [(3, 1, 2), (17, 3, 10), (5, 2, 64)].map(rotaryCase)
    + [(1, 1), (3, 17), (33, 127)].flatMap { t, f in
        [gateCase(.silu, t, f), gateCase(.geluTanh, t, f)]
    }
    + attentionSizes.map(attentionCase)
    + [(1, 1), (3, 17), (33, 127)].map(sumCase) + modelOpCases

/// What is measured: micro-batches of 512 tokens in the layers of SmolLM2-135M.
let opBenchmarks: [OpCase] =
    [(512, 576, 1536), (512, 1536, 576)].map(matmulCase) + [normalizationCase(512, 576)]
    + [rotaryCase(512, 9, 64), gateCase(.silu, 512, 1536), gateCase(.geluTanh, 512, 1536)]
    + [attentionCase([512], 9, 3, 64, nil, nil)]
    + [sumCase(512, 576)] + modelOpBenchmarks

private func matmulCase(_ t: Int, _ k: Int, _ n: Int) -> OpCase {
    OpCase(
        description: "x (\(t), \(k)) · w (\(n), \(k))ᵀ",
        inputs: [.init(rows: t, columns: k), .init(rows: n, columns: k)],
        run: { input, arena in
            let y = Tensor(t, n, in: arena)
            Gemm.gemmNT(input[0], input[1], into: y)
            return (
                y,
                { dY in
                    let (dX, dW) = (Tensor(t, k, in: arena), Tensor(n, k, in: arena))
                    Gemm.multiply(dY, input[1], into: dX)
                    dW.fill(0)
                    Gemm.gemmTN(dY, input[0], into: dW, accumulate: true)
                    return [dX, dW]
                }
            )
        },
        naive: { input in
            (0..<t).flatMap { i in
                (0..<n).map { j in
                    (0..<k).reduce(0.0) { $0 + input[0][i * k + $1] * input[1][j * k + $1] }
                }
            }
        }, tolerance: 1e-4)
}

private func normalizationCase(_ t: Int, _ c: Int) -> OpCase {
    OpCase(
        description: "rms norm (\(t), \(c))",
        inputs: [.init(rows: t, columns: c), .init(rows: 1, columns: c, scale: 0.3, offset: 1)],
        run: { input, arena in
            let (y, inverse) = (Tensor(t, c, in: arena), Tensor(1, t, in: arena))
            RMSNormalization.forward(
                input[0], gain: input[1].pointer, epsilon: 1e-5, into: y,
                inverseRMS: inverse.pointer)
            return (
                y,
                { dY in
                    let (dX, dGain) = (Tensor(t, c, in: arena), Tensor(1, c, in: arena))
                    dGain.fill(0)
                    RMSNormalization.backward(
                        dY, x: input[0], gain: input[1].pointer, inverseRMS: inverse.pointer,
                        into: dX,
                        accumulate: false, dGain: dGain.pointer, arena: arena)
                    return [dX, dGain]
                }
            )
        },
        naive: { input in
            (0..<t).flatMap { r -> [Double] in
                let row = input[0][r * c..<(r + 1) * c]
                let inverse = 1 / (row.reduce(0) { $0 + $1 * $1 } / Double(c) + 1e-5).squareRoot()
                return zip(row, input[1]).map { $0 * inverse * $1 }
            }
        }, tolerance: 5e-5)
}

private func rotaryCase(_ t: Int, _ heads: Int, _ d: Int) -> OpCase {
    let rotary = Rotary(inverseFrequencies: (0..<d / 2).map { 1 / Double(1 + $0 * $0) })
    let positions = (0..<t).map { Int32($0 * 3 % 11) }
    return OpCase(
        description: "rotary (\(t), \(heads) · \(d))", inputs: [.init(rows: t, columns: heads * d)],
        run: { input, arena in
            let table = rotary.table(positions: positions, arena: arena)
            let y = Tensor(t, heads * d, in: arena)
            y.copy(from: input[0])
            Rotary.apply(y, table: table, direction: 1)
            return (
                y,
                { dY in
                    let dX = Tensor(t, heads * d, in: arena)
                    dX.copy(from: dY)
                    Rotary.apply(dX, table: table, direction: -1)
                    return [dX]
                }
            )
        },
        naive: { input in
            var y = input[0]
            for r in 0..<t {
                for h in 0..<heads {
                    for i in 0..<d / 2 {
                        let angle = Double(positions[r]) * rotary.inverseFrequencies[i]
                        let at = r * heads * d + h * d + i
                        let (a, b) = (input[0][at], input[0][at + d / 2])
                        y[at] = a * cosine(angle) - b * sine(angle)
                        y[at + d / 2] = b * cosine(angle) + a * sine(angle)
                    }
                }
            }
            return y
        })
}

private func gateCase(_ activation: Activation, _ t: Int, _ f: Int) -> OpCase {
    OpCase(
        description: "\(activation) gate (\(t), \(f))",
        inputs: [.init(rows: t, columns: f, scale: 3), .init(rows: t, columns: f)],
        run: { input, arena in
            let y = Tensor(t, f, in: arena)
            let saved = GatedLinearUnit.Saved.floats(gate: input[0], up: input[1])
            GatedLinearUnit.forward(
                activation, gate: input[0], up: input[1], into: y, saving: saved)
            return (
                y,
                { dY in
                    let (dGate, dUp) = (Tensor(t, f, in: arena), Tensor(t, f, in: arena))
                    GatedLinearUnit.backward(activation, dY, saved, dGate: dGate, dUp: dUp)
                    return [dGate, dUp]
                }
            )
        },
        naive: { input in
            zip(input[0], input[1]).map { g, up in
                switch activation {
                case .silu: g / (1 + exponential(-g)) * up
                case .geluTanh:
                    g / 2 * (1 + tangent(0.797_884_560_802_865 * (g + 0.044715 * g * g * g))) * up
                }
            }
        })
}

/// The hyperbolic tangent.
func tangent(_ x: Double) -> Double { 1 - 2 / (exponential(2 * x) + 1) }

private typealias AttentionSizes = ([Int], Int, Int, Int, Int?, Float?)

/// Lengths of samples, heads, key-value heads, width of a head, window, cap.
private let attentionSizes: [AttentionSizes] = [
    ([1], 1, 1, 2, nil, nil), ([3, 17], 4, 2, 8, nil, nil), ([70, 5, 1], 3, 1, 12, nil, nil),
    ([33], 2, 2, 64, nil, nil), ([21, 9], 4, 2, 8, 5, nil), ([130], 2, 1, 16, 70, nil),
    ([21, 9], 4, 2, 8, nil, 0.5), ([130], 2, 1, 16, 70, 2),
]

private func attentionCase(
    _ lengths: [Int], _ heads: Int, _ keyHeads: Int, _ d: Int, _ window: Int?, _ cap: Float?
) -> OpCase {
    let shape = AttentionShape(
        heads: heads, keyValueHeads: keyHeads, headDimension: d, window: window,
        scale: cap == nil ? nil : 0.3, softCap: cap)
    let t = lengths.reduce(0, +)
    var segments: [Attention.Segment] = []
    for length in lengths {
        let start = segments.last?.queries.upperBound ?? 0
        segments.append(.init(queries: start..<start + length, keys: start..<start + length))
    }
    let fixed = segments
    return OpCase(
        description:
            "attention \(lengths) heads \(heads)/\(keyHeads) width \(d) window \(window ?? 0) "
            + "cap \(cap ?? 0)",
        inputs: [
            .init(rows: t, columns: heads * d), .init(rows: t, columns: keyHeads * d),
            .init(rows: t, columns: keyHeads * d),
        ],
        run: { input, arena in
            let o = Tensor(t, heads * d, in: arena)
            Attention.forward(
                q: input[0], k: input[1], v: input[2], segments: fixed, shape: shape, into: o,
                arena: arena)
            return (
                o,
                { dO in
                    let dQ = Tensor(t, heads * d, in: arena)
                    let (dK, dV) = (
                        Tensor(t, keyHeads * d, in: arena), Tensor(t, keyHeads * d, in: arena)
                    )
                    Attention.backward(
                        dO: dO, q: input[0], k: input[1], v: input[2], o: o, segments: fixed,
                        shape: shape, dQ: dQ, dK: dK, dV: dV, arena: arena)
                    return [dQ, dK, dV]
                }
            )
        },
        naive: { input in naiveAttention(input, fixed, shape) }, tolerance: 5e-5)
}

private func sumCase(_ t: Int, _ c: Int) -> OpCase {
    OpCase(
        description: "sum (\(t), \(c))",
        inputs: [.init(rows: t, columns: c), .init(rows: t, columns: c)],
        run: { input, arena in
            let y = Tensor(t, c, in: arena)
            Elementwise.add(input[0], input[1], into: y)
            return (y, { dY in [dY, dY] })
        },
        naive: { input in zip(input[0], input[1]).map(+) })
}

/// Scores, softmax and mixing row by row, in Double.
private func naiveAttention(
    _ input: [[Double]], _ segments: [Attention.Segment], _ shape: AttentionShape
) -> [Double] {
    let (d, heads, keyHeads) = (shape.headDimension, shape.heads, shape.keyValueHeads)
    var o = [Double](repeating: 0, count: input[0].count)
    for segment in segments {
        for t in segment.queries {
            for h in 0..<heads {
                let g = h / (heads / keyHeads)
                let first =
                    shape.window.map { max(segment.keys.lowerBound, t + 1 - $0) }
                    ?? segment.keys.lowerBound
                let scores = (first...t).map { j in
                    let score =
                        Double(shape.scale)
                        * (0..<d).reduce(0.0) {
                            $0 + input[0][t * heads * d + h * d + $1]
                                * input[1][j * keyHeads * d + g * d + $1]
                        }
                    return shape.softCap.map { Double($0) * tangent(score / Double($0)) } ?? score
                }
                let best = scores.max() ?? 0
                let weights = scores.map { exponential($0 - best) }
                let total = weights.reduce(0, +)
                for (j, weight) in zip(first...t, weights) {
                    for i in 0..<d {
                        o[t * heads * d + h * d + i] +=
                            weight / total * input[2][j * keyHeads * d + g * d + i]
                    }
                }
            }
        }
    }
    return o
}
