// What the interface knows of data: the sets of a folder, the report over the chosen ones, and one
// record as the model sees it. Services/ fills these from the kernel; nothing here reads a file.

import Kernel

/// One data set that `dataset_info.json` defines.
struct DatasetSummary: Equatable, Sendable {
    /// The name plans use.
    var name: String
    /// The file or the folder it is read from.
    var source: String
    /// How records are written: "alpaca", "sharegpt", "text".
    var format: String
    /// Bytes on disk; nil when they were not looked up.
    var bytes: Int?
    /// Why it cannot be used: "the file does not exist"; nil when it can.
    var problem: Sentence?
}

/// What encoding the chosen data sets found.
struct DataReport: Equatable, Sendable {
    /// Records that were left out for one reason.
    struct Skipped: Equatable, Sendable {
        /// Why: "empty answer".
        var reason: Sentence
        /// How many.
        var count: Int
    }

    /// A record that the user should look at.
    struct Finding: Equatable, Sendable {
        /// The remark about it.
        enum Kind: String, CaseIterable, Equatable, Sendable {
            case invalid, cut, empty, repeated
        }

        var kind: Kind
        /// Its number among all records of the chosen sets; nil when it is in none of them.
        var index: Int?
        /// The file and the line.
        var place: String
        /// Why, or which record it repeats.
        var detail: Sentence
    }

    /// Records of some length.
    struct Bucket: Equatable, Sendable {
        /// The most tokens that such a record has.
        var tokensMax: Int
        /// How many there are.
        var count: Int
    }

    /// Records that are trained on; rows when several share one.
    var records: Int
    /// Records that are held out and not among them.
    var heldOut = 0
    /// Records of the chosen sets in their files, whether they are used or not.
    var inFiles: Int?
    /// Records that are not, by reason.
    var skipped: [Skipped] = []
    /// Records that are cut at the cutoff length.
    var truncated = 0
    /// Records that equal an earlier one.
    var duplicates = 0
    /// Conversations in which an answer is empty.
    var empty = 0
    /// Fields that hold something and that nothing reads: "context 120".
    var unused: [Skipped] = []
    /// Records that spell special tokens of the model, and whether those became their ids.
    var special = 0
    var trustsSpecial = true
    /// Answers that their records mark as not to be trained.
    var untrained = 0
    /// Records that are longer than the model's context.
    var beyondContext = 0
    /// Held-out records that say the same as one that is trained on.
    var alsoTrained = 0
    /// Why the sets to evaluate on cannot be read; nil when they can.
    var evaluationFault: Sentence?
    /// The first records of each kind to look at; the counts are above.
    var findings: [Finding] = []
    /// Tokens of all records, after cutting.
    var tokens = 0
    /// Tokens among them that count in the loss.
    var trainedTokens = 0
    /// Tokens of the longest record before cutting.
    var longest = 0
    /// Records by length, shortest first.
    var lengths: [Bucket] = []
    /// Tokens of every row after cutting, in the order of the rows.
    var rowLengths: [Int] = []
}

/// One record as the model sees it.
struct RecordPreview: Equatable, Sendable {
    /// A token with its text.
    struct Piece: Equatable, Sendable {
        /// The text. A character of several tokens belongs to the last of them; the others are "".
        var text: String
        /// The id in the vocabulary.
        var id: Int
        /// Whether the token counts in the loss.
        var isTrained: Bool
        /// Whether it is one of the template's marks rather than text.
        var isSpecial: Bool
        /// Whether the cutoff length removes it: the model does not see it.
        var isCut = false
    }

    /// Whether the answer is marked good; nil where answers are not marked.
    var isGood: Bool?

    /// A place where tokens are cut.
    struct Gap: Equatable, Sendable {
        /// The first piece that is cut.
        var position: Int
        /// Tokens that are cut there; not all of many are among the pieces.
        var count: Int
    }

    /// Its number among all records of the chosen sets, from 0.
    var index: Int
    /// How many there are.
    var count: Int
    /// The data set it is from.
    var dataset: String
    /// All tokens, also those that the cutoff length removes.
    var pieces: [Piece]
    /// Where tokens are cut.
    var gaps: [Gap] = []

    /// The pieces that the model gets.
    var kept: [Piece] { pieces.filter { !$0.isCut } }
    /// The record as one text, special tokens included.
    var rendered: String { pieces.map(\.text).joined() }
}

extension TrainingPlan {
    /// A plan with only what decides how data is read and encoded: equal for equal reports.
    var dataQuestion: TrainingPlan {
        var question = TrainingPlan()
        question.stage = stage
        question.model.path = model.path
        question.data = data
        question.encoding = encoding
        question.seed = shuffleSeed
        return question
    }

    /// A plan with only what decides how single records are read: held-out ones are shown like all others.
    var recordQuestion: TrainingPlan {
        var question = dataQuestion
        question.data.validationSize = 0
        return question
    }
}
