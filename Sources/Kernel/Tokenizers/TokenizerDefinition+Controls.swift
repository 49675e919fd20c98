// Finds tokens that structure prompts although their file does not mark them: GGUF files without
// token types, or whose turn marks are typed as ordinary words. llama.cpp takes them as special too.
// It reads texts only; what is taken is told.

/// Looks for tokens that are special by their looks and their use.
struct ControlLookalikes {
    /// The texts of the vocabulary by id.
    let tokens: [String]
    /// Ids that the file marks already, whatever as.
    let marked: Set<Int>
    /// Whether the file says anything about kinds of tokens.
    let hasTypes: Bool
    /// The chat template of the file.
    let chatTemplate: String?
    /// Ids that the file names: the ends of texts and turns.
    let named: [Int]

    /// Marks of the usual chat formats.
    private static let known: Set<String> = [
        "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|begin_of_text|>", "<|end_of_text|>",
        "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|eom_id|>", "<|eot|>",
        "<|end|>", "<|user|>", "<|assistant|>", "<|system|>", "<start_of_turn>", "<end_of_turn>",
    ]

    /// The tokens to take as special, in the order of their ids.
    var found: [AddedToken] {
        let ends = Set(named)
        return tokens.enumerated().compactMap { id, text in
            guard !marked.contains(id), !text.isEmpty else { return nil }
            // A file may name an ordinary word as the end of texts: only one that looks like a
            // mark is taken out of the words.
            guard Self.looksLikeControl(text) else { return nil }
            let isUsed = chatTemplate?.contains(text) == true
            guard isUsed || ends.contains(id) || !hasTypes || Self.known.contains(text) else {
                return nil
            }
            return AddedToken(id: id, content: text, isSpecial: true)
        }
    }

    /// What to tell of the tokens that were taken; nil when there are none.
    static func note(_ found: [AddedToken], hasTypes: Bool) -> Sentence? {
        guard !found.isEmpty else { return nil }
        let listed = found.prefix(8).map(\.content.escapedForDisplay).joined(separator: ", ")
        let why =
            hasTypes
            ? "The file types these marks as ordinary tokens"
            : "The file does not say which tokens are special (no token_type)"
        return "\(why); taken as special, as llama.cpp does: \(listed)"
            + (found.count > 8 ? " and \(found.count - 8) more." : ".")
    }

    /// `<|…|>`, `<…_of_…>`, `<s>`, `</s>`, `[INST]` and their like: no blank, no bracket inside.
    private static func looksLikeControl(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 3, bytes.count <= 64, let first = bytes.first, let last = bytes.last
        else { return false }
        let inner = bytes.dropFirst().dropLast()
        let isPlain = inner.allSatisfy { byte in
            byte > 0x20 && byte < 0x7F
                && ![UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "["), UInt8(ascii: "]")]
                    .contains(byte)
        }
        guard isPlain else { return false }
        if first == UInt8(ascii: "<"), last == UInt8(ascii: ">") {
            if bytes[1] == UInt8(ascii: "|") {
                return bytes.count >= 5 && bytes[bytes.count - 2] == UInt8(ascii: "|")
            }
            return text == "<s>" || text == "</s>" || known.contains(text)
        }
        guard first == UInt8(ascii: "["), last == UInt8(ascii: "]") else { return false }
        return ["[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]"].contains(text)
    }
}
