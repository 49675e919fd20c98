// A prompt with two answers as one item of two sequences: the preferred one, then the rejected one. Both have the
// same prompt, cut in the same way, as LLaMA-Factory cuts it.

extension Encoding {
    /// Encodes a pair from its two turns, which share their prompt; each answer is trained, the prompt never.
    ///
    /// The longer answer decides how much of the prompt is kept.
    public static func pair(
        chosen: TurnTokens, rejected: TurnTokens, cutoff: Int
    ) -> EncodedConversation {
        let kept = keptLengths(
            prompt: chosen.prompt.count,
            response: max(chosen.response.count, rejected.response.count), cutoff: cutoff)
        let other = TurnTokens(prompt: chosen.prompt, response: rejected.response)
        return item(.pair, of: [chosen, other]) { turn in
            (kept.prompt, min(kept.response, turn.response.count))
        }
    }

    /// Turns as the sequences of one item, of each of which so much is kept: answers are trained, prompts never.
    static func item(
        _ arrangement: EncodedExample.Arrangement, of turns: [TurnTokens],
        keeping lengths: (TurnTokens) -> (prompt: Int, response: Int)
    ) -> EncodedConversation {
        let kept = turns.map(lengths)
        let sequences = zip(turns, kept).map { turn, kept in
            let (prompt, response) = (
                turn.prompt.prefix(kept.prompt), turn.response.prefix(kept.response)
            )
            return EncodedExample(
                ids: Array(prompt + response),
                labels: prompt.map { _ in EncodedExample.ignoredLabel } + response)
        }
        return EncodedConversation(
            example: EncodedExample(joining: sequences, as: arrangement),
            turns: zip(turns, kept).map { turn, kept in
                TurnTruncation(
                    promptCount: turn.prompt.count, promptKept: kept.prompt,
                    responseCount: turn.response.count, responseKept: kept.response)
            })
    }
}

extension ExampleEncoder {
    /// The ids of a pair, uncut: the preferred answer and the rejected one behind the same prompt.
    public func turns(of pair: PairExample) throws(RecordFault) -> [TurnTokens] {
        guard pair.chosen.isTrained, pair.rejected.isTrained else {
            throw RecordFault(
                .nothingToTrain, "an answer of the pair is marked as not to be trained")
        }
        func whole(_ answer: ChatMessage) throws(RecordFault) -> TurnTokens {
            try answerTurn(
                of: ChatExample(
                    system: pair.system, tools: pair.tools, messages: pair.prompt + [answer]))
        }
        return [try whole(pair.chosen), try whole(pair.rejected)]
    }

    /// A conversation as one turn: its last answer, and all that stands before it as the prompt.
    func answerTurn(of conversation: ChatExample) throws(RecordFault) -> TurnTokens {
        var turns = try turns(of: conversation)
        guard var last = turns.popLast() else {
            throw RecordFault(.messageCount, "there is no prompt")
        }
        last.prompt = turns.flatMap { $0.prompt + $0.response } + last.prompt
        last.response += [rules.efficientEOS].compactMap(\.self)
        return last
    }
}
