// A configuration may say that the head is the embedding while the file holds a head of its own. Equal
// ones are one matrix stored twice; where they differ, the file's head is the trained one; where the file
// holds the head alone, that is the embedding too.

enum TiedHead {
    /// The source as a model with tied embeddings has it: the only table may lie under the head's name, which
    /// transformers takes as well.
    static func named(
        _ source: any WeightSource, _ names: WeightNames
    ) -> any WeightSource {
        let isThere = { (name: String) in
            source.entry(named: name) != nil || source.unread.contains { $0.name == name }
        }
        let (head, embedding) = (names.weight(.head), names.weight(.embedding))
        guard isThere(head), !isThere(embedding) else { return source }
        return RenamedTensor(source, from: head, to: embedding)
    }

    /// Whether the source holds a head that is not the embedding once more.
    static func differs(in source: any WeightSource, _ names: WeightNames) -> Bool {
        func entry(_ role: WeightRole) -> WeightEntry? {
            source.entry(named: names.weight(role))
        }
        guard let head = entry(.head), let embedding = entry(.embedding) else { return false }
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

/// A source in which one tensor has another name.
private struct RenamedTensor: WeightSource {
    let entries: [WeightEntry]
    let files: [MappedFile]
    let unread: [UnreadTensor]
    private let source: any WeightSource
    private let old: String
    private let new: String

    init(_ source: any WeightSource, from old: String, to new: String) {
        (self.source, self.old, self.new) = (source, old, new)
        files = source.files
        entries = source.entries.map { $0.name == old ? Self.renamed($0, new) : $0 }
        unread = source.unread.map { tensor in
            tensor.name == old ? UnreadTensor(name: new, type: tensor.type) : tensor
        }
    }

    func entry(named name: String) -> WeightEntry? {
        switch name {
        case old: nil
        case new: source.entry(named: old).map { Self.renamed($0, new) }
        default: source.entry(named: name)
        }
    }

    private static func renamed(_ entry: WeightEntry, _ name: String) -> WeightEntry {
        WeightEntry(
            name: name, storedName: entry.storedName, dtype: entry.dtype, shape: entry.shape,
            byteRange: entry.byteRange, fileIndex: entry.fileIndex,
            rowPermutation: entry.rowPermutation, storedOffset: entry.storedOffset)
    }
}
