// Operations around the layers as table entries: the loss over a vocabulary, norms of heads, dropout, token rows, an
// adapter's products, and others on views whose rows lie apart.

import Microkernels

@testable import Kernel

/// What is compared with the twins.
let modelOpCases: [OpCase] =
    [(1, 1, 2), (5, 17, 33), (33, 24, 301)].map { crossEntropyCase($0, $1, $2) }
    + [crossEntropyCase(5, 17, 33, cap: 0.4), crossEntropyCase(5, 17, 33, smoothing: 0.3)]
    + [crossEntropyCase(5, 17, 33, cap: 0.4, smoothing: 0.1)]
    + [5, 2].map { crossEntropyCase(5, 17, 33, halfSquaresByChunksOf: $0) }
    + [5, 2].map { crossEntropyCase(5, 17, 33, cap: 0.4, halfSquaresByChunksOf: $0) }
    + [(1, 1, 2), (5, 3, 8), (17, 2, 33)].map(headNormCase)
    + [(3, 17, 0.25), (33, 64, 0.5), (5, 8, 0)].map(dropoutCase)
    + [(1, 2, 3), (9, 5, 17), (40, 11, 33)].map(embeddingCase)
    + [(1, 3, 1, 2), (7, 33, 4, 5), (65, 40, 8, 24), (20, 17, 11, 33)].map(lowRankCase)
    + [viewedMatmulCase(5, 17, 9), viewedMatmulCase(33, 40, 24), viewedNormCase(7, 33)]
    + [viewedLowRankCase(19, 23, 5)]

/// What is measured.
let modelOpBenchmarks: [OpCase] = [
    crossEntropyCase(64, 576, 49_152), headNormCase(512, 9, 64), dropoutCase(512, 576, 0.1),
    embeddingCase(512, 49_152, 576), lowRankCase(512, 576, 8, 1_536),
    viewedMatmulCase(512, 576, 576),
]

/// The sum of the losses of labelled rows under a head that trains; or of half their squares, whose gradients are
/// known only once the losses are.
private func crossEntropyCase(
    _ rows: Int, _ channels: Int, _ vocabulary: Int, cap: Float? = nil,
    halfSquaresByChunksOf chunk: Int? = nil, smoothing: Double = 0
) -> OpCase {
    let labels = (0..<rows).map { Int32($0 * 7 % vocabulary) }
    return OpCase(
        description: "cross entropy (\(rows), \(channels)) over \(vocabulary)"
            + (cap.map { " cap \($0)" } ?? "")
            + (chunk.map { " squared, by \($0)" } ?? "")
            + (smoothing > 0 ? " smoothed by \(smoothing)" : ""),
        inputs: [
            .init(rows: rows, columns: channels), .init(rows: vocabulary, columns: channels),
        ],
        run: { input, arena in
            let store = ParameterStore(
                [ParameterSpec(name: "head", shape: [vocabulary, channels])],
                in: arena)
            let weight = store.parameters[0]
            weight.value.copy(from: input[1])
            let head = Projection(base: .trained(weight))
            func loss(_ scale: Float, _ dH: Tensor?) -> Double {
                let measured = CrossEntropy.run(
                    input[0], head: head, softCap: cap, labels: labels,
                    scales: chunk == nil
                        ? .uniform(scale) : .rows { $0.losses.map { Float($0) * scale } },
                    smoothing: Float(smoothing), dH: dH, chunkRows: chunk, backend: .openBLAS,
                    arena: arena)
                guard chunk != nil else { return measured.sum }
                return measured.losses.reduce(0) { $0 + $1 * $1 / 2 }
            }
            let y = Tensor([Float(loss(1, nil))], rows: 1, columns: 1, in: arena)
            return (
                y,
                { dY in
                    let dH = Tensor(rows, channels, in: arena)
                    _ = loss(dY.row(0)[0], dH)
                    return [dH, weight.gradient]
                }
            )
        },
        naive: { input in
            let losses = (0..<rows).map { r -> Double in
                let logits = (0..<vocabulary).map { v in
                    (0..<channels).reduce(0.0) {
                        $0 + input[0][r * channels + $1] * input[1][v * channels + $1]
                    }
                }.map { logit in cap.map { Double($0) * tangent(logit / Double($0)) } ?? logit }
                let best = logits.max() ?? 0
                let sum = logits.reduce(0) { $0 + exponential($1 - best) }
                let mean = logits.reduce(0, +) / Double(vocabulary)
                return best + logarithm(sum) - (1 - smoothing) * logits[Int(labels[r])]
                    - smoothing * mean
            }
            return [losses.reduce(0) { $0 + (chunk == nil ? $1 : $1 * $1 / 2) }]
        })
}

/// RMS normalization of each head of a row with one gain for all (query and key norms).
private func headNormCase(_ t: Int, _ heads: Int, _ d: Int) -> OpCase {
    OpCase(
        description: "head norm (\(t), \(heads) · \(d))",
        inputs: [
            .init(rows: t, columns: heads * d), .init(rows: 1, columns: d, scale: 0.3, offset: 1),
        ],
        run: { input, arena in
            let flat = input[0].reshaped(t * heads, d)
            let (y, inverse) = (Tensor(t, heads * d, in: arena), Tensor(1, t * heads, in: arena))
            RMSNormalization.forward(
                flat, gain: input[1].pointer, epsilon: 1e-6, into: y.reshaped(t * heads, d),
                inverseRMS: inverse.pointer)
            return (
                y,
                { dY in
                    let (dX, dGain) = (Tensor(t, heads * d, in: arena), Tensor(1, d, in: arena))
                    dGain.fill(0)
                    RMSNormalization.backward(
                        dY.reshaped(t * heads, d), x: flat, gain: input[1].pointer,
                        inverseRMS: inverse.pointer, into: dX.reshaped(t * heads, d),
                        accumulate: false, dGain: dGain.pointer, arena: arena)
                    return [dX, dGain]
                }
            )
        },
        naive: { input in naiveNorm(input[0], input[1], epsilon: 1e-6) }, tolerance: 5e-5)
}

private func naiveNorm(_ x: [Double], _ gain: [Double], epsilon: Double) -> [Double] {
    stride(from: 0, to: x.count, by: gain.count).flatMap { start -> [Double] in
        let row = x[start..<start + gain.count]
        let mean = row.reduce(0) { $0 + $1 * $1 } / Double(gain.count)
        return zip(row, gain).map { $0 / (mean + epsilon).squareRoot() * $1 }
    }
}

/// The mask is that of the key: what it does to ones, it does to everything, forward and backward.
private func dropoutCase(_ t: Int, _ c: Int, _ probability: Float) -> OpCase {
    OpCase(
        description: "dropout (\(t), \(c)) of \(probability)", inputs: [.init(rows: t, columns: c)],
        run: { input, arena in
            let y = Tensor(t, c, in: arena)
            Dropout.apply(
                input[0], into: y, probability: probability, key: 91, accumulate: false)
            return (
                y,
                { dY in
                    let dX = Tensor(t, c, in: arena)
                    dX.fill(0)
                    Dropout.apply(
                        dY, into: dX, probability: probability, key: 91, accumulate: true)
                    return [dX]
                }
            )
        },
        naive: { input in
            // The mask by a call for each row alone: where a row begins decides it, not who asks.
            (0..<t).flatMap { r -> [Double] in
                let ones = [Float](repeating: 1, count: c)
                var mask = ones
                mk_dropout(ones, &mask, c, 91, UInt64(r * c), probability, 0)
                return (0..<c).map {
                    mask[$0] == 0 ? 0 : input[0][r * c + $0] / (1 - Double(probability))
                }
            }
        })
}

/// Token rows, some of them more than once.
private func embeddingCase(_ t: Int, _ vocabulary: Int, _ channels: Int) -> OpCase {
    let ids = (0..<t).map { Int32($0 * $0 % vocabulary) }
    return OpCase(
        description: "embedding of \(t) out of (\(vocabulary), \(channels))",
        inputs: [.init(rows: vocabulary, columns: channels)],
        run: { input, arena in
            let y = Tensor(t, channels, in: arena)
            Embedding.forward(ids, from: input[0], into: y)
            return (
                y,
                { dY in
                    let dW = Tensor(vocabulary, channels, in: arena)
                    dW.fill(0)
                    Embedding.backward(dY, ids: ids, into: dW)
                    return [dW]
                }
            )
        },
        naive: { input in
            ids.flatMap { id in
                input[0][Int(id) * channels..<(Int(id) + 1) * channels]
            }
        })
}

/// An adapter's y = α · x Aᵀ Bᵀ. Legend: T tokens, K inputs, R rank, N outputs.
private func lowRankCase(_ t: Int, _ k: Int, _ r: Int, _ n: Int) -> OpCase {
    OpCase(
        description: "low rank (\(t), \(k)) rank \(r) to \(n)",
        inputs: [
            .init(rows: t, columns: k), .init(rows: r, columns: k), .init(rows: n, columns: r),
        ],
        run: { input, arena in
            let (u, y) = (Tensor(t, r, in: arena), Tensor(t, n, in: arena))
            LowRank.multiply(input[0], transposed: input[1], into: u, alpha: 0.5)
            Gemm.gemmNT(u, input[2], into: y)
            return (
                y,
                { dY in
                    let (dU, dX) = (Tensor(t, r, in: arena), Tensor(t, k, in: arena))
                    let (dA, dB) = (Tensor(r, k, in: arena), Tensor(n, r, in: arena))
                    dA.fill(0)
                    dB.fill(0)
                    LowRank.multiply(dY, input[2], into: dU, alpha: 0.5, arena: arena)
                    Gemm.multiply(dU, input[1], into: dX)
                    LowRank.addOuter(dU, input[0], into: dA)
                    LowRank.addOuter(transposed: u, dY, into: dB, arena: arena)
                    return [dX, dA, dB]
                }
            )
        },
        naive: { input in
            let u = naiveProduct(input[0], input[1], t, k, r)
            return naiveProduct(u, input[2], t, r, n).map { 0.5 * $0 }
        }, tolerance: 1e-4)
}

/// x (t, k) · w (n, k)ᵀ.
private func naiveProduct(
    _ x: [Double], _ w: [Double], _ t: Int, _ k: Int, _ n: Int
) -> [Double] {
    (0..<t).flatMap { i in
        (0..<n).map { j in (0..<k).reduce(0.0) { $0 + x[i * k + $1] * w[j * k + $1] } }
    }
}

// MARK: - Views

/// A copy inside a larger buffer of NaN: what is read beside it spoils the result.
private func viewed(_ tensor: Tensor, _ arena: Arena) -> Tensor {
    let view = emptyView(tensor.rows, tensor.columns, arena)
    view.copy(from: tensor)
    return view
}

private func emptyView(_ rows: Int, _ columns: Int, _ arena: Arena) -> Tensor {
    let whole = Tensor(rows + 2, columns + 7, in: arena)
    whole.fill(.nan)
    return whole.rows(1..<rows + 1).columns(3..<columns + 3)
}

/// The numbers of a view in one piece.
private func gathered(_ view: Tensor, _ arena: Arena) -> Tensor {
    let whole = Tensor(view.rows, view.columns, in: arena)
    whole.copy(from: view)
    return whole
}

private func viewedMatmulCase(_ t: Int, _ k: Int, _ n: Int) -> OpCase {
    OpCase(
        description: "views: x (\(t), \(k)) · w (\(n), \(k))ᵀ",
        inputs: [.init(rows: t, columns: k), .init(rows: n, columns: k)],
        run: { input, arena in
            let (x, w) = (viewed(input[0], arena), viewed(input[1], arena))
            let y = emptyView(t, n, arena)
            Gemm.gemmNT(x, w, into: y)
            return (
                gathered(y, arena),
                { dY in
                    let dY = viewed(dY, arena)
                    let (dX, dW) = (emptyView(t, k, arena), emptyView(n, k, arena))
                    Gemm.multiply(dY, w, into: dX)
                    dW.fill(0)
                    Gemm.gemmTN(dY, x, into: dW, accumulate: true)
                    return [gathered(dX, arena), gathered(dW, arena)]
                }
            )
        },
        naive: { input in naiveProduct(input[0], input[1], t, k, n) }, tolerance: 1e-4)
}

private func viewedNormCase(_ t: Int, _ c: Int) -> OpCase {
    OpCase(
        description: "views: rms norm (\(t), \(c))",
        inputs: [.init(rows: t, columns: c), .init(rows: 1, columns: c, scale: 0.3, offset: 1)],
        run: { input, arena in
            let (x, y) = (viewed(input[0], arena), emptyView(t, c, arena))
            let inverse = Tensor(1, t, in: arena)
            RMSNormalization.forward(
                x, gain: input[1].pointer, epsilon: 1e-5, into: y, inverseRMS: inverse.pointer)
            return (
                gathered(y, arena),
                { dY in
                    let (dX, dGain) = (emptyView(t, c, arena), Tensor(1, c, in: arena))
                    dGain.fill(0)
                    RMSNormalization.backward(
                        viewed(dY, arena), x: x, gain: input[1].pointer,
                        inverseRMS: inverse.pointer, into: dX, accumulate: false,
                        dGain: dGain.pointer, arena: arena)
                    return [gathered(dX, arena), dGain]
                }
            )
        },
        naive: { input in naiveNorm(input[0], input[1], epsilon: 1e-5) }, tolerance: 5e-5)
}

private func viewedLowRankCase(_ t: Int, _ k: Int, _ r: Int) -> OpCase {
    OpCase(
        description: "views: low rank (\(t), \(k)) rank \(r)",
        inputs: [.init(rows: t, columns: k), .init(rows: r, columns: k)],
        run: { input, arena in
            let (x, a) = (viewed(input[0], arena), viewed(input[1], arena))
            let y = emptyView(t, r, arena)
            LowRank.multiply(x, transposed: a, into: y, alpha: 2)
            return (
                gathered(y, arena),
                { dY in
                    let dY = viewed(dY, arena)
                    let (dX, dA) = (emptyView(t, k, arena), emptyView(r, k, arena))
                    Gemm.multiply(dY, a, into: dX, alpha: 2)
                    dA.fill(0)
                    let scaled = gathered(dY, arena)
                    for i in 0..<scaled.count { scaled.pointer[i] *= 2 }
                    LowRank.addOuter(viewed(scaled, arena), x, into: dA)
                    return [gathered(dX, arena), gathered(dA, arena)]
                }
            )
        },
        naive: { input in naiveProduct(input[0], input[1], t, k, r).map { 2 * $0 } },
        tolerance: 1e-4)
}
