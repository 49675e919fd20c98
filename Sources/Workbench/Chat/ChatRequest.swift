// What the interface asks of a model and what comes back: values that cross to the engine's queue.
// Every event carries the number of its request, so that those of a forgotten one are recognised.

import Kernel

/// One question to a model: the whole conversation so far, the new user message last.
struct ChatRequest: Equatable, Sendable {
    /// Which weights answer.
    enum Source: Equatable, Sendable {
        case base
        case adapter(path: String)
        /// The newest weights of the run that trains in this process.
        case currentRun
    }

    /// What is wanted.
    enum Purpose: Equatable, Sendable {
        case answer
        /// How likely this answer is.
        case score(reference: String)
    }

    /// Counts up; events carry it.
    var id: Int
    var modelPath: String
    var template: String?
    var source: Source
    var messages: [ChatLine]
    /// A JSON list of functions for the model's own template; empty for none.
    var tools = ""
    var sampling: SamplingSettings
    var purpose: Purpose = .answer
}

/// One message of a conversation.
struct ChatLine: Equatable, Sendable {
    enum Speaker: String, Sendable { case system, user, assistant }
    var speaker: Speaker
    var text: String
}

/// What the engine reports of one request.
enum ChatEvent: Equatable, Sendable {
    /// "Reading SmolLM2…"
    case preparing(Sentence)
    /// What is odd about the model or the adapter that was opened, each reported once.
    case noted(Sentence)
    /// The model that answers, as the engine knows it.
    case answering(AnswerStamp)
    case text(String)
    case finished(AnswerFigures)
    /// Cancelled before there was anything to report.
    case stopped
    case scored(ReferenceScore)
    case failed(KernelError)
}
