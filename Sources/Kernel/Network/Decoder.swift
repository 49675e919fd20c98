// The one decoder-only transformer and its one forward pass: embedding, blocks of attention and gated MLP.
// Families are DecoderSpec values; it does not know files, tokens' text or objectives.

/// One block: attention and a gated MLP around a residual stream.
final class DecoderBlock {
    let norms: [BlockNorm: Norm]
    private let linears: [LinearModule: Projection]

    init(norms: [BlockNorm: Norm], linears: [LinearModule: Projection]) {
        (self.norms, self.linears) = (norms, linears)
    }

    /// A linear module that the block has.
    func linear(_ module: LinearModule) -> Projection {
        guard let linear = linears[module] else { preconditionFailure("a block without \(module)") }
        return linear
    }

    /// Whether a backward pass has gradients to leave here.
    var requiresGrad: Bool {
        linears.values.contains(where: \.requiresGrad)
            || norms.values.contains(where: \.requiresGrad)
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
    let finalNorm: Norm
    public let head: Projection
    public let arena: Arena
    private let rotary: Rotary
    /// How training and evaluation losses multiply; answers have their own way.
    public var backend = MatmulBackend(.float32)
    /// What scores sequences beside the head; nil where nothing does.
    var valueHead: ValueHead?
    /// Brings and takes the weights of blocks; nil where they stay.
    public var residency: (any LayerResidency)?

    init(
        spec: DecoderSpec, embedding: EmbeddingTable, blocks: [DecoderBlock], finalNorm: Norm,
        head: Projection, arena: Arena
    ) {
        self.spec = spec
        rotary = spec.rotary.rotary
        self.embedding = embedding
        self.blocks = blocks
        self.finalNorm = finalNorm
        self.head = head
        self.arena = arena
    }

    /// The linear module of a slot of this decoder's layout.
    func projection(_ slot: WeightSlot) -> Projection? {
        guard let layer = slot.layer, let module = slot.linear else { return nil }
        return blocks[layer].linear(module)
    }

    /// What a pass over rows at these positions shares.
    func context(positions: [Int32], _ memory: any AttentionMemory, on tape: Tape) -> ForwardContext
    {
        ForwardContext(
            tape: tape, memory: memory,
            rotary: rotary.table(positions: positions, arena: arena))
    }

    /// The residual stream (T, C) after the last block, before the final norm. `noise` may change the
    /// embeddings.
    func hidden(_ tokens: [Int32], _ context: ForwardContext, noise: ((Tensor) -> Void)? = nil)
        -> Value
    {
        arena.during(.forward) { blocks(over: embed(tokens, context.tape, noise), context) }
    }

    /// The residual stream after the last block, from the embeddings.
    private func blocks(over embedded: Value, _ context: ForwardContext) -> Value {
        var stream = embedded
        let (tape, residency) = (context.tape, residency)
        for (layer, block) in blocks.enumerated() {
            if let residency {
                residency.enter(layer, .forward)
                if tape.isRecording { tape.record { residency.leave(layer, .backward) } }
            }
            defer {
                if let residency {
                    residency.leave(layer, .forward)
                    if tape.isRecording { tape.record { residency.enter(layer, .backward) } }
                }
            }
            let body = { [self] (x: Value, context: ForwardContext) in
                Pass(block: block, layer: layer, spec: spec.layers[layer], context: context).run(x)
            }
            stream =
                context.recomputes
                ? context.tape.recomputing(
                    stream, context, requiresGrad: block.requiresGrad, body)
                : body(stream, context)
        }
        return stream
    }

    /// The embeddings (T, C) of tokens.
    private func embed(_ tokens: [Int32], _ tape: Tape, _ noise: ((Tensor) -> Void)?) -> Value {
        let x = Tensor(tokens.count, spec.hiddenSize, in: arena, isKept: true)
        let scale = spec.embeddingScale
        defer {
            noise?(x)
            if scale != 1 { Elementwise.scale(x, by: scale) }
        }
        switch embedding {
        case .packed(let weight):
            Embedding.forward(tokens, from: weight, into: x)
            return Value(x, requiresGrad: false)
        case .trained(let parameter):
            Embedding.forward(tokens, from: parameter.numbers, into: x)
            let value = Value(x, requiresGrad: tape.isRecording)
            guard value.requiresGrad else { return value }
            tape.record { [spec] in
                guard let dX = value.takeGradient() else { return }
                if scale != 1 { Elementwise.scale(dX, by: scale) }
                Embedding.backward(
                    dX, ids: tokens, into: parameter.gradient, paddingID: spec.paddingID)
            }
            return value
        }
    }

    /// Chosen rows of a stream as the head takes them: (rows.count, C) after the final norm.
    func headInput(_ stream: Value, rows: [Int], on tape: Tape) -> Value {
        arena.during(.forward) { tape.norm(tape.gather(stream, rows: rows), finalNorm) }
    }

    /// The final norm and head on chosen rows: logits (rows.count, V).
    public func logits(_ stream: Tensor, rows: [Int]) -> Tensor {
        let input = headInput(
            Value(stream, requiresGrad: false), rows: rows, on: Tape(in: arena, isRecording: false))
        let logits = Tensor(rows.count, head.outputs, in: arena)
        head.baseProduct(input.tensor, into: logits, .openBLAS, arena: arena)
        if let cap = spec.head.softCap { SoftCap.apply(logits, cap: cap) }
        return logits
    }
}

/// One block over the rows of a pass.
private struct Pass {
    let block: DecoderBlock
    let layer: Int
    let spec: LayerSpec
    let context: ForwardContext

    private var tape: Tape { context.tape }

    func run(_ x: Value) -> Value {
        let attended = residual(x, before: .attention, after: .attentionOutput, attention)
        return residual(attended, before: .feedForward, after: .feedForwardOutput, feedForward)
    }

    /// x + after(part(before(x))), with the norms that the block has.
    private func residual(
        _ x: Value, before: BlockNorm, after: BlockNorm, _ part: (Value) -> Value
    ) -> Value {
        var update = part(block.norms[before].map { tape.norm(x, $0) } ?? x)
        // The sum is written over it, and is the stream.
        if let norm = block.norms[after] { update = tape.norm(update, norm, isKept: true) }
        return tape.addResidual(update, to: x)
    }

    private func attention(_ h: Value) -> Value {
        let inputs = h.read { linears(.query, .key, .value, of: $0) }
        func placed(_ x: Value, _ norm: BlockNorm) -> Value {
            tape.rotate(block.norms[norm].map { tape.headNorm(x, $0) } ?? x, table: context.rotary)
        }
        let mixed = context.memory.attend(
            placed(inputs[0], .query), placed(inputs[1], .key), inputs[2], layer: layer,
            spec.attention.shape, on: tape)
        return mixed.read { linears(.output, of: $0)[0] }
    }

    private func feedForward(_ h: Value) -> Value {
        // In bf16 the gated unit keeps its own copies.
        let keeps = context.backend.precision == .float32
        let gates = h.read { linears(.gate, .up, of: $0, keepsOutputs: keeps) }
        let inner = tape.gated(
            spec.feedForward.activation, gate: gates[0], up: gates[1],
            precision: context.backend.precision)
        return inner.read { linears(.down, of: $0)[0] }
    }

    /// What modules that read the same rows make of them.
    private func linears(
        _ modules: LinearModule..., of x: Value, keepsOutputs: Bool = true
    ) -> [Value] {
        if context.isSmallBatch {
            return Projection.smallBatch(modules.map(block.linear), x, context)
        }
        let context = context.keepingOutputs(keepsOutputs)
        return modules.map {
            block.linear($0)(
                x, context, dropoutKey: context.dropoutKey(layer: layer, $0))
        }
    }
}
