// Direct preference optimization as an objective: of two answers to a prompt the preferred one becomes likelier than the
// rejected one, as seen from the model before training. Items are pairs, one sequence behind the other.

/// The mean loss of a step's pairs.
public struct PreferenceLoss: Objective {
    private let settings: PreferenceSettings

    public init(_ settings: PreferenceSettings) { self.settings = settings }

    public var usesReference: Bool { true }

    public func weight(of batch: PackedBatch) -> Int { batch.targetRanges.count / 2 }

    public func measure(_ batch: PackedBatch, on model: ObjectiveModel) -> Measures {
        let reference = model.referenceLogProbabilities(batch)
        let found = model.logProbabilities(batch) { slopes(pairs(batch, $0, reference), batch) }
        var measures = Measures()
        for pair in pairs(batch, found, reference) {
            func add(_ key: MetricKey, _ value: Double) { measures.add(key, value, weight: 1) }
            add(.loss, pair.loss)
            add(.chosenReward, settings.beta * pair.gain.chosen)
            add(.rejectedReward, settings.beta * pair.gain.rejected)
            add(.rewardAccuracy, pair.margin > 0 ? 1 : 0)
            add(.rewardMargin, settings.beta * pair.margin)
            add(.chosenLogProbability, pair.model.chosen)
            add(.rejectedLogProbability, pair.model.rejected)
            for (key, range) in [
                (MetricKey.chosenLogits, pair.chosenRange), (.rejectedLogits, pair.rejectedRange),
            ] {
                measures.add(key, found.meanLogits[range].reduce(0, +), weight: range.count)
            }
        }
        return measures
    }

    // MARK: - Pairs

    /// A number of each of the two answers of a pair.
    private struct Sides {
        var chosen: Double
        var rejected: Double

        static func - (a: Sides, b: Sides) -> Sides {
            Sides(chosen: a.chosen - b.chosen, rejected: a.rejected - b.rejected)
        }
    }

    /// A pair with its log probabilities and its loss.
    private struct Pair {
        let chosenRange: Range<Int>
        let rejectedRange: Range<Int>
        /// log p of the answers.
        let model: Sides
        /// How much larger they are than before training.
        let gain: Sides
        var loss = 0.0
        /// The derivative of the loss by the margin.
        var slope = 0.0

        var margin: Double { gain.chosen - gain.rejected }
    }

    private func pairs(
        _ batch: PackedBatch, _ model: TargetNumbers, _ reference: TargetNumbers
    ) -> [Pair] {
        stride(from: 0, to: batch.targetRanges.count - 1, by: 2).map { first in
            let (chosen, rejected) = (batch.targetRanges[first], batch.targetRanges[first + 1])
            func sides(_ numbers: [Double]) -> Sides {
                Sides(
                    chosen: numbers[chosen].reduce(0, +), rejected: numbers[rejected].reduce(0, +))
            }
            let likely = sides(model.logProbabilities)
            var pair = Pair(
                chosenRange: chosen, rejectedRange: rejected, model: likely,
                gain: likely - sides(reference.logProbabilities))
            (pair.loss, pair.slope) = settings.loss.value(pair.margin, settings)
            let tokens = Double(max(1, chosen.count))
            pair.loss -= settings.supervisedWeight * pair.model.chosen / tokens
            return pair
        }
    }

    /// The derivative of the summed loss by the log probability of each target.
    private func slopes(_ pairs: [Pair], _ batch: PackedBatch) -> [Double] {
        var slopes = [Double](repeating: 0, count: batch.targets.count)
        for pair in pairs {
            let supervised = settings.supervisedWeight / Double(max(1, pair.chosenRange.count))
            for target in pair.chosenRange { slopes[target] = pair.slope - supervised }
            for target in pair.rejectedRange { slopes[target] = -pair.slope }
        }
        return slopes
    }
}

// MARK: - Rows

extension MetricKey {
    static let chosenReward: MetricKey = "rewards/chosen"
    static let rejectedReward: MetricKey = "rewards/rejected"
    static let rewardMargin: MetricKey = "rewards/margins"
    static let chosenLogProbability: MetricKey = "logps/chosen"
    static let rejectedLogProbability: MetricKey = "logps/rejected"
    static let chosenLogits: MetricKey = "logits/chosen"
    static let rejectedLogits: MetricKey = "logits/rejected"
    /// The name in LLaMA-Factory's trainer_log.jsonl; log_history has it as rewards/accuracies.
    static let rewardAccuracy: MetricKey = "accuracy"
}

extension TrainingStage {
    /// Direct preference optimization: pairs of answers.
    public static let directPreference = TrainingStage(
        "dpo", help: "pairs of answers", data: .preference,
        metrics: [
            // The share of pairs whose preferred answer gained more than the rejected one.
            Metric(
                .rewardAccuracy, "Reward accuracy", label: "accuracy",
                historyName: "rewards/accuracies", printed: "accuracy %.2f"),
            // Rewards are β times the gain of an answer's log probability over the reference.
            Metric(.rewardMargin, "Reward margin", label: "margin", printed: "margin %.3f"),
            Metric(.chosenReward, "Reward of chosen answers", label: "chosen"),
            Metric(.rejectedReward, "Reward of rejected answers", label: "rejected"),
            Metric(.chosenLogProbability, "Log probability of chosen answers", label: "logp+"),
            Metric(
                .rejectedLogProbability, "Log probability of rejected answers", label: "logp-"),
            Metric(
                .chosenLogits, "Mean logit of chosen answers", label: "logits+", isPlotted: false),
            Metric(
                .rejectedLogits, "Mean logit of rejected answers", label: "logits-",
                isPlotted: false),
        ]
    ) { PreferenceLoss($0.preference) }
}
