// Direct preference optimization as an objective: of two answers to a prompt the preferred one becomes likelier than the
// rejected one, as seen from the model before training. Items are pairs, one sequence behind the other.

/// The mean loss of a step's pairs.
public struct PreferenceLoss: Objective {
    private let settings: PreferenceSettings

    public init(_ settings: PreferenceSettings) { self.settings = settings }

    public var usesReference: Bool { settings.loss.usesReference }

    public var remembers: [MetricKey] {
        settings.usesBaseline ? [.chosenReward, .rejectedReward] : []
    }

    public func weight(of batch: PackedBatch) -> Int { batch.targetRanges.count / 2 }

    public func measure(_ batch: PackedBatch, on model: ObjectiveModel) -> Measures {
        let layout = layout(of: batch)
        let reference = usesReference ? model.referenceLogProbabilities(batch) : nil
        let found = model.logProbabilities(batch) { numbers in
            slopes(layout, numbers, reference, model.past, count: batch.targets.count)
        }
        var measures = Measures()
        for (pair, (evidence, outcome)) in zip(
            layout, judged(layout, found, reference, model.past))
        {
            func add(_ key: MetricKey, _ value: Double) { measures.add(key, value, weight: 1) }
            add(.loss, outcome.loss)
            add(.chosenReward, settings.beta * evidence.gain.chosen)
            add(.rejectedReward, settings.beta * evidence.gain.rejected)
            add(.rewardAccuracy, evidence.gain.margin > 0 ? 1 : 0)
            add(.rewardMargin, settings.beta * evidence.gain.margin)
            add(.chosenLogProbability, evidence.model.chosen)
            add(.rejectedLogProbability, evidence.model.rejected)
            for (key, value) in outcome.parts { add(key, value) }
            for (key, answer) in [
                (MetricKey.chosenLogits, pair.chosen), (.rejectedLogits, pair.rejected),
            ] {
                let logits = found.meanLogits[answer.targets].reduce(0, +)
                measures.add(key, logits, weight: answer.targets.count)
            }
        }
        return measures
    }

    // MARK: - Pairs

    /// An answer in the targets of a batch.
    private struct Answer {
        let targets: Range<Int>
        /// Tokens that count fully; those behind them by `ld_alpha`.
        let shared: Int
    }

    /// The two answers of a pair in the targets of a batch.
    private struct Pair {
        let chosen: Answer
        let rejected: Answer
    }

    private func layout(of batch: PackedBatch) -> [Pair] {
        stride(from: 0, to: batch.targetRanges.count - 1, by: 2).map { first in
            let (chosen, rejected) = (batch.targetRanges[first], batch.targetRanges[first + 1])
            let shared = min(chosen.count, rejected.count)
            return Pair(
                chosen: Answer(targets: chosen, shared: shared),
                rejected: Answer(targets: rejected, shared: shared))
        }
    }

    /// How much the log probability of each token of an answer counts.
    private func weight(ofToken index: Int, of answer: Answer) -> Double {
        let weight = index < answer.shared ? 1 : settings.excessWeight ?? 1
        return settings.loss.isPerToken ? weight / Double(max(1, answer.targets.count)) : weight
    }

    private func judged(
        _ pairs: [Pair], _ model: TargetNumbers, _ reference: TargetNumbers?, _ past: Measures
    ) -> [(PairLoss.Evidence, PairLoss.Outcome)] {
        var all = pairs.map { evidence(of: $0, model, reference) }
        if settings.usesBaseline {
            let baseline = baseline(all, past)
            for place in all.indices { all[place].baseline = baseline }
        }
        return zip(pairs, all).map { pair, evidence in
            var outcome = settings.loss.value(evidence, settings)
            if settings.loss.usesReference, settings.classifierWeight > 0 {
                outcome.mix(
                    PairLoss.bco.value(evidence, settings), weight: settings.classifierWeight)
            }
            let chosen = pair.chosen.targets
            let likely = model.logProbabilities[chosen].reduce(0, +)
            outcome.loss -= settings.supervisedWeight * likely / Double(max(1, chosen.count))
            return (evidence, outcome)
        }
    }

    /// The mean reward of all answers of the run so far and of these.
    private func baseline(_ all: [PairLoss.Evidence], _ past: Measures) -> Double {
        var seen = past
        for evidence in all {
            seen.add(.chosenReward, settings.beta * evidence.gain.chosen, weight: 1)
            seen.add(.rejectedReward, settings.beta * evidence.gain.rejected, weight: 1)
        }
        let means = seen.values
        return ((means[.chosenReward] ?? 0) + (means[.rejectedReward] ?? 0)) / 2
    }

    private func evidence(
        of pair: Pair, _ model: TargetNumbers, _ reference: TargetNumbers?
    ) -> PairLoss.Evidence {
        func sides(_ value: (Answer) -> Double) -> PairSides {
            PairSides(chosen: value(pair.chosen), rejected: value(pair.rejected))
        }
        var evidence = PairLoss.Evidence(
            model: sides { answer in
                answer.targets.enumerated().reduce(0) { sum, token in
                    sum + weight(ofToken: token.offset, of: answer)
                        * model.logProbabilities[token.element]
                }
            })
        if let reference {
            // All tokens of the reference count alike, as in LLaMA-Factory.
            evidence.reference = sides { answer in
                let sum = reference.logProbabilities[answer.targets].reduce(0, +)
                return settings.loss.isPerToken ? sum / Double(max(1, answer.targets.count)) : sum
            }
        }
        return evidence
    }

    /// The derivative of the summed loss by the log probability of each target.
    private func slopes(
        _ pairs: [Pair], _ model: TargetNumbers, _ reference: TargetNumbers?, _ past: Measures,
        count: Int
    ) -> [Double] {
        var slopes = [Double](repeating: 0, count: count)
        for (pair, (_, outcome)) in zip(pairs, judged(pairs, model, reference, past)) {
            let slope = outcome.slope
            let supervised = settings.supervisedWeight / Double(max(1, pair.chosen.targets.count))
            for (answer, slope, extra) in [
                (pair.chosen, slope.chosen, supervised), (pair.rejected, slope.rejected, 0),
            ] {
                for (index, target) in answer.targets.enumerated() {
                    slopes[target] = slope * weight(ofToken: index, of: answer) - extra
                }
            }
        }
        return slopes
    }
}

// MARK: - Rows

extension MetricKey {
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
                historyName: "rewards/accuracies", printed: "accuracy %.2f")
        ] + Metric.rewards + [
            // The two parts of ORPO's loss.
            Metric(.supervisedLoss, "Loss of chosen answers", label: "sft loss"),
            Metric(.oddsRatioLoss, "Odds ratio loss", label: "odds"),
        ]
    ) { PreferenceLoss($0.preference) }
}
