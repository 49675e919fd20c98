// What a record means once its columns are understood: the common form of all dataset styles.
// A closed enum, so every consumer says what it does with each kind. Knows no file and no token.

/// One training example before it meets a tokenizer.
public enum Example: Sendable, Equatable {
    /// A text to continue, for pre-training.
    case text(String)
    /// A conversation whose answers are learned.
    case chat(ChatExample)
    /// A prompt with a preferred and a rejected answer.
    case pair(PairExample)
    /// A prompt with an answer that is marked good or bad.
    case judged(JudgedExample)
}

extension Example {
    /// Whether any part may be learned.
    var hasTrainedAnswer: Bool {
        guard case .chat(let chat) = self else { return true }
        return chat.messages.contains { $0.role.isAnswering && $0.isTrained }
    }
}

/// A conversation: user and tool turns alternate with answers, and an answer comes last.
public struct ChatExample: Sendable, Equatable {
    /// The system text of the record; nil leaves the choice to the template.
    public var system: String?
    /// The tool descriptions as JSON text.
    public var tools: String?
    /// An even number of messages: asked, answered, asked, answered.
    public var messages: [ChatMessage]

    /// A conversation.
    public init(system: String? = nil, tools: String? = nil, messages: [ChatMessage]) {
        self.system = system
        self.tools = tools
        self.messages = messages
    }
}

/// A conversation that ends with a question, and two answers to it.
public struct PairExample: Sendable, Equatable {
    /// The system text of the record; nil leaves the choice to the template.
    public var system: String?
    /// The tool descriptions as JSON text.
    public var tools: String?
    /// An odd number of messages.
    public var prompt: [ChatMessage]
    /// The preferred answer.
    public var chosen: ChatMessage
    /// The answer to avoid.
    public var rejected: ChatMessage

    /// A question with two answers.
    public init(
        system: String? = nil, tools: String? = nil, prompt: [ChatMessage], chosen: ChatMessage,
        rejected: ChatMessage
    ) {
        self.system = system
        self.tools = tools
        self.prompt = prompt
        self.chosen = chosen
        self.rejected = rejected
    }
}

/// A conversation that ends with a question, and an answer to it that is marked good or bad.
public struct JudgedExample: Sendable, Equatable {
    /// The system text of the record; nil leaves the choice to the template.
    public var system: String?
    /// The tool descriptions as JSON text.
    public var tools: String?
    /// An odd number of messages.
    public var prompt: [ChatMessage]
    /// The answer.
    public var answer: ChatMessage
    /// Whether the answer is a good one.
    public var isGood: Bool
    /// The answer to another prompt; nil until the set is known that the example is trained in.
    public var mismatched: ChatMessage?

    /// A question with an answer and what was thought of it.
    public init(
        system: String? = nil, tools: String? = nil, prompt: [ChatMessage], answer: ChatMessage,
        isGood: Bool
    ) {
        (self.system, self.tools, self.prompt) = (system, tools, prompt)
        (self.answer, self.isGood) = (answer, isGood)
    }

    /// A conversation whose last answer is marked; nil where there is none.
    init?(_ chat: ChatExample, isGood: Bool) {
        guard let answer = chat.messages.last else { return nil }
        self.init(
            system: chat.system, tools: chat.tools, prompt: chat.messages.dropLast(),
            answer: answer, isGood: isGood)
    }
}

/// What the records of a dataset are read for.
public enum DataObjective: String, Sendable, Equatable, CaseIterable {
    /// Plain text, every token trained.
    case pretraining
    /// Answers to prompts.
    case supervised
    /// Preferred against rejected answers.
    case preference
    /// Answers that are marked good or bad.
    case feedback

    /// Whether answers are compared or judged instead of imitated.
    public var isPreference: Bool { self == .preference || self == .feedback }
}
