// One example as the model sees it: rendered text, tokens with their labels, and where it was cut.
// A value for inspection; encoding itself is elsewhere, so what is shown is what is trained.

/// One example with everything that encoding did to it.
public struct RecordView: Sendable, Equatable {
    /// One token of the input.
    public struct Token: Sendable, Equatable {
        /// The id.
        public var id: Int32
        /// The label: the id itself, −100, or an end of text put there by the template.
        public var label: Int32
        /// The bytes the token stands for, which may be part of a character.
        public var bytes: [UInt8]
        /// Whether the token is special, such as an end of turn.
        public var isSpecial: Bool

        /// A token of an input.
        public init(id: Int32, label: Int32, bytes: [UInt8], isSpecial: Bool) {
            (self.id, self.label) = (id, label)
            (self.bytes, self.isSpecial) = (bytes, isSpecial)
        }

        /// The bytes as text; incomplete characters become U+FFFD.
        public var text: String { String(decoding: bytes, as: UTF8.self) }
        /// Whether the token carries a loss.
        public var isTrained: Bool { label != EncodedExample.ignoredLabel }
    }

    /// A place where tokens were left out.
    public struct Cut: Sendable, Equatable {
        /// The tokens are missing in front of this position.
        public var position: Int
        /// How many are missing.
        public var count: Int
        /// The turn they belong to, counted from 0.
        public var turn: Int
    }

    /// The text of the whole example, before any cut.
    public var rendered: String
    /// The kept tokens in order.
    public var tokens: [Token]
    /// What happened to each turn.
    public var turns: [TurnTruncation]
    /// Where tokens are missing, in order.
    public var cuts: [Cut]
    /// Whether the answer is marked good; nil where answers are not marked.
    public private(set) var isGood: Bool?

    /// Encodes an example and takes the result apart; throws what the loader would report.
    public init(_ example: Example, encoder: ExampleEncoder) throws(RecordFault) {
        let encoded = try encoder.encode(example)
        if case .judged(let judged) = example { isGood = judged.isGood }
        do {
            rendered = try Self.rendered(example, encoder.chat)
        } catch {
            throw RecordFault(.roleOrder, error.why ?? error.what)
        }
        let tokenizer = encoder.chat.tokenizer
        tokens = zip(encoded.example.ids, encoded.example.labels).map { id, label in
            Token(
                id: id, label: label, bytes: tokenizer.bytes(of: Int(id)),
                isSpecial: tokenizer.isSpecial(Int(id)))
        }
        turns = encoded.turns
        cuts = Self.cuts(of: encoded.turns)
    }

    /// The whole text of an example; both conversations of a pair.
    private static func rendered(
        _ example: Example, _ chat: ChatEncoder
    ) throws(KernelError) -> String {
        switch example {
        case .text(let text): text
        case .chat(let example): try chat.render(example.messages, system: example.system)
        case .pair(let pair):
            try chat.render(pair.prompt + [pair.chosen], system: pair.system)
                + chat.render(pair.prompt + [pair.rejected], system: pair.system)
        case .judged(let judged):
            try chat.render(judged.prompt + [judged.answer], system: judged.system)
        }
    }

    /// Follows the kept tokens turn by turn and marks each gap.
    private static func cuts(of turns: [TurnTruncation]) -> [Cut] {
        var cuts: [Cut] = []
        var position = 0
        for (index, turn) in turns.enumerated() {
            let parts = [
                (turn.promptCount, turn.promptKept), (turn.responseCount, turn.responseKept),
            ]
            for (count, kept) in parts {
                position += kept
                if kept < count {
                    cuts.append(Cut(position: position, count: count - kept, turn: index))
                }
            }
        }
        return cuts
    }
}
