// A projection with bf16 products: the input is packed once for all projections that read it, and the
// adapter's second factor rides in the same pass as the base weight.
// Legend: T rows, K inputs, N outputs, R rank.

/// A weight packed once for several products: Wᵀ, and W where gradients are wanted.
struct BFloat16Panels {
    let transposed: BFloat16Gemm.RightPanels
    let plain: BFloat16Gemm.RightPanels?
}

extension Projection {
    private typealias Left = BFloat16Gemm.LeftPanels
    private typealias Right = BFloat16Gemm.RightPanels

    /// y = [x | s·u] · [W | B]ᵀ with u = x̃ Aᵀ, x̃ being x after dropout. Returns s·u (T, R).
    func forwardInBFloat16(
        _ x: Value, into y: Tensor, adapter: LowRankAdapter?, _ key: UInt64?, _ arena: Arena
    ) -> Tensor? {
        let low = adapter.map { Self.lowInput(x.tensor, $0, key, arena) }
        var more: (Left, Right)?
        if let adapter, let low {
            more = (Left(.rows(low), arena: arena), Right(.rows(adapter.b.value), arena: arena))
        }
        BFloat16Gemm.multiply(x.panels(in: arena), transposedBase(arena), plus: more, into: y)
        return low
    }

    /// dX (+)= [dY | du] · [W ; A] with du = s dY B; dB += dYᵀ (s u); dA += duᵀ x̃; and the gradient of
    /// the weight when it is trained.
    func backwardInBFloat16(
        _ dY: Tensor, _ x: @autoclosure () -> Tensor, low: Tensor?, adapter: LowRankAdapter?,
        _ key: UInt64?,
        into dX: Tensor?, accumulate: Bool, panels: BFloat16Gemm.RightPanels? = nil,
        _ arena: Arena
    ) {
        if case .trained(let parameter) = base {
            BFloat16Gemm.multiply(
                .columns(dY), .columns(x()), into: parameter.gradient, accumulate: true,
                arena: arena)
        }
        var more: (Left, Right)?
        if let adapter, let low {
            let dU = Self.lowGradient(dY, x(), low, adapter, key, arena)
            if dX != nil {
                more = (
                    Left(.rows(dU), arena: arena), Right(.columns(adapter.a.value), arena: arena)
                )
            }
        }
        guard let dX else { return }
        let drops = adapter.map { Self.drops($0, key) } ?? false
        BFloat16Gemm.multiply(
            Left(.rows(dY), arena: arena), panels ?? plainBase(arena), plus: drops ? nil : more,
            into: dX,
            accumulate: accumulate)
        guard drops, let adapter, let more else { return }
        let through = Tensor(dX.rows, dX.columns, in: arena)
        BFloat16Gemm.multiply(more.0, more.1, into: through)
        Self.addDropped(through, to: dX, adapter, key)
    }

    /// The weight packed for several products in bf16; nothing in fp32.
    func panels(_ precision: Precision, withGradient: Bool, arena: Arena) -> BFloat16Panels? {
        guard precision == .bfloat16 else { return nil }
        return BFloat16Panels(
            transposed: transposedBase(arena), plain: withGradient ? plainBase(arena) : nil)
    }

    /// Wᵀ, for products with inputs.
    func transposedBase(_ arena: Arena) -> BFloat16Gemm.RightPanels {
        switch base {
        case .packed(let weight): Right(transposing: weight, arena: arena)
        case .trained(let parameter): Right(.rows(parameter.value), arena: arena)
        }
    }

    /// W, for products with gradients of outputs.
    private func plainBase(_ arena: Arena) -> BFloat16Gemm.RightPanels {
        switch base {
        case .packed(let weight): Right(weight, arena: arena)
        case .trained(let parameter): Right(.columns(parameter.value), arena: arena)
        }
    }
}
