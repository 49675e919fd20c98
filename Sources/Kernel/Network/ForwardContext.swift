// What every layer of one forward pass shares: the tape, positions, the attention's memory, dropout.

/// The circumstances of one forward pass over T rows.
public struct ForwardContext {
    var tape: Tape
    /// What the queries of the rows meet.
    let memory: any AttentionMemory
    /// (T, D) cosines and sines of the rows' positions.
    let rotary: Tensor
    /// How products are computed.
    var backend = MatmulBackend(.float32)
    /// Whether adapters take part; without them the model is the base, bit for bit.
    var usesAdapter = true
    /// Whether weights are multiplied as they lie, which is faster for few rows and cannot be recorded.
    var isSmallBatch = false
    /// What adapters may keep from token to token; nil where weights change between passes.
    var derived: DerivedNumbers?
    /// Seeds dropout in training; nil when evaluating or generating.
    var dropoutSeed: UInt64?
    /// Whether what layers compute now stays until the backward pass.
    var keepsOutputs = true
    /// Whether each block frees what it computed and computes it again in the backward pass.
    var recomputes = false

    var arena: Arena { tape.arena }

    init(tape: Tape, memory: any AttentionMemory, rotary: Tensor) {
        (self.tape, self.memory, self.rotary) = (tape, memory, rotary)
    }

    /// The same pass on another tape, for a block that is computed once more.
    func with(_ tape: Tape) -> ForwardContext {
        var copy = self
        copy.tape = tape
        copy.recomputes = false
        return copy
    }

    /// The same pass where outputs of layers stay until the backward pass, or not.
    func keepingOutputs(_ keeps: Bool) -> ForwardContext {
        var copy = self
        copy.keepsOutputs = keeps
        return copy
    }

    /// The dropout key of one linear module: a mix of the seed, the layer and the module.
    func dropoutKey(layer: Int, _ module: LinearModule) -> UInt64? {
        dropoutSeed.map { Self.mix($0 &+ UInt64(layer) &* 1024 &+ UInt64(module.rawValue)) }
    }

    /// SplitMix64's finaliser (Steele, Lea and Flood, OOPSLA 2014).
    static func mix(_ x: UInt64) -> UInt64 {
        var z = x &+ 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
