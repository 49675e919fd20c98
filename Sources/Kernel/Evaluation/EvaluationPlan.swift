// What an evaluation does: on which records, whether answers are generated, where results go. And what
// it tells while it goes. Values only.

import Foundation

/// Everything that an evaluation needs besides the model.
public struct EvaluationPlan: Sendable, Equatable {
    /// The data sets; evaluation sets are taken whole, of training sets the held-out part.
    public var selection: DatasetSelection
    /// How records become ids; its seed draws the held-out part.
    public var options = EncodingOptions()
    /// At most so many records, the first ones; nil takes all.
    public var recordsMax: Int?
    /// Records in one batch of the loss; answers are generated one by one.
    public var batchSize = 2
    /// How answers are generated; nil measures the loss alone.
    public var prediction: SamplingSettings?
    /// Where the results are written; nil writes none.
    public var folder: String?

    /// An evaluation of the loss alone.
    public init(_ selection: DatasetSelection) { self.selection = selection }

    /// Everything that cannot be, each with the field's name.
    public func issues() -> [(field: String, message: Sentence)] {
        var all: [(field: String, message: Sentence)] = prediction?.issues() ?? []
        if batchSize < 1 { all.append(("batch_size", "must be at least 1")) }
        if let recordsMax, recordsMax < 1 { all.append(("limit", "must be at least 1")) }
        if prediction != nil, options.objective != .supervised {
            all.append(("predict", "goes with questions and answers only"))
        }
        return all
    }
}

/// One generated answer beside the one that the record has.
public struct Prediction: Sendable, Equatable {
    /// What the model read, special tokens included.
    public var prompt: String
    /// What it answered.
    public var answer: String
    /// What the record answers.
    public var label: String
    /// How near the two are.
    public var scores: TextScores
    /// Tokens of the answer.
    public var newTokens: Int
    /// Why the answer ended.
    public var ending: GenerationResult.Ending

    public init(
        prompt: String, answer: String, label: String, newTokens: Int = 0,
        ending: GenerationResult.Ending = .stopToken
    ) {
        (self.prompt, self.answer, self.label) = (prompt, answer, label)
        (self.newTokens, self.ending) = (newTokens, ending)
        scores = TextScores(prediction: answer, reference: label)
    }
}

/// What an evaluation says while it goes.
public enum EvaluationEvent: Sendable, Equatable {
    /// Work before the first record: "Encoding the data".
    case preparing(Sentence)
    case notice(Sentence)
    /// Records of which the loss is known.
    case lossProgress(done: Int, total: Int)
    case measured(EvaluationRecord)
    /// One more answer, and how many there are and will be.
    case predicted(Prediction, done: Int, total: Int)
}

/// What came of an evaluation.
public struct EvaluationReport: Sendable, Equatable {
    /// The loss; nil when the user stopped before it was known.
    public var loss: EvaluationRecord?
    /// Records that were evaluated.
    public var records = 0
    /// Tokens of these records.
    public var tokens = 0
    /// The mean over all answers so far; nil without any.
    public var scores: TextScores?
    /// Answers that were generated.
    public var predictions = 0
    /// Tokens of all answers, and how long they took.
    public var newTokens = 0
    public var predictSeconds = 0.0
    /// Whether the user stopped it: the means are those of a part.
    public var wasStopped = false
    /// Whether ROUGE counted Chinese characters as words, which jieba does not.
    public var countsCharacters = false
    /// Where the results are; nil without.
    public var folder: String?

    /// A report on nothing yet.
    public init() {}

    /// e to the loss.
    public var perplexity: Double? { loss.map { exp($0.loss) } }
    /// Tokens of records a second while the loss was measured.
    public var tokensPerSecond: Double? {
        loss.flatMap { $0.seconds > 0 && tokens > 0 ? Double(tokens) / $0.seconds : nil }
    }
    /// Tokens of answers a second, prompts included in the time.
    public var newTokensPerSecond: Double? {
        predictSeconds > 0 ? Double(newTokens) / predictSeconds : nil
    }
}
