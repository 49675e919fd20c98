// LoRA: a low-rank update beside the frozen weight. Its products ride in those of the layer, which is why
// Projection knows it by name; everyone else sees a LinearAdapter.
// Legend: T rows, K inputs, N outputs, R rank.

/// A low-rank update ΔW = s · B A with A (R, K), B (N, R). Paper: arXiv 2106.09685.
public final class LoRAAdapter: LinearAdapter {
    public let a: Parameter
    public let b: Parameter
    /// alpha / rank, or alpha / √rank with rsLoRA (arXiv 2312.03732).
    public let scale: Float
    /// Probability that an input of A is dropped in training.
    public let dropout: Float

    init(a: Parameter, b: Parameter, scale: Float, dropout: Float) {
        self.a = a
        self.b = b
        self.scale = scale
        self.dropout = dropout
    }

    public var rank: Int { a.value.rows }
    var parameters: [Parameter] { [a, b] }

    func apply(
        _ x: Value, to layer: Projection, _ context: ForwardContext, dropoutKey key: UInt64?
    ) -> Value {
        layer.linear(x, context, lora: self, dropoutKey: key)
    }

    func finish(_ y: Tensor, input x: Tensor, of layer: Projection, _ context: ForwardContext) {
        addUpdate(of: x, to: y, in: context.arena)
        if let bias = layer.bias { Elementwise.addBias(bias.pointer, to: y) }
    }

    /// y += s · x Aᵀ Bᵀ.
    func addUpdate(of x: Tensor, to y: Tensor, in arena: Arena) {
        let low = Projection.lowInput(x, self, nil, arena)
        Gemm.gemmNT(low, b.value, into: y, accumulate: true)
    }

    func merge(_ rows: Range<Int>, into panel: Tensor) {
        Gemm.multiply(
            b.value.rows(rows), a.value, into: panel, alpha: scale, accumulate: true)
    }

    func frozenChange(of base: any PackedWeight) -> WeightChange {
        WeightChange(
            lowRank: .init(a: a.value.values, b: b.value.values, rank: rank, scale: scale))
    }
}

extension AdapterKind {
    static let lora = AdapterKind(
        name: "lora", title: "LoRA", peftType: "LORA", isLowRank: true,
        parameters: { shape, slot in
            guard let factor = shape.factor(of: slot) else { return [] }
            return [
                AdapterParameter(
                    ".lora_A.weight", [factor.rank, slot.shape[1]], start: .uniform),
                AdapterParameter(".lora_B.weight", [slot.shape[0], factor.rank], start: .zeros),
            ]
        },
        make: { shape, slot, parameters, _ in
            guard let factor = shape.factor(of: slot) else { return nil }
            return LoRAAdapter(
                a: parameters[0], b: parameters[1], scale: factor.scale, dropout: shape.dropout)
        },
        memory: { shape, slot, linear in
            linear.cost(lowRank: shape.factor(of: slot)?.rank, drops: shape.dropout > 0)
        },
        libraryBytes: 0)
}
