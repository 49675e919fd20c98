// From the token ids of prompts and responses to one training example: what is cut, what is
// trained. Pure functions of integers; knows no text, template or tokenizer. The rules are those
// of LLaMA-Factory, so that the same plan trains on the same labels.

/// One example as the model trains on it; `labels` is −100 where no loss is taken.
public struct EncodedExample: Sendable, Equatable {
    /// The label of a position that is not trained.
    public static let ignoredLabel: Int32 = -100

    /// The token ids of the input.
    public var ids: [Int32]
    /// The label of each position, not shifted: `labels[i]` is either `ids[i]` or −100, save one.
    ///
    /// The exception is `efficientEOS`, where the first token of a later prompt is labelled EOS.
    public var labels: [Int32]
    /// Where the second and later sequences of a shared row begin, ascending; empty for a row of
    /// one. Positions are counted from 0 again there.
    public private(set) var boundaries: [Int] = []
    /// What several sequences of a row are to each other.
    public enum Arrangement: Sendable, Equatable {
        /// Examples of their own: each sees only itself.
        case apart
        /// Examples that see those before them.
        case open
        /// The preferred answer to a prompt and the rejected one: one item of two sequences.
        case pair
        /// An answer that is marked good, and behind it the answer to another prompt, from which nothing is learned.
        case desirable
        /// The same of an answer that is marked bad.
        case undesirable

        /// Whether all sequences together are one example.
        public var isOneExample: Bool { self == .pair || isJudged }

        /// Whether the first sequence alone is learned from.
        var isJudged: Bool { self == .desirable || self == .undesirable }
    }

    /// What the sequences of a row are to each other.
    public private(set) var arrangement = Arrangement.apart

    /// An example of as many labels as ids.
    public init(ids: [Int32], labels: [Int32]) {
        precondition(
            ids.count == labels.count, "\(ids.count) ids but \(labels.count) labels")
        self.ids = ids
        self.labels = labels
    }

    /// A row of several sequences side by side.
    init(joining examples: [EncodedExample], as arrangement: Arrangement = .apart) {
        self.init(ids: examples.flatMap(\.ids), labels: examples.flatMap(\.labels))
        self.arrangement = arrangement
        var end = 0
        for example in examples {
            precondition(example.boundaries.isEmpty, "a shared row cannot be joined again")
            if end > 0 { boundaries.append(end) }
            end += example.ids.count
        }
    }

    /// The places of the sequences in the row.
    public var parts: [Range<Int>] {
        zip([0] + boundaries, boundaries + [ids.count]).map { $0..<$1 }
    }

    /// What is read as one: the whole of an open row, else each example.
    public var segments: [Range<Int>] { arrangement == .open ? [0..<ids.count] : parts }

    /// The segments from which something is learned.
    var learnedSegments: ArraySlice<Range<Int>> {
        segments.prefix(arrangement.isJudged ? 1 : Int.max)
    }

    /// How many positions carry a loss. The first of a segment never does: nothing predicts it.
    public var trainedCount: Int {
        learnedSegments.reduce(0) { $0 + trainedCount(in: $1) }
    }

    /// How many positions of a sequence carry a loss.
    func trainedCount(in part: Range<Int>) -> Int {
        labels[part].dropFirst().count { $0 != Self.ignoredLabel }
    }
}

/// The token ids of one turn: what the model reads and what it answers.
public struct TurnTokens: Sendable, Equatable {
    /// What the model reads.
    public var prompt: [Int32]
    /// What it answers.
    public var response: [Int32]
    /// Whether the prompt may be trained, where prompts are.
    public var trainsPrompt: Bool
    /// Whether the answer may be trained.
    public var trainsResponse: Bool

    /// A turn of ids.
    public init(
        prompt: [Int32], response: [Int32], trainsPrompt: Bool = true, trainsResponse: Bool = true
    ) {
        self.prompt = prompt
        self.response = response
        self.trainsPrompt = trainsPrompt
        self.trainsResponse = trainsResponse
    }
}

/// What truncation did to one turn, in tokens.
public struct TurnTruncation: Sendable, Equatable {
    /// Tokens of the whole prompt.
    public var promptCount: Int
    /// Tokens of the prompt that are kept.
    public var promptKept: Int
    /// Tokens of the whole response.
    public var responseCount: Int
    /// Tokens of the response that are kept.
    public var responseKept: Int

    /// Whether any token of the turn was lost.
    public var isCut: Bool { promptKept < promptCount || responseKept < responseCount }
}

/// An encoded conversation together with what happened to each turn, in conversation order.
public struct EncodedConversation: Sendable, Equatable {
    /// The ids and labels.
    public var example: EncodedExample
    /// What happened to each turn.
    public var turns: [TurnTruncation]

    /// Whether any turn was cut or dropped.
    public var isTruncated: Bool { turns.contains(where: \.isCut) }
}

/// The rules of supervised encoding.
public struct SupervisedRules: Sendable, Equatable {
    /// The largest number of tokens of an example.
    public var cutoffLength: Int
    /// Whether prompts are trained too.
    public var trainOnPrompt: Bool
    /// Whether only the last turn is trained (and survives truncation first).
    public var maskHistory: Bool
    /// The EOS id when the template writes one single EOS after the whole conversation, else nil.
    public var efficientEOS: Int32?

    /// Rules with these settings.
    public init(
        cutoffLength: Int, trainOnPrompt: Bool = false, maskHistory: Bool = false,
        efficientEOS: Int32? = nil
    ) {
        self.cutoffLength = cutoffLength
        self.trainOnPrompt = trainOnPrompt
        self.maskHistory = maskHistory
        self.efficientEOS = efficientEOS
    }
}

/// The encoding rules as pure functions.
public enum Encoding {
    /// How many prompt and response tokens fit into `cutoff`; both keep their heads.
    ///
    /// A short response is kept whole and the prompt cut; a short prompt is kept whole and the
    /// response cut; when both are long, both are cut in proportion.
    public static func keptLengths(
        prompt: Int, response: Int, cutoff: Int
    ) -> (prompt: Int, response: Int) {
        precondition(
            prompt >= 0 && response >= 0 && cutoff >= 0,
            "negative length: prompt \(prompt), response \(response), cutoff \(cutoff)")
        let responseMaximum: Int
        if response < cutoff - response {
            responseMaximum = cutoff
        } else if prompt < cutoff - prompt {
            responseMaximum = cutoff - prompt
        } else if response == 0 {
            responseMaximum = 0
        } else {
            // The quotient first, in double precision: the reference rounds in this order.
            let share = Double(response) / Double(prompt + response)
            responseMaximum = Int(Double(cutoff) * share)
        }
        let keptResponse = min(responseMaximum, response)
        return (min(max(cutoff - keptResponse, 0), prompt), keptResponse)
    }

    /// Encodes a conversation: truncation turn by turn, then labels.
    ///
    /// Turns are visited first to last, or last to first with `maskHistory`; those that no longer
    /// fit are dropped whole.
    public static func supervised(
        _ turns: [TurnTokens], rules: SupervisedRules
    ) -> EncodedConversation {
        var fates = turns.map {
            TurnTruncation(
                promptCount: $0.prompt.count, promptKept: 0,
                responseCount: $0.response.count, responseKept: 0)
        }
        var pieces: [EncodedExample] = []
        var total = rules.efficientEOS == nil ? 0 : 1
        let visits = rules.maskHistory ? Array(turns.indices.reversed()) : Array(turns.indices)
        for (visit, index) in visits.enumerated() {
            guard total < rules.cutoffLength else { break }
            let turn = turns[index]
            let kept = keptLengths(
                prompt: turn.prompt.count, response: turn.response.count,
                cutoff: rules.cutoffLength - total)
            total += kept.prompt + kept.response
            fates[index].promptKept = kept.prompt
            fates[index].responseKept = kept.response
            // The end of an answer without one of its own is learned at the next prompt.
            let endsTrained = index == 0 || turns[index - 1].trainsResponse
            pieces.append(
                piece(
                    turn, kept: kept, isFirst: visit == 0, endsTrained: endsTrained, rules: rules)
            )
        }
        if rules.maskHistory { pieces.reverse() }
        var ids: [Int32] = []
        var labels: [Int32] = []
        ids.reserveCapacity(total)
        labels.reserveCapacity(total)
        for piece in pieces {
            ids += piece.ids
            labels += piece.labels
        }
        if let end = rules.efficientEOS {
            ids.append(end)
            labels.append(turns.last?.trainsResponse == false ? EncodedExample.ignoredLabel : end)
        }
        return EncodedConversation(
            example: EncodedExample(ids: ids, labels: labels), turns: fates)
    }

    /// Encodes a text whose every token is trained, cut at `cutoff`.
    public static func plainText(_ ids: [Int32], cutoff: Int) -> EncodedExample {
        let kept = Array(ids.prefix(cutoff))
        return EncodedExample(ids: kept, labels: kept)
    }

    /// One turn with its labels; `isFirst` says that it was visited first.
    private static func piece(
        _ turn: TurnTokens, kept: (prompt: Int, response: Int), isFirst: Bool, endsTrained: Bool,
        rules: SupervisedRules
    ) -> EncodedExample {
        let ignored = EncodedExample.ignoredLabel
        let prompt = turn.prompt.prefix(kept.prompt)
        let response = turn.response.prefix(kept.response)
        var labels: [Int32]
        if rules.trainOnPrompt, turn.trainsPrompt {
            labels = Array(prompt)
        } else {
            labels = Array(repeating: ignored, count: prompt.count)
            if let end = rules.efficientEOS, !isFirst, endsTrained, !prompt.isEmpty {
                labels[0] = end
            }
        }
        if rules.maskHistory && !isFirst || !turn.trainsResponse {
            labels += repeatElement(ignored, count: response.count)
        } else {
            labels += response
        }
        return EncodedExample(ids: Array(prompt) + response, labels: labels)
    }
}
