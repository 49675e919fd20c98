// What a run will need at its peak, term by term, from shapes alone.

/// Peak bytes of a run.
public struct MemoryEstimate: Sendable, Equatable {
    /// Base weights as they are held (mapped files count: their pages become resident).
    public var base: Int
    /// Trained numbers with gradients and optimizer buffers.
    public var trained: Int
    /// What forward saves for backward, and the gradients on the way.
    public var activations: Int
    /// Chunks of logits and decoded panels.
    public var scratch: Int
    public var trainableParameters: Int

    public var total: Int { base + trained + activations + scratch }

    /// `tokens` is what one micro-batch holds at most.
    public init(
        _ config: ModelConfig, baseBytes: Int, lora: LoRAShape?, trainedBase: Int,
        optimizerBuffers: Int, tokens: Int,
        recomputes: Bool
    ) {
        let spec = DecoderSpec(config)
        let adapter = (lora?.parameters(in: spec) ?? []).reduce(0) { $0 + $1.count }
        trainableParameters = adapter + trainedBase
        base = baseBytes
        trained = trainableParameters * (2 + optimizerBuffers) * MemoryLayout<Float>.stride
        let (c, f) = (spec.hiddenSize, spec.innerSize)
        let attention = 2 * spec.queryWidth + 2 * spec.keyValueWidth + spec.attention.heads
        let block = 4 * c + attention + 3 * f + 7 * (lora?.rank ?? 0)
        let saved = recomputes ? spec.layerCount * c + block : spec.layerCount * block
        let inFlight = 4 * c + 3 * f + attention
        activations = (saved + inFlight + 2 * c) * tokens * MemoryLayout<Float>.stride
        scratch =
            (CrossEntropy.chunkRows(vocabulary: spec.vocabularySize) * spec.vocabularySize
                + (2 << 20)) * MemoryLayout<Float>.stride
    }
}
