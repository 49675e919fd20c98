// Keys and values of the tokens so far, layer by layer; grows by doubling, is truncated at its end.

/// The attention memory of one conversation. Shapes: keys and values (capacity, G · D) a layer.
public final class KVCache {
    private var keys: [CachedRows]
    private var values: [CachedRows]
    private let arena: Arena
    /// The storage type of keys and values.
    public let type: KVCacheType
    /// Tokens held by every layer.
    public private(set) var count = 0
    private var capacity: Int
    /// What adapters compute of their own weights: as long as keys and values stand, those are the same.
    let derived = DerivedNumbers()

    public init(
        layers: [AttentionShape], type: KVCacheType = .f32, capacity: Int = defaultCapacity,
        in arena: Arena
    ) {
        self.arena = arena
        self.type = type
        let rows = max(1, capacity)
        self.capacity = rows
        func fresh(_ shape: AttentionShape) -> CachedRows {
            CachedRows(
                type: type, heads: shape.keyValueHeads, headDimension: shape.headDimension,
                capacity: rows, in: arena)
        }
        keys = layers.map(fresh)
        values = layers.map(fresh)
    }

    /// Bytes of a cache that has grown until so many tokens fit.
    static func byteCount(_ spec: DecoderSpec, type: KVCacheType = .f32, tokens: Int) -> Int {
        guard tokens > 0 else { return 0 }
        var rows = defaultCapacity
        while rows < tokens { rows *= 2 }
        return byteCount(spec, type: type, capacity: rows)
    }

    /// Bytes of a cache with room for so many tokens.
    static func byteCount(_ spec: DecoderSpec, type: KVCacheType, capacity rows: Int) -> Int {
        spec.layers.reduce(0) { bytes, layer in
            let shape = layer.attention.shape
            let row =
                shape.keyValueHeads * type.byteCount(headDimension: shape.headDimension)
            return bytes + 2 * Arena.size(of: rows * row)
        }
    }

    /// Tokens that a fresh cache has room for.
    public static let defaultCapacity = 256

    /// Bytes held.
    public var byteCount: Int { (keys + values).reduce(0) { $0 + capacity * $1.stride } }

    /// Writes new rows of one layer behind `count`.
    func append(layer: Int, keys k: Tensor, values v: Tensor) {
        reserve(count + k.rows)
        keys[layer].write(k, at: count)
        values[layer].write(v, at: count)
    }

    /// Attention of queries (T, H · D) that stand at the end of the layer's appended rows.
    func attend(_ q: Tensor, layer: Int, shape: AttentionShape, into o: Tensor) {
        let end = count + q.rows
        let (keys, values) = (keys[layer], values[layer])
        if q.rows == 1 {
            return QueryAttention.forward(
                q: q, over: [met(layer: layer, count: end)], shape: shape, into: o, arena: arena)
        }
        Attention.forward(
            q: q, k: keys.floats(count: end, in: arena), v: values.floats(count: end, in: arena),
            segments: [.init(queries: 0..<q.rows, keys: 0..<end)], shape: shape, into: o,
            arena: arena)
    }

    /// What a query behind the cached tokens meets in a layer.
    fileprivate func met(layer: Int, count: Int) -> QueryAttention.Met {
        QueryAttention.Met(keys: keys[layer], values: values[layer], count: count)
    }

    /// Attention of one query (T, H · D) of each cache, whose own row was appended to it.
    static func attend(
        _ caches: [KVCache], _ q: Tensor, layer: Int, shape: AttentionShape, into o: Tensor,
        arena: Arena
    ) {
        QueryAttention.forward(
            q: q, over: caches.map { $0.met(layer: layer, count: $0.count + 1) }, shape: shape,
            into: o, arena: arena)
    }

    /// Another cache that holds the same, with room for so many tokens.
    func copy(capacity: Int, layers: [AttentionShape]) -> KVCache {
        let copy = KVCache(
            layers: layers, type: type, capacity: max(capacity, count), in: arena)
        for layer in keys.indices {
            copy.keys[layer].copy(from: keys[layer], count: count)
            copy.values[layer].copy(from: values[layer], count: count)
        }
        copy.count = count
        return copy
    }

    /// Counts `rows` new tokens, after every layer has appended them.
    func advance(_ rows: Int) { count += rows }

    /// Forgets everything from token `length` on; at 0 also what follows from the weights, which may be others then.
    public func truncate(to length: Int) {
        precondition(length >= 0 && length <= count, "truncate \(count) tokens to \(length)")
        count = length
        if length == 0 { derived.clear() }
    }

    /// Bytes that it takes beyond those that it holds to have room for so many tokens.
    func growth(to count: Int) -> Int {
        guard count > capacity else { return 0 }
        return (keys + values).reduce(0) { $0 + (grown(to: count) - capacity) * $1.stride }
    }

    private func grown(to wanted: Int) -> Int { max(wanted, capacity * 2) }

    private func reserve(_ wanted: Int) {
        guard wanted > capacity else { return }
        let grown = grown(to: wanted)
        func larger(_ old: CachedRows) -> CachedRows {
            let new = CachedRows(
                type: type, heads: old.heads, headDimension: old.headDimension, capacity: grown,
                in: arena)
            new.copy(from: old, count: count)
            return new
        }
        // One by one, so that each old one's memory serves the next.
        for layer in keys.indices {
            keys[layer] = larger(keys[layer])
            values[layer] = larger(values[layer])
        }
        capacity = grown
    }
}

extension Decoder {
    /// An empty cache that fits this decoder.
    public func makeCache(capacity: Int = KVCache.defaultCapacity, type: KVCacheType = .f32)
        -> KVCache
    {
        KVCache(
            layers: spec.layers.map(\.attention.shape), type: type, capacity: capacity, in: arena)
    }

    /// Runs new tokens behind the cached ones; returns logits (1, V) of the last. The head and few
    /// tokens are fp32 whatever the precision.
    public func advance(
        _ tokens: [Int32], _ cache: KVCache, usesAdapter: Bool = true,
        backend: MatmulBackend = .openBLAS
    ) -> Tensor {
        let stream = advanceStream(tokens, cache, usesAdapter: usesAdapter, backend: backend)
        return logits(stream, rows: [tokens.count - 1])
    }

    /// Runs one new token behind each of several caches; returns the residual stream (T, C), a row for each.
    func advanceEach(
        _ tokens: [Int32], _ caches: [KVCache], derived: DerivedNumbers, backend: MatmulBackend
    ) -> Tensor {
        precondition(tokens.count == caches.count && !tokens.isEmpty, "one token for each cache")
        var context = context(
            positions: caches.map { Int32($0.count) }, SeparateAttention(caches: caches),
            on: Tape(in: arena, isRecording: false))
        context.derived = derived
        context.isSmallBatch = tokens.count <= Projection.smallBatchMax
        context.backend = context.isSmallBatch ? .openBLAS : backend
        let stream = hidden(tokens, context)
        for cache in caches { cache.advance(1) }
        return stream.tensor
    }

    /// Runs new tokens behind the cached ones; returns the residual stream (T, C) of all of them.
    func advanceStream(
        _ tokens: [Int32], _ cache: KVCache, usesAdapter: Bool, backend: MatmulBackend
    ) -> Tensor {
        precondition(!tokens.isEmpty, "no tokens to run")
        let start = cache.count
        var context = context(
            positions: (start..<start + tokens.count).map { Int32($0) },
            CachedAttention(cache: cache), on: Tape(in: arena, isRecording: false))
        context.usesAdapter = usesAdapter
        context.derived = cache.derived
        context.isSmallBatch = tokens.count <= Projection.smallBatchMax
        context.backend = context.isSmallBatch ? .openBLAS : backend
        let stream = hidden(tokens, context)
        cache.advance(tokens.count)
        return stream.tensor
    }
}

extension KVCacheType {
    /// What answers use unless told otherwise: bf16, or f32 where the weights are.
    public static func automatic(for weights: ModelWeights) -> Self {
        weights.formatName == DType.f32.rawValue ? .f32 : .bf16
    }
}
