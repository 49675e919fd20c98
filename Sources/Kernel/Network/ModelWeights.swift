// The base weights of a model in memory: immutable, shared by every decoder built on them
// (training, chat, evaluation), in the packed bytes that the file or a quantizer gave.

/// All weights of a base model by their Hugging Face names.
public final class ModelWeights: Sendable {
    public let spec: DecoderSpec
    /// The names and shapes of all weights.
    public let layout: WeightLayout
    let matrices: [String: any PackedWeight]
    let vectors: [String: [Float]]

    public init(spec: DecoderSpec, matrices: [String: any PackedWeight], vectors: [String: [Float]])
    {
        (self.spec, self.matrices, self.vectors) = (spec, matrices, vectors)
        layout = spec.layout
    }

    /// The tensor of the embedding.
    var embeddingName: String { spec.names.weight(.embedding) }
    /// The tensor of a head of its own.
    var headName: String { spec.names.weight(.head) }

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
        layout.linears.first.flatMap { matrices[$0.weightName]?.formatName } ?? "?"
    }

    /// Every weight as a parameter of full tuning would be, in the layout's order.
    public var allParameters: [ParameterSpec] {
        layout.slots.flatMap { slot in
            let isMatrix = slot.shape.count > 1
            let weight = ParameterSpec(
                name: slot.weightName, shape: slot.shape, group: isMatrix ? .matrices : .vectors)
            let bias = ParameterSpec(
                name: slot.biasName, shape: [slot.shape[0]], group: .vectors)
            return slot.hasBias ? [weight, bias] : [weight]
        }
    }
}
