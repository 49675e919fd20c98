// A record as a question: the ids to answer from, and the answer that the record has. Cut as
// LLaMA-Factory cuts them for generation. It generates nothing.

/// What a model is asked, and what it should say.
struct EvaluationQuestion: Sendable, Equatable {
    /// The whole conversation up to the last answer.
    let prompt: [Int32]
    /// The last answer with its end.
    let label: [Int32]
}

extension ExampleEncoder {
    /// The question of a conversation: what comes before the last answer.
    func question(of example: Example) throws(RecordFault) -> EvaluationQuestion {
        guard case .chat(let conversation) = example else {
            throw RecordFault(.unsupported, "only conversations ask something")
        }
        let turns = try turns(of: conversation)
        guard let last = turns.last else { throw RecordFault(.nothingToTrain, "there is no turn") }
        let before = turns.dropLast().flatMap { $0.prompt + $0.response }
        let prompt = before + last.prompt
        let kept = Encoding.keptLengths(
            prompt: prompt.count, response: last.response.count, cutoff: options.cutoffLength)
        return EvaluationQuestion(
            prompt: Array(prompt.prefix(kept.prompt)),
            label: Array(last.response.prefix(kept.response)))
    }
}
