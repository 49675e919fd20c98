// Compares the tensors that a model must have with those that its files hold: names, shapes, kinds.
// All problems come in one error, so that a wrong download is understood at once.

enum TensorCheck {
    private static let listLimit = 8

    /// Throws when a tensor is missing or does not fit; returns the names that nobody asked for.
    static func unexpected(
        in source: any WeightSource, for config: ModelConfig, at path: String
    ) throws(KernelError) -> [String] {
        var expectedNames: Set<String> = []
        var problems: [String] = []
        var missing: [String] = []
        for tensor in config.expectedTensors {
            expectedNames.insert(tensor.name)
            guard let entry = source.entry(named: tensor.name) else {
                missing.append(tensor.name)
                continue
            }
            if entry.shape != tensor.shape {
                problems.append("\(tensor.name) is \(entry.shape), expected \(tensor.shape)")
            } else if !isWeightKind(entry.dtype) {
                problems.append("\(tensor.name) is \(entry.dtype.rawValue), not a float or packed")
            }
        }
        // A tied head may be stored once more; it is then ignored.
        if config.tiedEmbeddings { expectedNames.insert("lm_head.weight") }
        let unexpected = source.entries.map(\.name).filter { !expectedNames.contains($0) }
        if missing.isEmpty && problems.isEmpty { return unexpected }
        throw KernelError(
            .badData, "the weights do not fit the configuration", at: path.escapedForDisplay,
            because: reason(problems: problems, missing: missing, unexpected: unexpected),
            hint: "Fetch config and weights of the same model")
    }

    private static func isWeightKind(_ dtype: DType) -> Bool {
        switch dtype {
        case .f32, .f16, .bf16, .f64: true
        case .i8, .i16, .i32, .i64, .u8, .bool: false
        default: dtype.isQuantized
        }
    }

    private static func reason(
        problems: [String], missing: [String], unexpected: [String]
    ) -> String {
        var parts: [String] = []
        if !problems.isEmpty { parts.append(list(problems, separator: "; ")) }
        if !missing.isEmpty { parts.append("missing: \(list(missing, separator: ", "))") }
        if !unexpected.isEmpty { parts.append("unexpected: \(list(unexpected, separator: ", "))") }
        return parts.joined(separator: "; ")
    }

    private static func list(_ items: [String], separator: String) -> String {
        let shown = items.prefix(listLimit).map(\.escapedForDisplay).joined(separator: separator)
        return items.count > listLimit ? "\(shown) and \(items.count - listLimit) more" : shown
    }
}
