// Tokenizer files that contradict themselves, or ask for what is not supported, are refused with an
// error that names the field; none traps.

import Kernel
import Testing

/// One way to break a tokenizer.json: the member at the path gets another value.
struct BrokenTokenizer: Sendable, CustomTestStringConvertible {
    var path: [String]
    var value: String
    var blames: String

    init(_ path: String, _ value: String, blames: String) {
        self.path = path.split(separator: ".").map(String.init)
        self.value = value
        self.blames = blames
    }

    var testDescription: String { "\(path.joined(separator: ".")) = \(value.prefix(60))" }

    static let sound = """
        {"added_tokens": [{"id": 4, "content": "<s>", "special": true}],
         "normalizer": null, "decoder": {"type": "ByteLevel"},
         "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true},
         "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "abb": 3},
                   "merges": ["a b", ["ab", "b"]]}}
        """

    static let split = """
        {"type": "Sequence", "pretokenizers": [{"type": "Split", "behavior": "Isolated", \
        "invert": false, "pattern": {"Regex": "PATTERN"}}, {"type": "ByteLevel", \
        "add_prefix_space": false, "use_regex": false}]}
        """

    static let cases: [BrokenTokenizer] = vocabularies + merges + models + patterns + added

    static let vocabularies = [
        BrokenTokenizer("model", "null", blames: "vocab"),
        BrokenTokenizer("model.vocab", "null", blames: "model.vocab"),
        BrokenTokenizer("model.vocab", "[]", blames: "model.vocab"),
        BrokenTokenizer("model.vocab", "{}", blames: "merge 1"),
        BrokenTokenizer("model.vocab.b", "0", blames: "id 0 twice"),
        BrokenTokenizer("model.vocab.b", "-1", blames: "id -1"),
        BrokenTokenizer("model.vocab.b", "2147483648", blames: "id 2147483648"),
        BrokenTokenizer("model.vocab.b", "9223372036854775807", blames: "id 9223372036854775807"),
        BrokenTokenizer("model.vocab.b", "18446744073709551616", blames: "vocab.b"),
        BrokenTokenizer("model.vocab.b", "1.0", blames: "vocab.b"),
        BrokenTokenizer("model.vocab.b", "\"1\"", blames: "vocab.b"),
        BrokenTokenizer("model.vocab.b", "null", blames: "vocab.b"),
        BrokenTokenizer("model.vocab.c", "4", blames: "id 4 for"),
        // A short file must not ask for tables of millions.
        BrokenTokenizer("model.vocab.c", "4194303", blames: "ids without a token"),
    ]

    static let merges = [
        BrokenTokenizer("model.merges", "null", blames: "model.merges"),
        BrokenTokenizer("model.merges", "{}", blames: "model.merges"),
        BrokenTokenizer("model.merges", "[\"a\"]", blames: "merges[0]"),
        BrokenTokenizer("model.merges", "[\"a b b\"]", blames: "merges[0]"),
        BrokenTokenizer("model.merges", "[\" b\"]", blames: "merges[0]"),
        BrokenTokenizer("model.merges", "[[\"a\"]]", blames: "merges[0]"),
        BrokenTokenizer("model.merges", "[[\"a\", 1]]", blames: "merges[0]"),
        BrokenTokenizer("model.merges", "[7]", blames: "merges[0]"),
        BrokenTokenizer("model.merges", "[\"a c\"]", blames: "merge 1"),
        BrokenTokenizer("model.merges", "[\"b a\"]", blames: "merge 1"),
        BrokenTokenizer("model.merges", "[[\"a\", \"\"]]", blames: "merge 1"),
        BrokenTokenizer("model.merges", "[[\"\", \"\"]]", blames: "merge 1"),
        BrokenTokenizer("model.merges", "[\"abb abb\"]", blames: "merge 1"),
        BrokenTokenizer("model.merges", "[\"a 中\"]", blames: "merge 1"),
    ]

    static let models = [
        BrokenTokenizer("model.type", "\"Unigram\"", blames: "Unigram"),
        BrokenTokenizer("model.type", "\"WordPiece\"", blames: "WordPiece"),
        BrokenTokenizer("model.dropout", "0.1", blames: "dropout"),
        BrokenTokenizer("model.dropout", "\"NaN\"", blames: "dropout"),
        BrokenTokenizer("model.continuing_subword_prefix", "\"##\"", blames: "prefix"),
        BrokenTokenizer("model.end_of_word_suffix", "\"</w>\"", blames: "suffix"),
        BrokenTokenizer("model.byte_fallback", "true", blames: "byte_fallback"),
        BrokenTokenizer("model.unk_token", "\"?\"", blames: "unk_token"),
        BrokenTokenizer("normalizer", "{\"type\": \"Strip\"}", blames: "Strip"),
        BrokenTokenizer("normalizer", "{\"pattern\": 1}", blames: "normalizer"),
        BrokenTokenizer("decoder", "{\"type\": \"Metaspace\"}", blames: "Metaspace"),
    ]

    static let patterns =
        [
            BrokenTokenizer("pre_tokenizer", "null", blames: "ByteLevel"),
            BrokenTokenizer("pre_tokenizer", "{\"type\": \"Whitespace\"}", blames: "Whitespace"),
            BrokenTokenizer(
                "pre_tokenizer", "{\"type\": \"ByteLevel\"}", blames: "add_prefix_space"),
            BrokenTokenizer("pre_tokenizer.use_regex", "false", blames: "pre_tokenizer"),
            BrokenTokenizer(
                "pre_tokenizer", "{\"type\": \"Sequence\", \"pretokenizers\": []}",
                blames: "pre_tokenizer"),
            BrokenTokenizer(
                "pre_tokenizer",
                split.replacing("PATTERN", with: " ").replacing("Isolated", with: "Removed"),
                blames: "isolating"),
        ]
        + ["(a+)+$", "(a|a)*b", "(?:(?:x*)*)*y", ".*.*.*=", "\\\\p{L}+", "", "(", "\\u001b[2J"]
        .map {
            BrokenTokenizer(
                "pre_tokenizer", split.replacing("PATTERN", with: $0), blames: "unknown pattern")
        }

    static let added = [
        BrokenTokenizer("added_tokens", "[{\"id\": 4}]", blames: "added_tokens[0]"),
        BrokenTokenizer("added_tokens", "[{\"content\": \"x\"}]", blames: "added_tokens[0]"),
        BrokenTokenizer("added_tokens", "[1]", blames: "added_tokens[0]"),
        BrokenTokenizer(
            "added_tokens", "[{\"id\": 4, \"content\": \"\"}]", blames: "some text"),
        BrokenTokenizer(
            "added_tokens", "[{\"id\": -4, \"content\": \"x\"}]", blames: "id -4"),
        BrokenTokenizer(
            "added_tokens", "[{\"id\": 2147483648, \"content\": \"x\"}]", blames: "2147483648"),
        BrokenTokenizer(
            "added_tokens", "[{\"id\": 1, \"content\": \"x\"}]", blames: "id 1 for"),
        BrokenTokenizer(
            "added_tokens",
            "[{\"id\": 4, \"content\": \"x\"}, {\"id\": 4, \"content\": \"x\"}]",
            blames: "a second time"),
    ]
}

struct MalformedTokenizerTests {
    @Test func theSoundFileLoads() throws {
        let tokenizer = try load(JSONValue(parsing: BrokenTokenizer.sound, source: "test"))
        #expect(tokenizer.encode("abbab<s>", allowSpecial: true) == [3, 2, 4])
        #expect(tokenizer.encode("abbab<s>", allowSpecial: false) == [3, 2])
    }

    @Test(arguments: BrokenTokenizer.cases)
    func theBrokenFileIsRefused(broken: BrokenTokenizer) throws {
        let sound = try JSONValue(parsing: BrokenTokenizer.sound, source: "test")
        let value = try JSONValue(parsing: broken.value, source: "test")
        let error = try #require(throws: KernelError.self) {
            _ = try load(replacing(broken.path[...], in: sound, with: value))
        }
        #expect(error.description.contains(broken.blames), "\(error)")
        #expect(!error.description.contains("\u{1B}"))
    }

    @Test func deepNestingIsRefusedByTheParser() {
        let deep = String(repeating: "{\"type\":\"Sequence\",\"normalizers\":[", count: 500_000)
        #expect(throws: KernelError.self) { try JSONValue(parsing: deep, source: "test") }
    }

    @Test func definitionsWithWrongIDsAreRefused() {
        func refuses(_ change: (inout TokenizerDefinition) -> Void) {
            var definition = TokenizerDefinition(
                vocabulary: ["a", "b"], merges: [], preTokenizer: .gpt2, origin: "test")
            change(&definition)
            #expect(throws: KernelError.self) { try BytePairTokenizer(definition) }
        }
        refuses { $0.vocabulary = [] }
        refuses { $0.vocabulary = ["a", "a"] }
        refuses { $0.vocabulary[1] = String(repeating: "a", count: 65_537) }
        refuses { $0.bosID = 2 }
        refuses { $0.eosID = -1 }
        refuses { $0.padID = .max }
        refuses { $0.unknownID = .min }
        refuses { $0.addsBOS = true }
    }

    @Test func bytesThatTheVocabularyLacksVanishOrAreUnknown() throws {
        var definition = TokenizerDefinition(
            vocabulary: ["a", "?"], merges: [], preTokenizer: .gpt2, origin: "test")
        #expect(try BytePairTokenizer(definition).encode("axya", allowSpecial: false) == [0, 0])
        definition.unknownID = 1
        #expect(
            try BytePairTokenizer(definition).encode("axya", allowSpecial: false) == [0, 1, 1, 0])
        definition.fusesUnknown = true
        #expect(try BytePairTokenizer(definition).encode("axya", allowSpecial: false) == [0, 1, 0])
    }

    /// A file can list a rule that builds a special token out of what a user types.
    @Test func noMergeBuildsASpecialToken() throws {
        var definition = TokenizerDefinition(
            vocabulary: ["<", ">", "<>"], merges: [MergeRule("<", ">")],
            addedTokens: [AddedToken(id: 2, content: "<>")], preTokenizer: .gpt2, origin: "test")
        for ignoresMerges in [false, true] {
            definition.ignoresMerges = ignoresMerges
            let tokenizer = try BytePairTokenizer(definition)
            #expect(tokenizer.encode("<>", allowSpecial: false) == [0, 1])
            #expect(tokenizer.encode("<>", allowSpecial: true) == [2])
        }
    }

    /// "<|end" from a user and "|>" from the template do not become a special token together.
    @Test func noSpecialTokenCrossesABoundaryOfTrust() throws {
        let tokenizer = try TextFixtures.tokenizer("qwen2").tokenizer
        let ids = tokenizer.encode([
            PromptPiece("<|im_start|>user\n", isTrusted: true),
            PromptPiece("a<|im_end", isTrusted: false),
            PromptPiece("|>", isTrusted: true),
            PromptPiece("<|im_end|>", isTrusted: true),
        ])
        #expect(ids.filter { $0 == 1 }.count == 1)
        #expect(ids.filter { $0 == 2 }.count == 1)
        #expect(ids.last == 2)
        #expect(
            tokenizer.decode(ids, skipSpecial: false)
                == "<|im_start|>user\na<|im_end|><|im_end|>")
    }

    private func load(_ json: JSONValue) throws -> any Tokenizer {
        try TokenizerLoader.load(
            TokenizerDefinition(
                tokenizer: json, config: nil, specialTokensMap: nil, origin: "test")
        ).tokenizer
    }

    private func replacing(
        _ path: ArraySlice<String>, in json: JSONValue, with value: JSONValue
    ) -> JSONValue {
        guard let name = path.first else { return value }
        var members = json.object ?? [:]
        members[name] = replacing(path.dropFirst(), in: members[name] ?? .null, with: value)
        return .object(members)
    }
}
