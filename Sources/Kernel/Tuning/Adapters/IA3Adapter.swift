// IA³ (arXiv 2205.05638): a trained factor for each output of a layer, or for each input of one in the feed-forward part.
// Legend: T rows, K inputs, N outputs.

import Microkernels

/// y = l ⊙ (W x + b), or y = W (l ⊙ x) + b.
final class IA3Adapter: LinearAdapter {
    /// (N, 1), or (1, K) when inputs are scaled.
    let factors: Parameter
    let scalesInput: Bool

    init(_ factors: Parameter, scalesInput: Bool) {
        (self.factors, self.scalesInput) = (factors, scalesInput)
    }

    var parameters: [Parameter] { [factors] }

    private var vector: Tensor { factors.value.reshaped(1, factors.count) }

    func apply(
        _ x: Value, to layer: Projection, _ context: ForwardContext, dropoutKey key: UInt64?
    ) -> Value {
        let tape = context.tape
        func scaled(_ x: Value, isKept: Bool) -> Value {
            tape.scaleColumns(x, by: vector, isKept: isKept) { [factors] sums in
                mk_axpy(factors.gradient.pointer, 1, sums.pointer, sums.count)
            }
        }
        return scalesInput
            ? scaled(x, isKept: false).read { layer.linear($0, context) }
            : scaled(
                layer.linear(x, context.keepingOutputs(true)), isKept: context.keepsOutputs)
    }

    func input(_ x: Tensor, in arena: Arena) -> Tensor {
        guard scalesInput else { return x }
        let scaled = Tensor(x.rows, x.columns, in: arena)
        Elementwise.scaleColumns(x, by: vector, into: scaled)
        return scaled
    }

    func finish(_ y: Tensor, input x: Tensor, of layer: Projection, _ context: ForwardContext) {
        if let bias = layer.bias { Elementwise.addBias(bias.pointer, to: y) }
        if !scalesInput { Elementwise.scaleColumns(y, by: vector, into: y) }
    }

    // MARK: - Merging

    func merge(_ rows: Range<Int>, into panel: Tensor) {
        for (i, row) in rows.enumerated() {
            if scalesInput {
                mk_multiply(panel.row(i), vector.pointer, panel.columns)
            } else {
                mk_scale(panel.row(i), vector.pointer[row], panel.columns)
            }
        }
    }

    func mergeBias(_ bias: UnsafeMutablePointer<Float>, count: Int) {
        if !scalesInput { mk_multiply(bias, vector.pointer, count) }
    }

    func frozenChange(of base: any PackedWeight) -> WeightChange {
        scalesInput ? WeightChange(columns: vector.values) : WeightChange(rows: vector.values)
    }
}

extension AdapterKind {
    static let ia3 = AdapterKind(
        name: "ia3", title: "IA3", peftType: "IA3", isLowRank: false,
        parameters: { shape, slot in
            guard shape.lies(on: slot) else { return [] }
            let size = shape.scalesInput(of: slot) ? [1, slot.shape[1]] : [slot.shape[0], 1]
            return [AdapterParameter(".ia3_l", size, start: .ones)]
        },
        make: { shape, slot, parameters, _ in
            IA3Adapter(parameters[0], scalesInput: shape.scalesInput(of: slot))
        },
        memory: { shape, slot, linear in
            guard !shape.scalesInput(of: slot) else {
                // The scaled input passes, packed as well; in the backward pass the input and both gradients.
                var cost = linear.cost().beside(forward: linear.input + linear.inputPanels)
                cost.backward = max(cost.backward, 3 * linear.input)
                return cost
            }
            // The output before it is scaled is kept; in the backward pass its gradient.
            var own = linear
            own.keepsOutput = true
            var cost = own.cost()
            cost.backward = max(cost.backward, linear.output)
            if linear.keepsOutput { cost.kept += linear.output }
            return cost
        },
        libraryBytes: 0)
}
