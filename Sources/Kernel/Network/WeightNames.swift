// What the files of a family call the modules of a model: Hugging Face's paths and GGUF's. Data, and translation
// by them; nothing is read here.

/// The names of a family's modules, for Hugging Face files and for GGUF files.
public struct WeightNames: Sendable, Equatable {
    /// One module in both kinds of files.
    struct Name: Sendable, Equatable {
        var huggingFace: String
        var gguf: String

        init(_ huggingFace: String, _ gguf: String) {
            (self.huggingFace, self.gguf) = (huggingFace, gguf)
        }
    }

    /// What stands before the number of a block.
    var block = Name("model.layers.", "blk.")
    /// Modules outside of the blocks by their whole paths, those inside by the path behind the number.
    var modules: [WeightRole: Name]
    /// Whether GGUF files keep the rows of queries and keys with the rotary halves of each head interleaved.
    var interleavesHeads = false
    /// What GGUF files add to the weights of norms: 1 where Hugging Face's hold the gain less one.
    var ggufGainOffset: Float = 0

    /// The names of llama's files, which most families have.
    static let llama = WeightNames(
        modules: [
            .embedding: Name("model.embed_tokens", "token_embd"),
            .finalNorm: Name("model.norm", "output_norm"), .head: Name("lm_head", "output"),
            .norm(.attention): Name("input_layernorm", "attn_norm"),
            .norm(.feedForward): Name("post_attention_layernorm", "ffn_norm"),
            .norm(.query): Name("self_attn.q_norm", "attn_q_norm"),
            .norm(.key): Name("self_attn.k_norm", "attn_k_norm"),
            .linear(.query): Name("self_attn.q_proj", "attn_q"),
            .linear(.key): Name("self_attn.k_proj", "attn_k"),
            .linear(.value): Name("self_attn.v_proj", "attn_v"),
            .linear(.output): Name("self_attn.o_proj", "attn_output"),
            .linear(.gate): Name("mlp.gate_proj", "ffn_gate"),
            .linear(.up): Name("mlp.up_proj", "ffn_up"),
            .linear(.down): Name("mlp.down_proj", "ffn_down"),
        ])

    /// The same, with rows that llama.cpp's converter interleaves.
    static let llamaInterleaved: WeightNames = {
        var names = llama
        names.interleavesHeads = true
        return names
    }()

    /// The paths of a module that the family has.
    func paths(_ role: WeightRole, layer: Int?) -> (huggingFace: String, gguf: String) {
        guard let name = modules[role] else { preconditionFailure("no name for \(role)") }
        guard let layer else { return (name.huggingFace, name.gguf) }
        return (
            "\(block.huggingFace)\(layer).\(name.huggingFace)", "\(block.gguf)\(layer).\(name.gguf)"
        )
    }

    /// The weight of a module outside of the blocks, in Hugging Face files.
    func weight(_ role: WeightRole) -> String { paths(role, layer: nil).huggingFace + ".weight" }

    /// Which module a tensor of a GGUF file belongs to, and what Hugging Face calls the tensor:
    /// "blk.3.attn_q.weight" is "model.layers.3.self_attn.q_proj.weight"; nil for other names.
    func huggingFaceTensor(ofGGUF name: String) -> (name: String, role: WeightRole)? {
        guard let dot = name.lastIndex(of: ".") else { return nil }
        let suffix = name[dot...]
        guard suffix == ".weight" || suffix == ".bias" else { return nil }
        let stem = name[..<dot]
        guard stem.hasPrefix(block.gguf) else {
            return module(named: String(stem), isInBlock: false).map {
                (paths($0, layer: nil).huggingFace + suffix, $0)
            }
        }
        let rest = stem.dropFirst(block.gguf.count)
        guard let end = rest.firstIndex(of: "."), let layer = Self.layerNumber(rest[..<end]),
            let role = module(named: String(rest[rest.index(after: end)...]), isInBlock: true)
        else { return nil }
        return (paths(role, layer: layer).huggingFace + suffix, role)
    }

    private func module(named gguf: String, isInBlock: Bool) -> WeightRole? {
        modules.first { $0.value.gguf == gguf && $0.key.isInBlock == isInBlock }?.key
    }

    private static func layerNumber(_ text: Substring) -> Int? {
        let isNumber =
            (1...6).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
            && (text == "0" || !text.hasPrefix("0"))
        return isNumber ? Int(text) : nil
    }
}

extension WeightRole {
    /// Whether it is a norm's weight.
    var isNorm: Bool {
        switch self {
        case .norm, .finalNorm: true
        case .embedding, .head, .linear: false
        }
    }

    /// Whether every block has one.
    var isInBlock: Bool {
        switch self {
        case .embedding, .finalNorm, .head: false
        case .norm, .linear: true
        }
    }
}
