// Reads a TokenizerDefinition from the metadata of a GGUF file.
// It opens no files; element types are checked, counts are compared.

extension TokenizerDefinition {
    private static let prefix = "tokenizer.ggml."
    private static let control = 3
    private static let userDefined = 4
    private static let unknown = 2

    /// A definition from the `tokenizer.ggml.*` keys; `origin` names the file in errors.
    public init(metadata: GGUFMetadata, origin: String) throws(KernelError) {
        let kind = try metadata.string(Self.prefix + "model") ?? "none"
        guard kind == "gpt2" else {
            throw KernelError(
                .unavailable, "the tokenizer is of a kind that is not supported",
                at: "\(origin), tokenizer.ggml.model",
                because: "found \(kind.escapedForDisplay), expected gpt2 (byte-level BPE)")
        }
        let tokens = try Self.required(metadata.strings(Self.prefix + "tokens"), "tokens", origin)
        let lines = try Self.required(metadata.strings(Self.prefix + "merges"), "merges", origin)
        let types = try metadata.integers(Self.prefix + "token_type")
        if let types, types.count != tokens.count {
            throw Self.failure(
                origin, "token_type", "\(types.count) entries", "\(tokens.count), one a token")
        }
        var merges: [MergeRule] = []
        merges.reserveCapacity(lines.count)
        for (rank, line) in lines.enumerated() {
            guard let rule = MergeRule(line: line) else {
                throw Self.failure(
                    origin, "merges[\(rank)]", line.escapedForDisplay, "two tokens and a blank")
            }
            merges.append(rule)
        }
        let (rule, note) = try Self.preTokenizer(metadata, origin)
        let listed = Self.addedTokens(tokens, types ?? [])
        let template = try metadata.string("tokenizer.chat_template")
        var named: [Int] = []
        for name in ["bos_token_id", "eos_token_id", "eot_token_id", "eom_token_id"] {
            named += [try metadata.integer(Self.prefix + name)].compactMap(\.self)
        }
        let lookalikes = ControlLookalikes(
            tokens: tokens, marked: Self.marked(types ?? []), hasTypes: types != nil,
            chatTemplate: template, named: named
        ).found
        self.init(
            vocabulary: tokens, merges: merges, addedTokens: listed + lookalikes,
            preTokenizer: rule, origin: origin)
        // These follow from the family; the file format has no keys for them.
        ignoresMerges = rule == .llama3
        normalizers = rule == .qwen2 ? [.nfc] : []
        bosID = try metadata.tokenID(Self.prefix + "bos_token_id", below: tokens.count)
        eosID = try metadata.tokenID(Self.prefix + "eos_token_id", below: tokens.count)
        padID = try metadata.tokenID(Self.prefix + "padding_token_id", below: tokens.count)
        let adds = try metadata.bool(Self.prefix + "add_bos_token") ?? (rule == .llama3)
        addsBOS = adds && bosID != nil
        let file = origin.lastPathPart
        notes =
            [note, ControlLookalikes.note(lookalikes, hasTypes: types != nil)].compactMap(\.self)
            + metadata.ledger.remarks.map { "\(file): \($0)" as Sentence }
        chatTemplate = template
    }

    /// Ids of which the file says something: neither undefined (0) nor normal (1).
    private static func marked(_ types: [Int]) -> Set<Int> {
        Set(types.indices.filter { types[$0] != 0 && types[$0] != 1 })
    }

    private static func addedTokens(_ tokens: [String], _ types: [Int]) -> [AddedToken] {
        zip(tokens, types).enumerated().compactMap { id, entry in
            let (text, type) = entry
            guard type == control || type == userDefined || type == unknown, !text.isEmpty else {
                return nil
            }
            return AddedToken(id: id, content: text, isSpecial: type != userDefined)
        }
    }

    private static func preTokenizer(
        _ metadata: GGUFMetadata, _ origin: String
    ) throws(KernelError) -> (PreTokenizer, note: Sentence?) {
        let name = try metadata.string(prefix + "pre") ?? "default"
        if let rule = PreTokenizer.named(name) { return (rule, nil) }
        guard name == "default" else {
            throw KernelError(
                .unavailable, "the tokenizer cuts text in a way that is not supported",
                at: "\(origin), tokenizer.ggml.pre", because: "found \(name.escapedForDisplay)",
                hint: "Supported are the pre-tokenizers of GPT-2, SmolLM, Llama 3 and Qwen2")
        }
        return (
            .gpt2,
            "The file does not name its pre-tokenizer; GPT-2's is assumed, ids may differ slightly"
        )
    }

    private static func required<Value>(
        _ value: Value?, _ name: String, _ origin: String
    ) throws(KernelError) -> Value {
        guard let value else { throw failure(origin, name, "nothing", "a list") }
        return value
    }

    private static func failure(
        _ origin: String, _ field: String, _ found: String, _ expected: String
    ) -> KernelError {
        KernelError(
            .badData, "cannot read the tokenizer", at: "\(origin), tokenizer.ggml.\(field)",
            because: "found \(found), expected \(expected)")
    }
}
