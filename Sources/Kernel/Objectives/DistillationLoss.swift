// Distillation as an objective: each token of the answers is predicted as a larger model, the teacher, predicts it
// (Hinton et al. 2015, arXiv 1503.02531; with other divergences Agarwal et al. 2024, GKD, arXiv 2306.13649). The teacher is
// the plan's `ref_model`.

/// Settings of distillation.
public struct DistillationSettings: Sendable, Equatable, Codable {
    /// How much the divergence from the teacher counts; the rest is the loss of the data's own tokens (`distill_weight`, 1).
    public var weight = 1.0
    /// Which divergence: 0 is KL(teacher ‖ student), 1 is KL(student ‖ teacher), between them that of Jensen and Shannon,
    /// generalised (`distill_beta`, 0).
    public var interpolation = 0.0
    /// What logits are divided by before they are compared (`distill_temperature`, 1).
    public var temperature = 1.0

    public init() {}

    var term: DivergenceTerm {
        DivergenceTerm(
            interpolation: Float(interpolation), temperature: Float(temperature),
            weight: Float(weight))
    }
}

/// The mean over a step's tokens of (1 − w) · −log p + w · T² · the divergence from the teacher.
public struct DistillationLoss: Objective {
    private let settings: DistillationSettings

    public init(_ settings: DistillationSettings) { self.settings = settings }

    public var usesReference: Bool { true }

    public var comparesDistributions: Bool { true }

    public func weight(of batch: PackedBatch) -> Int { batch.targets.count }

    public func measure(_ batch: PackedBatch, on model: ObjectiveModel) -> Measures {
        let own = 1 - settings.weight
        let sums = model.tokenLoss(batch, divergence: settings.term, weight: { _ in own })
        var measures = Measures()
        let count = batch.targets.count
        measures.add(.loss, sums.loss + settings.weight * sums.divergence, weight: count)
        measures.add(.divergence, sums.divergence, weight: count)
        measures.add(.tokenLoss, sums.plain, weight: count)
        return measures
    }
}

// MARK: - Rows

extension MetricKey {
    /// The mean −log p of the data's own tokens, where it is not the loss.
    static let tokenLoss: MetricKey = "token_loss"
}

extension TrainingStage {
    /// Distillation: the answers of conversations, as a teacher predicts them.
    public static let distillation = TrainingStage(
        "distill", help: "chats, as another model predicts them", data: .supervised,
        metrics: [
            .divergence,
            Metric(
                .tokenLoss, "Loss of the data's tokens", label: "tokens", printed: "tokens %.4f"),
        ]
    ) { DistillationLoss($0.distillation) }
}
