// The numbers of a run that belong together, in two pieces: those held in bf16 first, floats behind them.
// Trained values and each buffer of an optimizer lie like this, element upon element.

/// `halves.count` numbers in bf16, then `floats.count` in fp32; either may be none.
public struct HeldNumbers {
    public let halves: BFloat16Buffer
    /// (1, n).
    public let floats: Tensor

    /// Zeros.
    init(halves: Int, floats: Int, in arena: Arena) {
        self.halves = BFloat16Buffer(halves, in: arena)
        self.floats = Tensor(1, floats, in: arena)
        self.halves.clear()
        self.floats.fill(0)
    }

    public var count: Int { halves.count + floats.count }
}
