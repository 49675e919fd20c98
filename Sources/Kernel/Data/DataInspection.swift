// What a prepared set of examples looks like: counts, what was left out and why, lengths.
// Built while encoding; a value that tabs and reports show. Computes nothing about models.

/// The lengths of examples: extremes, quantiles and equally wide bins.
public struct LengthHistogram: Sendable, Equatable {
    /// The shortest length.
    public let minimum: Int
    /// The longest length.
    public let maximum: Int
    /// The mean length.
    public let mean: Double
    /// Half of the examples are at most this long.
    public let median: Int
    /// Nineteen of twenty examples are at most this long.
    public let percentile95: Int
    /// The width of a bin: 1, 2 or 5 times a power of ten.
    public let binWidth: Int
    /// How many lengths lie in each bin; bin i covers `i · binWidth ..< (i + 1) · binWidth`.
    public let bins: [Int]

    /// Counts the lengths into at most `binMaximum` bins from 0; nil when there are none.
    public init?(_ lengths: [Int], binMaximum: Int = 20) {
        precondition(binMaximum > 0, "a histogram cannot have \(binMaximum) bins")
        let sorted = lengths.sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        precondition(first >= 0, "a length of \(first)")
        minimum = first
        maximum = last
        mean = Double(sorted.reduce(0, +)) / Double(sorted.count)
        median = sorted[(sorted.count - 1) / 2]
        percentile95 = sorted[(sorted.count * 95 + 99) / 100 - 1]
        var width = 1
        var steps = [2, 5, 10].makeIterator()
        var power = 1
        while last / width >= binMaximum {
            if let step = steps.next() {
                width = step * power
            } else {
                power *= 10
                steps = [2, 5, 10].makeIterator()
            }
        }
        binWidth = width
        var counts = [Int](repeating: 0, count: last / width + 1)
        for length in sorted { counts[length / width] += 1 }
        bins = counts
    }
}

/// An example that equals an earlier one.
public struct DuplicateExample: Sendable, Equatable {
    /// The later example.
    public var origin: RecordOrigin
    /// The first example with the same ids and labels.
    public var first: RecordOrigin
}

/// The report on one prepared set of examples.
public struct DataInspection: Sendable, Equatable {
    /// How many origins are kept in each list.
    public static let listedMaximum = ProblemList.listedMaximum

    /// Records read from the files.
    public var recordCount = 0
    /// Records that are not used, with reasons and places.
    public var problems = ProblemList()
    /// Rows that are trained on: examples, or blocks of joined texts.
    public var exampleCount = 0
    /// Examples that lost tokens to the cutoff.
    public var truncatedCount = 0
    /// The first truncated examples.
    public var truncated: [RecordOrigin] = []
    /// Examples whose ids and labels equal those of an earlier one; they are kept.
    public var duplicateCount = 0
    /// The first duplicates.
    public var duplicates: [DuplicateExample] = []
    /// Conversations in which an answer is empty: it teaches only to end at once.
    public var emptyAnswerCount = 0
    /// The first of those.
    public var emptyAnswers: [RecordOrigin] = []
    /// Records of this set, which is held out, that say the same as one that is trained on.
    public var alsoTrainedCount = 0
    /// The first of those, each with one that is trained on.
    public var alsoTrained: [DuplicateExample] = []
    /// Examples that spell special tokens of the model.
    public var specialCount = 0
    /// Whether those became their ids.
    public var trustsSpecial = false
    /// Answers that records mark as not to be trained.
    public var untrainedAnswerCount = 0
    /// Records of CSV files in which a field that is read holds a word for no value, such as NA.
    public var emptyWordCount = 0
    /// The first of those words.
    public var emptyWord: String?
    /// Fields that hold something and that nothing read.
    public var unusedColumns: [UnusedColumn] = []
    /// What the data sets themselves have to tell: where they lie, how they are read.
    public var remarks: [Sentence] = []
    /// The start token in front of each text or block of pre-training, as the vocabulary spells it.
    public var textStart: String?
    /// Tokens of all rows.
    public var tokenCount = 0
    /// Tokens that carry a loss.
    public var trainedTokenCount = 0
    /// Tokens behind the last whole block of joined texts.
    public var droppedTailTokens = 0
    /// The lengths of all rows; nil when there are none.
    public var lengths: LengthHistogram?
    /// The digest of all ids and labels in order; equal digests mean equal training data.
    public var digest = SHA256.Digest(bytes: [])

    /// An inspection of nothing.
    public init() {}

    /// Fills in what the finished rows tell.
    mutating func measure(_ rows: [EncodedExample]) {
        exampleCount = rows.count
        tokenCount = rows.reduce(0) { $0 + $1.ids.count }
        trainedTokenCount = rows.reduce(0) { $0 + $1.trainedCount }
        lengths = LengthHistogram(rows.map(\.ids.count))
        digest = Self.digest(of: rows)
    }

    /// The digest of rows: their number, then length, ids and labels of each.
    static func digest(of rows: [EncodedExample]) -> SHA256.Digest {
        var hash = SHA256()
        hash.update([UInt64(rows.count)])
        for row in rows {
            hash.update([UInt64(row.ids.count)])
            hash.update(row.ids)
            hash.update(row.labels)
            // Rows of one example hash as they did before rows could be shared.
            if !row.boundaries.isEmpty { hash.update(row.boundaries.map { UInt64($0) }) }
            switch row.arrangement {
            case .apart: break
            case .open: hash.update([UInt64.max])
            case .pair: hash.update([UInt64.max - 1])
            case .desirable: hash.update([UInt64.max - 2])
            case .undesirable: hash.update([UInt64.max - 3])
            }
        }
        return hash.finish()
    }
}
