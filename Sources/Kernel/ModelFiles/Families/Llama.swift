// Llama 1 to 3.2, and what others publish as llama: SmolLM2, TinyLlama, Yi.

extension ModelFamily {
    static let llama = ModelFamily(
        modelType: "llama", className: "LlamaForCausalLM", ggufArchitecture: "llama",
        names: .llamaInterleaved, defaults: FamilyDefaults(positions: 2_048),
        network: { (keys, sizes) throws(KernelError) in
            let (bias, mlpBias) = (
                try keys.bool("attention_bias") ?? false, try keys.bool("mlp_bias") ?? false
            )
            _ = try keys.windowedLayers(of: sizes.layers, hasWindow: false)
            return sizes.decoder { _, layer in
                layer.attention.hasInputBias = bias
                layer.attention.hasOutputBias = bias
                layer.feedForward.hasBias = mlpBias
            }
        },
        write: { spec, members in
            members["attention_bias"] = .bool(spec.layers[0].attention.hasInputBias)
            members["mlp_bias"] = .bool(spec.layers[0].feedForward.hasBias)
        })
}
