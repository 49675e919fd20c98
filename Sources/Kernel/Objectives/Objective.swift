// What a step minimizes, and what a model offers for it. An objective is a file with a value of this
// kind and a row in `TrainingStage`; it knows no files, plans or optimizer.

/// What a step minimizes.
public protocol Objective: Sendable {
    /// Whether the model as it was before training takes part.
    var usesReference: Bool { get }

    /// Whether whole distributions are compared with the reference's, not its log probabilities alone.
    var comparesDistributions: Bool { get }

    /// Whether the loss is a mean −log p of tokens, so that its exponential is a perplexity.
    var hasPerplexity: Bool { get }

    /// Metrics whose means over all steps of the run so far its loss depends on.
    var remembers: [MetricKey] { get }

    /// What this batch adds to the number that a step's sums are divided by: trained tokens, pairs, sequences. A
    /// batch that adds nothing is not computed.
    func weight(of batch: PackedBatch) -> Int

    /// Measures a batch; while a step trains, the gradient of the loss over the step's weight is added to the
    /// parameters.
    func measure(_ batch: PackedBatch, on model: ObjectiveModel) -> Measures

    /// The metrics of what was measured: the means, and what is computed from them.
    func values(of measures: Measures) -> [MetricKey: Double]
}

extension Objective {
    public var usesReference: Bool { false }
    public var comparesDistributions: Bool { false }
    public var hasPerplexity: Bool { false }
    public var remembers: [MetricKey] { [] }

    public func values(of measures: Measures) -> [MetricKey: Double] { measures.values }
}

/// Sums that become means: of a step over its micro-batches, of an evaluation over its batches.
public struct Measures: Sendable, Equatable {
    /// A sum and what it is divided by.
    public struct Mean: Sendable, Equatable {
        public var sum = 0.0
        public var weight = 0

        /// The mean; 0 of nothing.
        public var value: Double { sum / Double(max(1, weight)) }
    }

    public private(set) var means: [MetricKey: Mean] = [:]

    public init() {}

    /// Adds to the sum of a metric.
    public mutating func add(_ key: MetricKey, _ sum: Double, weight: Int) {
        means[key, default: Mean()].sum += sum
        means[key, default: Mean()].weight += weight
    }

    /// Adds what another batch measured.
    public static func += (all: inout Measures, one: Measures) {
        for (key, mean) in one.means { all.add(key, mean.sum, weight: mean.weight) }
    }

    /// The sums of these metrics alone.
    func only(_ keys: [MetricKey]) -> Measures {
        var kept = Measures()
        kept.means = means.filter { keys.contains($0.key) }
        return kept
    }

    /// The means by their metrics.
    public var values: [MetricKey: Double] { means.mapValues(\.value) }
}

/// A model as objectives see it: passes over a batch that give numbers and take their gradient.
public struct ObjectiveModel {
    /// The model as it was before training: the same decoder without its adapter, or another one.
    public struct Reference {
        let decoder: Decoder
        let usesAdapter: Bool
    }

    let decoder: Decoder
    let reference: Reference?
    /// How the batch is trained on; nil where it is only measured.
    let pass: TrainingPass?
    /// What the steps before this one measured of the metrics that the objective remembers.
    let past: Measures

    public init(
        _ decoder: Decoder, reference: Reference? = nil, past: Measures = Measures(),
        training pass: TrainingPass? = nil
    ) {
        (self.decoder, self.reference, self.past, self.pass) = (decoder, reference, past, pass)
    }

    /// Σ w · loss over the targets, the weight w of each a constant to the gradient. The loss is −log p, smoothed
    /// over the vocabulary. With a divergence, the sum of that from the reference as well, which the gradient follows
    /// by its own weight.
    func tokenLoss(
        _ batch: PackedBatch, smoothing: Float = 0, extras: CrossEntropy.Extras = [],
        divergence: DivergenceTerm? = nil, weight: ((CrossEntropy.Row) -> Double)? = nil
    ) -> TokenSums {
        let gradientScale = pass?.gradientScale ?? 0
        let scales: CrossEntropy.Scales =
            weight.map { weight in .each { gradientScale * Float(weight($0)) } }
            ?? .uniform(gradientScale)
        let other = divergence.map { term in
            guard let reference else { preconditionFailure("a model without a reference") }
            return reference.decoder.comparison(
                batch, usesAdapter: reference.usesAdapter, term, gradientScale: gradientScale)
        }
        let rows = decoder.run(
            batch, training: pass, scales: scales, smoothing: smoothing, against: other,
            extras: extras)
        var sums = TokenSums(
            loss: rows.sum, plain: rows.sum, divergence: rows.divergences.reduce(0, +))
        guard let weight else { return sums }
        sums.loss = rows.losses.indices.reduce(0) { sum, place in
            var row = CrossEntropy.Row(loss: rows.losses[place])
            if !rows.topEntropies.isEmpty { row.topEntropy = rows.topEntropies[place] }
            return sum + weight(row) * row.loss
        }
        return sums
    }

    /// The log probability and the mean logit of each target. `gradient` gives the derivative of the batch's summed
    /// loss by each log probability; it is called once, and only while the model trains. Without dropout: what is
    /// compared with the reference must differ from it by what was learned alone.
    func logProbabilities(
        _ batch: PackedBatch, gradient: @escaping (TargetNumbers) -> [Double]
    ) -> TargetNumbers {
        let gradientScale = pass?.gradientScale ?? 0
        let scales = CrossEntropy.Scales.rows { rows in
            // Scales are those of −log p.
            let scale = Double(gradientScale)
            return gradient(TargetNumbers(rows)).map { Float(-$0 * scale) }
        }
        var pass = pass
        pass?.skipsDropout = true
        let rows = decoder.run(batch, training: pass, scales: scales, extras: .meanLogit)
        return TargetNumbers(rows)
    }

    /// The score of each sample by the value head. `slopes` gives the derivative of the batch's summed loss by each;
    /// it is called once, and only while the model trains.
    func scores(_ batch: PackedBatch, slopes: ([Double]) -> [Double]) -> [Double] {
        let scale = Double(pass?.gradientScale ?? 0)
        return decoder.scores(batch, training: pass) { scores in slopes(scores).map { $0 * scale } }
    }

    /// The log probability of each target as the model is now, without a gradient.
    func currentLogProbabilities(_ batch: PackedBatch) -> TargetNumbers {
        TargetNumbers(decoder.run(batch))
    }

    /// The log probability of each target before training.
    func referenceLogProbabilities(_ batch: PackedBatch) -> TargetNumbers {
        guard let reference else { preconditionFailure("a model without a reference") }
        return TargetNumbers(reference.decoder.run(batch, usesAdapter: reference.usesAdapter))
    }
}

/// Sums over the targets of a batch.
struct TokenSums {
    /// Σ w · loss.
    var loss: Double
    /// Σ loss.
    var plain: Double
    /// Σ of how far each prediction is from the reference's; 0 where that was not asked for.
    var divergence: Double
}

/// What a pass found for each target of a batch.
struct TargetNumbers {
    /// log p of the target.
    let logProbabilities: [Double]
    /// The mean of the logits that predict it; empty where they were not measured.
    let meanLogits: [Double]

    init(_ rows: CrossEntropy.Rows) {
        logProbabilities = rows.losses.map { -$0 }
        meanLogits = rows.meanLogits
    }
}

extension TunedModel {
    /// The model as it was before training. An adapter is left out; where weights of the base themselves train,
    /// another decoder runs over the base, whose numbers stay where they are.
    func reference() -> ObjectiveModel.Reference {
        guard !method.trainableNames.isEmpty else {
            return ObjectiveModel.Reference(decoder: decoder, usesAdapter: false)
        }
        let base = TunedModel(weights, method: .inference, arena: decoder.arena).decoder
        base.backend = decoder.backend
        return ObjectiveModel.Reference(decoder: base, usesAdapter: false)
    }
}
