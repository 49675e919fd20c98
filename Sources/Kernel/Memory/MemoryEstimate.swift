// What a run will need at its peak: it only adds what weights, parameters, optimizers, passes and caches declare
// beside the code that allocates. It knows shapes, not how anything is computed.

/// What a run computes on, as far as memory goes.
public struct RunLoad: Sendable, Equatable {
    /// The largest micro-batch.
    public var training: BatchShape
    /// The largest batch of held-out samples; nil without any.
    public var evaluation: BatchShape?
    /// Tokens of all encoded samples.
    public var dataTokens = 0

    public init(_ training: BatchShape, evaluation: BatchShape? = nil, dataTokens: Int = 0) {
        self.training = training
        self.evaluation = evaluation
        self.dataTokens = dataTokens
    }

    /// The batches of a plan's run over its data.
    init(_ plan: TrainingPlan, _ data: LoadedDataset, _ batches: BatchPlan) {
        let (rows, heldOut) = (data.training.examples, data.evaluation?.examples ?? [])
        training = batches.largest(
            rows.map { plan.stage.draws ? BatchShape(answersTo: $0, plan.rollout) : BatchShape($0) }
        )
        for range in BatchPlan.chunks(count: heldOut.count, size: plan.evaluation.batchSize) {
            evaluation = BatchShape(heldOut[range].lazy.map { BatchShape($0) })
                .covering(evaluation)
        }
        dataTokens = (rows + heldOut).reduce(0) { $0 + $1.ids.count }
    }
}

/// Peak bytes of a run.
public struct MemoryEstimate: Sendable, Equatable {
    /// Base weights as they are held (mapped files count: their pages become resident).
    public var base: Int
    /// Trained numbers with gradients and optimizer buffers.
    public var trained: Int
    /// What the tape keeps from the forward pass to the backward pass, or the cache of samples, which are answered
    /// between steps.
    public var activations: Int
    /// What passes by: gradients, chunks of logits, decoded and packed weights; and the program itself.
    public var scratch: Int
    public var trainableParameters: Int
    /// Of the base: pages of files, which the system takes back when memory is short.
    public var mapped: Int

    /// What must be had at the peak: all but the pages of files.
    public var neededBytes: Int { total - mapped }

    public var total: Int { base + trained + activations + scratch }

    /// Peak bytes of a plan's run.
    public init(
        _ plan: TrainingPlan, model: ModelFolder, tuning: TuningChoice,
        reference: ReferenceModel? = nil, load: RunLoad, recomputes: Bool
    ) {
        let (method, spec) = (tuning.method, tuning.weights.spec)
        let objective = plan.stage.objective(plan)
        let specs = method.parameters(of: tuning.weights)
        trainableParameters = specs.reduce(0) { $0 + $1.count }
        trained =
            ParameterStore.byteCount(specs) + plan.optimizer.kind.stateBytes(plan.optimizer, specs)
        (base, mapped) = Self.base(
            plan.model.quantization, model, tuning.weights.layout,
            except: objective.usesReference && reference == nil
                ? [] : method.trainableNames)
        if let reference {
            let more = Self.base(
                reference.quantization, reference.folder, reference.folder.config.layout, except: []
            )
            (base, mapped) = (base + more.bytes, mapped + more.mapped)
        }
        let backend = MatmulBackend(plan.precision)
        let pass = PassMemory(spec, method, load.training, backend)
        let other =
            objective.comparesDistributions
            ? reference?.folder.config.network ?? spec : nil
        let (kept, passing) = pass.training(
            recomputes: recomputes, head: pass.head(comparedWith: other))
        let evaluated = [
            load.evaluation.map {
                let pass = PassMemory(spec, method, $0, backend)
                return pass.evaluation(head: pass.head(comparedWith: other))
            },
            reference.map {
                let pass = PassMemory(
                    $0.folder.config.network, .inference, load.training.covering(load.evaluation),
                    backend)
                return pass.evaluation(head: pass.head)
            },
        ].compactMap(\.self).max()
        let context = model.config.maximumPositions
        let cache = KVCache.byteCount(spec, tokens: Self.sampleTokens(plan, context: context))
        activations = max(kept, cache, Self.drawing(plan, spec, load, backend, context: context))
        scratch =
            max(passing, (evaluated ?? 0) - activations)
            + ProgramMemory.byteCount(
                vocabulary: spec.vocabularySize, dataTokens: load.dataTokens)
            + (method.adapter?.kind.libraryBytes ?? SafetensorsExport.memory(model))
    }

    /// The caches of answers that are drawn together, and their logits.
    private static func drawing(
        _ plan: TrainingPlan, _ spec: DecoderSpec, _ load: RunLoad, _ backend: MatmulBackend,
        context: Int
    ) -> Int {
        guard plan.stage.draws else { return 0 }
        let answers = max(plan.rollout.answers, BatchGenerator.together)
        let each = KVCache.byteCount(
            spec, type: BatchGenerator.cacheType(backend),
            capacity: min(context, load.training.longest))
        return answers * (each + Tensor.byteCount(1, spec.vocabularySize))
    }

    /// Most tokens of a sample: a byte is a token at worst, and a template adds some of its own.
    private static func sampleTokens(_ plan: TrainingPlan, context: Int) -> Int {
        guard let longest = plan.samples.prompts.map(\.utf8.count).max() else { return 0 }
        let system = plan.encoding.defaultSystem?.utf8.count ?? 0
        return min(context, longest + system + 128 + plan.samples.newTokensMax)
    }

    /// Bytes of the frozen weights, and how many of them are pages of files. What is trained has memory of its own:
    /// the file's pages are given back, unless a frozen reference reads them as well.
    private static func base(
        _ quantizer: Quantizer, _ model: ModelFolder, _ layout: WeightLayout,
        except trained: Set<String>
    ) -> (bytes: Int, mapped: Int) {
        var (bytes, mapped) = (0, 0)
        for slot in layout.slots where !trained.contains(slot.weightName) {
            let stored = model.weights.entry(named: slot.weightName)?.byteRange.count ?? 0
            let own = quantizer.byteCount(slot, stored: stored)
            bytes += own
            if !quantizer.takes(slot) { mapped += own }
        }
        return (bytes, mapped)
    }
}
