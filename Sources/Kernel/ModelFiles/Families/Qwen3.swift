// Qwen3: heads of queries and keys are normalized before the rotation; the last layers may have a window.

extension ModelFamily {
    static let qwen3 = ModelFamily(
        modelType: "qwen3", className: "Qwen3ForCausalLM", ggufArchitecture: "qwen3",
        defaults: FamilyDefaults(keyValueHeads: 32, headDimension: 128),
        network: { (keys, sizes) throws(KernelError) in
            let bias = try keys.bool("attention_bias") ?? false
            let windows = try keys.qwenWindows(sizes)
            return sizes.decoder { index, layer in
                layer.attention.hasInputBias = bias
                layer.attention.hasOutputBias = bias
                layer.attention.shape.window = windows[index]
                layer.norms[.query] = sizes.norm
                layer.norms[.key] = sizes.norm
            }
        },
        write: { spec, members in
            members["attention_bias"] = .bool(spec.layers[0].attention.hasInputBias)
            writeQwenWindow(spec, &members)
        })
}
