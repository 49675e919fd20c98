// Built-in templates in Jinja and in Go's language, Modelfiles, model cards.

import Testing

@testable import Kernel

@Suite struct TemplateTextTests {
    /// Stands for llama's tokens: every template's special tokens spell themselves.
    private func text(_ name: String) throws -> TemplateText {
        let template = try BuiltinTemplates.named(name)
        let eos = template.replacesEOS ? template.stopWords[0] : "</s>"
        return TemplateText(template: template, bos: "<s>", eos: eos)
    }

    private func render(
        _ name: String, _ messages: [(role: String, content: String)]
    ) throws -> String {
        let jinja = try #require(try text(name).jinja)
        let list = messages.map { message -> JSONValue in
            ["role": .string(message.role), "content": .string(message.content)]
        }
        return try JinjaTemplate(jinja).render(["messages": .array(list)])
    }

    @Test(arguments: BuiltinTemplates.names)
    func jinjaWritesWhatTheTemplateSays(_ name: String) throws {
        let template = try BuiltinTemplates.named(name)
        let source = try text(name)
        func filled(_ slot: TemplateSlot, _ content: String) -> String {
            slot.elements.map { element in
                switch element {
                case .text(let text): text.replacing("{{content}}", with: content)
                case .bos: source.bos
                case .eos: source.eos
                case .token(let name): name
                }
            }.joined()
        }
        for given in [nil, "It's \"S\" \\ {{ 1 }}\nend"] {
            let messages = [("user", "U1"), ("assistant", "A'1"), ("user", "U2\n")]
            let system = given ?? template.defaultSystem
            let shown = system.isEmpty ? "" : filled(template.system, system)
            let isInside = template.systemPlace == .insideFirstUser
            let expected =
                filled(template.prefix, "") + (isInside ? "" : shown)
                + filled(template.user, (isInside ? shown : "") + "U1")
                + filled(template.assistant, "A'1") + filled(template.user, "U2\n")
            let all = (given.map { [("system", $0)] } ?? []) + messages
            #expect(try render(name, all) == expected)
        }
    }

    @Test func theGoTemplateOfQwen() throws {
        let expected =
            "{{ if .System }}<|im_start|>system\n{{ $.System }}<|im_end|>\n{{ end }}"
            + "{{ range .Messages }}{{ if eq .Role \"user\" }}<|im_start|>user\n{{ .Content }}"
            + "<|im_end|>\n<|im_start|>assistant\n{{ else if eq .Role \"assistant\" }}"
            + "{{ .Content }}<|im_end|>\n{{ end }}{{ end }}"
        for name in ["qwen", "chatml", "smollm2"] {
            #expect(try text(name).ollama(addsBOS: false) == expected)
        }
    }

    /// Where the runtime puts the start of text in front itself, the template must not.
    @Test func theStartOfTextIsWrittenOnce() throws {
        let llama = try text("llama3")
        #expect(llama.ollama(addsBOS: false)?.hasPrefix("<s>{{ if .System }}") == true)
        #expect(llama.ollama(addsBOS: true)?.hasPrefix("{{ if .System }}") == true)
    }

    @Test func llama2PutsTheSystemTextIntoTheFirstQuestion() throws {
        let go = try #require(try text("llama2").ollama(addsBOS: false))
        #expect(
            go.hasPrefix(
                "{{ $first := true }}{{ range .Messages }}{{ if eq .Role \"user\" }}<s>[INST] "
                    + "{{ if and $first $.System }}<<SYS>>\n{{ $.System }}\n<</SYS>>\n\n{{ end }}"
                    + "{{ $first = false }}{{ .Content }} [/INST]"))
    }

    @Test func modelfilesHaveLLaMAFactorysLayout() throws {
        let file = Modelfile(
            from: "./a.gguf", template: "T", system: "S", stops: ["<e>", "<f>"], contextLength: 2048
        )
        #expect(
            file.text == """
                # ollama modelfile written by workbench

                FROM ./a.gguf

                TEMPLATE \"""T\"""

                SYSTEM \"""S\"""

                PARAMETER stop "<e>"
                PARAMETER stop "<f>"
                PARAMETER num_ctx 2048

                """)
        #expect(!Modelfile(from: ".", template: "T").text.contains("SYSTEM"))
    }

    @Test func cardsSayWhatTheyAreGiven() throws {
        var card = ModelCard(name: "mine", baseModel: "org/base: x", method: "lora")
        card.datasets = ["notes"]
        card.hyperparameters = [("learning_rate", "1e-4"), ("a|b", "two\nlines")]
        card.trainingLoss = 0.912_34
        let text = card.text(kind: .adapter, dtype: .f32)
        #expect(
            text.hasPrefix(
                "---\nlibrary_name: peft\nlicense: \"other\"\nbase_model: \"org/base: x\"\n"))
        #expect(
            text.contains(
                "- \"base_model:adapter:org/base: x\"\n- \"lora\"\n- workbench\n---\n\n# mine\n"))
        #expect(text.contains("| Training loss | 0.9123 |") && !text.contains("Evaluation"))
        #expect(text.contains("| a\\|b | two lines |"))
        let plain = ModelCard(baseModel: "b").text(kind: .gguf, dtype: .q8_0)
        #expect(!plain.contains("##") && plain.contains("q8_0"))
    }
}
