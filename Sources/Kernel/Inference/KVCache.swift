// Keys and values of the tokens so far, layer by layer; grows by doubling, forgets from the end.

/// The attention memory of one conversation. Shapes: keys and values (capacity, G · D) a layer.
public final class KVCache {
    private var keys: [Tensor]
    private var values: [Tensor]
    private let arena: Arena
    private let width: Int
    /// Tokens held by every layer.
    public private(set) var count = 0
    private var capacity: Int

    public init(layers: Int, width: Int, capacity: Int = 256, in arena: Arena) {
        self.arena = arena
        self.width = width
        self.capacity = max(1, capacity)
        keys = (0..<layers).map { _ in Tensor(max(1, capacity), width, in: arena) }
        values = (0..<layers).map { _ in Tensor(max(1, capacity), width, in: arena) }
    }

    /// Bytes held.
    public var byteCount: Int { 2 * keys.count * capacity * width * MemoryLayout<Float>.stride }

    /// Writes new rows of one layer behind `count`; returns all rows of the layer, the new ones included.
    func append(layer: Int, keys k: Tensor, values v: Tensor) -> (keys: Tensor, values: Tensor) {
        let end = count + k.rows
        reserve(end)
        keys[layer].rows(count..<end).copy(from: k)
        values[layer].rows(count..<end).copy(from: v)
        return (keys[layer].rows(0..<end), values[layer].rows(0..<end))
    }

    /// Counts `rows` new tokens, after every layer has appended them.
    func advance(_ rows: Int) { count += rows }

    /// Forgets everything from token `length` on.
    public func truncate(to length: Int) {
        precondition(length >= 0 && length <= count, "truncate \(count) tokens to \(length)")
        count = length
    }

    private func reserve(_ wanted: Int) {
        guard wanted > capacity else { return }
        let grown = max(wanted, capacity * 2)
        for layer in keys.indices {
            for list in [\KVCache.keys, \KVCache.values] {
                let larger = Tensor(grown, width, in: arena)
                larger.rows(0..<count).copy(from: self[keyPath: list][layer].rows(0..<count))
                self[keyPath: list][layer] = larger
            }
        }
        capacity = grown
    }
}

extension Decoder {
    /// An empty cache that fits this decoder.
    public func makeCache(capacity: Int = 256) -> KVCache {
        KVCache(layers: spec.layerCount, width: spec.keyValueWidth, capacity: capacity, in: arena)
    }

    /// Runs new tokens behind the cached ones; returns logits (1, V) of the last.
    public func advance(_ tokens: [Int32], _ cache: KVCache, usesAdapter: Bool = true) -> Tensor {
        precondition(!tokens.isEmpty, "no tokens to run")
        let start = cache.count
        let positions = (start..<start + tokens.count).map { Int32($0) }
        let tape = Tape(in: arena, isRecording: false)
        let segment = Attention.Segment(queries: 0..<tokens.count, keys: 0..<start + tokens.count)
        var context = ForwardContext(
            tape: tape, arena: arena, segments: [segment],
            rotary: spec.rotary.table(positions: positions, arena: arena))
        context.usesAdapter = usesAdapter
        let x = Tensor(tokens.count, spec.hiddenSize, in: arena)
        switch embedding {
        case .packed(let weight): Embedding.forward(tokens, from: weight, into: x)
        case .trained(let parameter): Embedding.forward(tokens, from: parameter.value, into: x)
        }
        var stream = Value(x, needsGradient: false)
        for (layer, block) in blocks.enumerated() {
            stream = run(block, layer, stream, context, cache: cache)
        }
        cache.advance(tokens.count)
        return logits(stream.tensor, rows: [tokens.count - 1])
    }
}
