// From messages to the ids that a model reads, by the built-in template or, with tools, by the
// model's own; and the score of a reference answer behind them.

import Kernel

extension Engine {
    /// The ids up to where the answer begins.
    func promptIDs(
        _ messages: [ChatMessage], tools: [JSONValue] = []
    ) throws(KernelError) -> [Int32] {
        guard tools.isEmpty else {
            let template = try toolTemplate()
            return try template.encode(messages, addsPrompt: true, tools: .array(tools))
                .map { Int32($0) }
        }
        let (system, turns) = Self.parted(messages)
        return try prepared.chat.encodePrompt(turns, system: system).map { Int32($0) }
    }

    /// How likely the model finds an answer to the last message, with the tokens that would end it: the
    /// loss of a training on this record. Nil when cancelled.
    func score(
        _ answer: String, to messages: [ChatMessage], tools: [JSONValue] = [],
        isCancelled: () -> Bool
    ) throws(KernelError) -> AnswerScore? {
        let prompt = try promptIDs(messages, tools: tools)
        let ids = try answerIDs(answer, messages, tools, prompt)
        guard !ids.isEmpty else {
            throw KernelError(.usage, "there is nothing to score", because: "no token is asked for")
        }
        let limit = prepared.folder.config.maximumPositions
        guard prompt.count + ids.count <= limit else {
            throw KernelError(
                .usage, Generator.contextIsFull,
                because: "\(prompt.count + ids.count) tokens of at most \(limit)",
                hint: "Give a shorter reference, or start a new conversation.")
        }
        let score = AnswerScore.measure(
            ids, behind: prompt, model.decoder, isCancelled: isCancelled)
        try prepared.folder.checkUnchanged()
        return score
    }

    private func answerIDs(
        _ answer: String, _ messages: [ChatMessage], _ tools: [JSONValue], _ prompt: [Int32]
    ) throws(KernelError) -> [Int32] {
        let all = messages + [ChatMessage(.assistant, answer)]
        guard tools.isEmpty else {
            let whole = try toolTemplate().encode(all, addsPrompt: false, tools: .array(tools))
                .map { Int32($0) }
            guard whole.starts(with: prompt) else {
                throw KernelError(
                    .badData, "the reference cannot be scored with tools",
                    because: "the model's template writes another prompt in front of it",
                    hint: "Take the tools away and score again.")
            }
            return Array(whole[prompt.count...])
        }
        let (system, turns) = Self.parted(all)
        return try prepared.chat.encodeTurns(turns, system: system).last?.response
            .map { Int32($0) } ?? []
    }

    private func toolTemplate() throws(KernelError) -> ModelChatTemplate {
        guard let source = prepared.modelTemplate, ModelChatTemplate.readsTools(source) else {
            throw KernelError(
                .usage, "the model's template knows no tools",
                hint: "Take the tools away, or choose a model that was made for them.")
        }
        return try ModelChatTemplate(source, prepared.tokenizer, date: .today)
    }

    private static func parted(_ messages: [ChatMessage]) -> (String?, [ChatMessage]) {
        guard let first = messages.first, first.role == .system else { return (nil, messages) }
        return (first.content, Array(messages.dropFirst()))
    }
}
