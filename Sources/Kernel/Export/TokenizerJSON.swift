// The three tokenizer files of a Hugging Face folder, made from a byte-level BPE definition as GGUF
// carries it, so that transformers gives the same ids. It opens and writes nothing.

/// Writes a definition as tokenizer.json, tokenizer_config.json and special_tokens_map.json.
struct TokenizerJSON {
    private let definition: TokenizerDefinition
    private let unknownID: Int?
    /// Ids from here on are GGUF's filling of an embedding that is longer than the vocabulary.
    private let count: Int

    /// Patterns as published tokenizer.json files have them.
    private static let contractions =
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
    private static let rest = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

    init(_ definition: TokenizerDefinition, metadata: GGUFMetadata) {
        self.definition = definition
        unknownID = metadata["tokenizer.ggml.unknown_token_id"]?.integer
        let unused = 5
        let types = metadata["tokenizer.ggml.token_type"]?.array?.integers ?? []
        let used = types.lastIndex { $0 != unused }
        count = used.map { min($0 + 1, definition.vocabulary.count) } ?? definition.vocabulary.count
    }

    /// The files; `eos` takes the place of the definition's end of text.
    func files(jinja: String?, eos: String?, positions: Int) throws(KernelError) -> [SideFile] {
        let special = specialTokens(eos: eos)
        return [
            SideFile("tokenizer.json", text: try tokenizer().text()),
            SideFile("tokenizer_config.json", json: config(special, jinja, positions)),
            SideFile("special_tokens_map.json", json: .object(special)),
        ]
    }

    // MARK: - tokenizer.json

    private static func normalizer(_ steps: [TextNormalizer]) -> JSONValue {
        guard let first = steps.first else { return .null }
        guard steps.count > 1 else { return first.json }
        return ["type": "Sequence", "normalizers": .array(steps.map(\.json))]
    }

    private func tokenizer() throws(KernelError) -> JSONValue {
        [
            "version": "1.0", "truncation": nil, "padding": nil,
            "added_tokens": .array(
                added.map { token in
                    var members: JSONObject = ["id": .integer(token.id)]
                    members.merge(flags(of: token), uniquingKeysWith: { _, new in new })
                    return .object(members)
                }),
            "normalizer": Self.normalizer(definition.normalizers),
            "pre_tokenizer": Self.preTokenizer(definition.preTokenizer),
            "post_processor": postProcessor,
            "decoder": Self.byteLevel(addsSpace: true, usesPattern: true),
            "model": [
                "type": "BPE", "dropout": nil, "unk_token": nil, "continuing_subword_prefix": nil,
                "end_of_word_suffix": nil, "fuse_unk": false, "byte_fallback": false,
                "ignore_merges": .bool(definition.ignoresMerges),
                "vocab": .object(try vocabulary()),
                "merges": .array(definition.merges.map { .string("\($0.left) \($0.right)") }),
            ],
        ]
    }

    private var added: [AddedToken] { definition.addedTokens.filter { $0.id < count } }

    private func flags(of token: AddedToken) -> JSONObject {
        [
            "content": .string(token.content), "single_word": .bool(token.isSingleWord),
            "lstrip": .bool(token.stripsLeft), "rstrip": .bool(token.stripsRight),
            "normalized": .bool(token.isNormalized), "special": .bool(token.isSpecial),
        ]
    }

    private func vocabulary() throws(KernelError) -> JSONObject {
        var members = JSONObject()
        for (id, token) in definition.vocabulary.prefix(count).enumerated() where !token.isEmpty {
            guard members.updateValue(.integer(id), forKey: token) == nil else {
                throw KernelError(
                    .badData, "cannot write the tokenizer", at: definition.origin,
                    because: "the token \"\(token.escapedForDisplay)\" is there twice")
            }
        }
        return members
    }

    private static func byteLevel(addsSpace: Bool, usesPattern: Bool) -> JSONValue {
        [
            "type": "ByteLevel", "add_prefix_space": .bool(addsSpace), "trim_offsets": true,
            "use_regex": .bool(usesPattern),
        ]
    }

    static func preTokenizer(_ rule: PreTokenizer) -> JSONValue {
        func sequence(_ first: JSONValue, usesPattern: Bool) -> JSONValue {
            let second = byteLevel(addsSpace: false, usesPattern: usesPattern)
            return ["type": "Sequence", "pretokenizers": [first, second]]
        }
        func split(_ numbers: String) -> JSONValue {
            [
                "type": "Split", "pattern": ["Regex": .string(contractions + numbers + rest)],
                "behavior": "Isolated", "invert": false,
            ]
        }
        switch rule {
        case .gpt2: return byteLevel(addsSpace: false, usesPattern: true)
        case .smollm:
            return sequence(["type": "Digits", "individual_digits": true], usesPattern: true)
        case .llama3: return sequence(split("\\p{N}{1,3}"), usesPattern: false)
        case .qwen2: return sequence(split("\\p{N}"), usesPattern: false)
        }
    }

    /// Puts the start of text in front; nothing for models that start without one.
    private var postProcessor: JSONValue {
        guard definition.addsBOS, let id = definition.bosID else { return .null }
        let text = JSONValue.string(definition.vocabulary[id])
        let bos: JSONValue = ["SpecialToken": ["id": text, "type_id": 0]]
        let first: JSONValue = ["Sequence": ["id": "A", "type_id": 0]]
        let second: JSONValue = ["Sequence": ["id": "B", "type_id": 1]]
        let secondBOS: JSONValue = ["SpecialToken": ["id": text, "type_id": 1]]
        return [
            "type": "TemplateProcessing", "single": [bos, first],
            "pair": [bos, first, secondBOS, second],
            "special_tokens": .object([
                definition.vocabulary[id]: ["id": text, "ids": [.integer(id)], "tokens": [text]]
            ]),
        ]
    }

    // MARK: - The other files

    private func specialTokens(eos: String?) -> JSONObject {
        var members = JSONObject()
        func put(_ name: String, _ id: Int?) {
            guard let id, definition.vocabulary.indices.contains(id) else { return }
            members[name] = .string(definition.vocabulary[id])
        }
        put("bos_token", definition.bosID)
        put("eos_token", definition.eosID)
        if let eos { members["eos_token"] = .string(eos) }
        put("pad_token", definition.padID)
        put("unk_token", unknownID)
        return members
    }

    private func config(_ special: JSONObject, _ jinja: String?, _ positions: Int) -> JSONValue {
        var members: JSONObject = [
            "add_prefix_space": false, "clean_up_tokenization_spaces": false,
            "model_max_length": .integer(positions),
            "tokenizer_class": "PreTrainedTokenizerFast",
        ]
        members["added_tokens_decoder"] = .object(
            JSONObject(uniqueKeysWithValues: added.map { ("\($0.id)", .object(flags(of: $0))) }))
        if definition.bosID != nil { members["add_bos_token"] = .bool(definition.addsBOS) }
        if let jinja { members["chat_template"] = .string(jinja) }
        members.merge(special, uniquingKeysWith: { _, new in new })
        return .object(members.sortedByKey())
    }
}
