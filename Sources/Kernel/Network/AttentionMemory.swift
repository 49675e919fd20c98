// Where the keys and values lie that the queries of a pass meet: in the rows of their samples, or in a cache.
// The one forward pass does not know which; prefixes and exchanged heads would be further conformers.

/// What a pass attends over.
protocol AttentionMemory {
    /// Attention of q (T, H · D) over the keys and values of its samples, k and v (T, G · D) among them.
    func attend(
        _ q: Value, _ k: Value, _ v: Value, layer: Int, _ shape: AttentionShape, on tape: Tape
    ) -> Value
}

/// Training and evaluation: each sample attends to its own rows.
struct PackedAttention: AttentionMemory {
    /// The samples that lie one after another in the rows.
    let segments: [Attention.Segment]

    func attend(
        _ q: Value, _ k: Value, _ v: Value, layer: Int, _ shape: AttentionShape, on tape: Tape
    ) -> Value {
        tape.attention(q: q, k: k, v: v, shape: shape, segments: segments)
    }
}

/// Generation: the rows are appended to the cache and attend to all of it. Nothing is recorded.
struct CachedAttention: AttentionMemory {
    let cache: KVCache

    func attend(
        _ q: Value, _ k: Value, _ v: Value, layer: Int, _ shape: AttentionShape, on tape: Tape
    ) -> Value {
        precondition(!tape.isRecording, "a cache keeps no gradients")
        cache.append(layer: layer, keys: k.tensor, values: v.tensor)
        let o = Tensor(q.rows, q.columns, in: tape.arena)
        cache.attend(q.tensor, layer: layer, shape: shape, into: o)
        return Value(o, requiresGrad: false)
    }
}
