// What one pass over a micro-batch takes of an arena: a walk over the layers that adds what operations, layers and
// adapters declare, and what lies between them. The order is that of Decoder.swift's Pass.
// Legend: T tokens, C hidden, Q queries, K keys or values, F inner channels.

/// The memory of forward and backward passes of a model that a method trains.
struct PassMemory {
    let spec: DecoderSpec
    let method: TuningMethod
    let batch: BatchShape
    let backend: MatmulBackend
    private let slots: [[LinearModule: WeightSlot]]
    /// The first block whose result has a gradient; nil where none has.
    private let firstTrainedLayer: Int?

    init(_ spec: DecoderSpec, _ method: TuningMethod, _ batch: BatchShape, _ backend: MatmulBackend)
    {
        self.spec = spec
        self.method = method
        self.batch = batch
        self.backend = backend
        let layout = spec.layout
        var slots = spec.layers.map { _ in [LinearModule: WeightSlot]() }
        for slot in layout.linears {
            if let layer = slot.layer, let module = slot.linear { slots[layer][module] = slot }
        }
        self.slots = slots
        let trained = layout.slots.lazy.filter { slot in
            slot.tensorNames.contains(where: method.trainableNames.contains)
                || method.adapter?.lies(on: slot) == true
        }
        firstTrainedLayer =
            trained.contains { $0.role == .embedding } ? 0 : trained.compactMap(\.layer).min()
    }

    /// A training pass: what the tape keeps at its end, and the most that passes by at once besides.
    func training(recomputes: Bool, head: MemoryCost) -> (kept: Int, passing: Int) {
        let halves = spec.layers.indices.map(block)
        let parts = halves.map { $0.flatMap(\.self) }
        let costs = parts.map { $0.sum() }
        let taped = firstTrainedLayer.map { $0..<costs.count } ?? costs.count..<costs.count
        // The stream that the first of these blocks reads; the positions.
        let positions = spec.layers.map(\.attention.headDimension).max() ?? 0
        let start = stream + Tensor.byteCount(batch.tokens, positions)
        let ofUntaped = halves.map(untaped).max() ?? 0
        let ofHead = max(head.forward, head.backward) + head.kept
        if recomputes {
            let passing = parts[taped].map { $0.peak() }.max() ?? 0
            return (start + taped.count * stream, max(ofUntaped, passing, ofHead))
        }
        let all = costs[taped].sum()
        let passing = taped.lowerBound > 0 ? ofUntaped : 0
        return (start + all.kept, max(passing, all.forward, all.backward, ofHead))
    }

    /// A pass without gradients, as evaluation takes it.
    func evaluation(head: MemoryCost) -> Int {
        let ofBlocks = spec.layers.indices.map { untaped(block($0)) }.max() ?? 0
        return 2 * stream + max(ofBlocks, head.forward)
    }

    /// The head with the loss of next tokens.
    var head: MemoryCost {
        let name = spec.names.weight(spec.head.isTied ? .embedding : .head)
        return CrossEntropy.memory(
            linear(spec.vocabularySize, spec.hiddenSize, trained: name, rows: batch.targets),
            softCap: spec.head.softCap)
    }

    /// The same with the distributions of another model beside it, if there is one.
    func head(comparedWith other: DecoderSpec?) -> MemoryCost {
        guard let other else { return head }
        let more = CrossEntropy.memory(
            ofOther: other, rows: batch.targets,
            chunkRows: CrossEntropy.chunkRows(vocabulary: spec.vocabularySize, backend), backend)
        return head.beside(forward: more, backward: more)
    }

    // MARK: - Blocks

    private var stream: Int { floats(spec.hiddenSize) }
    private func floats(_ columns: Int) -> Int { Tensor.byteCount(batch.tokens, columns) }

    /// The parts of both halves of a block, in order.
    private func block(_ index: Int) -> [[MemoryCost]] {
        [attention(index, slots[index]), feedForward(index, slots[index])]
    }

    /// The most at once of a block without a tape: what the first half keeps, the second does not see.
    private func untaped(_ halves: [[MemoryCost]]) -> Int {
        halves.map { $0.sum().untaped }.max() ?? 0
    }

    private func attention(_ index: Int, _ slots: [LinearModule: WeightSlot]) -> [MemoryCost] {
        let layer = spec.layers[index]
        let (q, k) = (floats(layer.attention.queryWidth), floats(layer.attention.keyValueWidth))
        let h = layer.norms[.attention] == nil ? 0 : stream
        let gradients = stream + q + 2 * k
        var parts = [normBefore(layer.norms[.attention])]
        parts += [.query, .key, .value].compactMap { slots[$0] }.map { slot in
            cost(slot).beside(forward: h + packed(spec.hiddenSize), backward: gradients)
        }
        for (norm, width, heads) in [
            (BlockNorm.query, q, layer.attention.shape.heads),
            (.key, k, layer.attention.shape.keyValueHeads),
        ] where layer.norms[norm] != nil {
            let norms = RMSNormalization.memory(batch.tokens * heads)
            parts.append(
                MemoryCost(kept: width + norms.kept, backward: width)
                    .beside(backward: gradients))
        }
        parts.append(
            Attention.memory(layer.attention.shape, over: batch).beside(backward: stream + q))
        parts += residual(layer.norms[.attentionOutput]) { gradients in
            slots[.output].map {
                cost($0, recomputesInput: false).beside(
                    forward: packed(layer.attention.queryWidth), backward: gradients)
            }
        }
        return parts
    }

    private func feedForward(_ index: Int, _ slots: [LinearModule: WeightSlot]) -> [MemoryCost] {
        let layer = spec.layers[index]
        let width = layer.feedForward.width
        let inner = floats(width)
        let h = layer.norms[.feedForward] == nil ? 0 : stream
        // Gate and up, or their gradients, where they are no copies.
        let keeps = backend.precision == .float32
        let gates = keeps ? 0 : 2 * inner
        var parts = [normBefore(layer.norms[.feedForward])]
        parts += [.gate, .up].compactMap { slots[$0] }.map { slot in
            cost(slot, keepsOutput: keeps).beside(
                forward: h + packed(spec.hiddenSize) + gates, backward: stream + gates)
        }
        parts.append(
            GatedLinearUnit.memory(batch.tokens, width, backend.precision)
                .beside(forward: gates, backward: stream + inner))
        parts += residual(layer.norms[.feedForwardOutput]) { gradients in
            slots[.down].map {
                cost($0).beside(forward: inner + packed(width), backward: gradients)
            }
        }
        return parts
    }

    private func normBefore(_ norm: NormSpec?) -> MemoryCost {
        norm == nil ? MemoryCost() : RMSNormalization.memory(batch.tokens)
    }

    /// The last layer of a part, and the norm behind it, whose result becomes the stream. With such a norm the update
    /// has a gradient of its own.
    private func residual(
        _ norm: NormSpec?, _ last: (_ gradients: Int) -> MemoryCost?
    ) -> [MemoryCost] {
        guard norm != nil else { return [last(stream)].compactMap(\.self) }
        let behind = MemoryCost(
            kept: stream + RMSNormalization.memory(batch.tokens).kept, backward: 2 * stream)
        return [last(2 * stream), behind].compactMap(\.self)
    }

    // MARK: - Layers

    private func packed(_ inputs: Int) -> Int {
        LinearMemory(rows: batch.tokens, inputs: inputs, outputs: 1, backend: backend).inputPanels
    }

    private func linear(
        _ outputs: Int, _ inputs: Int, trained name: String, rows: Int, keepsOutput: Bool = true
    ) -> LinearMemory {
        let trains = method.trainableNames.contains(name)
        return LinearMemory(
            rows: rows, inputs: inputs, outputs: outputs, backend: backend,
            trainsWeight: trains, isDecoded: !trains || method.trainableDType == .bfloat16,
            keepsOutput: keepsOutput)
    }

    /// A linear layer with its adapter.
    private func cost(
        _ slot: WeightSlot, keepsOutput: Bool = true, recomputesInput: Bool = true
    ) -> MemoryCost {
        var linear = linear(
            slot.shape[0], slot.shape[1], trained: slot.weightName, rows: batch.tokens,
            keepsOutput: keepsOutput)
        linear.recomputesInput = recomputesInput
        guard let shape = method.adapter, shape.lies(on: slot) else { return linear.cost() }
        return shape.kind.memory(shape, slot, linear)
    }
}
