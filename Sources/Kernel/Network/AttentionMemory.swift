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

/// Generation of several answers at once: each row is appended to a cache of its own and attends to that alone.
struct SeparateAttention: AttentionMemory {
    let caches: [KVCache]

    func attend(
        _ q: Value, _ k: Value, _ v: Value, layer: Int, _ shape: AttentionShape, on tape: Tape
    ) -> Value {
        precondition(!tape.isRecording, "a cache keeps no gradients")
        for (row, cache) in caches.enumerated() {
            cache.append(
                layer: layer, keys: k.tensor.rows(row..<row + 1),
                values: v.tensor.rows(row..<row + 1))
        }
        let o = Tensor(q.rows, q.columns, in: tape.arena)
        KVCache.attend(caches, q.tensor, layer: layer, shape: shape, into: o, arena: tape.arena)
        return Value(o, requiresGrad: false)
    }
}
