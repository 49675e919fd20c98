// Compares the tensors that a model must have with those that its files hold: names, shapes, kinds.
// All problems come in one error, so that a wrong download is understood at once; what is left over is
// told, or refused where the file's own program would compute with it.

/// What was found about the tensors of a model whose own are all there.
struct TensorCheck {
    /// Names that were not asked for, stored rotary tables among them.
    private(set) var unexpected: [String] = []
    /// For the user: what is not used, and why.
    private(set) var notes: [Sentence] = []

    private static let listLimit = 8

    /// Throws when a tensor is missing or does not fit, or when one would change the result.
    init(
        _ source: any WeightSource, for config: ModelConfig, at path: String
    ) throws(KernelError) {
        var expectedNames: Set<String> = []
        var problems: [String] = []
        var missing: [String] = []
        var unusable: [String] = []
        let unread = Dictionary(
            source.unread.map { ($0.name, $0.type) }, uniquingKeysWith: { one, _ in one })
        let spec = config.network
        for tensor in spec.layout.tensors {
            expectedNames.insert(tensor.name)
            guard let entry = source.entry(named: tensor.name) else {
                if let type = unread[tensor.name] {
                    unusable.append(tensor.name)
                    problems.append(
                        "\(tensor.name) is of the type \(type), which is not supported")
                } else {
                    missing.append(tensor.name)
                }
                continue
            }
            if entry.shape != tensor.shape {
                problems.append("\(tensor.name) is \(entry.shape), expected \(tensor.shape)")
            } else if !Self.isWeightKind(entry.dtype) {
                unusable.append(tensor.name)
                problems.append(
                    "\(tensor.name) is stored as \(entry.dtype.rawValue); read are f32, f16, bf16 and "
                        + "packed types")
            }
        }
        // A tied head may be stored once more.
        if config.network.head.isTied {
            expectedNames.insert(spec.names.weight(.head))
        }
        if case .frequencyFactors? = config.network.rotary.scaling {
            expectedNames.insert(GGUFNames.rotaryFactors)
        }
        unexpected = (source.entries.map(\.name) + source.unread.map(\.name)).filter {
            !expectedNames.contains($0)
        }
        guard missing.isEmpty && problems.isEmpty else {
            throw KernelError(
                .badData, "the weights do not fit the configuration", at: path.escapedForDisplay,
                because: Self.reason(
                    problems: problems, missing: missing, unexpected: unexpected),
                hint: unusable.count == problems.count && missing.isEmpty
                    ? "Convert the weights to float32, float16 or bfloat16 and save the model again."
                    : "Fetch config and weights of the same model")
        }
        if source is GGUFFile { try refuseUsed(config, at: path) }
        takeNotes(config)
    }

    static func isWeightKind(_ dtype: DType) -> Bool {
        dtype.rowKind != nil
    }

    // MARK: - What is left over

    /// llama.cpp computes with these wherever a file has them.
    private func refuseUsed(_ config: ModelConfig, at path: String) throws(KernelError) {
        func isUsed(_ name: String) -> Bool {
            name.hasSuffix(".scale") || name.hasSuffix(".input_scale")
                || name.hasPrefix("rope_factors_") || name.hasPrefix("rope_freqs")
                || (name.hasSuffix(".bias")
                    && (Self.layer(of: name).map { $0 < config.network.layers.count } ?? true))
        }
        let used = unexpected.filter(isUsed)
        guard used.isEmpty else {
            throw KernelError(
                .badData,
                "the GGUF file holds tensors that change the result and are not supported",
                at: path.escapedForDisplay, because: Sentence(verbatim: KeyTable.list(used)),
                hint: "Convert the model again without them")
        }
    }

    private mutating func takeNotes(_ config: ModelConfig) {
        // Tables that follow from the configuration; every program computes them anew.
        let tables = ["rotary_emb.inv_freq", "rotary_emb.cos_cached", "rotary_emb.sin_cached"]
        let rest = unexpected.filter { name in !tables.contains { name.hasSuffix($0) } }
        let layers = rest.filter { (Self.layer(of: $0) ?? -1) >= config.network.layers.count }
        let biases = rest.filter { $0.hasSuffix(".bias") && !layers.contains($0) }
        let others = rest.filter { !layers.contains($0) && !biases.contains($0) }
        if !layers.isEmpty {
            let numbers = Set(layers.compactMap(Self.layer)).sorted()
            notes.append(
                "The file holds layers beyond the \(config.network.layers.count) of the configuration, which are "
                    + "not used: \(KeyTable.list(numbers.map { "\($0)" }))")
        }
        if !biases.isEmpty {
            notes.append(
                "The file holds biases where the configuration has none, which are not used: "
                    + "\(KeyTable.list(biases))")
        }
        if !others.isEmpty {
            notes.append("The file holds tensors that are not used: \(KeyTable.list(others))")
        }
    }

    /// The number in "model.layers.3.…" or "blk.3.…".
    private static func layer(of name: String) -> Int? {
        for prefix in ["model.layers.", "blk."] where name.hasPrefix(prefix) {
            return Int(name.dropFirst(prefix.count).prefix { $0 != "." })
        }
        return nil
    }

    private static func reason(
        problems: [String], missing: [String], unexpected: [String]
    ) -> Sentence? {
        var parts: [Sentence] = []
        if !problems.isEmpty { parts.append("\(list(problems, separator: "; "))") }
        if !missing.isEmpty { parts.append("missing: \(list(missing, separator: ", "))") }
        if !unexpected.isEmpty { parts.append("unexpected: \(list(unexpected, separator: ", "))") }
        return Sentence.joined(parts)
    }

    private static func list(_ items: [String], separator: String) -> String {
        let shown = items.prefix(listLimit).map(\.escapedForDisplay).joined(separator: separator)
        return items.count > listLimit ? "\(shown) and \(items.count - listLimit) more" : shown
    }
}
