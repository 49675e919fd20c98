// What stages measure that compare answers with a reference: rewards, log probabilities and logits of the good and the
// bad ones.

extension MetricKey {
    static let divergence: MetricKey = "kl"
    static let chosenReward: MetricKey = "rewards/chosen"
    static let rejectedReward: MetricKey = "rewards/rejected"
    static let rewardMargin: MetricKey = "rewards/margins"
    static let chosenLogProbability: MetricKey = "logps/chosen"
    static let rejectedLogProbability: MetricKey = "logps/rejected"
    static let chosenLogits: MetricKey = "logits/chosen"
    static let rejectedLogits: MetricKey = "logits/rejected"
}

extension Metric {
    /// How far predictions are from those of the reference.
    static let divergence = Metric(
        .divergence, "Divergence from the reference", label: "KL", printed: "kl %.3f")

    /// The rows of both kinds of answers.
    static let rewards: [Metric] = [
        // Rewards are β times the gain of an answer's log probability over the reference.
        Metric(.rewardMargin, "Reward margin", label: "margin", printed: "margin %.3f"),
        Metric(.chosenReward, "Reward of chosen answers", label: "chosen"),
        Metric(.rejectedReward, "Reward of rejected answers", label: "rejected"),
        Metric(.chosenLogProbability, "Log probability of chosen answers", label: "logp+"),
        Metric(.rejectedLogProbability, "Log probability of rejected answers", label: "logp-"),
        Metric(.chosenLogits, "Mean logit of chosen answers", label: "logits+", isPlotted: false),
        Metric(
            .rejectedLogits, "Mean logit of rejected answers", label: "logits-",
            isPlotted: false),
    ]
}
