// How conversations are written for a family of models, as data.
// Compatible with LLaMA-Factory's templates; it knows no tokenizer.

/// The slots and rules of one chat format.
public struct ChatTemplate: Sendable, Equatable {
    /// Where the system text stands.
    public enum SystemPlace: Sendable, Equatable {
        /// In a turn of its own in front of the first message.
        case ownTurn
        /// Glued in front of the first user's content, inside the user slot.
        case insideFirstUser
    }

    /// The name in configuration files.
    public var name: String
    /// In front of everything.
    public var prefix: TemplateSlot = ""
    /// Around the system text.
    public var system: TemplateSlot = "{{content}}"
    /// Around what the user says, up to where the answer begins.
    public var user: TemplateSlot = "{{content}}"
    /// Around the answer.
    public var assistant: TemplateSlot = "{{content}}⟨eos⟩"
    /// Around a call of a tool; as `assistant` unless given.
    public var function: TemplateSlot
    /// Around what a tool answered; as `user` unless given.
    public var observation: TemplateSlot
    /// The system text of conversations that have none.
    public var defaultSystem = ""
    /// Texts at which generation ends.
    public var stopWords: [String] = []
    /// Whether the answer slots carry no end of text and one follows the whole conversation.
    public var hasEfficientEOS = false
    /// Whether the first stop word takes the place of the tokenizer's end of text.
    public var replacesEOS = false
    /// Whether a saved tokenizer gets this template in place of its own.
    public var replacesModelTemplate = false
    /// Where the system text stands.
    public var systemPlace = SystemPlace.ownTurn
    /// The name of the format in which tools are listed and called.
    public var toolFormat = "default"

    /// A template; slots that are not given have the defaults of the format. With `efficientEOS`
    /// the answer has none by default.
    public init(
        _ name: String, system: TemplateSlot? = nil, user: TemplateSlot? = nil,
        assistant: TemplateSlot? = nil, efficientEOS: Bool = false,
        _ change: (inout ChatTemplate) -> Void = { _ in }
    ) {
        self.name = name
        self.system = system ?? "{{content}}"
        self.user = user ?? "{{content}}"
        self.assistant = assistant ?? (efficientEOS ? "{{content}}" : "{{content}}⟨eos⟩")
        function = self.assistant
        observation = self.user
        hasEfficientEOS = efficientEOS
        change(&self)
    }

    /// The slot of a role.
    func slot(of role: ChatMessage.Role) -> TemplateSlot {
        switch role {
        case .system: system
        case .user: user
        case .assistant: assistant
        case .observation: observation
        case .function: function
        }
    }
}
