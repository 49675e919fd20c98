// The tokenizer on its way from a folder into a GGUF file and back into a folder: the same ids.

import Foundation
import Testing

@testable import Kernel

@Suite struct TokenizerExportTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Rules that GGUF has no place for: matches that swallow blanks or need word boundaries.
    private static let inexpressible = ["<left>", "<right>", "word", "<norm>"]

    @Test(arguments: TextFixtures.tokenizers)
    func idsSurviveBothWays(_ name: String) throws {
        let base = try ExportSupport.folder(tokenizer: name, in: folder.path)
        let model = try ExportSupport.plain(base)
        let gguf = try GGUFExport.write(
            model, base: base, settings: ExportSupport.settings(.f32), to: folder.path + "/gguf")
        let file = try ModelFolder(path: gguf.modelPath)
        let back = try SafetensorsExport.write(
            ExportSupport.plain(file), base: file, to: folder.path + "/back")
        let original = try TokenizerLoader.load(modelAt: base.path)
        let strings = try TextFixtures.strings().filter { text in
            // By bytes: with an accent behind it, "word" is no whole number of characters.
            !Self.inexpressible.contains { text.utf8.contains($0.utf8) }
                // An added token that is found after normalisation only; GGUF has no normaliser.
                && !(name == "qwen2" && text.contains("がく"))
        }
        #expect(strings.count > 250)
        for path in [gguf.modelPath, back.folder] {
            let loaded = try TokenizerLoader.load(modelAt: path)
            #expect(loaded.preTokenizer == original.preTokenizer)
            #expect(loaded.tokenizer.bosID == 0 && loaded.tokenizer.eosID == 2)
            #expect(loaded.tokenizer.padID == 2)
            #expect(loaded.tokenizer.addsBOS == original.tokenizer.addsBOS)
            #expect(loaded.chatTemplate == original.chatTemplate)
            for text in strings {
                for trusted in [true, false] {
                    #expect(
                        loaded.tokenizer.encode(text, allowSpecial: trusted)
                            == original.tokenizer.encode(text, allowSpecial: trusted),
                        "\(text.debugDescription) in \(path)")
                }
            }
        }
        // Rows without a token are named in GGUF only.
        let tokens = try #require(file.weights as? GGUFFile).metadata.strings(
            "tokenizer.ggml.tokens")
        let count = try #require(tokens?.count)
        #expect(count == base.config.vocabularySize)
        #expect(tokens?.last == "[PAD\(count - 1)]")
        let json = try JSONValue(contentsOf: back.folder + "/tokenizer.json")
        #expect(json["model"]?["vocab"]?.object?.count == count - 5)
        let report = try ExportCheck.compare(
            model, withModelAt: back.folder, dtype: .f32, prompt: [1, 5, 9, 3])
        #expect(report.passes && report.largestDifference == 0)
    }

    @Test func preTokenizersAreRecognizedAgain() throws {
        for rule in PreTokenizer.allCases {
            let json = TokenizerJSON.preTokenizer(rule)
            #expect(try PreTokenizer.described(by: json, origin: "test") == rule)
        }
    }

    @Test func filesOfAFolderAreCopied() throws {
        let base = try ExportSupport.folder(tokenizer: "smollm", in: folder.path)
        let result = try SafetensorsExport.write(
            ExportSupport.plain(base), base: base, to: folder.path + "/out")
        for name in ["tokenizer.json", "tokenizer_config.json"] {
            let one = try MappedFile(path: "\(base.path)/\(name)")
            let two = try MappedFile(path: "\(result.folder)/\(name)")
            #expect(one.bytes.elementsEqual(two.bytes), "\(name)")
        }
    }

    /// chatml takes the place of the model's template and of its end of text, as LLaMA-Factory has it.
    @Test func aChosenTemplateIsWritten() throws {
        let base = try ExportSupport.folder(tokenizer: "gpt2", in: folder.path)
        let chosen = try BuiltinTemplates.named("chatml")
        let settings = ExportSupport.settings(.f32) { $0.template = chosen }
        let result = try SafetensorsExport.write(
            ExportSupport.plain(base), base: base, settings: settings, to: folder.path + "/out")
        let loaded = try TokenizerLoader.load(modelAt: result.folder)
        let jinja = try #require(loaded.chatTemplate)
        let text = try ModelChatTemplate(jinja, loaded.tokenizer).render(
            [ChatMessage(.user, "Hi")], addsPrompt: true)
        #expect(text == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n")
        #expect(loaded.tokenizer.eosID == 2)
        let modelfile = try String(contentsOfFile: result.folder + "/Modelfile", encoding: .utf8)
        #expect(modelfile.contains("FROM .\n"))
        #expect(
            modelfile.contains("PARAMETER stop \"<|im_end|>\"\nPARAMETER stop \"<|im_start|>\"\n"))
    }

    /// smollm2 leaves the model's template in place: where the two differ is told, not hidden.
    @Test func aKeptTemplateThatDiffersIsTold() throws {
        let base = try ExportSupport.folder(tokenizer: "gpt2", in: folder.path)
        let chosen = try BuiltinTemplates.named("smollm2")
        let settings = ExportSupport.settings(.f32) { $0.template = chosen }
        let result = try SafetensorsExport.write(
            ExportSupport.plain(base), base: base, settings: settings, to: folder.path + "/out")
        #expect(result.notes.first == "The files keep the model's own chat template")
        #expect(result.notes.contains { $0.description.contains("smollm2 writes") })
    }

    /// What a run was trained with is what the result asks with.
    @Test func theTemplateOfARunTakesThePlaceOfAnotherOne() throws {
        let base = try ExportSupport.folder(tokenizer: "gpt2", in: folder.path)
        let chosen = try BuiltinTemplates.named("llama2")
        let settings = ExportSupport.settings(.f32) {
            $0.template = chosen
            $0.followsRun = true
        }
        let result = try SafetensorsExport.write(
            ExportSupport.plain(base), base: base, settings: settings, to: folder.path + "/out")
        let jinja = try #require(TokenizerLoader.load(modelAt: result.folder).chatTemplate)
        #expect(jinja.contains("[INST]"))
        let own = ExportSupport.settings(.f32) { $0.chatTemplate = "{{ 'from the adapter' }}" }
        let other = try SafetensorsExport.write(
            ExportSupport.plain(base), base: base, settings: own, to: folder.path + "/other")
        let kept = try TokenizerLoader.load(modelAt: other.folder).chatTemplate
        #expect(kept == "{{ 'from the adapter' }}")
    }
}
