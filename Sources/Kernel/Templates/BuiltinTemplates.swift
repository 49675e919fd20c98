// The chat templates known by name, one row each, with LLaMA-Factory's texts.
// Rows only: what the fields mean is in ChatTemplate.

/// The templates that configurations can name.
public enum BuiltinTemplates {
    /// The template of a name.
    public static func named(_ name: String) throws(KernelError) -> ChatTemplate {
        guard let row = rows.first(where: { $0.name == name }) else {
            throw KernelError(
                .configuration, "there is no chat template of this name",
                at: "template", because: "found \(name.escapedForDisplay)",
                hint: "Known are \(names.joined(separator: ", "))")
        }
        return row
    }

    /// All names, in the order of the rows.
    public static var names: [String] { rows.map(\.name) }

    /// All rows.
    public static let rows: [ChatTemplate] = plainRows + chatMLRows + headerRows

    private static let plainRows = [
        ChatTemplate(
            "default", system: "System: {{content}}⟨eos⟩\n",
            user: "Human: {{content}}⟨eos⟩\nAssistant:", assistant: "{{content}}⟨eos⟩\n"
        ) { $0.replacesModelTemplate = true },
        ChatTemplate("empty", assistant: "{{content}}"),
        ChatTemplate(
            "alpaca", user: "### Instruction:\n{{content}}\n\n### Response:\n",
            assistant: "{{content}}⟨eos⟩\n\n"
        ) {
            $0.defaultSystem =
                "Below is an instruction that describes a task. "
                + "Write a response that appropriately completes the request.\n\n"
            $0.replacesModelTemplate = true
        },
        ChatTemplate("vicuna", user: "USER: {{content}} ASSISTANT:") {
            $0.defaultSystem =
                "A chat between a curious user and an artificial intelligence assistant. The "
                + "assistant gives helpful, detailed, and polite answers to the user's questions."
            $0.replacesModelTemplate = true
        },
    ]

    private static let chatMLRows = [
        chatML("chatml") {
            $0.observation = "<|im_start|>tool\n{{content}}<|im_end|>\n<|im_start|>assistant\n"
            $0.stopWords = ["<|im_end|>", "<|im_start|>"]
            $0.replacesEOS = true
            $0.replacesModelTemplate = true
        },
        chatML("qwen") {
            $0.observation = """
                <|im_start|>user\n<tool_response>\n{{content}}\n</tool_response><|im_end|>
                <|im_start|>assistant\n
                """
            $0.defaultSystem =
                "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."
            $0.replacesEOS = true
            $0.toolFormat = "qwen"
        },
        chatML("smollm"),
        chatML("smollm2") {
            $0.defaultSystem =
                "You are a helpful AI assistant named SmolLM, trained by Hugging Face."
        },
    ]

    private static let headerRows = [
        ChatTemplate(
            "llama3",
            system: "<|start_header_id|>system<|end_header_id|>\n\n{{content}}<|eot_id|>",
            user: """
                <|start_header_id|>user<|end_header_id|>\n\n{{content}}<|eot_id|>\
                <|start_header_id|>assistant<|end_header_id|>\n\n
                """,
            assistant: "{{content}}<|eot_id|>"
        ) {
            $0.prefix = "⟨bos⟩"
            $0.observation = """
                <|start_header_id|>ipython<|end_header_id|>\n\n{{content}}<|eot_id|>\
                <|start_header_id|>assistant<|end_header_id|>\n\n
                """
            $0.stopWords = ["<|eot_id|>", "<|eom_id|>"]
            $0.replacesEOS = true
            $0.toolFormat = "llama3"
        },
        ChatTemplate(
            "llama2", system: "<<SYS>>\n{{content}}\n<</SYS>>\n\n",
            user: "⟨bos⟩[INST] {{content}} [/INST]"
        ) { $0.systemPlace = .insideFirstUser },
    ]

    /// A template whose turns stand between `<|im_start|>` and `<|im_end|>`.
    private static func chatML(
        _ name: String, _ change: (inout ChatTemplate) -> Void = { _ in }
    ) -> ChatTemplate {
        ChatTemplate(
            name, system: "<|im_start|>system\n{{content}}<|im_end|>\n",
            user: "<|im_start|>user\n{{content}}<|im_end|>\n<|im_start|>assistant\n",
            assistant: "{{content}}<|im_end|>\n"
        ) {
            $0.stopWords = ["<|im_end|>"]
            change(&$0)
        }
    }
}
