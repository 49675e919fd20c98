// A projection with bf16 products: the input is packed once for all projections that read it, and the
// adapter's second factor rides in the same pass as the base weight. What leads into the few rows of an
// adapter, or out of them into its gradients, stays fp32.
// Legend: T rows, K inputs, N outputs, R rank.

extension Projection {
    private typealias Left = BFloat16Gemm.LeftPanels
    private typealias Right = BFloat16Gemm.RightPanels

    /// y = [x | s·u] · [W | B]ᵀ with u = x̃ Aᵀ, x̃ being x after dropout. Returns s·u (T, R).
    func forwardInBFloat16(
        _ x: Value, into y: Tensor, adapter: LowRankAdapter?, _ key: UInt64?, _ arena: Arena
    ) -> Tensor? {
        let input = x.panels(in: arena)
        guard let adapter else {
            BFloat16Gemm.multiply(input, transposedBase(arena), into: y)
            return nil
        }
        let u = Tensor(y.rows, adapter.rank, in: arena)
        LowRank.multiply(
            Self.dropped(x.tensor, adapter, key, arena), transposed: adapter.a.value, into: u,
            alpha: adapter.scale)
        BFloat16Gemm.multiply(
            input, transposedBase(arena),
            plus: (
                Left(.rows(u), arena: arena), Right(.rows(adapter.b.value), arena: arena)
            ), into: y)
        return u
    }

    /// dX (+)= [dY | du] · [W ; A] with du = s dY B; dB += dYᵀ (s u); dA += duᵀ x̃; and the gradient of
    /// the weight when it is trained.
    func backwardInBFloat16(
        _ dY: Tensor, _ x: Tensor, low: Tensor?, adapter: LowRankAdapter?, _ key: UInt64?,
        into dX: Tensor?, accumulate: Bool, _ arena: Arena
    ) {
        if case .trained(let parameter) = base {
            BFloat16Gemm.multiply(
                .columns(dY), .columns(x), into: parameter.gradient, accumulate: true, arena: arena)
        }
        guard let adapter, let low else {
            if let dX {
                BFloat16Gemm.multiply(
                    Left(.rows(dY), arena: arena), plainBase(arena), into: dX,
                    accumulate: accumulate)
            }
            return
        }
        let dU = Tensor(dY.rows, adapter.rank, in: arena)
        LowRank.multiply(dY, adapter.b.value, into: dU, alpha: adapter.scale, arena: arena)
        LowRank.addOuter(transposed: low, dY, into: adapter.b.gradient, arena: arena)
        LowRank.addOuter(
            dU, Self.dropped(x, adapter, key, arena), into: adapter.a.gradient)
        guard let dX else { return }
        let gradient = Left(.rows(dY), arena: arena)
        let further = (
            Left(.rows(dU), arena: arena), Right(.columns(adapter.a.value), arena: arena)
        )
        guard Self.drops(adapter, key) else {
            return BFloat16Gemm.multiply(
                gradient, plainBase(arena), plus: further, into: dX, accumulate: accumulate)
        }
        BFloat16Gemm.multiply(gradient, plainBase(arena), into: dX, accumulate: accumulate)
        let through = Tensor(dX.rows, dX.columns, in: arena)
        BFloat16Gemm.multiply(further.0, further.1, into: through)
        Self.addDropped(through, to: dX, adapter, key)
    }

    /// Wᵀ, for products with inputs.
    private func transposedBase(_ arena: Arena) -> BFloat16Gemm.RightPanels {
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
