// Gemma 2 (arXiv 2408.00118): norms on both sides of each part, bounded scores and logits, a window in every second
// layer, a gate with gelu, and embeddings multiplied by the square root of their width.

extension ModelFamily {
    static let gemma2 = ModelFamily(
        modelType: "gemma2", className: "Gemma2ForCausalLM", ggufArchitecture: "gemma2",
        names: .gemma2,
        defaults: FamilyDefaults(
            positions: 8_192, keyValueHeads: 4, headDimension: 256, isTied: true,
            activationKey: "hidden_activation", activation: .geluTanh),
        ggufWindow: .everyOther,
        network: { (keys, sizes) throws(KernelError) in
            // Published files hold these beside the names that the network reads.
            keys.pass("hidden_act", "sliding_window_size")
            let bias = try keys.bool("attention_bias") ?? false
            let scalar =
                try keys.double("query_pre_attn_scalar", in: 1e-3...1e6)
                ?? (keys.isGGUF ? ggufScalar(sizes) : 256)
            let scoreCap = try keys.cap("attn_logit_softcapping", absent: 50)
            let logitCap = try keys.cap("final_logit_softcapping", absent: 30)
            let window =
                keys.holds("sliding_window")
                ? try keys.integer("sliding_window", in: ModelLimits.positions) : 4_096
            let listed = try keys.windowedLayers(of: sizes.layers, hasWindow: window != nil)
            let norm = NormSpec(epsilon: sizes.norm.epsilon, gainOffset: 1)
            var spec = sizes.decoder { index, layer in
                layer.attention.hasInputBias = bias
                layer.attention.hasOutputBias = bias
                layer.attention.shape.scale = Float(1 / scalar.squareRoot())
                layer.attention.shape.softCap = scoreCap
                let isWindowed = listed?[index] ?? GGUFWindow.everyOther.isWindowed(index)
                layer.attention.shape.window = isWindowed ? window : nil
                layer.norms = [
                    .attention: norm, .attentionOutput: norm, .feedForward: norm,
                    .feedForwardOutput: norm,
                ]
            }
            spec.finalNorm = norm
            spec.head.softCap = logitCap
            spec.embeddingScale = Float(sizes.hidden).squareRoot()
            return spec
        },
        write: { spec, members in
            let attention = spec.layers[0].attention
            members["attention_bias"] = .bool(attention.hasInputBias)
            members["attn_logit_softcapping"] = .cap(attention.shape.softCap)
            members["final_logit_softcapping"] = .cap(spec.head.softCap)
            members["query_pre_attn_scalar"] = .number(scalar(attention.shape))
            members["sliding_window"] = spec.window.map { .integer($0) } ?? .null
            if spec.window != nil { members["layer_types"] = spec.layerTypes }
        },
        refuseGGUF: { spec in
            let shape = spec.layers[0].attention.shape
            let expected = ggufScalar(
                layers: spec.layers.count, width: spec.hiddenSize, shape: shape)
            if scalar(shape) != expected {
                return (
                    "query_pre_attn_scalar",
                    "llama.cpp always computes with \(expected) for a model of these sizes"
                )
            }
            if shape.softCap == nil || spec.head.softCap == nil {
                return ("attn_logit_softcapping", "llama.cpp always bounds scores and logits")
            }
            return nil
        })

    /// 1 / scale², as the configuration writes it.
    private static func scalar(_ shape: AttentionShape) -> Double {
        (1 / (Double(shape.scale) * Double(shape.scale)) * 1_000).rounded() / 1_000
    }

    /// llama.cpp divides by the width of a head, in the largest model (46 layers) by the width over the heads.
    private static func ggufScalar(layers: Int, width: Int, shape: AttentionShape) -> Double {
        Double(layers == 46 ? width / shape.heads : shape.headDimension)
    }

    private static func ggufScalar(_ sizes: NetworkSizes) -> Double {
        ggufScalar(
            layers: sizes.layers, width: sizes.hidden,
            shape: AttentionShape(
                heads: sizes.heads, keyValueHeads: sizes.keyValueHeads,
                headDimension: sizes.headDimension))
    }
}

extension WeightNames {
    /// The norm behind the attention has the name that llama's files give to the one before the feed-forward part;
    /// GGUF files hold the gains themselves.
    static let gemma2: WeightNames = {
        var names = llama
        names.modules[.norm(.attentionOutput)] = Name(
            "post_attention_layernorm", "post_attention_norm")
        names.modules[.norm(.feedForward)] = Name("pre_feedforward_layernorm", "ffn_norm")
        names.modules[.norm(.feedForwardOutput)] = Name(
            "post_feedforward_layernorm", "post_ffw_norm")
        names.ggufGainOffset = 1
        return names
    }()
}

extension ConfigSource {
    /// A bound on scores or logits; an explicit null is none.
    fileprivate func cap(_ key: String, absent: Float) throws(KernelError) -> Float? {
        guard let cap = try double(key, in: 1e-3...1e6) else { return holds(key) ? nil : absent }
        return Float(cap)
    }
}

extension JSONValue {
    fileprivate static func cap(_ cap: Float?) -> JSONValue {
        cap.map { .number(Double($0)) } ?? .null
    }
}
