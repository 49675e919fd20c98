// Which tokens are special, by the files beside tokenizer.json and by the looks of a GGUF's. Ids are
// those of transformers 5.23 for the same files.

import Testing

@testable import Kernel

@Suite struct SpecialTokenFilesTests {
    /// A tokenizer.json whose vocabulary has the bytes a to f, a blank, and the marks at 8 to 10.
    private func tokenizer(
        listed: String = "[]", config: String = "{}", map: String? = nil, added: String? = nil
    ) throws -> LoadedTokenizer {
        let json = """
            {"added_tokens": \(listed), "normalizer": null, "decoder": {"type": "ByteLevel"},
             "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true},
             "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "c": 2, "<": 3, "|": 4, ">": 5,
                       "\u{120}": 6, "s": 7, "<|s|>": 8, "<|e|>": 9, "<|p|>": 10}, "merges": []}}
            """
        func value(_ text: String) throws -> JSONValue {
            try JSONValue(parsing: text, source: "test")
        }
        return try TokenizerLoader.load(
            TokenizerDefinition(
                tokenizer: value(json), config: value(config),
                specialTokensMap: try map.map(value), addedTokens: try added.map(value),
                origin: "test"))
    }

    private func token(_ content: String, _ flags: String = "") -> String {
        #"{"content": "\#(content)", "special": true, "normalized": false\#(flags)}"#
    }

    private func ids(_ loaded: LoadedTokenizer, _ text: String) -> [Int] {
        loaded.tokenizer.encode(text, allowSpecial: true)
    }

    /// Case of tokenizer.json without added tokens.
    @Test func tokensThatOnlyTheConfigurationListsAreMatched() throws {
        let loaded = try tokenizer(
            config: """
                {"added_tokens_decoder": {"8": \(token("<|s|>")), "9": \(token("<|e|>", #", "lstrip": true"#))},
                 "eos_token": "<|e|>"}
                """)
        #expect(ids(loaded, "<|s|>a <|e|>b") == [8, 0, 9, 1])
        #expect(loaded.tokenizer.isSpecial(8) && loaded.tokenizer.eosID == 9)
        #expect(!loaded.tokenizer.encode("<|s|>", allowSpecial: false).contains(8))
        #expect(loaded.notes == [])
    }

    @Test func flagsOfTheConfigurationWin() throws {
        let listed = """
            [{"id": 8, "content": "<|s|>", "special": false, "rstrip": true, "normalized": true}]
            """
        #expect(ids(try tokenizer(listed: listed), "a <|s|> b") == [0, 6, 8, 1])
        let loaded = try tokenizer(
            listed: listed,
            config: #"{"added_tokens_decoder": {"8": \#(token("<|s|>", #", "lstrip": true"#))}}"#)
        #expect(ids(loaded, "a <|s|> b") == [0, 8, 6, 1])
        #expect(loaded.tokenizer.isSpecial(8))
    }

    @Test func newTokensGetTheNextId() throws {
        let loaded = try tokenizer(
            config: #"""
                {"added_tokens_decoder": {"40": {"content": "cab", "single_word": true, "special": false}}}
                """#)
        #expect(ids(loaded, "cab") == [11] && ids(loaded, "cabs") == [2, 0, 1, 7])
        #expect(loaded.notes.count == 1 && loaded.notes[0].description.contains("id 11, not 40"))
        let older = try tokenizer(
            config: #"{"pad_token": "<|p|>"}"#, added: #"{"cab": 11, "<|p|>": 10}"#)
        #expect(ids(older, "cab<|p|>") == [11, 10] && older.notes == [])
        #expect(!older.tokenizer.isSpecial(11) && older.tokenizer.isSpecial(10))
    }

    @Test func namedTokensAreSpecial() throws {
        // The map counts where the configuration has no list of its own, and then wins.
        let loaded = try tokenizer(
            config: #"{"eos_token": "<|e|>", "additional_special_tokens": ["<|p|>"]}"#,
            map: #"{"eos_token": {"content": "<|s|>"}}"#)
        #expect(ids(loaded, "<|s|><|p|>") == [8, 10] && loaded.tokenizer.eosID == 8)
        let complete = try tokenizer(
            config: #"{"eos_token": "<|e|>", "added_tokens_decoder": {}, "image_token": "<|p|>"}"#,
            map: #"{"eos_token": "<|s|>"}"#)
        #expect(complete.tokenizer.eosID == 9 && ids(complete, "<|p|>") == [10])
        #expect(!ids(complete, "<|s|>").contains(8))
        let odd = try tokenizer(config: #"{"pad_token": "[PAD]"}"#)
        #expect(
            odd.notes == [
                "The special token [PAD] has no id in the vocabulary; it is read as plain text."
            ])
    }

    @Test func wholeTextsBeginAsTheTokenizerSays() {
        let (plain, adding) = (ByteTokenizer(), ByteTokenizer(addsBOS: true))
        #expect(plain.encodeWhole("a", allowSpecial: true) == [97])
        #expect(plain.encodeWhole("a", allowSpecial: true, addsStart: true) == [256, 97])
        #expect(adding.encodeWhole("a", allowSpecial: true) == [256, 97])
        #expect(adding.encodeWhole("a", allowSpecial: true, addsStart: false) == [97])
    }

    // MARK: - GGUF

    private func marks(types: Bool, template: String?, named: [Int] = []) -> [String] {
        ControlLookalikes(
            tokens: ["a", "<|im_start|>", "<|im_end|>", "<|", "<b>", "<|odd|>", "<|a b|>", "[x]"],
            marked: [], hasTypes: types, chatTemplate: template, named: named
        ).found.map(\.content)
    }

    @Test func marksOfAFileWithoutTypesAreSpecial() {
        #expect(marks(types: false, template: nil) == ["<|im_start|>", "<|im_end|>", "<|odd|>"])
        #expect(marks(types: true, template: nil) == ["<|im_start|>", "<|im_end|>"])
        #expect(
            marks(types: true, template: "{{ '<|odd|>' }}")
                == ["<|im_start|>", "<|im_end|>", "<|odd|>"])
        #expect(marks(types: true, template: nil, named: [5, 0]).last == "<|odd|>")
    }
}
