// Sizes and switches of a configuration by single names, for tests that make one or ask for one.

@testable import Kernel

extension ModelConfig {
    private var layer: LayerSpec { network.layers[0] }
    var hiddenSize: Int { network.hiddenSize }
    var intermediateSize: Int { layer.feedForward.width }
    var layerCount: Int { network.layers.count }
    var headCount: Int { layer.attention.shape.heads }
    var keyValueHeadCount: Int { layer.attention.shape.keyValueHeads }
    var headDimension: Int { layer.attention.headDimension }
    var normEpsilon: Float { network.finalNorm.epsilon }
    var ropeTheta: Double {
        get { network.rotary.theta }
        set { network.rotary.theta = newValue }
    }
    var ropeScaling: RopeScaling? {
        get { network.rotary.scaling }
        set { network.rotary.scaling = newValue }
    }
    var tiedEmbeddings: Bool { network.head.isTied }
    var attentionBias: Bool { layer.attention.hasInputBias }
    var attentionOutputBias: Bool { layer.attention.hasOutputBias }
    var mlpBias: Bool { layer.feedForward.hasBias }
    var queryKeyNorm: Bool { layer.norms[.query] != nil }
    var slidingWindow: Int? { network.window }
    /// The first layer with a window; all from it on have it.
    var slidingWindowFirstLayer: Int {
        let first = network.layers.firstIndex { $0.attention.shape.window != nil } ?? 0
        precondition(
            network.layers[first...].allSatisfy { $0.attention.shape.window != nil } || first == 0)
        return first
    }

    init(
        modelType: String, vocabularySize: Int, hiddenSize: Int, intermediateSize: Int,
        layerCount: Int, headCount: Int, keyValueHeadCount: Int, headDimension: Int,
        maximumPositions: Int, normEpsilon: Float = 1e-6, ropeTheta: Double = 10_000,
        ropeScaling: RopeScaling? = nil, tiedEmbeddings: Bool = false,
        attentionBias: Bool = false, queryKeyNorm: Bool = false, slidingWindow: Int? = nil,
        slidingWindowFirstLayer: Int = 0,
        bosTokenID: Int? = nil, eosTokenIDs: [Int] = [], padTokenID: Int? = nil
    ) {
        let norm = NormSpec(epsilon: normEpsilon)
        var norms = [BlockNorm.attention: norm, .feedForward: norm]
        if queryKeyNorm { (norms[.query], norms[.key]) = (norm, norm) }
        let layers = (0..<layerCount).map { index in
            LayerSpec(
                attention: AttentionSpec(
                    shape: AttentionShape(
                        heads: headCount, keyValueHeads: keyValueHeadCount,
                        headDimension: headDimension,
                        window: index < slidingWindowFirstLayer ? nil : slidingWindow),
                    hasInputBias: attentionBias),
                feedForward: FeedForwardSpec(width: intermediateSize), norms: norms)
        }
        self.init(
            modelType: modelType,
            network: DecoderSpec(
                vocabularySize: vocabularySize, hiddenSize: hiddenSize,
                rotary: RotarySpec(
                    headDimension: headDimension, theta: ropeTheta, scaling: ropeScaling),
                layers: layers, finalNorm: norm, head: HeadSpec(isTied: tiedEmbeddings),
                paddingID: padTokenID, names: .llama),
            maximumPositions: maximumPositions, bosTokenID: bosTokenID, eosTokenIDs: eosTokenIDs)
    }
}
