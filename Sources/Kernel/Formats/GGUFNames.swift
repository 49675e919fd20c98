// Tensor names of GGUF files and of Hugging Face checkpoints, in both directions.
// One table serves llama (also mistral), qwen2 and qwen3; names outside it have no counterpart.

/// Translates tensor names between GGUF and Hugging Face.
public enum GGUFNames {
    /// The factors by which Llama 3.1 divides its rotary frequencies; Hugging Face has no such tensor.
    public static let rotaryFactors = "rope_freqs.weight"

    private static let whole = [
        ("token_embd", "model.embed_tokens"), ("output_norm", "model.norm"),
        ("output", "lm_head"),
    ]
    private static let perLayer = [
        ("attn_norm", "input_layernorm"), ("ffn_norm", "post_attention_layernorm"),
        ("attn_q", "self_attn.q_proj"), ("attn_k", "self_attn.k_proj"),
        ("attn_v", "self_attn.v_proj"), ("attn_output", "self_attn.o_proj"),
        ("attn_q_norm", "self_attn.q_norm"), ("attn_k_norm", "self_attn.k_norm"),
        ("ffn_gate", "mlp.gate_proj"), ("ffn_up", "mlp.up_proj"), ("ffn_down", "mlp.down_proj"),
    ]
    private static let toHuggingFace = Dictionary(
        uniqueKeysWithValues: (whole + perLayer).map { ($0, $1) })
    private static let toGGUF = Dictionary(
        uniqueKeysWithValues: (whole + perLayer).map { ($1, $0) })
    private static let wholeNames = Set(whole.flatMap { [$0.0, $0.1] })

    /// "blk.3.attn_q.weight" → "model.layers.3.self_attn.q_proj.weight"; nil for other names.
    public static func huggingFaceName(of name: String) -> String? {
        translate(name, from: "blk.", to: "model.layers.", table: toHuggingFace)
    }

    /// "model.layers.3.self_attn.q_proj.weight" → "blk.3.attn_q.weight"; nil for other names.
    public static func ggufName(of name: String) -> String? {
        translate(name, from: "model.layers.", to: "blk.", table: toGGUF)
    }

    /// Whether this GGUF tensor's rows are permuted in files of `architecture`, and by which heads.
    public static func permutedProjection(_ name: String, architecture: String) -> Projection? {
        guard architecture == "llama", name.hasPrefix("blk.") else { return nil }
        if name.hasSuffix(".attn_q.weight") || name.hasSuffix(".attn_q.bias") { return .query }
        if name.hasSuffix(".attn_k.weight") || name.hasSuffix(".attn_k.bias") { return .key }
        return nil
    }

    /// The projections whose rows the llama architecture permutes.
    public enum Projection: Sendable { case query, key }

    private static func translate(
        _ name: String, from layerPrefix: String, to newPrefix: String, table: [String: String]
    ) -> String? {
        guard let dot = name.lastIndex(of: ".") else { return nil }
        let suffix = name[dot...]
        guard suffix == ".weight" || suffix == ".bias" else { return nil }
        let stem = name[..<dot]
        guard stem.hasPrefix(layerPrefix) else {
            guard wholeNames.contains(String(stem)), let new = table[String(stem)] else {
                return nil
            }
            return new + suffix
        }
        let rest = stem.dropFirst(layerPrefix.count)
        guard let end = rest.firstIndex(of: "."), isLayerNumber(rest[..<end]) else { return nil }
        let part = String(rest[rest.index(after: end)...])
        guard !wholeNames.contains(part), let new = table[part] else { return nil }
        return "\(newPrefix)\(rest[..<end]).\(new)\(suffix)"
    }

    private static func isLayerNumber(_ text: Substring) -> Bool {
        (1...6).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
            && (text == "0" || !text.hasPrefix("0"))
    }
}
