// The adapter between conversations and the pure encoding rules: a chat encoder gives the ids of
// turns, Encoding cuts and labels them. Knows neither files nor batches.

/// Encodes examples under fixed options; usable from many threads.
public struct ExampleEncoder: Sendable {
    /// Writes conversations as ids.
    public let chat: ChatEncoder
    /// The settings of the preparation.
    public let options: EncodingOptions
    /// The rules that the options and the template add up to.
    public let rules: SupervisedRules
    /// The token that ends a pre-training text.
    public let textEndID: Int32?
    /// The token in front of a pre-training text or block, for models that expect one.
    public let textStartID: Int32?

    /// Throws when the options contradict each other or the template.
    public init(_ chat: ChatEncoder, options: EncodingOptions) throws(KernelError) {
        let tokenizer = chat.tokenizer
        precondition(
            tokenizer.vocabularySize <= Int(Int32.max),
            "a vocabulary of \(tokenizer.vocabularySize) ids does not fit 32 bits")
        try options.check(efficientEOS: chat.template.hasEfficientEOS)
        self.chat = chat.trustingContent(!options.splitsSpecialTokens)
        self.options = options
        // The llama3 template ends turns with another token than texts.
        let textEnd =
            chat.template.name == "llama3"
            ? tokenizer.id(of: "<|end_of_text|>") ?? chat.eosID : chat.eosID
        textEndID = textEnd.map { Int32($0) }
        textStartID = tokenizer.addsBOS ? tokenizer.bosID.map { Int32($0) } : nil
        rules = SupervisedRules(
            cutoffLength: options.cutoffLength, trainOnPrompt: options.trainOnPrompt,
            maskHistory: options.maskHistory,
            efficientEOS: chat.template.hasEfficientEOS ? chat.eosID.map { Int32($0) } : nil)
    }

    /// The ids of the turns of a conversation, uncut.
    public func turns(of example: ChatExample) throws(RecordFault) -> [TurnTokens] {
        let usesTools = example.messages.contains { $0.role == .function }
        guard example.tools == nil && !usesTools else {
            throw RecordFault(
                .unsupported, field: "tools", "tool descriptions and calls are not written yet")
        }
        do {
            let turns = try chat.encodeTurns(example.messages, system: example.system)
            return turns.enumerated().map { index, turn in
                TurnTokens(
                    prompt: turn.prompt.map { Int32($0) },
                    response: turn.response.map { Int32($0) },
                    trainsPrompt: example.messages[2 * index].isTrained,
                    trainsResponse: example.messages[2 * index + 1].isTrained)
            }
        } catch {
            throw RecordFault(.roleOrder, error.why ?? error.what)
        }
    }

    /// The ids of a pre-training text with its end, without a start.
    public func textIDs(_ text: String) -> [Int32] {
        let ids = chat.tokenizer.encode(text, allowSpecial: chat.trustsContent)
        return ids.map { Int32($0) } + [textEndID].compactMap(\.self)
    }

    /// Whether an example spells special tokens of the model.
    func spellsSpecial(_ example: Example) -> Bool {
        let tokenizer = chat.tokenizer
        func spells(_ messages: [ChatMessage], _ system: String?) -> Bool {
            messages.contains { tokenizer.spellsSpecial($0.content) }
                || system.map { tokenizer.spellsSpecial($0) } == true
        }
        return switch example {
        case .text(let text): tokenizer.spellsSpecial(text)
        case .chat(let chat): spells(chat.messages, chat.system)
        case .pair(let pair): spells(pair.prompt + [pair.chosen, pair.rejected], pair.system)
        case .judged(let judged): spells(judged.prompt + [judged.answer], judged.system)
        }
    }

    /// One example cut and labelled, with what happened to each turn.
    ///
    /// A text counts as one turn without a prompt, a pair as two with the same, a judged answer as one.
    public func encode(_ example: Example) throws(RecordFault) -> EncodedConversation {
        let encoded: EncodedConversation
        switch example {
        case .text(let text):
            let ids = [textStartID].compactMap(\.self) + textIDs(text)
            let whole = Encoding.plainText(ids, cutoff: options.cutoffLength)
            let fate = TurnTruncation(
                promptCount: 0, promptKept: 0, responseCount: ids.count,
                responseKept: whole.ids.count)
            encoded = EncodedConversation(example: whole, turns: [fate])
        case .chat(let conversation):
            encoded = Encoding.supervised(try turns(of: conversation), rules: rules)
        case .pair(let pair):
            let turns = try turns(of: pair)
            encoded = Encoding.pair(
                chosen: turns[0], rejected: turns[1], cutoff: options.cutoffLength)
        case .judged(let judged):
            let turns = try turns(of: judged)
            encoded = Encoding.judged(
                turns[0], isGood: judged.isGood, mismatched: turns.count > 1 ? turns[1] : nil,
                cutoff: options.cutoffLength)
        }
        if options.overlong == .drop && encoded.isTruncated {
            let total = encoded.turns.reduce(0) { $0 + $1.promptCount + $1.responseCount }
            throw RecordFault(
                .overlong, "\(total) tokens, the cutoff is \(options.cutoffLength)")
        }
        // What another prompt's answer is too short for is no fault of this record.
        let learned = encoded.example.learnedSegments
        guard learned.allSatisfy({ encoded.example.trainedCount(in: $0) > 0 }) else {
            throw RecordFault(
                .nothingToTrain,
                encoded.isTruncated
                    ? "the cutoff of \(options.cutoffLength) tokens leaves nothing to train"
                    : example.hasTrainedAnswer
                        ? "there is no token to train" : "no answer is marked as to be trained")
        }
        return encoded
    }
}
