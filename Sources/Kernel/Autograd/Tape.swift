// Records what the backward pass needs, operation by operation, and plays it back in reverse.
// Saved tensors return to the arena as soon as the operation that saved them has run backwards.

/// A tensor in the computation, with the gradient that flows back to it.
public final class Value {
    public let rows: Int
    public let columns: Int
    /// Whether anything trainable lies upstream; otherwise no gradient is computed for it.
    public let requiresGrad: Bool
    private(set) var gradient: Tensor?
    private var held: Tensor?
    /// Computes the tensor again from what is kept anyway, to the same bits.
    private let recompute: (() -> Tensor)?
    /// The rows as factors of products, while several projections read them.
    private var panels: PanelGemm.LeftPanels?

    /// With `recompute`, `free` gives the tensor back, and the backward pass computes it again.
    init(_ tensor: Tensor, requiresGrad: Bool, recompute: (() -> Tensor)? = nil) {
        (rows, columns, held) = (tensor.rows, tensor.columns, tensor)
        self.requiresGrad = requiresGrad
        self.recompute = recompute
    }

    public var tensor: Tensor {
        if let held { return held }
        guard let recompute else { preconditionFailure("a freed tensor cannot be computed again") }
        let made = recompute()
        held = made
        return made
    }

    /// The rows packed for products; kept until `free`.
    func panels(_ precision: Precision, in arena: Arena) -> PanelGemm.LeftPanels {
        if let panels { return panels }
        let packed = PanelGemm.LeftPanels(.rows(tensor), precision, arena: arena)
        panels = packed
        return packed
    }

    /// Runs the operations of this direction that read the value, then frees what can be computed again.
    func read<Result>(_ readers: (Value) -> Result) -> Result {
        defer { free() }
        return readers(self)
    }

    /// Gives back packed rows, and the tensor if it can be computed again.
    func free() {
        panels = nil
        if recompute != nil { held = nil }
    }

    /// Gives the tensor back for good: no operation reads it any more, in either direction.
    func discard() { held = nil }

    /// Where to put a gradient, and whether something is there already that must be added to.
    func gradientSink(_ arena: Arena) -> (tensor: Tensor, accumulate: Bool) {
        if let gradient { return (gradient, true) }
        let fresh = Tensor(rows, columns, in: arena)
        gradient = fresh
        return (fresh, false)
    }

    /// Takes `other` as the gradient, or adds it. The caller must not use `other` afterwards.
    func addGradient(_ other: Tensor) {
        if let gradient {
            Elementwise.add(other, to: gradient)
        } else {
            gradient = other
        }
    }

    /// Hands the finished gradient to the operation that made this value; nil when none arrived. It must not be
    /// written over: a sum hands the same tensor to both of its parts.
    func takeGradient() -> Tensor? {
        defer { gradient = nil }
        return gradient
    }
}

/// The list of operations of one micro-batch, for one backward pass.
public final class Tape {
    let arena: Arena
    /// Without recording nothing is saved: evaluation and inference.
    let isRecording: Bool
    private var operations: [() -> Void] = []

    public init(in arena: Arena, isRecording: Bool) {
        self.arena = arena
        self.isRecording = isRecording
    }

    /// Whether the result of an operation on `inputs` will need a gradient.
    func tracks(_ needs: Bool) -> Bool { isRecording && needs }

    func record(_ backward: @escaping () -> Void) {
        operations.append(backward)
    }

    /// Runs every recorded operation backwards, newest first, and drops it.
    func runBackward() {
        arena.during(.backward) {
            while let operation = operations.popLast() { operation() }
        }
    }
}
