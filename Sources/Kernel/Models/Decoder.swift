// The one decoder-only transformer: embedding, blocks of attention and gated MLP, final norm, head.
// Families are DecoderSpec values; it does not know files, tokens' text or objectives.

/// One block: pre-norm attention and pre-norm gated MLP around a residual stream.
final class DecoderBlock {
    /// What a block is made of.
    struct Parts {
        var norms: [BlockNorm: Vector] = [:]
        /// Indexed by `LinearModule.rawValue`.
        var linears: [Projection] = []
    }

    let norms: [BlockNorm: Vector]
    let linears: [Projection]

    init(_ parts: Parts) { (norms, linears) = (parts.norms, parts.linears) }

    /// The gain of a norm that every block has.
    func gain(_ norm: BlockNorm) -> Vector {
        guard let gain = norms[norm] else { preconditionFailure("the block lacks \(norm)") }
        return gain
    }

    var trains: Bool {
        linears.contains(where: \.trains) || norms.values.contains { $0.parameter != nil }
    }
}

/// The token embedding: packed and frozen, or trained (and then possibly shared with the head).
enum EmbeddingTable {
    case packed(any PackedWeight)
    case trained(Parameter)
}

/// A decoder on one thread. Shapes: rows are tokens of all samples of a micro-batch, without padding.
public final class Decoder {
    public let spec: DecoderSpec
    let embedding: EmbeddingTable
    let blocks: [DecoderBlock]
    let finalNorm: Vector
    public let head: Projection
    public let arena: Arena
    /// How training and held-out losses multiply; answers have their own way.
    public var products = Products(.float32)

    init(
        spec: DecoderSpec, embedding: EmbeddingTable, blocks: [DecoderBlock], finalNorm: Vector,
        head: Projection, arena: Arena
    ) {
        self.spec = spec
        self.embedding = embedding
        self.blocks = blocks
        self.finalNorm = finalNorm
        self.head = head
        self.arena = arena
    }

    /// The linear module of a slot of this decoder's layout.
    func projection(_ slot: WeightSlot) -> Projection? {
        guard let layer = slot.layer, let module = slot.linear else { return nil }
        return blocks[layer].linears[module.rawValue]
    }

    /// The residual stream (T, C) after the last block, before the final norm.
    func hidden(_ tokens: [Int32], _ context: ForwardContext, noise: ((Tensor) -> Void)? = nil)
        -> Value
    {
        let x = Tensor(tokens.count, spec.hiddenSize, in: arena)
        var stream: Value
        switch embedding {
        case .packed(let weight):
            Embedding.forward(tokens, from: weight, into: x)
            stream = Value(x, needsGradient: false)
        case .trained(let parameter):
            Embedding.forward(tokens, from: parameter.numbers, into: x)
            let value = Value(x, needsGradient: context.tape.isRecording)
            if value.needsGradient {
                context.tape.record { [spec] in
                    guard let dX = value.takeGradient() else { return }
                    Embedding.backward(
                        dX, ids: tokens, into: parameter.gradient, paddingID: spec.paddingID)
                }
            }
            stream = value
        }
        noise?(x)
        for (index, block) in blocks.enumerated() {
            let body = { [self] (x: Value, context: ForwardContext) in
                run(block, index, x, context, cache: nil)
            }
            stream =
                context.recomputes
                ? context.tape.recomputing(stream, context, trains: block.trains, body)
                : body(stream, context)
        }
        return stream
    }

    /// One block over the rows; with a cache, new keys and values are appended to it and all are seen.
    func run(
        _ block: DecoderBlock, _ layer: Int, _ x: Value, _ context: ForwardContext, cache: KVCache?
    ) -> Value {
        let tape = context.tape
        let layerSpec = spec.layers[layer]
        let (shape, epsilon) = (layerSpec.attention.shape, layerSpec.norm.epsilon)
        func linear(_ slot: LinearModule, _ input: Value) -> Value {
            block.linears[slot.rawValue](
                input, context, dropoutKey: context.dropoutKey(layer: layer, slot: slot.rawValue))
        }
        func linears(_ slots: LinearModule..., of input: Value) -> [Value] {
            guard cache != nil, input.rows <= Projection.fewRowsMax else {
                return slots.map { linear($0, input) }
            }
            return Projection.fewRows(slots.map { block.linears[$0.rawValue] }, input, context)
        }
        let h = tape.rmsNorm(x, gain: block.gain(.attention), epsilon: epsilon)
        let inputs = linears(.query, .key, .value, of: h)
        var (q, k) = (inputs[0], inputs[1])
        let v = inputs[2]
        h.release()
        if let gain = block.norms[.query] { q = tape.headNorm(q, gain: gain, epsilon: epsilon) }
        if let gain = block.norms[.key] { k = tape.headNorm(k, gain: gain, epsilon: epsilon) }
        q = tape.rotate(q, table: context.rotary)
        k = tape.rotate(k, table: context.rotary)
        let mixed: Value
        if let cache {
            cache.append(layer: layer, keys: k.tensor, values: v.tensor)
            let o = Tensor(q.tensor.rows, q.tensor.columns, in: arena)
            cache.attend(q.tensor, layer: layer, shape: shape, into: o)
            mixed = Value(o, needsGradient: false)
        } else {
            mixed = tape.attention(q: q, k: k, v: v, shape: shape, segments: context.segments)
        }
        let attended = tape.addResidual(linears(.output, of: mixed)[0], to: x)
        mixed.release()
        let h2 = tape.rmsNorm(attended, gain: block.gain(.feedForward), epsilon: epsilon)
        let gates = linears(.gate, .up, of: h2)
        let inner = tape.swiGLU(gate: gates[0], up: gates[1], precision: context.products.precision)
        h2.release()
        defer { inner.release() }
        return tape.addResidual(linears(.down, of: inner)[0], to: attended)
    }

    /// The final norm and head on chosen rows: logits (rows.count, V).
    public func logits(_ stream: Tensor, rows: [Int]) -> Tensor {
        let picked = gather(stream, rows: rows)
        let normed = Tensor(rows.count, spec.hiddenSize, in: arena)
        RMSNormalization.forward(
            picked, gain: finalNorm.pointer, epsilon: spec.finalNorm.epsilon, into: normed,
            inverseRMS: nil)
        let logits = Tensor(rows.count, head.outputs, in: arena)
        head.baseProduct(normed, into: logits, .openBLAS, arena: arena)
        return logits
    }

    func gather(_ stream: Tensor, rows: [Int]) -> Tensor {
        let picked = Tensor(rows.count, stream.columns, in: arena)
        for (i, r) in rows.enumerated() {
            picked.row(i).update(from: stream.row(r), count: stream.columns)
        }
        return picked
    }
}
