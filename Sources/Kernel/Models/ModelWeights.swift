// The base weights of a model in memory: immutable, shared by every decoder built on them
// (training, chat, evaluation), in the packed bytes that the file or a quantizer gave.

/// All weights of a base model by their Hugging Face names.
public final class ModelWeights: Sendable {
    public let spec: DecoderSpec
    let matrices: [String: any PackedWeight]
    let vectors: [String: [Float]]

    public init(spec: DecoderSpec, matrices: [String: any PackedWeight], vectors: [String: [Float]])
    {
        (self.spec, self.matrices, self.vectors) = (spec, matrices, vectors)
    }

    static let embeddingName = "model.embed_tokens.weight"
    static let finalNormName = "model.norm.weight"
    static let headName = "lm_head.weight"

    /// Bytes of all weights as they are held.
    public var byteCount: Int {
        matrices.values.reduce(0) { $0 + $1.byteCount }
            + vectors.values.reduce(0) { $0 + $1.count * 4 }
    }

    public var parameterCount: Int {
        matrices.values.reduce(0) { $0 + $1.rows * $1.columns }
            + vectors.values.reduce(0) { $0 + $1.count }
    }

    /// How the linear layers are stored, for people: "q4_1" or "bf16".
    public var formatName: String {
        matrices[LinearSlot.query.path(layer: 0) + ".weight"]?.formatName ?? "?"
    }

    /// Every weight as a parameter of full tuning would be, in the model's order.
    public var allParameters: [ParameterSpec] {
        func matrix(_ name: String) -> [ParameterSpec] {
            matrices[name].map {
                [ParameterSpec(name: name, shape: [$0.rows, $0.columns], decays: true)]
            } ?? []
        }
        func vector(_ name: String) -> [ParameterSpec] {
            vectors[name].map { [ParameterSpec(name: name, shape: [$0.count], decays: false)] }
                ?? []
        }
        var all = matrix(Self.embeddingName)
        for layer in 0..<spec.layerCount {
            for slot in LinearSlot.allCases {
                all +=
                    matrix(slot.path(layer: layer) + ".weight")
                    + vector(slot.path(layer: layer) + ".bias")
            }
            for norm in NormSlot.allCases { all += vector(norm.path(layer: layer) + ".weight") }
        }
        all += vector(Self.finalNormName)
        if !spec.tiedHead { all += matrix(Self.headName) }
        return all
    }
}

/// The norms of a block with their names in Hugging Face files.
enum NormSlot: String, CaseIterable {
    case input = "input_layernorm"
    case output = "post_attention_layernorm"
    case query = "self_attn.q_norm"
    case key = "self_attn.k_norm"

    func path(layer: Int) -> String { "model.layers.\(layer).\(rawValue)" }
}
