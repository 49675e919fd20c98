// The first objective: the next token of texts and answers. Supervised fine-tuning and pre-training differ only in
// what of a record is labelled, which the data decide.

/// The mean of −log p over the trained tokens of a step.
public struct TokenLoss: Objective {
    public init() {}

    public func weight(of batch: PackedBatch) -> Int { batch.targets.count }

    public func measure(_ batch: PackedBatch, on model: ObjectiveModel) -> Measures {
        var measures = Measures()
        measures.add(.loss, model.tokenLoss(batch), weight: batch.targets.count)
        return measures
    }
}

extension TrainingStage {
    /// Pre-training: every token of plain text.
    public static let pretraining = TrainingStage(
        "pt", help: "plain text", data: .pretraining
    ) { _ in TokenLoss() }

    /// Supervised fine-tuning: the answers of conversations.
    public static let supervised = TrainingStage(
        "sft", help: "chats", data: .supervised
    ) { _ in TokenLoss() }
}
