// How likely a model finds a given answer to a prompt: the mean negative log likelihood of its
// tokens, as a training on it would measure. Long prompts are run in parts, so that it can be stopped.

import Foundation

/// The likelihood of an answer that was not made by the model.
public struct AnswerScore: Sendable, Equatable {
    /// Tokens of the answer, with those that end it.
    public let tokens: Int
    /// Σ −log p over them, in nats.
    public let total: Double

    /// A measured score.
    public init(tokens: Int, total: Double) { (self.tokens, self.total) = (tokens, total) }

    /// The negative log likelihood of a token on average.
    public var mean: Double { tokens > 0 ? total / Double(tokens) : 0 }
    /// Among how many equally likely tokens the model would waver on average.
    public var perplexity: Double { exp(mean) }

    /// Measures `answer` behind `prompt`, both not empty, in fp32 and with a cache of its own; nil when
    /// it was cancelled. `partRows` tokens are run at once.
    public static func measure(
        _ answer: [Int32], behind prompt: [Int32], _ decoder: Decoder, usesAdapter: Bool = true,
        partRows: Int = 256, isCancelled: () -> Bool = { false }
    ) -> AnswerScore? {
        precondition(!prompt.isEmpty && !answer.isEmpty, "an empty prompt or answer has no score")
        let all = prompt + answer
        // The last token predicts nothing that is asked for.
        let inputs = all.dropLast()
        let cache = decoder.makeCache(capacity: inputs.count)
        var total = 0.0
        for start in stride(from: 0, to: inputs.count, by: partRows) {
            if isCancelled() { return nil }
            let part = start..<min(inputs.count, start + partRows)
            let stream = decoder.advanceStream(
                Array(inputs[part]), cache, usesAdapter: usesAdapter, backend: decoder.backend)
            let asked = part.filter { $0 >= prompt.count - 1 }
            total += decoder.loss(
                stream, rows: asked.map { $0 - start }, targets: asked.map { all[$0 + 1] })
        }
        return AnswerScore(tokens: answer.count, total: total)
    }
}
