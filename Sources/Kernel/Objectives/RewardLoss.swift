// The reward model's objective: of two answers to a prompt the preferred one gets the higher score (Ouyang et al. 2022,
// arXiv 2203.02155). Items are pairs, one sequence behind the other; a score is that of a sequence's last token.

/// The mean of −log σ(score of the chosen answer − score of the rejected one).
public struct RewardLoss: Objective {
    public init() {}

    public func weight(of batch: PackedBatch) -> Int { batch.sampleRanges.count / 2 }

    public func measure(_ batch: PackedBatch, on model: ObjectiveModel) -> Measures {
        let scores = model.scores(batch) { scores in
            Self.pairs(scores).flatMap { pair in
                // The derivative of −log σ(m) is −σ(−m).
                let slope = -Logistic.sigmoid(-pair.margin)
                return [slope, -slope]
            }
        }
        var measures = Measures()
        for pair in Self.pairs(scores) {
            func add(_ key: MetricKey, _ value: Double) { measures.add(key, value, weight: 1) }
            add(.loss, Logistic.softplus(-pair.margin))
            add(.rankingAccuracy, pair.margin > 0 ? 1 : 0)
            add(.chosenScore, pair.chosen)
            add(.rejectedScore, pair.rejected)
            add(.scoreMargin, pair.margin)
        }
        return measures
    }

    /// The scores of each pair.
    static func pairs(_ scores: [Double]) -> [PairSides] {
        stride(from: 0, to: scores.count - 1, by: 2).map {
            PairSides(chosen: scores[$0], rejected: scores[$0 + 1])
        }
    }
}

// MARK: - Rows

extension MetricKey {
    /// The share of pairs whose preferred answer has the higher score.
    static let rankingAccuracy: MetricKey = "ranking_accuracy"
    static let chosenScore: MetricKey = "scores/chosen"
    static let rejectedScore: MetricKey = "scores/rejected"
    static let scoreMargin: MetricKey = "scores/margins"
}

extension TrainingStage {
    /// Reward modelling: pairs of answers, scored by a value head.
    public static let rewardModel = TrainingStage(
        "rm", help: "pairs of answers, for a model that scores", data: .preference,
        metrics: [
            Metric(
                .rankingAccuracy, "Ranking accuracy", label: "accuracy", historyName: "accuracy",
                printed: "accuracy %.2f"),
            Metric(.scoreMargin, "Score margin", label: "margin", printed: "margin %.3f"),
            Metric(.chosenScore, "Score of chosen answers", label: "chosen"),
            Metric(.rejectedScore, "Score of rejected answers", label: "rejected"),
        ], hasValueHead: true
    ) { _ in RewardLoss() }
}
