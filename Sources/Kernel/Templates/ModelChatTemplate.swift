// A model's own Jinja chat template applied to conversations.
// Special tokens that messages spell stay ordinary characters; it knows no built-in template.

/// The template that came with a model.
public struct ModelChatTemplate: Sendable {
    /// Stands inside of special tokens that messages spell, so that they are cut there when
    /// encoding. A noncharacter of Unicode: it is removed from messages first.
    private static let cut: String = Unicode.Scalar(UInt32(0xFDD0)).map { String(Character($0)) } ?? ""

    private let template: JinjaTemplate
    private let tokenizer: any Tokenizer
    private let specialTokens: [String]

    /// Parses the template.
    public init(
        _ source: String, _ tokenizer: any Tokenizer, limits: JinjaLimits = JinjaLimits()
    ) throws(KernelError) {
        template = try JinjaTemplate(source, limits: limits)
        self.tokenizer = tokenizer
        specialTokens = tokenizer.specialTokens.filter { $0.unicodeScalars.count > 1 }
    }

    /// The conversation as text; with `addsPrompt` it ends where the answer begins.
    public func render(
        _ messages: [ChatMessage], addsPrompt: Bool, tools: JSONValue? = nil
    ) throws(KernelError) -> String {
        try template.render(context(messages, addsPrompt, tools)).replacing(Self.cut, with: "")
    }

    /// The ids of the conversation; with `addsPrompt` they end where the answer begins.
    public func encode(
        _ messages: [ChatMessage], addsPrompt: Bool, tools: JSONValue? = nil
    ) throws(KernelError) -> [Int] {
        let text = try template.render(context(messages, addsPrompt, tools))
        let pieces = text.split(separator: Self.cut, omittingEmptySubsequences: true)
        return tokenizer.encode(pieces.map { PromptPiece(String($0), isTrusted: true) })
    }

    private func context(
        _ messages: [ChatMessage], _ addsPrompt: Bool, _ tools: JSONValue?
    ) -> [String: JSONValue] {
        func spelled(_ id: Int?) -> JSONValue {
            .string(id.map { tokenizer.decode([$0], skipSpecial: false) } ?? "")
        }
        return [
            "messages": .array(
                messages.map { message in
                    [
                        "role": .string(message.role.wireName),
                        "content": .string(cut(message.content)),
                    ]
                }),
            "add_generation_prompt": .bool(addsPrompt), "tools": tools ?? .null,
            "bos_token": spelled(tokenizer.bosID), "eos_token": spelled(tokenizer.eosID),
        ]
    }

    /// The content with a cut behind the first character of each special token.
    private func cut(_ content: String) -> String {
        var text = content
        if text.contains(Self.cut) { text = text.replacing(Self.cut, with: "") }
        for token in specialTokens where text.contains(token) {
            text = PythonText.replacing(
                text, token,
                with: token.unicodeScalars.prefix(1).map { String($0) }.joined() + Self.cut
                    + String(token.unicodeScalars.dropFirst()))
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
