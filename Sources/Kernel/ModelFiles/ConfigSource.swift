// The one way to read a model's configuration, from config.json or from GGUF metadata: families ask for keys by the
// names that config.json has for them. The sources are ConfigReader and GGUFConfigReader.

/// A configuration whose keys are read with a type and a range. What was read is remembered, so that a key that no
/// reader asked for can be refused or told.
protocol ConfigSource {
    /// Whether the file is a GGUF file, which means what llama.cpp computes from it.
    var isGGUF: Bool { get }
    /// Nil when the key is absent or null.
    func integer(_ key: String, in range: ClosedRange<Int>) throws(KernelError) -> Int?
    func double(_ key: String, in range: ClosedRange<Double>) throws(KernelError) -> Double?
    func bool(_ key: String) throws(KernelError) -> Bool?
    /// Whether the key is there, be it with null.
    func holds(_ key: String) -> Bool
    /// Marks keys as read that have no effect with what was read beside them.
    func pass(_ keys: String...)
    /// The error for one key.
    func error(_ key: String, _ reason: Sentence, hint: Sentence?) -> KernelError

    func activation(_ key: String) throws(KernelError) -> Activation?
    func vocabularySize() throws(KernelError) -> Int
    /// The base of the rotary frequencies.
    func ropeTheta() throws(KernelError) -> Double
    func ropeScaling(positions: Int, headDimension: Int) throws(KernelError) -> RopeScaling?
    /// Which of so many layers the file lists as windowed; nil without a list.
    func windowedLayers(of count: Int, hasWindow: Bool) throws(KernelError) -> [Bool]?
}

extension ConfigSource {
    func error(_ key: String, _ reason: Sentence) -> KernelError { error(key, reason, hint: nil) }

    func requiredInteger(_ key: String, in range: ClosedRange<Int>) throws(KernelError) -> Int {
        guard let number = try integer(key, in: range) else { throw error(key, "it is missing") }
        return number
    }
}

/// What nearly every family says under the same keys.
struct NetworkSizes {
    let vocabulary: Int
    let hidden: Int
    let layers: Int
    let heads: Int
    let keyValueHeads: Int
    let headDimension: Int
    /// Width of the feed-forward part.
    let width: Int
    let positions: Int
    let norm: NormSpec
    let rotary: RotarySpec
    let isTied: Bool
    let activation: Activation

    init(_ keys: any ConfigSource, _ family: ModelFamily) throws(KernelError) {
        // Absent keys of GGUF metadata mean what follows from the sizes, and some may not be absent.
        let absent = keys.isGGUF ? nil : family.defaults
        hidden = try keys.requiredInteger("hidden_size", in: ModelLimits.width)
        heads = try keys.requiredInteger("num_attention_heads", in: ModelLimits.heads)
        layers = try keys.requiredInteger("num_hidden_layers", in: ModelLimits.layers)
        vocabulary = try keys.vocabularySize()
        // An explicit null means one key head per query head in all families.
        let shared = keys.holds("num_key_value_heads") ? nil : absent?.keyValueHeads
        keyValueHeads =
            try keys.integer("num_key_value_heads", in: ModelLimits.heads) ?? shared ?? heads
        guard heads % keyValueHeads == 0 else {
            throw keys.error(
                "num_key_value_heads", "\(keyValueHeads) does not divide \(heads) heads")
        }
        headDimension = try Self.headDimension(
            keys, hidden: hidden, heads: heads, absent: absent?.headDimension)
        width = try keys.requiredInteger("intermediate_size", in: ModelLimits.intermediate)
        guard
            let positions = try keys.integer(
                "max_position_embeddings", in: ModelLimits.positions) ?? absent?.positions
        else { throw keys.error("max_position_embeddings", "it is missing") }
        self.positions = positions
        guard let epsilon = try keys.double("rms_norm_eps", in: Self.epsilons) ?? absent?.epsilon
        else { throw keys.error("rms_norm_eps", "it is missing") }
        norm = NormSpec(epsilon: Float(epsilon))
        rotary = RotarySpec(
            headDimension: headDimension, theta: try keys.ropeTheta(),
            scaling: try keys.ropeScaling(positions: positions, headDimension: headDimension))
        isTied = try keys.bool("tie_word_embeddings") ?? family.defaults.isTied
        activation =
            try keys.activation(family.defaults.activationKey) ?? family.defaults.activation
    }

    /// Bounds that float32 rounds outward.
    private static let epsilons = Double(Float(1e-12))...Double(Float(0.1))

    private static func headDimension(
        _ keys: any ConfigSource, hidden: Int, heads: Int, absent: Int?
    ) throws(KernelError) -> Int {
        let declared = try keys.integer("head_dim", in: ModelLimits.headDimension)
        guard let dimension = declared ?? absent else {
            guard hidden % heads == 0, (hidden / heads) % 2 == 0,
                ModelLimits.headDimension.contains(hidden / heads)
            else {
                throw keys.error(
                    "num_attention_heads",
                    "a width of \(hidden) does not divide into \(heads) heads of even width")
            }
            return hidden / heads
        }
        guard dimension % 2 == 0 else { throw keys.error("head_dim", "\(dimension) is odd") }
        return dimension
    }

    /// A decoder of these sizes with pre-norms and full attention; `change` makes of each layer what the family has.
    func decoder(
        _ change: (_ index: Int, _ layer: inout LayerSpec) -> Void = { _, _ in }
    ) -> DecoderSpec {
        var all: [LayerSpec] = []
        for index in 0..<layers {
            var layer = LayerSpec(
                attention: AttentionSpec(
                    shape: AttentionShape(
                        heads: heads, keyValueHeads: keyValueHeads, headDimension: headDimension)),
                feedForward: FeedForwardSpec(activation: activation, width: width),
                norms: [.attention: norm, .feedForward: norm])
            change(index, &layer)
            all.append(layer)
        }
        return DecoderSpec(
            vocabularySize: vocabulary, hiddenSize: hidden, rotary: rotary, layers: all,
            finalNorm: norm, head: HeadSpec(isTied: isTied), names: .llama)
    }
}
