// A model folder with a tokenizer, small enough to train in milliseconds: a random llama of two layers
// over single bytes and three special tokens. Written into a folder by the test that wants it.

import Foundation
import Kernel

/// Makes tiny model folders.
public enum TinyModels {
    /// 256 bytes, three special tokens, and rows that no token uses, as real models have.
    public static let vocabularySize = 264
    /// The tokens beyond the bytes, in the order of their ids from 256 on.
    public static let specialTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]

    private static let (hidden, inner, layers, heads, keyValueHeads) = (32, 64, 2, 4, 2)

    /// Writes config.json, model.safetensors and the tokenizer files; `salt` makes other weights.
    public static func make(in folder: String, salt: Int = 0) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try write(configuration, to: "\(folder)/config.json")
        try write(tokenizer, to: "\(folder)/tokenizer.json")
        try write(
            ["bos_token": "<|im_start|>", "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"],
            to: "\(folder)/tokenizer_config.json")
        try writeWeights(to: "\(folder)/model.safetensors", salt: salt)
    }

    private static func write(_ json: [String: Any], to path: String) throws {
        let data = try JSONSerialization.data(
            withJSONObject: json, options: [.prettyPrinted, .sortedKeys])
        try data.write(to: URL(fileURLWithPath: path))
    }

    private static var configuration: [String: Any] {
        [
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
            "hidden_size": hidden, "intermediate_size": inner, "num_hidden_layers": layers,
            "num_attention_heads": heads, "num_key_value_heads": keyValueHeads,
            "head_dim": hidden / heads,
            "vocab_size": vocabularySize, "max_position_embeddings": 512, "rms_norm_eps": 1e-5,
            "rope_theta": 10_000, "attention_bias": false, "mlp_bias": false,
            "tie_word_embeddings": false,
            "bos_token_id": 257, "eos_token_id": 258, "pad_token_id": 256,
        ]
    }

    // MARK: - Tokenizer

    /// Byte-level BPE without merges: one token a byte.
    private static var tokenizer: [String: Any] {
        var vocabulary: [String: Int] = [:]
        for (byte, text) in byteAlphabet.enumerated() { vocabulary[text] = byte }
        let added: [[String: Any]] = specialTokens.enumerated().map { index, text in
            [
                "id": 256 + index, "content": text, "special": true, "normalized": false,
                "single_word": false,
                "lstrip": false, "rstrip": false,
            ]
        }
        let byteLevel: [String: Any] = [
            "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true,
        ]
        return [
            "version": "1.0", "added_tokens": added, "pre_tokenizer": byteLevel,
            "decoder": byteLevel,
            "model": ["type": "BPE", "vocab": vocabulary, "merges": [String]()],
        ]
    }

    /// Printable Latin-1 bytes spell themselves, the others U+0100 and up.
    private static var byteAlphabet: [String] {
        var next: UInt32 = 256
        return (0..<256).map { byte in
            let isPrintable =
                (33...126).contains(byte) || ((161...255).contains(byte) && byte != 173)
            let value = isPrintable ? UInt32(byte) : next
            if !isPrintable { next += 1 }
            return Unicode.Scalar(value).map { String(Character($0)) } ?? ""
        }
    }

    // MARK: - Weights

    private static var tensors: [WeightSpec] {
        func matrix(_ name: String, _ rows: Int, _ columns: Int) -> WeightSpec {
            WeightSpec(name: name + ".weight", dtype: .f32, shape: [rows, columns])
        }
        let keyWidth = hidden / heads * keyValueHeads
        var all = [matrix("model.embed_tokens", vocabularySize, hidden)]
        for layer in 0..<layers {
            let path = "model.layers.\(layer)"
            all += [
                matrix("\(path).self_attn.q_proj", hidden, hidden),
                matrix("\(path).self_attn.k_proj", keyWidth, hidden),
                matrix("\(path).self_attn.v_proj", keyWidth, hidden),
                matrix("\(path).self_attn.o_proj", hidden, hidden),
                matrix("\(path).mlp.gate_proj", inner, hidden),
                matrix("\(path).mlp.up_proj", inner, hidden),
                matrix("\(path).mlp.down_proj", hidden, inner),
            ]
            for norm in ["input_layernorm", "post_attention_layernorm"] {
                all.append(WeightSpec(name: "\(path).\(norm).weight", dtype: .f32, shape: [hidden]))
            }
        }
        all.append(WeightSpec(name: "model.norm.weight", dtype: .f32, shape: [hidden]))
        return all + [matrix("lm_head", vocabularySize, hidden)]
    }

    private static func writeWeights(to path: String, salt: Int) throws {
        let tensors = tensors
        try AtomicFile.write(to: path) { (sink) throws(KernelError) in
            let writer = try SafetensorsWriter(
                to: sink, tensors: tensors, metadata: [("format", "pt")])
            for (index, tensor) in tensors.enumerated() {
                let count = tensor.shape.reduce(1, *)
                let isNorm = tensor.shape.count == 1
                let pattern = patternFill(
                    count, salt: salt * 100 + index, scale: isNorm ? 0.1 : 0.25)
                let values = isNorm ? pattern.map { $0 + 1 } : pattern
                let written = values.withUnsafeBytes { bytes in
                    Result { () throws(KernelError) in try writer.write(bytes, of: tensor.name) }
                }
                try written.get()
            }
            writer.finish()
        }
    }
}
