// What a run will need at its peak, term by term, from shapes alone.

/// Peak bytes of a run.
public struct MemoryEstimate: Sendable, Equatable {
    /// Base weights as they are held (mapped files count: their pages become resident).
    public var base: Int
    /// Trained numbers with gradients and optimizer buffers.
    public var trained: Int
    /// What forward saves for backward, and the gradients on the way.
    public var activations: Int
    /// Chunks of logits, decoded and packed weights, and the program itself.
    public var scratch: Int
    public var trainableParameters: Int
    /// Of the base: pages of files, which the system takes back when memory is short.
    public var mapped = 0

    /// What must be had at the peak: all but the pages of files.
    public var neededBytes: Int { total - mapped }

    public var total: Int { base + trained + activations + scratch }

    /// The program with its tokenizer and data, when nothing is computed.
    private static let programBytes = 40 << 20

    /// `tokens` is what one micro-batch holds at most; `bfloat16` of the base's trained numbers are of
    /// that type; `optimizerBytes` is the optimizer's state.
    public init(
        _ config: ModelConfig, baseBytes: Int, adapter shape: AdapterShape?, trainedBase: Int,
        bfloat16: Int = 0, optimizerBytes: Int, tokens: Int, products: Products, recomputes: Bool,
        sampleTokens: Int = 0
    ) {
        let spec = config.network
        let adapter = (shape?.parameters(in: spec.layout) ?? []).reduce(0) { $0 + $1.count }
        let float = MemoryLayout<Float>.stride
        trainableParameters = adapter + trainedBase
        base = baseBytes
        // Values, gradients and what the optimizer keeps; gradients are fp32 always.
        trained =
            trainableParameters * 2 * float - bfloat16 * (float - MemoryLayout<UInt16>.stride)
            + optimizerBytes
        let c = spec.hiddenSize
        let f = spec.layers.map(\.feedForward.width).max() ?? 0
        // Saved a token: two residual streams, queries, keys, values and what they mixed, gate and up.
        // Norms behind a part keep its output.
        let linears = Dictionary(grouping: spec.layout.linears) { $0.layer ?? 0 }
        func saved(_ index: Int, _ layer: LayerSpec) -> Int {
            let attention = 2 * layer.attention.queryWidth + 2 * layer.attention.keyValueWidth
            let width = layer.feedForward.width
            let gates = products.precision == .bfloat16 ? width : 2 * width
            let behind = [BlockNorm.attentionOutput, .feedForwardOutput]
                .filter { layer.norms[$0] != nil }
            return (2 + behind.count) * c + attention + gates
                + (shape?.savedPerToken(linears[index] ?? []) ?? 0)
        }
        let perLayer = spec.layers.enumerated().map(saved)
        let kept =
            recomputes
            ? spec.layers.count * c + (perLayer.max() ?? 0) : perLayer.reduce(0, +)
        // The head's chunk and the widest layer's gradients never meet.
        let vocabulary = spec.vocabularySize
        let chunk =
            min(tokens, CrossEntropy.chunkRows(vocabulary: vocabulary, products)) * vocabulary
        // Packed factors, in floats: a block of a weight; in bf16 the head for both directions, a chunk's
        // gradient and a layer's input as well.
        let head: Int
        let layer: Int
        let block = min(c * f, 4 << 20)
        switch products {
        case .library(.openBLAS), .library(.oneDNN(.float32)):
            (head, layer) = (chunk + (1 << 20), 1 << 20)
        case .library(.oneDNN(.bfloat16)):
            // Half as large again: both factors of a product, rounded.
            (head, layer) = (chunk + chunk / 2 + (3 << 19), block + f / 2 * tokens)
        case .tiles(.float32): (head, layer) = (chunk + (4 << 20), block)
        case .tiles(.bfloat16):
            (head, layer) = (chunk + chunk / 2 + vocabulary * c, block + f / 2 * tokens)
        }
        // Samples are answered between steps, when no activations are kept.
        let cached =
            spec.layers.reduce(0) { $0 + 2 * $1.attention.keyValueWidth }
            * Self.cacheRows(sampleTokens)
        activations = max(kept * tokens, cached) * float
        scratch =
            max(head + 3 * c * tokens, layer + (2 * c + 3 * f) * tokens) * float
            + Self.programBytes
    }
}

extension MemoryEstimate {
    /// Rows of a cache that has grown by doubling until so many tokens fit.
    private static func cacheRows(_ tokens: Int) -> Int {
        var rows = tokens > 0 ? 256 : 0
        while rows < tokens { rows *= 2 }
        return rows
    }

    /// Most tokens of a sample: a byte is a token at worst, and a template adds some of its own.
    private static func sampleTokens(_ plan: TrainingPlan, _ config: ModelConfig) -> Int {
        guard let longest = plan.samples.prompts.map(\.utf8.count).max() else { return 0 }
        let system = plan.encoding.defaultSystem?.utf8.count ?? 0
        return min(config.maximumPositions, longest + system + 128 + plan.samples.newTokensMax)
    }

    /// Peak bytes of a plan's run whose largest micro-batch holds `tokens`.
    public init(
        _ plan: TrainingPlan, model: ModelFolder, tuning: TuningChoice, tokens: Int,
        recomputes: Bool
    ) {
        let specs = tuning.method.parameters(of: tuning.weights)
        func total(_ specs: [ParameterSpec]) -> Int { specs.reduce(0) { $0 + $1.count } }
        let trained = total(specs.filter { tuning.method.trainedNames.contains($0.name) })
        let base = Self.baseBytes(plan.model.quantization, model)
        // What is trained has memory of its own: the file's pages are given back.
        let frozen =
            model.parameterCount > 0
            ? Int(Double(base) * (1 - Double(trained) / Double(model.parameterCount))) : base
        self.init(
            model.config, baseBytes: max(0, frozen),
            adapter: tuning.method.adapter, trainedBase: trained,
            bfloat16: total(specs.filter { $0.dtype == .bfloat16 }),
            optimizerBytes: plan.optimizer.kind.stateBytes(plan.optimizer, specs),
            tokens: tokens, products: Products(plan.precision), recomputes: recomputes,
            sampleTokens: Self.sampleTokens(plan, model.config))
        if plan.model.quantization == .fromFile {
            mapped = self.base
        } else if !plan.model.quantization.takesTables {
            mapped = min(self.base, Self.storedBytes(model))
        }
    }

    /// Bytes of embedding and head, which quantization leaves as the file has them.
    private static func storedBytes(_ model: ModelFolder) -> Int {
        let tables = model.config.network.head.isTied ? 1 : 2
        let embedding = tables * model.config.vocabularySize * model.config.network.hiddenSize
        return Int(
            Double(model.totalBytes) * Double(embedding) / Double(max(1, model.parameterCount)))
    }

    /// Bytes of the base as a plan holds it.
    private static func baseBytes(_ quantization: Quantizer, _ model: ModelFolder) -> Int {
        guard let bits = quantization.bitsPerWeight else { return model.totalBytes }
        func bytes(_ weights: Int) -> Int { Int((Double(weights) * bits / 8).rounded(.up)) }
        if quantization.takesTables { return bytes(model.parameterCount) }
        let tables = model.config.network.head.isTied ? 1 : 2
        let embedding = tables * model.config.vocabularySize * model.config.network.hiddenSize
        return storedBytes(model) + bytes(model.parameterCount - embedding)
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
        _ plan: TrainingPlan, model: ModelFolder, tuning: TuningChoice, tokens: Int,
        available: Int?
    ) {
        func estimate(_ recomputes: Bool) -> MemoryEstimate {
            MemoryEstimate(
                plan, model: model, tuning: tuning, tokens: tokens, recomputes: recomputes)
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
        let gib = MemoryAllowance.gib
        var notes: [String] = []
        if recomputes, plan.gradientCheckpointing == .automatic {
            notes.append(
                "Activations are recomputed to save memory: keeping them would take up to "
                    + "\(gib(bytesWithout)), and \(gib(available)) are free.")
        }
        if estimate.total > available, estimate.neededBytes <= available {
            notes.append(
                "The model's file (\(gib(estimate.mapped))) does not fit into the \(gib(available)) that "
                    + "are free beside the run: it is read from the disk again and again, which is slow. "
                    + "quantization_bit: 4 holds it in memory.")
        } else if estimate.total > available {
            notes.append(
                "The run may take up to \(gib(estimate.total)), and \(gib(available)) are free: "
                    + "lower per_device_train_batch_size or cutoff_len if it runs out of memory.")
        }
        return notes
    }
}
