// An answer as it is kept: its text, which model gave it, how it ended and what it took. Numbers come from
// the engine. It draws nothing.

import Kernel

/// What an answer took and how it ended, as the engine measured it.
struct AnswerFigures: Equatable, Sendable {
    var ending: GenerationResult.Ending
    /// New tokens.
    var tokens: Int
    var promptTokens: Int
    /// Prompt tokens that the cache still held.
    var reusedTokens: Int
    var secondsToFirst: Double
    var tokensPerSecond: Double
    /// Most tokens that prompt and answer may have together.
    var contextLimit: Int

    /// Tokens of prompt and answer.
    var contextTokens: Int { promptTokens + tokens }
}

extension AnswerFigures {
    init(_ result: GenerationResult, contextLimit: Int) {
        self.init(
            ending: result.ending, tokens: result.ids.count, promptTokens: result.promptTokens,
            reusedTokens: result.reusedTokens, secondsToFirst: result.prefillSeconds,
            tokensPerSecond: result.tokensPerSecond, contextLimit: contextLimit)
    }
}

/// An answer under way or done.
struct ChatAnswer: Equatable, Sendable {
    /// The state of an answer.
    enum Standing: Equatable, Sendable {
        /// Asked, with what the engine does before the first word.
        case waiting(Sentence)
        case streaming
        case finished(AnswerFigures)
        /// Stopped before the engine began.
        case stopped
        case failed(KernelError)
    }

    var text = ""
    /// The model that answers, as the engine reports it.
    var stamp: AnswerStamp?
    var standing: Standing = .waiting("")
    /// What was odd about model and adapter when they were opened for this answer.
    var notes: [Sentence] = []

    /// Whether more may come.
    var isOpen: Bool {
        switch standing {
        case .waiting, .streaming: true
        case .finished, .stopped, .failed: false
        }
    }

    /// What it took; nil while it is open and when it failed.
    var figures: AnswerFigures? {
        if case .finished(let figures) = standing { figures } else { nil }
    }

    /// Whether it ended before the model itself ended it.
    var isCut: Bool {
        switch standing {
        case .finished(let figures): ![.stopToken, .stopText].contains(figures.ending)
        case .waiting, .streaming, .stopped, .failed: true
        }
    }

    /// Whether it has no text that a conversation could go on from.
    var isVoid: Bool {
        guard !isOpen, text.isEmpty else { return false }
        // The model's own empty answer is one.
        if let figures { return figures.ending == .cancelled }
        return true
    }
}

/// How likely the weights of a stamp find a reference answer.
struct ReferenceScore: Equatable, Sendable {
    var score: AnswerScore
    var stamp: AnswerStamp
}

/// How the scoring of a reference answer stands.
enum ScoreStanding: Equatable, Sendable {
    case waiting
    case done(ReferenceScore)
    case failed(KernelError)
}
