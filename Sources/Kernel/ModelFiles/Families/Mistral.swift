// Mistral 7B and its like: llama with a window in every layer.

extension ModelFamily {
    static let mistral = ModelFamily(
        modelType: "mistral", className: "MistralForCausalLM", ggufArchitecture: "llama",
        names: .llamaInterleaved,
        defaults: FamilyDefaults(positions: 131_072, keyValueHeads: 8),
        network: { (keys, sizes) throws(KernelError) in
            // An absent key means the family's default, an explicit null means no window.
            let length =
                keys.holds("sliding_window")
                ? try keys.integer("sliding_window", in: ModelLimits.positions) : 4_096
            // The family's own network has the window in every layer, whatever the list says.
            if let listed = try keys.windowedLayers(of: sizes.layers, hasWindow: length != nil),
                listed.contains(false), length != nil
            {
                throw keys.error(
                    "layer_types", "layers without the window are not supported in this family")
            }
            return sizes.decoder { _, layer in
                layer.attention.shape.window = length
            }
        },
        write: { spec, members in
            members["sliding_window"] =
                spec.layers[0].attention.shape.window.map { .integer($0) } ?? .null
        })
}
