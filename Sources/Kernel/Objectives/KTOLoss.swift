// Kahneman-Tversky optimization as an objective: an answer that is marked good becomes likelier than the model before
// training has it, a bad one less likely, both seen from how far the model has moved on answers to other prompts
// (Ethayarajh et al. 2024, arXiv 2402.01306). Items are an answer and behind it one to another prompt.

/// The mean loss of a step's judged answers.
public struct KTOLoss: Objective {
    private let settings: PreferenceSettings

    public init(_ settings: PreferenceSettings) { self.settings = settings }

    public var usesReference: Bool { true }

    public func weight(of batch: PackedBatch) -> Int { batch.verdicts.count }

    public func measure(_ batch: PackedBatch, on model: ObjectiveModel) -> Measures {
        let places = batch.verdicts.indices.map { 2 * $0 }
        let answers = batch.samples(at: places)
        let divergence = divergence(batch.samples(at: places.map { $0 + 1 }), model)
        let reference = model.referenceLogProbabilities(answers)
        let items = Self.items(answers, batch.verdicts)
        // LLaMA-Factory divides the loss of good answers by how many of a micro-batch they are, twice.
        let good = batch.verdicts.count { $0 }
        let share = Double(batch.verdicts.count) / Double(max(1, good))
        let supervised = settings.supervisedWeight * share * share
        func judged(_ item: Item, _ numbers: TargetNumbers) -> Judgement {
            let gain =
                numbers.logProbabilities[item.targets].reduce(0, +)
                - reference.logProbabilities[item.targets].reduce(0, +)
            return judgement(gain: gain, isGood: item.isGood, divergence: divergence)
        }
        let found = model.logProbabilities(answers) { numbers in
            var slopes = [Double](repeating: 0, count: answers.targets.count)
            for item in items {
                let slope =
                    judged(item, numbers).slope
                    - (item.isGood ? supervised / Double(max(1, item.targets.count)) : 0)
                for target in item.targets { slopes[target] = slope }
            }
            return slopes
        }
        var measures = Measures()
        measures.add(.divergence, divergence, weight: 1)
        for item in items {
            let judgement = judged(item, found)
            let likely = found.logProbabilities[item.targets].reduce(0, +)
            let mean = likely / Double(max(1, item.targets.count))
            let loss = judgement.loss - (item.isGood ? supervised * mean : 0)
            let logits = found.meanLogits[item.targets].reduce(0, +)
            let keys: (reward: MetricKey, logProbability: MetricKey, logits: MetricKey) =
                item.isGood
                ? (.chosenReward, .chosenLogProbability, .chosenLogits)
                : (.rejectedReward, .rejectedLogProbability, .rejectedLogits)
            measures.add(.loss, loss, weight: 1)
            measures.add(keys.reward, settings.beta * judgement.gain, weight: 1)
            measures.add(keys.logProbability, likely, weight: 1)
            measures.add(keys.logits, logits, weight: item.targets.count)
        }
        return measures
    }

    /// The margin is that of the means: no answer has a counterpart.
    public func values(of measures: Measures) -> [MetricKey: Double] {
        var values = measures.values
        if let good = values[.chosenReward], let bad = values[.rejectedReward] {
            values[.rewardMargin] = good - bad
        }
        return values
    }

    // MARK: - One answer

    /// A judged answer in the targets of a batch.
    private struct Item {
        let targets: Range<Int>
        let isGood: Bool
    }

    private static func items(_ answers: PackedBatch, _ verdicts: [Bool]) -> [Item] {
        zip(answers.targetRanges, verdicts).map { Item(targets: $0, isGood: $1) }
    }

    /// What an answer's gain is worth.
    struct Judgement {
        /// How much its log probability grew over the reference.
        let gain: Double
        let loss: Double
        /// The derivative of the loss by its log probability.
        let slope: Double
    }

    /// w · (1 − σ(±β(gain − KL))), with + for a good answer and − for a bad one.
    func judgement(gain: Double, isGood: Bool, divergence: Double) -> Judgement {
        let weight = isGood ? settings.desirableWeight : settings.undesirableWeight
        let sign = isGood ? 1.0 : -1.0
        let value = Logistic.sigmoid(sign * settings.beta * (gain - divergence))
        return Judgement(
            gain: gain, loss: weight * (1 - value),
            slope: -sign * weight * settings.beta * value * (1 - value))
    }

    /// The mean gain of answers to other prompts, at least 0: how far the model is from the reference.
    private func divergence(_ mismatched: PackedBatch, _ model: ObjectiveModel) -> Double {
        guard !mismatched.targets.isEmpty else { return 0 }
        let now = model.currentLogProbabilities(mismatched).logProbabilities.reduce(0, +)
        let before = model.referenceLogProbabilities(mismatched).logProbabilities.reduce(0, +)
        return max(0, (now - before) / Double(mismatched.sampleRanges.count))
    }
}

// MARK: - Rows

extension MetricKey {
    /// How far the model is from the reference, in nats an answer.
}

extension TrainingStage {
    /// Kahneman-Tversky optimization: answers that are marked good or bad.
    public static let kto = TrainingStage(
        "kto", help: "answers marked good or bad", data: .feedback,
        metrics: [
            .divergence
        ] + Metric.rewards
    ) { KTOLoss($0.preference) }
}
