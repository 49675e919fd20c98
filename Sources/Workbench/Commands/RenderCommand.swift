// workbench render: a conversation as the model's own chat template writes it. It encodes nothing and leaves the
// built-in templates to `workbench data`.

import ArgumentParser
import Kernel

struct RenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Show a conversation as the model's own template writes it.",
        discussion:
            """
            Standard input is a JSON list of messages, [{"role": "user", "content": "Hi"}], or an object with \
            messages, tools and whatever else the template reads. This is the text that transformers and llama.cpp \
            make of it; trainings and chats use built-in templates, which workbench data shows.
            """
    )

    @Option(
        name: [.customLong("model"), .customShort("m")],
        help: "A Hugging Face folder or a GGUF file.")
    var model: String
    @Flag(help: "End with the last message, not with the start of an answer.")
    var noPrompt = false
    @OptionGroup var answer: AnswerOptions

    private static var limits: JSONLimits {
        var limits = JSONLimits()
        (limits.bytes, limits.depth) = (16 << 20, 64)
        return limits
    }

    func run() throws {
        try reportAndExit(json: answer.json) {
            let loaded = try TokenizerLoader.load(modelAt: model)
            guard let source = loaded.chatTemplate, !source.isEmpty else {
                throw KernelError(
                    .unavailable, "the model has no chat template of its own", at: model,
                    hint: "workbench data shows what the built-in templates write.")
            }
            let given = try JSONValue(
                parsing: Output.standardInput(), source: "standard input", limits: Self.limits)
            let text = try JinjaTemplate(source).render(
                context(given, loaded.tokenizer), date: .today)
            if answer.json {
                Output.json(["text": .string(text)])
            } else {
                Output.text(text)
            }
        }
    }

    /// What transformers passes to a template, overridden by what was given.
    private func context(
        _ given: JSONValue, _ tokenizer: any Tokenizer
    ) throws(KernelError) -> [String: JSONValue] {
        var context: [String: JSONValue] = [
            "tools": .null, "documents": .null, "add_generation_prompt": .bool(!noPrompt),
        ]
        let special = [
            ("bos_token", tokenizer.bosID), ("eos_token", tokenizer.eosID),
            ("pad_token", tokenizer.padID),
        ]
        for (name, id) in special {
            guard let id else { continue }
            context[name] = .string(tokenizer.decode([id], skipSpecial: false))
        }
        if let members = given.object {
            for (name, value) in members { context[name] = value }
        } else {
            context["messages"] = given
        }
        guard let messages = context["messages"]?.array, !messages.isEmpty else {
            throw KernelError(
                .usage, "there is no list of messages", at: "standard input",
                because: "found \(given.kindName)",
                hint: "Write [{\"role\": \"user\", \"content\": \"Hi\"}].")
        }
        context["messages"] = .array(messages.map(Self.asTransformersReads))
        return context
    }

    /// transformers 5 removes members without a value, and knows one thought under three names.
    private static func asTransformersReads(_ message: JSONValue) -> JSONValue {
        guard let given = message.object else { return message }
        var members: JSONObject = [:]
        for (name, value) in given where !value.isNull { members[name] = value }
        let thoughts = ["reasoning_content", "thinking", "reasoning"]
        guard let thought = thoughts.lazy.compactMap({ members[$0] }).first else {
            return .object(members)
        }
        var read: JSONObject = ["thinking": thought]
        for (name, value) in members { read[name] = value }
        read["reasoning_content"] = thought
        return .object(read)
    }
}
