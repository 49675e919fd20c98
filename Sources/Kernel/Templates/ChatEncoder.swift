// Turns conversations into ids with a template and a tokenizer, LLaMA-Factory's way: each element
// of a slot is encoded by itself. Whether contents may spell special tokens is its owner's choice.
// It knows neither labels nor lengths.

/// What the model reads and what it should answer, as ids.
public struct EncodedTurn: Sendable, Equatable {
    /// Everything since the last answer: prefix, system text, question.
    public var prompt: [Int]
    /// The answer with its end.
    public var response: [Int]

    /// A turn.
    public init(prompt: [Int], response: [Int]) {
        self.prompt = prompt
        self.response = response
    }
}

/// Encodes and shows conversations.
public struct ChatEncoder: Sendable {
    /// The format.
    public let template: ChatTemplate
    /// The tokenizer.
    public let tokenizer: any Tokenizer
    /// Whether special tokens written in messages become their ids, as LLaMA-Factory has it.
    public let trustsContent: Bool
    /// The end of text or turn: the template's when it replaces the tokenizer's.
    public let eosID: Int?

    /// An encoder; `trustsContent` lets messages spell special tokens and is for own data only.
    public init(
        _ template: ChatTemplate, _ tokenizer: any Tokenizer, trustsContent: Bool = false
    ) {
        self.template = template
        self.tokenizer = tokenizer
        self.trustsContent = trustsContent
        let replacement = template.replacesEOS ? template.stopWords.first : nil
        eosID =
            replacement.flatMap { tokenizer.id(of: $0) } ?? tokenizer.eosID
            ?? tokenizer.id(of: "<|endoftext|>")
    }

    /// The ids that end generation: end of text and the stop words that are tokens.
    public var stopIDs: Set<Int> {
        Set(template.stopWords.compactMap { tokenizer.id(of: $0) }).union(eosID.map { [$0] } ?? [])
    }

    /// The id that fills rows: the tokenizer's, or the end of text.
    public var padID: Int? { tokenizer.padID ?? eosID }

    /// The same with another rule for special tokens that messages spell.
    public func trustingContent(_ trusts: Bool) -> ChatEncoder {
        ChatEncoder(template, tokenizer, trustsContent: trusts)
    }

    /// Stop words that are no token of this tokenizer: the template may not fit the model.
    public var unknownStopWords: [String] {
        template.stopWords.filter { tokenizer.id(of: $0) == nil }
    }

    /// Marks of the template that the tokenizer cuts into several tokens, though the vocabulary may
    /// hold their texts: the model would read and learn their letters.
    public var splitMarks: [(mark: String, tokens: Int)] {
        let slots = [
            template.prefix, template.system, template.user, template.assistant,
            template.function, template.observation,
        ]
        var marks: [String] = []
        for case .text(let text) in slots.flatMap(\.elements) {
            var rest = text[...]
            while let start = rest.firstRange(of: "<|")?.lowerBound,
                let end = rest[start...].firstRange(of: "|>")?.upperBound
            {
                let mark = String(rest[start..<end])
                if !mark.contains("{{"), !marks.contains(mark) { marks.append(mark) }
                rest = rest[end...]
            }
        }
        return marks.compactMap { mark in
            let count = tokenizer.encode(mark, allowSpecial: true).count
            return count > 1 ? (mark, count) : nil
        }
    }

    // MARK: - Ids

    /// The turns of a conversation: question and answer in turn, system text apart.
    public func encodeTurns(
        _ messages: [ChatMessage], system: String? = nil
    ) throws(KernelError) -> [EncodedTurn] {
        let parts = try parts(of: messages, system)
        guard parts.count.isMultiple(of: 2) else {
            throw Self.disorder(messages.count - 1, "no answer to the last message")
        }
        return stride(from: 0, to: parts.count, by: 2).map {
            EncodedTurn(prompt: ids(of: parts[$0]), response: ids(of: parts[$0 + 1]))
        }
    }

    /// The ids to generate an answer from: the conversation ends with a question.
    public func encodePrompt(
        _ messages: [ChatMessage], system: String? = nil
    ) throws(KernelError) -> [Int] {
        let parts = try parts(of: messages, system)
        guard !parts.count.isMultiple(of: 2) else {
            throw Self.disorder(messages.count - 1, "nothing to answer")
        }
        return parts.flatMap { ids(of: $0) }
    }

    /// The conversation as text, as the ids would decode.
    public func render(
        _ messages: [ChatMessage], system: String? = nil
    ) throws(KernelError) -> String {
        try parts(of: messages, system).joined().map { text(of: $0) }.joined()
    }

    // MARK: - Elements

    /// What is encoded by itself: text, or one token.
    private enum Part {
        case text([PromptPiece])
        case token(Int)
    }

    /// The elements of each message; those in front of the first belong to it.
    private func parts(
        of messages: [ChatMessage], _ system: String?
    ) throws(KernelError) -> [[Part]] {
        guard !messages.isEmpty else { throw Self.disorder(0, "no message") }
        let given = system ?? ""
        let systemText = given.isEmpty ? template.defaultSystem : given
        var result: [[Part]] = []
        for (index, message) in messages.enumerated() {
            let isExpected =
                index.isMultiple(of: 2) ? message.role.isAsking : message.role.isAnswering
            guard isExpected else {
                throw Self.disorder(index, "the role \(message.role.rawValue) out of order")
            }
            var content = [PromptPiece(message.content, isTrusted: trustsContent)]
            var parts: [Part] = []
            if index == 0 {
                parts += self.parts(template.prefix, [], index)
                if !systemText.isEmpty {
                    let piece = [PromptPiece(systemText, isTrusted: trustsContent)]
                    let slot = self.parts(template.system, piece, index)
                    switch template.systemPlace {
                    case .ownTurn: parts += slot
                    case .insideFirstUser: content = Self.pieces(of: slot) + content
                    }
                }
            }
            parts += self.parts(template.slot(of: message.role), content, index)
            result.append(parts)
        }
        return result
    }

    private func parts(_ slot: TemplateSlot, _ content: [PromptPiece], _ index: Int) -> [Part] {
        slot.elements.compactMap { element in
            switch element {
            case .text(let text): .text(Self.filled(text, content, index))
            case .bos: tokenizer.bosID.map { .token($0) }
            case .eos: eosID.map { .token($0) }
            case .token(let name):
                tokenizer.id(of: name).map { .token($0) }
                    ?? .text([PromptPiece(name, isTrusted: true)])
            }
        }
    }

    /// The text of elements; tokens in between are left out.
    private static func pieces(of parts: [Part]) -> [PromptPiece] {
        parts.flatMap { part -> [PromptPiece] in
            if case .text(let pieces) = part { pieces } else { [] }
        }
    }

    /// Text with its placeholders filled; what fills them keeps its own trust.
    private static func filled(
        _ text: String, _ content: [PromptPiece], _ index: Int
    ) -> [PromptPiece] {
        let numbered = text.replacing("{{idx}}", with: String(index / 2))
        guard let place = numbered.firstRange(of: "{{content}}") else {
            return [PromptPiece(numbered, isTrusted: true)]
        }
        let pieces =
            [PromptPiece(String(numbered[..<place.lowerBound]), isTrusted: true)] + content
            + [PromptPiece(String(numbered[place.upperBound...]), isTrusted: true)]
        return pieces.filter { !$0.text.isEmpty }
    }

    private func ids(of parts: [Part]) -> [Int] {
        parts.flatMap { part in
            switch part {
            case .text(let pieces): tokenizer.encode(pieces)
            case .token(let id): [id]
            }
        }
    }

    private func text(of part: Part) -> String {
        switch part {
        case .text(let pieces): pieces.map(\.text).joined()
        case .token(let id): tokenizer.decode([id], skipSpecial: false)
        }
    }

    private static func disorder(_ index: Int, _ found: String) -> KernelError {
        KernelError(
            .badData, "the conversation cannot be written with a chat template",
            at: "message \(index)", because: "found \(found)",
            hint: "Questions (user, observation) and answers (assistant, function) must alternate")
    }
}
