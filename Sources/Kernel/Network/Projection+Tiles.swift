// A projection over packed panels: the input is packed once for all projections that read it, and the
// adapter's second factor rides in the same pass as the base weight.
// Legend: T rows, K inputs, N outputs, R rank.

/// A weight packed once for several products: Wᵀ, and W where gradients are wanted.
struct WeightPanels {
    let transposed: PanelGemm.RightPanels
    let plain: PanelGemm.RightPanels?
}

extension Projection {
    private typealias Left = PanelGemm.LeftPanels
    private typealias Right = PanelGemm.RightPanels

    /// y = [x | s·u] · [W | B]ᵀ with u = x̃ Aᵀ, x̃ being x after dropout. Returns s·u (T, R).
    func tiledForward(
        _ x: Value, into y: Tensor, adapter: LoRAAdapter?, _ key: UInt64?,
        _ precision: Precision, _ arena: Arena
    ) -> Tensor? {
        let low = adapter.map { Self.lowInput(x.tensor, $0, key, arena) }
        let left = low.map { Left(.rows($0), precision, arena: arena) }
        multiply(x.panels(precision, in: arena), into: y, precision, arena) { rows in
            guard let adapter, let left else { return nil }
            return (left, Right(.rows(adapter.b.value.rows(rows)), precision, arena: arena))
        }
        return low
    }

    /// y = x · Wᵀ plus what `more` adds for some of the outputs, block by block.
    private func multiply(
        _ x: Left, into y: Tensor, _ precision: Precision, _ arena: Arena,
        plus more: (Range<Int>) -> (Left, Right)?
    ) {
        for rows in blocks {
            PanelGemm.multiply(
                x, transposedBase(rows, precision, arena), plus: more(rows), into: y.columns(rows))
        }
    }

    /// y = x · Wᵀ.
    func tiledProduct(_ x: Tensor, into y: Tensor, _ precision: Precision, _ arena: Arena) {
        multiply(Left(.rows(x), precision, arena: arena), into: y, precision, arena) { _ in nil }
    }

    /// Outputs whose weights are packed at a time: a large weight is never there as a whole.
    private var blocks: [Range<Int>] {
        let height = Self.blockRows(inputs: inputs)
        return stride(from: 0, to: outputs, by: height).map { $0..<min(outputs, $0 + height) }
    }

    /// Rows of a weight whose panels are made together.
    static func blockRows(inputs: Int) -> Int {
        max(1, (4 << 20) / max(1, inputs) / PanelGemm.rightWidth) * PanelGemm.rightWidth
    }

    /// dX (+)= [dY | du] · [W ; A] with du = s dY B; dB += dYᵀ (s u); dA += duᵀ x̃; and the gradient of
    /// the weight when it is trained.
    func tiledGradient(
        _ dY: Tensor, _ x: @autoclosure () -> Tensor, low: Tensor?, adapter: LoRAAdapter?,
        _ key: UInt64?,
        into dX: Tensor?, accumulate: Bool, _ precision: Precision,
        panels: PanelGemm.RightPanels? = nil, _ arena: Arena
    ) {
        if case .trained(let parameter) = base {
            PanelGemm.multiply(
                .columns(dY), .columns(x()), precision, into: parameter.gradient,
                accumulate: true, arena: arena)
        }
        var more: (Left, Right)?
        if let adapter, let low {
            let dU = Self.lowGradient(dY, x(), low, adapter, key, arena)
            if dX != nil {
                more = (
                    Left(.rows(dU), precision, arena: arena),
                    Right(.columns(adapter.a.value), precision, arena: arena)
                )
            }
        }
        guard let dX else { return }
        let drops = adapter.map { Self.drops($0, key) } ?? false
        var (adds, further) = (accumulate, drops ? nil : more)
        for rows in panels == nil ? blocks : [0..<outputs] {
            PanelGemm.multiply(
                Left(.rows(dY.columns(rows)), precision, arena: arena),
                panels ?? plainBase(rows, precision, arena), plus: further, into: dX,
                accumulate: adds)
            (adds, further) = (true, nil)
        }
        guard drops, let adapter, let more else { return }
        let through = Tensor(dX.rows, dX.columns, in: arena)
        PanelGemm.multiply(more.0, more.1, into: through)
        Self.addDropped(through, to: dX, adapter, key)
    }

    /// The whole weight packed for several products in bf16. In fp32 it would take twice the memory, and
    /// larger products make up for packing it again.
    func panels(_ backend: MatmulBackend, withGradient: Bool, arena: Arena) -> WeightPanels? {
        guard backend == .tiles(.bfloat16) else { return nil }
        let all = 0..<outputs
        return WeightPanels(
            transposed: transposedBase(all, .bfloat16, arena),
            plain: withGradient ? plainBase(all, .bfloat16, arena) : nil)
    }

    /// Some rows of W as Wᵀ, for products with inputs.
    private func transposedBase(
        _ rows: Range<Int>, _ precision: Precision, _ arena: Arena
    ) -> PanelGemm.RightPanels {
        switch base.numbers {
        case .packed(let weight): Right(transposing: weight, rows, precision, arena: arena)
        case .floats(let weight): Right(.rows(weight.rows(rows)), precision, arena: arena)
        }
    }

    /// Some rows of W, for products with gradients of outputs.
    private func plainBase(
        _ rows: Range<Int>, _ precision: Precision, _ arena: Arena
    ) -> PanelGemm.RightPanels {
        switch base.numbers {
        case .packed(let weight): Right(weight, rows, precision, arena: arena)
        case .floats(let weight): Right(.columns(weight.rows(rows)), precision, arena: arena)
        }
    }
}
