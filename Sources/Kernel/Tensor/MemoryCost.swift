// What computing takes of an arena, as numbers: each operation, layer and adapter declares its own beside the
// code that allocates, and an estimate only adds them up. It knows no shapes.

/// Bytes that a part of a training pass takes.
struct MemoryCost: Equatable {
    /// From its forward pass until its backward pass has read them.
    var kept = 0
    /// The most at once besides, in the forward pass.
    var forward = 0
    /// The most at once besides, in the backward pass.
    var backward = 0

    /// One part after another.
    static func + (one: Self, other: Self) -> Self {
        MemoryCost(
            kept: one.kept + other.kept, forward: max(one.forward, other.forward),
            backward: max(one.backward, other.backward))
    }

    /// The same part while so many bytes of others are there.
    func beside(forward: Int = 0, backward: Int = 0) -> Self {
        MemoryCost(
            kept: kept, forward: self.forward + forward, backward: self.backward + backward)
    }

    /// At most so many at once without a tape: what it would keep passes as well.
    var untaped: Int { kept + forward }
}

extension Sequence<MemoryCost> {
    /// All parts one after another.
    func sum() -> MemoryCost { reduce(MemoryCost(), +) }

    /// The most at once of all bytes while the parts run forward in their order, and backward.
    func peak() -> Int {
        var (kept, peak) = (0, 0)
        for part in self {
            kept += part.kept
            peak = Swift.max(peak, kept + Swift.max(part.forward, part.backward))
        }
        return peak
    }
}

extension Tensor {
    /// Bytes of a tensor in an arena.
    static func byteCount(_ rows: Int, _ columns: Int) -> Int {
        Arena.size(of: rows * columns * MemoryLayout<Float>.stride)
    }
}
