// Recognises pre-tokenizers by the patterns and names that files give. Only known patterns are
// accepted: a pattern from a stranger's file is never run. It scans no text.

extension PreTokenizer {
    /// Patterns as tokenizer.json files spell them.
    private static let byPattern: [String: PreTokenizer] = {
        let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
        let rest = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
        let gpt2Rest = "| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
        return [
            contractions + "\\p{N}{1,3}" + rest: .llama3,
            contractions + "\\p{N}" + rest: .qwen2,
            "'s|'t|'re|'ve|'m|'ll|'d" + gpt2Rest: .gpt2,
            "'(?:[sdmt]|ll|ve|re)" + gpt2Rest: .gpt2,
        ]
    }()

    /// Names in `tokenizer.ggml.pre` whose words are cut the same way.
    private static let byName: [String: PreTokenizer] = [
        "gpt-2": .gpt2, "phi-2": .gpt2, "olmo": .gpt2, "mpt": .gpt2,
        "smollm": .smollm, "starcoder": .smollm, "refact": .smollm,
        "llama-bpe": .llama3, "llama3": .llama3, "llama-v3": .llama3,
        "qwen2": .qwen2, "deepseek-r1-qwen": .qwen2,
    ]

    /// The rule a GGUF file names, nil for an unknown name.
    static func named(_ name: String) -> PreTokenizer? { byName[name] }

    /// The rule that the `pre_tokenizer` member of a tokenizer.json describes.
    static func described(by json: JSONValue?, origin: String) throws(KernelError) -> PreTokenizer {
        let steps = json.map(flattened) ?? []
        let kinds = steps.map { ($0["type"]?.string ?? "?").escapedForDisplay }
        guard let last = steps.last, kinds.last == "ByteLevel" else {
            throw refusal(origin, "steps \(kinds.prefix(8)), expected ByteLevel as the last one")
        }
        if last["add_prefix_space"]?.bool ?? true {
            throw refusal(origin, "ByteLevel with add_prefix_space, which is not supported")
        }
        let usesPattern = last["use_regex"]?.bool ?? true
        switch (kinds.dropLast(), usesPattern) {
        case ([], true): return .gpt2
        case (["Digits"], true) where steps[0]["individual_digits"]?.bool == true: return .smollm
        case (["Split"], false): return try split(steps[0], origin: origin)
        default:
            throw refusal(origin, "steps \(kinds.prefix(8)), which are not a known combination")
        }
    }

    private static func split(_ step: JSONValue, origin: String) throws(KernelError) -> PreTokenizer
    {
        guard step["behavior"]?.string == "Isolated", step["invert"]?.bool == false,
            let pattern = step["pattern"]?["Regex"]?.string
        else { throw refusal(origin, "a Split that is not an isolating pattern") }
        guard let rule = byPattern[pattern] else {
            let shown = String(pattern.prefix(400)).escapedForDisplay
            throw refusal(origin, "the unknown pattern \(shown)")
        }
        return rule
    }

    /// The steps of a sequence, nested ones in their place.
    private static func flattened(_ json: JSONValue) -> [JSONValue] {
        guard json["type"]?.string == "Sequence" else { return json.isNull ? [] : [json] }
        return (json["pretokenizers"]?.array ?? []).flatMap(flattened)
    }

    private static func refusal(_ origin: String, _ found: String) -> KernelError {
        KernelError(
            .unavailable, "the tokenizer cuts text in a way that is not supported",
            at: "\(origin), pre_tokenizer", because: "found \(found)",
            hint: "Supported are the pre-tokenizers of GPT-2, SmolLM, Llama 3 and Qwen2")
    }
}
