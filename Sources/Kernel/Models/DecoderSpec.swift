// The network as values: what the one Decoder computes for a family, layer by layer, and what files call its weights.
// Everything in which families differ is here; who reads it from files is in ModelConfig.

/// A decoder-only transformer: embedding, blocks, final norm, head.
public struct DecoderSpec: Sendable, Equatable {
    public var vocabularySize: Int
    /// Width of the residual stream.
    public var hiddenSize: Int
    /// Positions of queries and keys.
    public var rotary: Rotary
    public var layers: [LayerSpec]
    public var finalNorm: NormSpec
    public var head: HeadSpec
    /// The token whose row of the embedding gets no gradient from the input, as `padding_idx` of torch
    /// has it; where padding and end are one token, as in SmolLM2, this changes what full tuning learns.
    public var paddingID: Int?
    public var names: WeightNames

    /// The names and shapes of all weights.
    public var layout: WeightLayout { WeightLayout(self) }
}

/// One block: norm, attention, norm, feed-forward part, around a residual stream.
public struct LayerSpec: Sendable, Equatable {
    public var attention: AttentionSpec
    public var feedForward: FeedForwardSpec
    /// The norms before both parts and, where there are any, on each head of queries and keys.
    public var norm: NormSpec
}

/// Causal grouped-query attention.
public struct AttentionSpec: Sendable, Equatable {
    /// Which keys a query sees, and the sizes of heads.
    public var shape: AttentionShape
    /// Whether queries and keys are normalized per head before the rotation (Qwen3).
    public var normalizesHeads = false
    /// Whether the modules of queries, keys and values have biases.
    public var hasInputBias = false
    public var hasOutputBias = false

    public var headDimension: Int { shape.headDimension }
    /// Width of all queries.
    public var queryWidth: Int { shape.heads * shape.headDimension }
    /// Width of all keys, and of all values.
    public var keyValueWidth: Int { shape.keyValueHeads * shape.headDimension }
}

/// down(silu(gate(x)) · up(x)).
public struct FeedForwardSpec: Sendable, Equatable {
    /// Width between up and down.
    public var width: Int
    public var hasBias = false
}

/// A root-mean-square norm with a gain.
public struct NormSpec: Sendable, Equatable {
    public var epsilon: Float
}

/// The head over the vocabulary.
public struct HeadSpec: Sendable, Equatable {
    /// Whether it is the embedding itself.
    public var isTied = false
}

extension LayerSpec {
    /// (outputs, inputs) of a linear module.
    func shape(of module: LinearModule, hiddenSize: Int) -> (outputs: Int, inputs: Int) {
        switch module {
        case .query: (attention.queryWidth, hiddenSize)
        case .key, .value: (attention.keyValueWidth, hiddenSize)
        case .output: (hiddenSize, attention.queryWidth)
        case .gate, .up: (feedForward.width, hiddenSize)
        case .down: (hiddenSize, feedForward.width)
        }
    }

    func hasBias(_ module: LinearModule) -> Bool {
        switch module {
        case .query, .key, .value: attention.hasInputBias
        case .output: attention.hasOutputBias
        case .gate, .up, .down: feedForward.hasBias
        }
    }

    /// The width of a norm; nil where the block has none.
    func width(of norm: BlockNorm, hiddenSize: Int) -> Int? {
        switch norm {
        case .attention, .feedForward: hiddenSize
        case .query, .key: attention.normalizesHeads ? attention.headDimension : nil
        }
    }
}
