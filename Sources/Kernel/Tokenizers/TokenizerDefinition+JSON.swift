// Reads a TokenizerDefinition from the JSON files of a Hugging Face model folder.
// What the program cannot do exactly as the file says is refused; it opens no files.

extension TokenizerDefinition {
    /// A definition from tokenizer.json with, where present, tokenizer_config.json,
    /// special_tokens_map.json and added_tokens.json; `origin` names the first in errors.
    public init(
        tokenizer json: JSONValue, config: JSONValue?, specialTokensMap: JSONValue?,
        addedTokens: JSONValue? = nil, origin: String
    ) throws(KernelError) {
        let reader = TokenizerJSONReader(origin: origin)
        guard let model = json["model"] else { throw reader.failure("model", "none", "an object") }
        try reader.checkModel(model)
        try reader.checkDecoder(json)
        let files = SpecialTokenFiles(config: config, map: specialTokensMap, added: addedTokens)
        let (added, remarks) = files.joined(
            with: try reader.addedTokens(json["added_tokens"]),
            vocabulary: model["vocab"]?.object ?? [:])
        self.init(
            vocabulary: try reader.vocabulary(model["vocab"], added),
            merges: try reader.merges(model["merges"]), addedTokens: added,
            preTokenizer: try PreTokenizer.described(by: json["pre_tokenizer"], origin: origin),
            origin: origin)
        notes = remarks
        ignoresMerges = model["ignore_merges"]?.bool ?? false
        normalizers = try reader.normalizers(json["normalizer"])
        fusesUnknown = model["fuse_unk"]?.bool ?? false
        let ids = Dictionary(
            zip(vocabulary, vocabulary.indices).filter { !$0.0.isEmpty }.map { ($0, $1) },
            uniquingKeysWith: { a, _ in a })
        unknownID = try model["unk_token"]?.string.map { text throws(KernelError) in
            try reader.id(of: text, named: "unk_token", ids)
        }
        func special(_ name: String) -> Int? { files.text(name).flatMap { ids[$0] } }
        bosID = special("bos_token")
        eosID = special("eos_token")
        padID = special("pad_token")
        let prefix = reader.prefixToken(json["post_processor"]).flatMap { ids[$0] }
        let wanted = config?["add_bos_token"]?.bool ?? (prefix != nil)
        if bosID == nil { bosID = prefix }
        addsBOS = wanted && bosID != nil
        chatTemplate = reader.chatTemplate(config?["chat_template"])
    }
}

/// Reads the members of a tokenizer.json.
private struct TokenizerJSONReader {
    let origin: String

    /// Refuses BPE variants whose ids would differ.
    func checkModel(_ model: JSONValue) throws(KernelError) {
        if let type = model["type"]?.string, type != "BPE" {
            throw KernelError(
                .unavailable, "the tokenizer is of a kind that is not supported",
                at: "\(origin), model.type",
                because: "found \(type.escapedForDisplay), expected BPE")
        }
        if let dropout = model["dropout"], !dropout.isNull, dropout.double != 0 {
            throw failure("model.dropout", dropout.text(), "null: encoding must be repeatable")
        }
        for name in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let text = model[name], !text.isNull, text.string != "" {
                throw failure("model.\(name)", text.text(), "null, as in byte-level vocabularies")
            }
        }
        if model["byte_fallback"]?.bool == true {
            throw failure("model.byte_fallback", "true", "false, as in byte-level vocabularies")
        }
    }

    func checkDecoder(_ json: JSONValue) throws(KernelError) {
        let decoder = json["decoder"]?["type"]?.string
        if let decoder, decoder != "ByteLevel" {
            throw failure("decoder", decoder.escapedForDisplay, "ByteLevel")
        }
    }

    /// What is done to a text first.
    func normalizers(_ json: JSONValue?) throws(KernelError) -> [TextNormalizer] {
        do throws(TextNormalizer.Refusal) {
            return try TextNormalizer.steps(json)
        } catch {
            throw failure("normalizer", error.name.escapedForDisplay, error.expected)
        }
    }

    // MARK: - Vocabulary

    func addedTokens(_ json: JSONValue?) throws(KernelError) -> [AddedToken] {
        var tokens: [AddedToken] = []
        for (index, entry) in (json?.array ?? []).enumerated() {
            guard let id = entry["id"]?.integer, let content = entry["content"]?.string else {
                throw failure("added_tokens[\(index)]", entry.kindName, "an id and a content")
            }
            try checkRange(id, "added_tokens[\(index)]")
            tokens.append(AddedToken(id: id, content: content, flags: entry, isSpecial: false))
        }
        return tokens
    }

    /// Token texts by id: the vocabulary of the model and the added tokens. An id that has no token stays
    /// without text, as some published vocabularies have it: no text gives it.
    func vocabulary(_ json: JSONValue?, _ added: [AddedToken]) throws(KernelError) -> [String] {
        guard let members = json?.object else {
            throw failure("model.vocab", json?.kindName ?? "none", "an object")
        }
        try checkGaps(members.lazy.compactMap(\.value.integer).max() ?? 0, members.count, added)
        var texts: [String?] = []
        texts.reserveCapacity(members.count + added.count)
        func put(_ text: String, _ id: Int) throws(KernelError) {
            if id >= texts.count {
                texts += [String?](repeating: nil, count: id + 1 - texts.count)
            }
            if let other = texts[id], other != text {
                throw failure(
                    "model.vocab",
                    "id \(id) for \"\(other.escapedForDisplay)\" and "
                        + "\"\(text.escapedForDisplay)\"", "one token for each id")
            }
            texts[id] = text
        }
        for (text, value) in members {
            guard let id = value.integer else {
                throw failure("model.vocab.\(text.escapedForDisplay)", value.text(), "an id")
            }
            try checkRange(id, "model.vocab.\(text.escapedForDisplay)")
            if id < texts.count, texts[id] != nil {
                throw failure("model.vocab", "id \(id) twice", "one token for each id")
            }
            try put(text, id)
        }
        for token in added { try put(token.content, token.id) }
        return texts.map { $0 ?? "" }
    }

    func merges(_ json: JSONValue?) throws(KernelError) -> [MergeRule] {
        guard let list = json?.array else {
            throw failure("model.merges", json?.kindName ?? "none", "an array")
        }
        var rules: [MergeRule] = []
        rules.reserveCapacity(list.count)
        for (index, entry) in list.enumerated() {
            let rule =
                entry.string.flatMap { MergeRule(line: $0) }
                ?? entry.array.flatMap { parts in
                    guard parts.count == 2, let left = parts[0].string, let right = parts[1].string
                    else { return nil }
                    return MergeRule(left, right)
                }
            guard let rule else {
                throw failure("model.merges[\(index)]", entry.text(), "two tokens")
            }
            rules.append(rule)
        }
        return rules
    }

    // MARK: - Special tokens

    func id(of text: String, named name: String, _ ids: [String: Int]) throws(KernelError) -> Int {
        guard let id = ids[text] else {
            throw failure(name, "\"\(text.escapedForDisplay)\"", "a token of the vocabulary")
        }
        return id
    }

    /// The token that a TemplateProcessing puts in front of a single text.
    func prefixToken(_ json: JSONValue?) -> String? {
        guard let json else { return nil }
        if json["type"]?.string == "Sequence" {
            return (json["processors"]?.array ?? []).lazy.compactMap { prefixToken($0) }.first
        }
        guard json["type"]?.string == "TemplateProcessing" else { return nil }
        return json["single"]?.array?.first?["SpecialToken"]?["id"]?.string
    }

    /// The template, or the one called "default" of several.
    func chatTemplate(_ json: JSONValue?) -> String? {
        if let text = json?.string { return text }
        let named = json?.array?.first { $0["name"]?.string == "default" }
        return named?["template"]?.string
    }

    /// A short file must not ask for the tables of millions of tokens that it does not have.
    private func checkGaps(
        _ last: Int, _ count: Int, _ added: [AddedToken]
    ) throws(KernelError) {
        let last = added.reduce(last) { max($0, $1.id) }
        let most = count + added.count + TokenizerDefinition.gapsMax
        guard last < most || last >= TokenizerDefinition.vocabularySizeMax else {
            throw failure(
                "model.vocab", "id \(last) among \(count + added.count) tokens",
                "at most \(TokenizerDefinition.gapsMax) ids without a token")
        }
    }

    private func checkRange(_ id: Int, _ field: String) throws(KernelError) {
        guard id >= 0, id < TokenizerDefinition.vocabularySizeMax else {
            throw failure(field, "id \(id)", "0 to \(TokenizerDefinition.vocabularySizeMax - 1)")
        }
    }

    func failure(_ field: String, _ found: String, _ expected: String) -> KernelError {
        KernelError(
            .badData, "cannot read the tokenizer", at: "\(origin), \(field)",
            because: "found \(found.escapedForDisplay), expected \(expected)")
    }
}

extension MergeRule {
    /// A rule written as two tokens with one blank between them.
    init?(line: String) {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        self.init(String(parts[0]), String(parts[1]))
    }
}
