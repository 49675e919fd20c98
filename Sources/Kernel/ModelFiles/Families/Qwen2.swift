// Qwen2 and Qwen2.5: biases on queries, keys and values; the last layers may have a window.

extension ModelFamily {
    static let qwen2 = ModelFamily(
        modelType: "qwen2", className: "Qwen2ForCausalLM", ggufArchitecture: "qwen2",
        defaults: FamilyDefaults(keyValueHeads: 32),
        network: { (keys, sizes) throws(KernelError) in
            let windows = try keys.qwenWindows(sizes)
            return sizes.decoder { index, layer in
                layer.attention.hasInputBias = true
                layer.attention.shape.window = windows[index]
            }
        },
        write: ModelFamily.writeQwenWindow)

    /// `use_sliding_window` with the first layer that has the window, as Qwen2 and Qwen3 say it.
    @Sendable static func writeQwenWindow(_ spec: DecoderSpec, _ members: inout JSONObject) {
        guard let first = spec.layers.firstIndex(where: { $0.attention.shape.window != nil }),
            let length = spec.layers[first].attention.shape.window
        else { return }
        members["use_sliding_window"] = true
        members["sliding_window"] = .integer(length)
        members["max_window_layers"] = .integer(first)
        // Windows in other than the last layers need the list.
        if spec.layers[first...].contains(where: { $0.attention.shape.window == nil }) {
            members["layer_types"] = spec.layerTypes
        }
    }
}

extension ConfigSource {
    /// The window of each layer, nil for those that see everything.
    func qwenWindows(_ sizes: NetworkSizes) throws(KernelError) -> [Int?] {
        // Published files keep both numbers while the window is off.
        pass("sliding_window", "max_window_layers")
        let isOn = try bool("use_sliding_window") ?? false
        let listed = try windowedLayers(of: sizes.layers, hasWindow: isOn)
        guard isOn else { return [Int?](repeating: nil, count: sizes.layers) }
        let length = try integer("sliding_window", in: ModelLimits.positions) ?? 4_096
        let first = try integer("max_window_layers", in: 0...1 << 20) ?? 28
        return (0..<sizes.layers).map { (listed?[$0] ?? ($0 >= first)) ? length : nil }
    }
}
