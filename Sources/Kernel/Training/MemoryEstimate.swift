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

extension MemoryEstimate {
    /// Peak bytes of a plan's run on rows of at most `rowTokens` tokens.
    public init(
        _ plan: TrainingPlan, model: ModelFolder, tuning: TuningChoice, rowTokens: Int,
        recomputes: Bool
    ) {
        let trained = tuning.weights.allParameters
            .filter { tuning.method.trainedNames.contains($0.name) }
            .reduce(0) { $0 + $1.shape.reduce(1, *) }
        self.init(
            model.config, baseBytes: Self.baseBytes(plan.model.quantization, model),
            lora: tuning.method.lora, trainedBase: trained,
            optimizerBuffers: plan.optimizer.kind == .adamW ? 2 : 1,
            tokens: plan.batching.microBatchSize * min(rowTokens, plan.encoding.cutoffLength),
            recomputes: recomputes)
    }

    /// Bytes of the base as a plan holds it.
    private static func baseBytes(
        _ quantization: TrainingPlan.Quantization, _ model: ModelFolder
    ) -> Int {
        let embedding = model.config.vocabularySize * model.config.hiddenSize
        let linear = model.parameterCount - embedding
        switch quantization {
        case .fromFile: return model.totalBytes
        case .none: return 4 * model.parameterCount
        case .int8: return model.totalBytes / 4 + linear
        case .int4, .nf4: return model.totalBytes / 4 + linear * 9 / 16
        }
    }
}

/// What a plan's run takes of memory, with the decision whether activations are recomputed.
public struct MemoryNeed: Sendable, Equatable {
    /// The peak with that decision.
    public let estimate: MemoryEstimate
    /// Whether activations are recomputed: as the plan says, or when the run needs it to fit.
    public let recomputes: Bool
    /// The peak without recomputing.
    public let bytesWithout: Int

    /// Left to itself, a run recomputes when keeping activations leaves less than a tenth of the
    /// `available` bytes free; without that number it keeps them.
    public init(
        _ plan: TrainingPlan, model: ModelFolder, tuning: TuningChoice, rowTokens: Int,
        available: Int?
    ) {
        func estimate(_ recomputes: Bool) -> MemoryEstimate {
            MemoryEstimate(
                plan, model: model, tuning: tuning, rowTokens: rowTokens, recomputes: recomputes)
        }
        let kept = estimate(false)
        bytesWithout = kept.total
        switch plan.gradientCheckpointing {
        case .on: recomputes = true
        case .off: recomputes = false
        case .automatic: recomputes = available.map { kept.total > $0 - $0 / 10 } ?? false
        }
        self.estimate = recomputes ? estimate(true) : kept
    }

    /// What the user should know, given the bytes that are free.
    func notes(_ plan: TrainingPlan, available: Int?) -> [String] {
        guard let available else { return [] }
        func gib(_ bytes: Int) -> String {
            "\((Double(bytes) / Double(1 << 30) * 10).rounded() / 10) GiB"
        }
        var notes: [String] = []
        if recomputes, plan.gradientCheckpointing == .automatic {
            notes.append(
                "Activations are recomputed to save memory: keeping them would take up to "
                    + "\(gib(bytesWithout)), and \(gib(available)) are free.")
        }
        if estimate.total > available {
            notes.append(
                "The run may take up to \(gib(estimate.total)), and \(gib(available)) are free: "
                    + "lower per_device_train_batch_size or cutoff_len if it runs out of memory.")
        }
        return notes
    }
}
