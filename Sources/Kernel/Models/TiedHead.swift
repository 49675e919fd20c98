// A configuration may say that the head is the embedding while the file holds a head of its own. Equal
// ones are one matrix stored twice; where they differ, the file's head is the trained one.

enum TiedHead {
    /// Whether the source holds a head that is not the embedding once more.
    static func differs(in source: any WeightSource) -> Bool {
        guard let head = source.entry(named: ModelWeights.headName),
            let embedding = source.entry(named: ModelWeights.embeddingName)
        else { return false }
        guard head.shape == embedding.shape else { return true }
        if head.dtype == embedding.dtype, head.rowPermutation == embedding.rowPermutation {
            return !source.bytes(of: head).elementsEqual(source.bytes(of: embedding))
        }
        return !areEqualAsFloats(head, embedding, in: source)
    }

    /// Compares row by row what two types hold.
    private static func areEqualAsFloats(
        _ one: WeightEntry, _ other: WeightEntry, in source: any WeightSource
    ) -> Bool {
        guard one.shape.count == 2, let first = matrix(one, in: source),
            let second = matrix(other, in: source)
        else { return false }
        var (left, right) = ([Float](), [Float]())
        left = [Float](repeating: 0, count: one.shape[1])
        right = left
        for row in 0..<one.shape[0] {
            left.withUnsafeMutableBufferPointer { values in
                if let start = values.baseAddress { first.decode(rows: row..<row + 1, into: start) }
            }
            right.withUnsafeMutableBufferPointer { values in
                if let start = values.baseAddress {
                    second.decode(rows: row..<row + 1, into: start)
                }
            }
            if left != right { return false }
        }
        return true
    }

    private static func matrix(_ entry: WeightEntry, in source: any WeightSource) -> BlockWeight? {
        guard TensorCheck.isWeightKind(entry.dtype) else { return nil }
        return try? BlockWeight(
            bytes: source.bytes(of: entry), owner: source.files[entry.fileIndex],
            dtype: entry.dtype, rows: entry.shape[0], columns: entry.shape[1])
    }
}
