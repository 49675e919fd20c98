// A model's own Jinja chat template applied to conversations.
// Special tokens that messages spell stay ordinary characters; it knows no built-in template.

/// The template that came with a model.
public struct ModelChatTemplate: Sendable {
    /// Stands inside of special tokens that messages spell, so that they are cut there when
    /// encoding. The noncharacter U+FDD0: it is removed from messages first.
    private static let mark = String(decoding: [0xEF, 0xB7, 0x90] as [UInt8], as: UTF8.self)

    private let template: JinjaTemplate
    private let tokenizer: any Tokenizer
    private let specialTokens: [String]
    private let date: TemplateDate?

    /// Whether a template does something with a list of tools.
    public static func readsTools(_ source: String) -> Bool { source.contains(/\btools\b/) }

    /// Parses the template; `date` is today for templates that write the day.
    public init(
        _ source: String, _ tokenizer: any Tokenizer, date: TemplateDate? = nil,
        limits: JinjaLimits = JinjaLimits()
    ) throws(KernelError) {
        template = try JinjaTemplate(source, limits: limits)
        self.tokenizer = tokenizer
        self.date = date
        specialTokens = tokenizer.specialTokens.filter { $0.unicodeScalars.count > 1 }
    }

    /// The conversation as text; with `addsPrompt` it ends where the answer begins.
    public func render(
        _ messages: [ChatMessage], addsPrompt: Bool, tools: JSONValue? = nil
    ) throws(KernelError) -> String {
        let text = try template.render(context(messages, addsPrompt, tools), date: date)
        return PythonText.replacing(text, Self.mark, with: "")
    }

    /// The ids of the conversation; with `addsPrompt` they end where the answer begins.
    public func encode(
        _ messages: [ChatMessage], addsPrompt: Bool, tools: JSONValue? = nil
    ) throws(KernelError) -> [Int] {
        let text = try template.render(context(messages, addsPrompt, tools), date: date)
        let pieces = PythonText.split(text, at: Self.mark, limit: -1)
        return tokenizer.encode(pieces.map { PromptPiece($0, isTrusted: true) })
    }

    private func context(
        _ messages: [ChatMessage], _ addsPrompt: Bool, _ tools: JSONValue?
    ) -> [String: JSONValue] {
        func spelled(_ id: Int?) -> JSONValue {
            .string(id.map { tokenizer.decode([$0], skipSpecial: false) } ?? "")
        }
        var context: [String: JSONValue] = [
            "messages": .array(
                messages.map { message in
                    let content = marked(message.content)
                    return ["role": .string(message.role.wireName), "content": .string(content)]
                }),
            "add_generation_prompt": .bool(addsPrompt), "tools": tools ?? .null,
            "documents": .null,
            "bos_token": spelled(tokenizer.bosID), "eos_token": spelled(tokenizer.eosID),
        ]
        if let id = tokenizer.padID { context["pad_token"] = spelled(id) }
        return context
    }

    /// The content with a mark behind the first character of each special token. By bytes: to
    /// Swift a combining accent behind a token would hide it.
    private func marked(_ content: String) -> String {
        var text = PythonText.replacing(content, Self.mark, with: "")
        for token in specialTokens {
            var rest = token.unicodeScalars
            let first = String(rest.removeFirst())
            text = PythonText.replacing(text, token, with: first + Self.mark + String(rest))
        }
        return text
    }
}

extension ChatMessage.Role {
    /// The name in the messages that model templates read.
    var wireName: String {
        switch self {
        case .observation: "tool"
        case .function: "assistant"
        default: rawValue
        }
    }
}
