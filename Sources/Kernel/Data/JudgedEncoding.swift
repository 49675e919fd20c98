// A prompt with an answer that is marked good or bad, as one item of two sequences: the answer, and behind it the
// answer to another prompt, from which KTO estimates how far the model has moved. Both as LLaMA-Factory has them.

extension Encoding {
    /// Encodes a judged answer from its turn and that of the answer to another prompt, if there is one.
    public static func judged(
        _ answer: TurnTokens, isGood: Bool, mismatched: TurnTokens?, cutoff: Int
    ) -> EncodedConversation {
        let turns = [answer] + [mismatched].compactMap(\.self)
        return item(isGood ? .desirable : .undesirable, of: turns) { turn in
            keptLengths(prompt: turn.prompt.count, response: turn.response.count, cutoff: cutoff)
        }
    }
}

extension ExampleEncoder {
    /// The ids of a judged answer, uncut, and behind it those of the answer to another prompt.
    public func turns(of example: JudgedExample) throws(RecordFault) -> [TurnTokens] {
        guard example.answer.isTrained else {
            throw RecordFault(.nothingToTrain, "the answer is marked as not to be trained")
        }
        var turns: [TurnTokens] = []
        for answer in [example.answer, example.mismatched].compactMap(\.self) {
            turns.append(
                try answerTurn(
                    of: ChatExample(
                        system: example.system, tools: example.tools,
                        messages: example.prompt + [answer])))
        }
        return turns
    }
}

extension JudgedExample {
    /// Gives each judged answer of a set the answer before it as the one to another prompt; the first of a group takes
    /// the last one's. The groups are those in which LLaMA-Factory reads records.
    static func mismatching(_ sources: [SourcedExample]) -> [SourcedExample] {
        var sources = sources
        for group in BatchPlan.chunks(count: sources.count, size: Packing.groupSize) {
            let answers = group.map { place -> ChatMessage? in
                guard case .judged(let judged) = sources[place].example else { return nil }
                return judged.answer
            }
            for (index, place) in group.enumerated() {
                guard case .judged(var judged) = sources[place].example else { continue }
                judged.mismatched = answers[index == 0 ? answers.count - 1 : index - 1]
                sources[place].example = .judged(judged)
            }
        }
        return sources
    }
}
