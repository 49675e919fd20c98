// The parts of a conversation's file: answers, stamps and scores to JSON and back. What does not fit
// is refused with its field.

import Kernel

extension ChatAnswer {
    var json: JSONValue {
        var object: JSONObject = ["text": .string(text)]
        if let stamp { object["by"] = stamp.json }
        if let figures {
            object["ending"] = .string(figures.ending.rawValue)
            object["tokens"] = .integer(figures.tokens)
            object["prompt_tokens"] = .integer(figures.promptTokens)
            object["reused_tokens"] = .integer(figures.reusedTokens)
            object["seconds_to_first"] = .number(figures.secondsToFirst)
            object["tokens_per_second"] = .number(figures.tokensPerSecond)
            object["context_limit"] = .integer(figures.contextLimit)
        }
        return .object(object)
    }
}

extension AnswerStamp {
    var json: JSONValue {
        var object: JSONObject = [
            "model": .string(model), "format": .string(format), "template": .string(template),
            "sampling": sampling.json,
        ]
        if let tuned {
            object["adapter"] = .string(tuned.name)
            object["kind"] = .string(tuned.kind)
            object["fingerprint"] = .string(tuned.fingerprint)
            if let step = tuned.step { object["step"] = .integer(step) }
        }
        return .object(object)
    }
}

extension ReferenceScore {
    var json: JSONValue {
        ["tokens": .integer(score.tokens), "nll": .number(score.total), "by": stamp.json]
    }
}

extension SamplingSettings {
    var json: JSONValue {
        [
            "greedy": .bool(isGreedy), "temperature": .number(temperature), "top_p": .number(topP),
            "top_k": .integer(topK), "min_p": .number(minP),
            "repetition_penalty": .number(repetitionPenalty),
            "max_new_tokens": .integer(maxNewTokens), "seed": .integer(Int(clamping: seed)),
        ]
    }
}

/// Takes typed values out of a conversation's file.
struct ChatReader {
    let source: String

    func fault(_ why: Sentence, _ field: String) -> KernelError {
        KernelError(
            .badData, "cannot read the conversation",
            at: field.isEmpty ? source : "\(source), \(field)", because: why)
    }

    func object(_ value: JSONValue, _ field: String) throws(KernelError) -> JSONObject {
        guard let object = value.object else {
            throw fault("expected an object, found \(value.kindName)", field)
        }
        return object
    }

    func list(_ value: JSONValue, _ field: String) throws(KernelError) -> [JSONValue] {
        guard let list = value.array else {
            throw fault("expected a list, found \(value.kindName)", field)
        }
        return list
    }

    /// A text; empty where there is none.
    func text(_ object: JSONObject, _ key: String, in place: String = "") throws(KernelError)
        -> String
    {
        guard let value = object[key], !value.isNull else { return "" }
        guard let text = value.string else {
            throw fault("expected a text, found \(value.kindName)", place + key)
        }
        return text
    }

    func sampling(_ value: JSONValue, _ place: String) throws(KernelError) -> SamplingSettings {
        let object = try object(value, place)
        var settings = SamplingSettings()
        settings.isGreedy = object["greedy"]?.bool ?? settings.isGreedy
        settings.temperature = object["temperature"]?.double ?? settings.temperature
        settings.topP = object["top_p"]?.double ?? settings.topP
        settings.topK = object["top_k"]?.integer ?? settings.topK
        settings.minP = object["min_p"]?.double ?? settings.minP
        settings.repetitionPenalty =
            object["repetition_penalty"]?.double ?? settings.repetitionPenalty
        settings.maxNewTokens = object["max_new_tokens"]?.integer ?? settings.maxNewTokens
        settings.seed = UInt64(max(0, object["seed"]?.integer ?? 0))
        if let issue = settings.issues().first {
            throw fault(issue.message, "\(place).\(issue.field)")
        }
        return settings
    }

    func turn(_ value: JSONValue, _ index: Int) throws(KernelError) -> ConversationTree.Turn {
        let place = "turns[\(index)]"
        let object = try object(value, place)
        var parent: Int?
        if let number = object["parent"], !number.isNull {
            guard let above = number.integer, (0..<index).contains(above) else {
                throw fault("expected the number of an earlier turn", place + ".parent")
            }
            parent = above
        }
        guard let question = object["question"]?.string else {
            throw fault("expected a text", place + ".question")
        }
        var turn = ConversationTree.Turn(
            parent: parent, question: question,
            system: try text(object, "system", in: place + "."),
            tools: try text(object, "tools", in: place + "."))
        turn.reference = try text(object, "reference", in: place + ".")
        for side in ChatSide.allCases {
            if let value = object["answer_" + side.key] {
                turn.answers[side] = try answer(value, "\(place).answer_\(side.key)")
            }
            if let value = object["score_" + side.key] {
                turn.scores[side] = .done(try score(value, "\(place).score_\(side.key)"))
            }
        }
        return turn
    }

    private func answer(_ value: JSONValue, _ place: String) throws(KernelError) -> ChatAnswer {
        let object = try object(value, place)
        var answer = ChatAnswer(text: try text(object, "text", in: place + "."))
        answer.standing = .stopped
        if let stamp = object["by"] { answer.stamp = try self.stamp(stamp, place + ".by") }
        if let word = object["ending"]?.string {
            guard let ending = GenerationResult.Ending(rawValue: word) else {
                throw fault("unknown ending", place + ".ending")
            }
            answer.standing = .finished(
                AnswerFigures(
                    ending: ending, tokens: count(object, "tokens"),
                    promptTokens: count(object, "prompt_tokens"),
                    reusedTokens: count(object, "reused_tokens"),
                    secondsToFirst: object["seconds_to_first"]?.double ?? 0,
                    tokensPerSecond: object["tokens_per_second"]?.double ?? 0,
                    contextLimit: count(object, "context_limit")))
        }
        return answer
    }

    private func stamp(_ value: JSONValue, _ place: String) throws(KernelError) -> AnswerStamp {
        let object = try object(value, place)
        var stamp = AnswerStamp(
            model: try text(object, "model", in: place + "."),
            format: try text(object, "format", in: place + "."),
            template: try text(object, "template", in: place + "."),
            sampling: try sampling(object["sampling"] ?? [:], place + ".sampling"))
        let name = try text(object, "adapter", in: place + ".")
        if !name.isEmpty {
            stamp.tuned = AnswerStamp.Tuned(
                name: name, kind: try text(object, "kind", in: place + "."),
                step: object["step"]?.integer,
                fingerprint: try text(object, "fingerprint", in: place + "."))
        }
        return stamp
    }

    private func score(_ value: JSONValue, _ place: String) throws(KernelError) -> ReferenceScore {
        let object = try object(value, place)
        guard let total = object["nll"]?.double, let by = object["by"] else {
            throw fault("expected nll and by", place)
        }
        return ReferenceScore(
            score: AnswerScore(tokens: count(object, "tokens"), total: total),
            stamp: try stamp(by, place + ".by"))
    }

    /// A count that is shown only; a value that is no count becomes 0.
    private func count(_ object: JSONObject, _ key: String) -> Int {
        // The largest count whose sums of two and tenfolds do not overflow.
        min(max(0, object[key]?.integer ?? 0), 1 << 40)
    }
}
