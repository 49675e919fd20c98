// DoRA (arXiv 2402.09353): LoRA for the direction of each row of the weight, a trained magnitude for its length.
// Legend: T rows, K inputs, N outputs, R rank.

import Microkernels

/// W' = m ⊙ (W + s B A) / ‖W + s B A‖, the norms over rows. As in the paper's section 4.3 and PEFT, no gradient flows
/// through the norm.
final class DoRAAdapter: LinearAdapter {
    let direction: LoRAAdapter
    /// (N).
    let magnitude: Parameter
    /// Σ of each base row's squares (N).
    private let baseSquares: [Double]
    private let arena: Arena

    init(_ direction: LoRAAdapter, magnitude: Parameter, base: BaseWeight, arena: Arena) {
        (self.direction, self.magnitude, self.arena) = (direction, magnitude, arena)
        baseSquares = PackedMatmul.rowSquares(of: base.numbers, arena: arena)
    }

    var parameters: [Parameter] { direction.parameters + [magnitude] }

    func apply(
        _ x: Value, to layer: Projection, _ context: ForwardContext, dropoutKey key: UInt64?
    ) -> Value {
        let tape = context.tape
        let norms = norms(layer)
        // What is not scaled yet stays until the backward pass.
        func adapted(_ x: Value) -> Value {
            layer.linear(x, context.keepingOutputs(true), lora: direction, addsBias: false)
        }
        let y: Value
        if let key, direction.dropout > 0 {
            // W x + (m/‖·‖ − 1) W x̃ + m/‖·‖ s B A x̃, x̃ being x after dropout.
            let (whole, plain) = tape.dropout(x, probability: direction.dropout, key: key).read {
                (
                    scaled(adapted($0), norms, tape, isKept: false),
                    layer.linear($0, context.keepingOutputs(false), addsBias: false)
                )
            }
            y = tape.sum(
                layer.linear(x, context, addsBias: false), tape.sum(whole, plain, times: -1))
        } else {
            y = scaled(adapted(x), norms, tape, isKept: context.keepsOutputs)
        }
        return layer.bias.map { tape.addBias($0, to: y) } ?? y
    }

    /// y ⊙ m / ‖·‖.
    private func scaled(_ y: Value, _ norms: Tensor, _ tape: Tape, isKept: Bool) -> Value {
        let factors = factors(norms)
        return tape.scaleColumns(y, by: factors, isKept: isKept) { [magnitude] sums in
            for n in 0..<sums.count {
                magnitude.gradient.pointer[n] += sums.pointer[n] / norms.pointer[n]
            }
        }
    }

    private func factors(_ norms: Tensor) -> Tensor {
        let factors = Tensor(1, norms.count, in: arena, isKept: true)
        for n in 0..<norms.count {
            factors.pointer[n] = magnitude.value.pointer[n] / norms.pointer[n]
        }
        return factors
    }

    func finish(_ y: Tensor, input x: Tensor, of layer: Projection, _ context: ForwardContext) {
        direction.addUpdate(of: x, to: y, in: context.arena)
        let make = { self.factors(self.norms(layer)) }
        let factors = context.derived?.numbers(of: self, make) ?? make()
        Elementwise.scaleColumns(y, by: factors, into: y)
        if let bias = layer.bias { Elementwise.addBias(bias.pointer, to: y) }
    }

    // MARK: - Norms of rows

    /// ‖W + s B A‖ of each row (1, N), without making the sum: ‖w‖² + 2 s b·(A w) + s² b A Aᵀ b, b being a row of B.
    private func norms(_ layer: Projection) -> Tensor {
        let (a, b) = (direction.a.value, direction.b.value)
        let (n, r, s) = (b.rows, a.rows, Double(direction.scale))
        let across = Tensor(r, n, in: arena)
        layer.baseProduct(a, into: across, .openBLAS, arena: arena)
        var gram = [Double](repeating: 0, count: r * r)
        for i in 0..<r {
            for j in 0..<r { gram[i * r + j] = Double(mk_dot(a.row(i), a.row(j), a.columns)) }
        }
        let norms = Tensor(1, n, in: arena, isKept: true)
        Parallel.ranges(n, grain: 256) { range in
            for row in range {
                var (mixed, square) = (0.0, 0.0)
                for i in 0..<r {
                    let x = Double(b.row(row)[i])
                    mixed += x * Double(across.row(i)[row])
                    for j in 0..<r { square += x * gram[i * r + j] * Double(b.row(row)[j]) }
                }
                let sum = self.baseSquares[row] + 2 * s * mixed + s * s * square
                norms.pointer[row] = Float(max(0, sum).squareRoot())
            }
        }
        return norms
    }

    // MARK: - Merging

    func merge(_ rows: Range<Int>, into panel: Tensor) {
        direction.merge(rows, into: panel)
        for (i, row) in rows.enumerated() {
            let norm = Float(mk_sum_squares(panel.row(i), panel.columns).squareRoot())
            mk_scale(panel.row(i), magnitude.value.pointer[row] / norm, panel.columns)
        }
    }

    func frozenChange(of base: any PackedWeight) -> WeightChange {
        var change = direction.frozenChange(of: base)
        change.rows = factors(norms(Projection(base: .packed(base)))).values
        return change
    }
}

extension AdapterKind {
    static let dora = AdapterKind(
        name: "dora", title: "DoRA", peftType: "LORA", isLowRank: true,
        parameters: { shape, slot in
            let direction = AdapterKind.lora.parameters(shape, slot)
            guard !direction.isEmpty else { return [] }
            return direction + [
                AdapterParameter(
                    ".lora_magnitude_vector", [slot.shape[0]], start: .rowNorms)
            ]
        },
        make: { shape, slot, parameters, host in
            guard let factor = shape.factor(of: slot) else { return nil }
            let direction = LoRAAdapter(
                a: parameters[0], b: parameters[1], scale: factor.scale, dropout: shape.dropout)
            return DoRAAdapter(
                direction, magnitude: parameters[2], base: host.base, arena: host.arena)
        },
        memory: { shape, slot, linear in
            let rank = shape.factor(of: slot)?.rank ?? 0
            // The output before it is scaled is kept, with norms and factors; in the backward pass its gradient.
            var own = linear
            own.keepsOutput = true
            var cost = own.cost(lowRank: rank)
            cost.backward = max(cost.backward, linear.output)
            cost.kept += 2 * Tensor.byteCount(1, linear.outputs)
            if linear.keepsOutput { cost.kept += linear.output }
            if shape.dropout > 0 {
                // The dropped input passes with two more outputs; in the backward pass it and its gradient as well.
                cost = cost.beside(
                    forward: linear.input + linear.inputPanels + 2 * linear.output,
                    backward: 2 * linear.input + linear.output)
            }
            // Norms of rows: A Wᵀ, by a library.
            let norms = LinearMemory(
                rows: rank, inputs: linear.inputs, outputs: linear.outputs, backend: .openBLAS)
            cost.forward = max(cost.forward, norms.cost().untaped)
            return cost
        },
        libraryBytes: OpenBLAS.residentBytes)
}
