// A configuration may say that the head is the embedding while the file holds a head of its own. Equal
// ones are one matrix stored twice; where they differ, the file's head is the trained one; where the file
// holds the head alone, that is the embedding too.

enum TiedHead {
    /// The source as a model with tied embeddings has it: the only table may lie under the head's name, which
    /// transformers takes as well.
    static func named(_ source: any WeightSource) -> any WeightSource {
        let isThere = { (name: String) in
            source.entry(named: name) != nil || source.unread.contains { $0.name == name }
        }
        guard isThere(ModelWeights.headName), !isThere(ModelWeights.embeddingName) else {
            return source
        }
        return HeadAsEmbedding(source)
    }

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

/// A source whose head is found under the embedding's name.
private struct HeadAsEmbedding: WeightSource {
    let entries: [WeightEntry]
    let files: [MappedFile]
    let unread: [UnreadTensor]
    private let source: any WeightSource

    init(_ source: any WeightSource) {
        self.source = source
        files = source.files
        entries = source.entries.map(Self.renamed)
        unread = source.unread.map { tensor in
            tensor.name == ModelWeights.headName
                ? UnreadTensor(name: ModelWeights.embeddingName, type: tensor.type) : tensor
        }
    }

    func entry(named name: String) -> WeightEntry? {
        switch name {
        case ModelWeights.headName: nil
        case ModelWeights.embeddingName:
            source.entry(named: ModelWeights.headName).map(Self.renamed)
        default: source.entry(named: name)
        }
    }

    private static func renamed(_ entry: WeightEntry) -> WeightEntry {
        guard entry.name == ModelWeights.headName else { return entry }
        return WeightEntry(
            name: ModelWeights.embeddingName, storedName: entry.storedName, dtype: entry.dtype,
            shape: entry.shape, byteRange: entry.byteRange, fileIndex: entry.fileIndex,
            rowPermutation: entry.rowPermutation)
    }
}
