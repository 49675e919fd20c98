// From an opened model to weights in memory: matrices stay where the file has them, or go through
// one of our quantizers row by row; norms and biases become floats.

extension ModelWeights {
    /// Opens the weights of a model. `progress` hears the fraction done and can cancel by returning false.
    public convenience init(
        _ model: ModelFolder, quantization: Quantizer = .fromFile,
        progress: (Double) -> Bool = { _ in true }
    ) throws(KernelError) {
        let spec = model.config.network
        var matrices: [String: any PackedWeight] = [:]
        var vectors: [String: [Float]] = [:]
        func entry(_ name: String) throws(KernelError) -> WeightEntry {
            guard let entry = model.weights.entry(named: name) else {
                throw KernelError(.badData, "the model lacks the tensor \(name)", at: model.path)
            }
            return entry
        }
        func vector(_ name: String, _ count: Int) throws(KernelError) -> [Float] {
            let entry = try entry(name)
            let values = try Self.block(entry, shape: [count], of: model).decoded()
            return entry.storedOffset == 0 ? values : values.map { $0 - entry.storedOffset }
        }
        let slots = spec.layout.slots
        for (index, slot) in slots.enumerated() {
            guard progress(Double(index) / Double(slots.count)) else {
                throw KernelError(.temporary, "reading the model was cancelled", at: model.path)
            }
            let name = slot.weightName
            if slot.shape.count == 1 {
                vectors[name] = try vector(name, slot.shape[0])
            } else {
                matrices[name] = try Self.quantized(
                    try Self.block(entry(name), shape: slot.shape, of: model),
                    quantization.takes(slot) ? quantization : .fromFile)
            }
            if slot.hasBias {
                vectors[slot.biasName] = try vector(slot.biasName, slot.shape[0])
            }
        }
        self.init(spec: spec, matrices: matrices, vectors: vectors)
    }

    private static func block(
        _ entry: WeightEntry, shape: [Int], of model: ModelFolder
    ) throws(KernelError) -> BlockWeight {
        let (rows, columns) = shape.count == 1 ? (1, shape[0]) : (shape[0], shape[1])
        // A permuted bias is a column of rows: one element each.
        let permutation = entry.rowPermutation
        let isVector = shape.count == 1 && permutation != nil
        let count = isVector ? columns : rows
        return try BlockWeight(
            bytes: model.weights.bytes(of: entry), owner: model.weights.files[entry.fileIndex],
            dtype: entry.dtype,
            rows: count, columns: isVector ? 1 : columns,
            rowPermutation: permutation.map { order in
                (0..<count).map { Int32(order.storedRow(of: $0)) }
            })
    }

    private static func quantized(
        _ weight: BlockWeight, _ quantization: Quantizer
    ) throws(KernelError) -> any PackedWeight {
        defer { if quantization != .fromFile { weight.releasePages() } }
        return try quantization.encode(weight)
    }
}
