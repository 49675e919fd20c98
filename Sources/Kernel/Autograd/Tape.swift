// Records what the backward pass needs, operation by operation, and plays it back in reverse.
// Saved tensors return to the arena as soon as the operation that saved them has run backwards.

/// A tensor in the computation, with the gradient that flows back to it.
public final class Value {
    public let tensor: Tensor
    /// Whether anything trainable lies upstream; otherwise no gradient is computed for it.
    public let needsGradient: Bool
    private(set) var gradient: Tensor?
    /// The rows as factors of bf16 products, while several projections read them.
    private var panels: BFloat16Gemm.LeftPanels?

    init(_ tensor: Tensor, needsGradient: Bool) {
        self.tensor = tensor
        self.needsGradient = needsGradient
    }

    /// The rows packed for bf16 products; kept until `forgetPanels`.
    func panels(in arena: Arena) -> BFloat16Gemm.LeftPanels {
        if let panels { return panels }
        let packed = BFloat16Gemm.LeftPanels(.rows(tensor), arena: arena)
        panels = packed
        return packed
    }

    /// Gives back what `panels` keeps; the last reader has read.
    func forgetPanels() { panels = nil }

    /// Where to put a gradient, and whether something is there already that must be added to.
    func gradientSink(_ arena: Arena) -> (tensor: Tensor, accumulate: Bool) {
        if let gradient { return (gradient, true) }
        let fresh = Tensor(tensor.rows, tensor.columns, in: arena)
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

    /// Hands the finished gradient to the operation that made this value; nil when none arrived.
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

    /// Runs every recorded operation backwards, newest first, and forgets it.
    func runBackward() {
        while let operation = operations.popLast() { operation() }
    }
}
