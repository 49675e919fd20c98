// The network as values: what the one Decoder computes for a family, layer by layer, and what files call its weights.
// Everything in which families differ is here; how a family's files become one is in Families.

/// A decoder-only transformer: embedding, blocks, final norm, head.
public struct DecoderSpec: Sendable, Equatable {
    public var vocabularySize: Int
    /// Width of the residual stream.
    public var hiddenSize: Int
    /// Positions of queries and keys.
    public var rotary: RotarySpec
    public var layers: [LayerSpec]
    public var finalNorm: NormSpec
    public var head: HeadSpec
    /// What token embeddings are multiplied by before the first block.
    public var embeddingScale: Float = 1
    /// The token whose row of the embedding gets no gradient from the input, as `padding_idx` of torch
    /// has it; where padding and end are one token, as in SmolLM2, this changes what full tuning learns.
    public var paddingID: Int?
    public var names: WeightNames

    /// The names and shapes of all weights.
    public var layout: WeightLayout { WeightLayout(self) }
    /// The window of the layers that have one, in tokens; nil where all layers see everything.
    public var window: Int? { layers.lazy.compactMap(\.attention.shape.window).first }
}

/// One block: attention, then the feed-forward part, each added to a residual stream.
public struct LayerSpec: Sendable, Equatable {
    public var attention: AttentionSpec
    public var feedForward: FeedForwardSpec
    /// The norms that the block has, by their places: before a part, after it (post-norm), or both (sandwich).
    public var norms: [BlockNorm: NormSpec]
}

/// Causal grouped-query attention.
public struct AttentionSpec: Sendable, Equatable {
    /// The sizes of heads, which keys a query sees, and what becomes of scores.
    public var shape: AttentionShape
    /// Whether the modules of queries, keys and values have biases.
    public var hasInputBias = false
    public var hasOutputBias = false

    public var headDimension: Int { shape.headDimension }
    /// Width of all queries.
    public var queryWidth: Int { shape.heads * shape.headDimension }
    /// Width of all keys, and of all values.
    public var keyValueWidth: Int { shape.keyValueHeads * shape.headDimension }
}

/// down(activation(gate(x)) · up(x)).
public struct FeedForwardSpec: Sendable, Equatable {
    public var activation = Activation.silu
    /// Width between up and down.
    public var width: Int
    public var hasBias = false
}

/// A root-mean-square norm with a gain.
public struct NormSpec: Sendable, Equatable {
    public var epsilon: Float
    /// What the weight in files lacks of the gain: 1 where it is the gain less one (Gemma).
    public var gainOffset: Float = 0
}

/// The head over the vocabulary.
public struct HeadSpec: Sendable, Equatable {
    /// Whether it is the embedding itself.
    public var isTied = false
    /// Logits are bounded to cap · tanh(logit / cap); nil leaves them.
    public var softCap: Float?
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
        guard norms[norm] != nil else { return nil }
        return switch norm {
        case .attention, .attentionOutput, .feedForward, .feedForwardOutput: hiddenSize
        case .query, .key: attention.headDimension
        }
    }
}
