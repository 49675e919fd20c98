// The first objective: the next token of texts and answers. Supervised fine-tuning and pre-training differ only in
// what of a record is labelled, which the data decide; answers may weigh each token by how it is predicted.

import Foundation

/// Settings of the loss of a token.
public struct TokenLossSettings: Sendable, Equatable, Codable {
    /// How much of the target is spread over the vocabulary (`label_smoothing_factor`, 0).
    public var labelSmoothing = 0.0
    /// Whether a token weighs its own probability (`use_dft_loss`; Wu et al. 2025, dynamic fine-tuning, arXiv 2508.05629).
    public var weighsByProbability = false
    /// Whether a token weighs the entropy of its prediction (`use_eaft_loss`, entropy-adaptive fine-tuning).
    public var weighsByEntropy = false
    /// The power of that entropy (`eaft_alpha`, 1).
    public var entropyPower = 1.0
    /// Whether a token weighs its own probability and the model stays near the one before training (`use_asft_loss`;
    /// anchored supervised fine-tuning, arXiv 2509.23753).
    public var isAnchored = false
    /// How much the KL divergence from that model counts (`asft_alpha`, 0.1).
    public var anchorWeight = 0.1

    public init() {}

    /// KL(before ‖ now) of each token, where it counts.
    var divergence: DivergenceTerm? {
        isAnchored ? DivergenceTerm(weight: Float(anchorWeight)) : nil
    }

    /// What a token's loss is multiplied with: p of its label, or (H / 3)^α with H the entropy in nats of the
    /// prediction's 20 likeliest tokens, as LLaMA-Factory scales it; nil for one.
    var weight: ((CrossEntropy.Row) -> Double)? {
        if weighsByProbability || isAnchored { return { exp(-$0.loss) } }
        guard weighsByEntropy else { return nil }
        let power = entropyPower
        return { pow($0.topEntropy / 3, power) }
    }
}

/// The mean loss of the trained tokens of a step.
public struct TokenLoss: Objective {
    private let settings: TokenLossSettings

    public init(_ settings: TokenLossSettings = TokenLossSettings()) { self.settings = settings }

    public var usesReference: Bool { settings.isAnchored }

    public var comparesDistributions: Bool { settings.isAnchored }

    public var hasPerplexity: Bool { settings.labelSmoothing == 0 && settings.weight == nil }

    public func weight(of batch: PackedBatch) -> Int { batch.targets.count }

    public func measure(_ batch: PackedBatch, on model: ObjectiveModel) -> Measures {
        var measures = Measures()
        let sums = model.tokenLoss(
            batch, smoothing: Float(settings.labelSmoothing),
            extras: settings.weighsByEntropy ? .topEntropy : [],
            divergence: settings.divergence, weight: settings.weight)
        let count = batch.targets.count
        measures.add(.loss, sums.loss, weight: count)
        if settings.isAnchored {
            measures.add(.loss, settings.anchorWeight * sums.divergence, weight: 0)
            measures.add(.divergence, sums.divergence, weight: count)
        }
        return measures
    }
}

extension TrainingStage {
    /// Pre-training: every token of plain text.
    public static let pretraining = TrainingStage(
        "pt", help: "plain text", data: .pretraining
    ) { TokenLoss($0.tokenLoss) }

    /// Supervised fine-tuning: the answers of conversations.
    public static let supervised = TrainingStage(
        "sft", help: "chats", data: .supervised, metrics: [.divergence]
    ) { TokenLoss($0.tokenLoss) }
}
