// A micro-batch through the decoder to the log probabilities of its targets, with their gradient back.

/// Samples of a micro-batch laid end to end: no padding, each sample attends to itself only.
public struct PackedBatch: Sendable, Equatable {
    public var tokens: [Int32] = []
    public var positions: [Int32] = []
    public var sampleRanges: [Range<Int>] = []
    /// Rows that predict a trained token, and the token each predicts.
    public var targetRows: [Int] = []
    public var targets: [Int32] = []
    /// The places in `targets` of each sample's.
    public var targetRanges: [Range<Int>] = []
    /// What was thought of each item that is marked good or bad; empty where none is.
    public var verdicts: [Bool] = []
    /// What each sample is worth beside the others to its prompt; empty where samples were not judged.
    public var advantages: [Double] = []
    /// log p of each target before the step; empty where that is log p as it is now.
    public var earlierLogProbabilities: [Double] = []
    /// Targets of samples from which nothing is learned.
    public var unlearnedTargets = 0
    /// Targets of samples from which something is learned.
    var learnedTargets: Int { targets.count - unlearnedTargets }

    public init() {}

    /// The samples at these places alone, without verdicts.
    func samples(at places: some Sequence<Int>) -> PackedBatch {
        var batch = PackedBatch()
        for place in places {
            let (range, targets) = (sampleRanges[place], targetRanges[place])
            let (start, first) = (batch.tokens.count, batch.targets.count)
            batch.tokens += tokens[range]
            batch.positions += positions[range]
            batch.sampleRanges.append(start..<batch.tokens.count)
            batch.targetRows += targetRows[targets].map { $0 - range.lowerBound + start }
            batch.targets += self.targets[targets]
            batch.targetRanges.append(first..<batch.targets.count)
        }
        return batch
    }

    /// Appends a sample; `labels[t]` (−100: untrained) is the label of `ids[t]`, predicted by row t − 1.
    public mutating func append(ids: [Int32], labels: [Int32]) {
        precondition(ids.count == labels.count, "\(ids.count) ids, \(labels.count) labels")
        let start = tokens.count
        tokens += ids
        positions += (0..<Int32(ids.count))
        sampleRanges.append(start..<start + ids.count)
        let first = targets.count
        for t in 1..<max(1, ids.count) where labels[t] != -100 {
            targetRows.append(start + t - 1)
            targets.append(labels[t])
        }
        targetRanges.append(first..<targets.count)
    }

    var segments: [Attention.Segment] { sampleRanges.map { .init(queries: $0, keys: $0) } }
}

/// How one micro-batch is run for training.
public struct TrainingPass: Sendable {
    /// 1 / what the sums of the whole optimizer step are divided by: trained tokens, for most objectives.
    public var gradientScale: Float
    public var dropoutSeed: UInt64?
    /// Whether adapters drop out nothing, whatever they are set to.
    public var skipsDropout = false
    public var recomputes = false
    /// NEFTune's alpha; nil adds no noise.
    public var noiseAlpha: Float?

    public init(gradientScale: Float) { self.gradientScale = gradientScale }
}

extension Decoder {
    /// Adds the gradients of `gradientScale · Σ loss` to the parameters. Returns Σ loss over the targets.
    public func trainLoss(_ batch: PackedBatch, _ pass: TrainingPass) -> Double {
        run(batch, training: pass, scales: .uniform(pass.gradientScale)).sum
    }

    /// Σ loss over the targets, without gradients or dropout.
    public func evaluationLoss(_ batch: PackedBatch, usesAdapter: Bool = true) -> Double {
        run(batch, usesAdapter: usesAdapter).sum
    }

    /// −log p of each target of a batch. With `training`, the gradient of Σ scale · −log p is added to the
    /// parameters.
    func run(
        _ batch: PackedBatch, training pass: TrainingPass? = nil,
        scales: CrossEntropy.Scales = .uniform(0), smoothing: Float = 0,
        against other: CrossEntropy.Other? = nil, usesAdapter: Bool = true,
        extras: CrossEntropy.Extras = []
    ) -> CrossEntropy.Rows {
        run(batch, training: pass, usesAdapter: usesAdapter) { stream, tape in
            headLoss(
                stream, batch, tape, scales, smoothing: smoothing, against: other, extras: extras)
        }
    }

    /// This model as the one that another's distributions of the batch's targets are compared with.
    func comparison(
        _ batch: PackedBatch, usesAdapter: Bool, _ term: DivergenceTerm, gradientScale: Float
    ) -> CrossEntropy.Other {
        let rows = run(batch, training: nil, usesAdapter: usesAdapter) { stream, tape in
            headInput(stream, rows: batch.targetRows, on: tape).tensor
        }
        return CrossEntropy.Other(
            rows: rows, head: head, softCap: spec.head.softCap, backend: backend, term: term,
            gradientScale: gradientScale)
    }

    /// The score of the last token of each sample of a batch by the value head. With `training`, the gradient whose
    /// slopes by each score `slopes` gives is added to the parameters.
    func scores(
        _ batch: PackedBatch, training pass: TrainingPass? = nil,
        slopes: ([Double]) -> [Double] = { _ in [] }
    ) -> [Double] {
        guard let valueHead else { preconditionFailure("a model without a value head") }
        return run(batch, training: pass) { stream, tape in
            var input = headInput(
                stream, rows: batch.sampleRanges.map { $0.upperBound - 1 }, on: tape)
            if let pass, !pass.skipsDropout, let seed = pass.dropoutSeed {
                input = tape.dropout(
                    input, probability: ValueHead.dropout,
                    key: ForwardContext.mix(seed ^ 0x7661_6c75_65))
            }
            return input.read { valueHead.scores($0, on: tape, slopes: slopes) }
        }
    }

    /// A pass over a batch whose end `body` computes from the residual stream, with its gradients back.
    private func run<Result>(
        _ batch: PackedBatch, training pass: TrainingPass?, usesAdapter: Bool = true,
        _ body: (Value, Tape) -> Result
    ) -> Result {
        let tape = Tape(in: arena, isRecording: pass != nil)
        var context = context(batch, tape, usesAdapter: usesAdapter)
        context.backend = backend
        var noise: ((Tensor) -> Void)?
        if let pass {
            context.dropoutSeed = pass.skipsDropout ? nil : pass.dropoutSeed
            context.recomputes = pass.recomputes
            noise = pass.noiseAlpha.map { alpha in
                noiseAdder(batch, alpha: alpha, seed: pass.dropoutSeed ?? 0)
            }
        }
        let result = body(hidden(batch.tokens, context, noise: noise), tape)
        tape.runBackward()
        return result
    }

    /// Σ loss of the tokens that chosen rows of a residual stream predict, without gradients.
    func loss(_ stream: Tensor, rows: [Int], targets: [Int32]) -> Double {
        var batch = PackedBatch()
        (batch.targetRows, batch.targets) = (rows, targets)
        let tape = Tape(in: arena, isRecording: false)
        return headLoss(Value(stream, requiresGrad: false), batch, tape, .uniform(0)).sum
    }

    /// The residual stream (T, C) of a batch, without gradients; `logits(_:rows:)` reads it.
    public func stream(_ batch: PackedBatch, usesAdapter: Bool = true) -> Tensor {
        hidden(
            batch.tokens,
            context(batch, Tape(in: arena, isRecording: false), usesAdapter: usesAdapter)
        ).tensor
    }

    /// Logits (rows.count, V) of chosen rows of a batch, without gradients.
    public func logits(_ batch: PackedBatch, rows: [Int], usesAdapter: Bool = true) -> Tensor {
        logits(stream(batch, usesAdapter: usesAdapter), rows: rows)
    }

    private func context(
        _ batch: PackedBatch, _ tape: Tape, usesAdapter: Bool = true
    ) -> ForwardContext {
        var context = context(
            positions: batch.positions, PackedAttention(segments: batch.segments), on: tape)
        context.usesAdapter = usesAdapter
        return context
    }

    /// The head on the labelled rows only; the gradient starts here, computed with the loss.
    private func headLoss(
        _ stream: Value, _ batch: PackedBatch, _ tape: Tape, _ scales: CrossEntropy.Scales,
        smoothing: Float = 0, against other: CrossEntropy.Other? = nil,
        extras: CrossEntropy.Extras = []
    ) -> CrossEntropy.Rows {
        guard !batch.targetRows.isEmpty else { return CrossEntropy.Rows(losses: []) }
        let input = headInput(stream, rows: batch.targetRows, on: tape)
        let needs = tape.tracks(input.requiresGrad || head.requiresGrad)
        let dH = needs ? Tensor(input.rows, input.columns, in: arena) : nil
        let rows = CrossEntropy.run(
            input.tensor, head: head, softCap: spec.head.softCap, labels: batch.targets,
            scales: scales, smoothing: smoothing, against: other, dH: dH, extras: extras,
            backend: backend, arena: arena)
        if let dH, input.requiresGrad { input.addGradient(dH) }
        return rows
    }

    /// Noise of alpha / √(L · C) on the embeddings of each sample of length L.
    func noiseAdder(_ batch: PackedBatch, alpha: Float, seed: UInt64) -> (Tensor) -> Void {
        { x in
            for (index, range) in batch.sampleRanges.enumerated() {
                let scale = alpha / Float(range.count * x.columns).squareRoot()
                Dropout.addNoise(
                    to: x.rows(range), scale: scale,
                    key: ForwardContext.mix(seed ^ 0x6e6f_6973_65 &+ UInt64(index)))
            }
        }
    }
}
