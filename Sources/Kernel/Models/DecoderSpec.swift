// What differs between decoder families, as data: sizes, biases, norms and where weights are named.
// Everything else is the one Decoder.

/// The shape of a decoder-only transformer and the options in which families differ.
public struct DecoderSpec: Sendable {
    public var vocabularySize: Int
    public var hiddenSize: Int
    public var innerSize: Int
    public var layerCount: Int
    public var attention: AttentionShape
    public var normEpsilon: Float
    public var rotary: Rotary
    /// Gains on each head of queries and keys before the rotation (Qwen3).
    public var normalizesQueriesAndKeys: Bool
    public var tiedHead: Bool
    /// Layers below this one see all keys even when `attention` has a window (Qwen2's max_window_layers).
    public var windowFirstLayer = 0
    /// The token whose row of the embedding gets no gradient from the input, as `padding_idx` of torch
    /// has it; where padding and end are one token, as in SmolLM2, this changes what full tuning learns.
    public var paddingID: Int?

    public init(
        vocabularySize: Int, hiddenSize: Int, innerSize: Int, layerCount: Int,
        attention: AttentionShape,
        normEpsilon: Float, rotary: Rotary, normalizesQueriesAndKeys: Bool = false,
        tiedHead: Bool = false
    ) {
        self.vocabularySize = vocabularySize
        self.hiddenSize = hiddenSize
        self.innerSize = innerSize
        self.layerCount = layerCount
        self.attention = attention
        self.normEpsilon = normEpsilon
        self.rotary = rotary
        self.normalizesQueriesAndKeys = normalizesQueriesAndKeys
        self.tiedHead = tiedHead
    }

    /// The attention of one layer.
    func attention(layer: Int) -> AttentionShape {
        var shape = attention
        if layer < windowFirstLayer { shape.window = nil }
        return shape
    }

    var queryWidth: Int { attention.heads * attention.headDimension }
    var keyValueWidth: Int { attention.keyValueHeads * attention.headDimension }
}

/// The seven linear layers of a block, with their names in Hugging Face files.
public enum LinearSlot: Int, CaseIterable, Sendable {
    case query, key, value, output, gate, up, down

    /// The module's own name: what `lora_target` lists.
    public var moduleName: String {
        switch self {
        case .query: "q_proj"
        case .key: "k_proj"
        case .value: "v_proj"
        case .output: "o_proj"
        case .gate: "gate_proj"
        case .up: "up_proj"
        case .down: "down_proj"
        }
    }

    /// The module's path: "model.layers.3.self_attn.q_proj".
    public func path(layer: Int) -> String {
        let part = rawValue <= LinearSlot.output.rawValue ? "self_attn" : "mlp"
        return "model.layers.\(layer).\(part).\(moduleName)"
    }

    /// (outputs, inputs) in a decoder of this shape.
    public func shape(in spec: DecoderSpec) -> (outputs: Int, inputs: Int) {
        switch self {
        case .query: (spec.queryWidth, spec.hiddenSize)
        case .key, .value: (spec.keyValueWidth, spec.hiddenSize)
        case .output: (spec.hiddenSize, spec.queryWidth)
        case .gate, .up: (spec.innerSize, spec.hiddenSize)
        case .down: (spec.hiddenSize, spec.innerSize)
        }
    }
}
