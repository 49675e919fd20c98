// What every layer of one forward pass shares: the tape, the samples in the rows, positions, dropout.

/// The circumstances of one forward pass over T rows.
public struct ForwardContext {
    let tape: Tape
    let arena: Arena
    /// The samples that lie one after another in the rows.
    let segments: [Attention.Segment]
    /// (T, D) cosines and sines of the rows' positions.
    let rotary: Tensor
    /// In what products are computed.
    var products = Products(.float32)
    /// Whether adapters take part; without them the model is the base, bit for bit.
    var usesAdapter = true
    /// Seeds dropout in training; nil when evaluating or generating.
    var dropoutSeed: UInt64?
    /// Whether each block forgets its insides and computes them again on the way back.
    var recomputes = false

    func with(_ tape: Tape) -> ForwardContext {
        var copy = ForwardContext(tape: tape, arena: arena, segments: segments, rotary: rotary)
        copy.products = products
        copy.usesAdapter = usesAdapter
        copy.dropoutSeed = dropoutSeed
        copy.recomputes = false
        return copy
    }

    /// The dropout key of one projection: a mix of the seed, the layer and the projection.
    func dropoutKey(layer: Int, slot: Int) -> UInt64? {
        dropoutSeed.map { Self.mix($0 &+ UInt64(layer) &* 1024 &+ UInt64(slot)) }
    }

    /// SplitMix64's finaliser (Steele, Lea and Flood, OOPSLA 2014).
    static func mix(_ x: UInt64) -> UInt64 {
        var z = x &+ 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
