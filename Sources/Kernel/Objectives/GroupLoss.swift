// Group relative policy optimization as an objective: answers to a prompt that were worth more than the others' mean become
// likelier, the others less likely (Shao et al. 2024, arXiv 2402.03300). Items are answers with their advantages.

import Foundation

/// The clipped policy loss of a step's answers, with a penalty for leaving the reference.
public struct GroupLoss: Objective {
    private let settings: GroupSettings
    /// The most tokens of an answer.
    private let newTokensMax: Int

    public init(_ settings: GroupSettings, newTokensMax: Int) {
        (self.settings, self.newTokensMax) = (settings, newTokensMax)
    }

    public var usesReference: Bool { settings.beta > 0 }

    public func weight(of batch: PackedBatch) -> Int {
        switch settings.averaging {
        case .grpo: batch.sampleRanges.count
        case .dapo: batch.targets.count
        case .drGRPO: batch.sampleRanges.count * newTokensMax
        }
    }

    public func measure(_ batch: PackedBatch, on model: ObjectiveModel) -> Measures {
        precondition(
            batch.advantages.count == batch.sampleRanges.count, "answers without advantage")
        let reference = usesReference ? model.referenceLogProbabilities(batch) : nil
        let found = model.logProbabilities(batch) { numbers in
            judged(batch, numbers.logProbabilities, reference).slopes
        }
        let sums = judged(batch, found.logProbabilities, reference)
        var measures = Measures()
        measures.add(.loss, sums.loss, weight: weight(of: batch))
        measures.add(.clippedShare, Double(sums.clipped), weight: batch.targets.count)
        if reference != nil {
            measures.add(.divergence, sums.divergence, weight: batch.targets.count)
        }
        return measures
    }

    /// Sums over the tokens of a batch.
    private struct Judged {
        var loss = 0.0
        /// The derivative of the loss by the log probability of each target.
        var slopes: [Double]
        var divergence = 0.0
        /// Tokens whose ratio is beyond what counts.
        var clipped = 0
    }

    private func judged(
        _ batch: PackedBatch, _ now: [Double], _ reference: TargetNumbers?
    ) -> Judged {
        var judged = Judged(slopes: [Double](repeating: 0, count: now.count))
        for (targets, advantage) in zip(batch.targetRanges, batch.advantages) {
            let count = Double(max(1, targets.count))
            let share = settings.averaging == .grpo ? 1 / count : 1
            // Answers that were just drawn are as likely as they were.
            let gains = targets.map { target in
                batch.earlierLogProbabilities.isEmpty
                    ? 0 : now[target] - batch.earlierLogProbabilities[target]
            }
            let mean = gains.reduce(0, +) / count
            for (place, target) in targets.enumerated() {
                let ratio = exp(settings.level == .token ? gains[place] : mean)
                let (loss, slope) = clipped(ratio, advantage)
                judged.loss += share * loss
                if slope == 0, advantage != 0 { judged.clipped += 1 }
                if settings.level == .token {
                    judged.slopes[target] += share * slope * ratio
                } else {
                    // The ratio is of all tokens of the answer.
                    let each = share * slope * ratio / count
                    for other in targets { judged.slopes[other] += each }
                }
                guard let reference else { continue }
                // exp(ρ − π) − (ρ − π) − 1, an estimate of the divergence that is never negative.
                let gap = reference.logProbabilities[target] - now[target]
                let divergence = exp(gap) - gap - 1
                judged.divergence += divergence
                judged.loss += share * settings.beta * divergence
                judged.slopes[target] += share * settings.beta * (1 - exp(gap))
            }
        }
        return judged
    }

    /// −min(r A, clip(r) A) and its derivative by r.
    private func clipped(_ ratio: Double, _ advantage: Double) -> (loss: Double, slope: Double) {
        let high = 1 + (settings.epsilonHigh ?? settings.epsilon)
        let bounded = min(max(ratio, 1 - settings.epsilon), high)
        let (plain, cut) = (ratio * advantage, bounded * advantage)
        return plain <= cut ? (-plain, -advantage) : (-cut, 0)
    }
}

// MARK: - Rows

extension MetricKey {
    /// The share of tokens that the clipping leaves without effect.
    static let clippedShare: MetricKey = "clip_ratio"
    static let reward: MetricKey = "reward"
    static let rewardSpread: MetricKey = "reward_std"
    static let answerLength: MetricKey = "completions/mean_length"
    static let cutShare: MetricKey = "completions/clipped_ratio"
}

extension TrainingStage {
    /// Group relative policy optimization: prompts, answered by the model itself.
    public static let groupPolicy = TrainingStage(
        "grpo", help: "prompts, whose answers rules judge", data: .supervised,
        metrics: [
            Metric(.reward, "Reward of answers", label: "reward", printed: "reward %.3f"),
            Metric(.rewardSpread, "Spread of rewards in a group", label: "spread"),
            .divergence,
            Metric(.answerLength, "Tokens of an answer", label: "length", printed: "length %.0f"),
            Metric(.cutShare, "Share of answers that were cut", label: "cut"),
            Metric(
                .clippedShare, "Share of tokens that clipping stops", label: "clipped",
                isPlotted: false),
        ]
            + RewardKind.all.map {
                Metric($0.metric, "Reward by rule \($0.name)", label: $0.name)
            }, draws: true
    ) { GroupLoss($0.group, newTokensMax: $0.rollout.newTokensMax) }
}
