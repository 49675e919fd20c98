// A linear layer as the decoder sees it: a base weight (packed and frozen, or trained), an optional bias, an optional
// adapter. The products of LoRA ride in the layer's own; it does not know which layer it is.
// Legend: T rows, K inputs, N outputs, R rank.

import Microkernels

/// The weight of a linear layer.
public enum BaseWeight {
    case packed(any PackedWeight)
    case trained(Parameter)
}

extension BaseWeight {
    /// How products find them.
    var numbers: WeightNumbers {
        switch self {
        case .packed(let weight): .packed(weight)
        case .trained(let parameter): parameter.numbers
        }
    }
}

extension Parameter {
    /// The value as products read it.
    var numbers: WeightNumbers {
        switch stored {
        case .float32(let tensor): .floats(tensor)
        case .bfloat16(let matrix): .packed(matrix)
        }
    }
}

/// y = x Wᵀ + bias, changed by an adapter. Shapes: W (N, K); x (T, K); y (T, N).
public final class Projection {
    public let base: BaseWeight
    let bias: Vector?
    var adapter: (any LinearAdapter)?

    init(base: BaseWeight, bias: Vector? = nil) {
        (self.base, self.bias) = (base, bias)
    }

    public var outputs: Int {
        switch base {
        case .packed(let weight): weight.rows
        case .trained(let parameter): parameter.rows
        }
    }

    public var inputs: Int {
        switch base {
        case .packed(let weight): weight.columns
        case .trained(let parameter): parameter.columns
        }
    }

    /// Whether a backward pass has gradients to leave here.
    var requiresGrad: Bool { adapter != nil || trainsItself }

    /// Whether the weight or the bias trains.
    private var trainsItself: Bool {
        if case .trained = base { return true }
        return bias?.parameter != nil
    }

    /// y = x Wᵀ, without bias and adapter. `panels` spare the packing when they are there already.
    func baseProduct(
        _ x: Tensor, into y: Tensor, _ backend: MatmulBackend, _ panels: WeightPanels? = nil,
        arena: Arena
    ) {
        switch (backend, base.numbers) {
        case (.library(let library), .packed(let weight)):
            PackedMatmul.forward(x, weight, into: y, arena: arena, by: library)
        case (.library(let library), .floats(let weight)):
            Gemm.gemmNT(x, weight, into: y, by: library)
        case (.tiles(let precision), _):
            guard let panels else { return tiledProduct(x, into: y, precision, arena) }
            PanelGemm.multiply(
                .init(.rows(x), precision, arena: arena), panels.transposed, into: y)
        }
    }

    /// dX (+)= dY W; and dW += dYᵀ x when the weight is trained: only then is x asked for.
    func baseGradient(
        _ dY: Tensor, input x: @autoclosure () -> Tensor, into dX: Tensor?, accumulate: Bool,
        _ backend: MatmulBackend, _ panels: WeightPanels? = nil, arena: Arena
    ) {
        switch backend {
        case .library(let library):
            if let dX {
                switch base.numbers {
                case .packed(let weight):
                    PackedMatmul.backward(
                        dY, weight, into: dX, accumulate: accumulate, arena: arena, by: library)
                case .floats(let weight):
                    Gemm.multiply(dY, weight, into: dX, accumulate: accumulate, by: library)
                }
            }
            if case .trained(let parameter) = base {
                Gemm.gemmTN(
                    dY, x(), into: parameter.gradient, accumulate: true, by: library)
            }
        case .tiles(let precision):
            tiledGradient(
                dY, x(), low: nil, adapter: nil, nil, into: dX, accumulate: accumulate, precision,
                panels: panels?.plain, arena)
        }
    }
}

extension Projection {
    /// Records the layer with its adapter on the tape. `key` seeds the adapter's dropout; nil outside training.
    func callAsFunction(_ x: Value, _ context: ForwardContext, dropoutKey key: UInt64? = nil)
        -> Value
    {
        guard context.usesAdapter, let adapter else { return linear(x, context) }
        return adapter.apply(x, to: self, context, dropoutKey: key)
    }

    /// Records x Wᵀ + bias with a low-rank update beside the weight.
    func linear(
        _ x: Value, _ context: ForwardContext, lora adapter: LoRAAdapter? = nil,
        dropoutKey key: UInt64? = nil, addsBias: Bool = true
    ) -> Value {
        let (tape, arena, backend) = (context.tape, context.arena, context.backend)
        let bias = addsBias ? bias : nil
        let y = Tensor(x.rows, outputs, in: arena, isKept: context.keepsOutputs)
        let low =
            switch backend {
            case .library: forward(x.tensor, into: y, adapter: adapter, key, backend, arena)
            case .tiles(let precision):
                tiledForward(x, into: y, adapter: adapter, key, precision, arena)
            }
        if let bias { Elementwise.addBias(bias.pointer, to: y) }
        let result = Value(
            y, requiresGrad: tape.tracks(x.requiresGrad || adapter != nil || trainsItself))
        guard result.requiresGrad else { return result }
        tape.record { [self] in
            guard let dY = result.takeGradient() else { return }
            if let parameter = bias?.parameter {
                Elementwise.addColumnSums(of: dY, to: parameter.gradient.pointer)
            }
            let sink = x.requiresGrad ? x.gradientSink(arena) : nil
            let adds = sink?.accumulate ?? false
            switch backend {
            case .library:
                baseGradient(
                    dY, input: x.tensor, into: sink?.tensor, accumulate: adds, backend,
                    arena: arena)
                if let adapter, let low {
                    Self.adapterGradient(dY, x.tensor, low, adapter, key, into: sink?.tensor, arena)
                }
            case .tiles(let precision):
                tiledGradient(
                    dY, x.tensor, low: low, adapter: adapter, key, into: sink?.tensor,
                    accumulate: adds, precision, arena)
            }
        }
        return result
    }

    /// y = x Wᵀ + s u Bᵀ with u = x̃ Aᵀ. Returns s u (T, R).
    private func forward(
        _ x: Tensor, into y: Tensor, adapter: LoRAAdapter?, _ key: UInt64?,
        _ backend: MatmulBackend, _ arena: Arena
    ) -> Tensor? {
        baseProduct(x, into: y, backend, arena: arena)
        guard let adapter else { return nil }
        let low = Self.lowInput(x, adapter, key, arena)
        Gemm.gemmNT(low, adapter.b.value, into: y, accumulate: true)
        return low
    }

    /// What the adapter adds to the gradients; dX += dropout(du A).
    private static func adapterGradient(
        _ dY: Tensor, _ x: Tensor, _ low: Tensor, _ adapter: LoRAAdapter, _ key: UInt64?,
        into dX: Tensor?, _ arena: Arena
    ) {
        let dU = lowGradient(dY, x, low, adapter, key, arena)
        guard let dX else { return }
        guard drops(adapter, key) else {
            return Gemm.multiply(dU, adapter.a.value, into: dX, accumulate: true)
        }
        let through = Tensor(dX.rows, dX.columns, in: arena)
        Gemm.multiply(dU, adapter.a.value, into: through)
        addDropped(through, to: dX, adapter, key)
    }

    // MARK: - The adapter's few rows, in fp32 whatever the base's precision

    /// s u = s x̃ Aᵀ (T, R).
    static func lowInput(
        _ x: Tensor, _ adapter: LoRAAdapter, _ key: UInt64?, _ arena: Arena
    ) -> Tensor {
        let low = Tensor(x.rows, adapter.rank, in: arena, isKept: true)
        LowRank.multiply(
            dropped(x, adapter, key, arena), transposed: adapter.a.value, into: low,
            alpha: adapter.scale)
        return low
    }

    /// dB += dYᵀ (s u); dA += duᵀ x̃. Returns du = s dY B (T, R).
    static func lowGradient(
        _ dY: Tensor, _ x: Tensor, _ low: Tensor, _ adapter: LoRAAdapter, _ key: UInt64?,
        _ arena: Arena
    ) -> Tensor {
        LowRank.addOuter(transposed: low, dY, into: adapter.b.gradient, arena: arena)
        let dU = Tensor(dY.rows, adapter.rank, in: arena)
        LowRank.multiply(dY, adapter.b.value, into: dU, alpha: adapter.scale, arena: arena)
        LowRank.addOuter(dU, dropped(x, adapter, key, arena), into: adapter.a.gradient)
        return dU
    }

    // MARK: - Dropout before A

    static func drops(_ adapter: LoRAAdapter, _ key: UInt64?) -> Bool {
        key != nil && adapter.dropout > 0
    }

    /// x̃: x itself, or a copy with some elements dropped.
    static func dropped(
        _ x: Tensor, _ adapter: LoRAAdapter, _ key: UInt64?, _ arena: Arena
    ) -> Tensor {
        guard let key, drops(adapter, key) else { return x }
        let y = Tensor(x.rows, x.columns, in: arena)
        Dropout.apply(x, into: y, probability: adapter.dropout, key: key, accumulate: false)
        return y
    }

    /// dX += the gradient of x̃ through the same drops.
    static func addDropped(
        _ gradient: Tensor, to dX: Tensor, _ adapter: LoRAAdapter, _ key: UInt64?
    ) {
        guard let key else { return }
        Dropout.apply(gradient, into: dX, probability: adapter.dropout, key: key, accumulate: true)
    }
}
