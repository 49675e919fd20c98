// Byte strings by id and ids by byte string, packed into flat arrays.
// It knows nothing of merges. The hash is seeded per process: chosen keys cannot make it slow.

/// An immutable two-way table of tokens.
struct TokenTable: Sendable {
    private let arena: [UInt8]
    private let offsets: [Int]
    private let slots: [Int32]
    private let mask: Int

    /// Number of ids.
    var count: Int { offsets.count - 1 }

    /// A table of tokens by id; only ids that `isIndexed` names can be found by their bytes.
    /// Of equal tokens the first is found.
    init(_ tokens: [[UInt8]], isIndexed: (Int) -> Bool) {
        var arena: [UInt8] = []
        arena.reserveCapacity(tokens.reduce(0) { $0 + $1.count })
        var offsets = [0]
        offsets.reserveCapacity(tokens.count + 1)
        for token in tokens {
            arena += token
            offsets.append(arena.count)
        }
        var size = 16
        while size < tokens.count * 2 { size *= 2 }
        var slots = [Int32](repeating: -1, count: size)
        let mask = size - 1
        for (id, token) in tokens.enumerated() where isIndexed(id) {
            var slot = token.withUnsafeBytes { Self.hash($0) } & mask
            while slots[slot] >= 0, !tokens[Int(slots[slot])].elementsEqual(token) {
                slot = (slot + 1) & mask
            }
            if slots[slot] < 0 { slots[slot] = Int32(id) }
        }
        self.arena = arena
        self.offsets = offsets
        self.slots = slots
        self.mask = mask
    }

    /// The bytes of an id, none outside the table.
    func bytes(of id: Int) -> ArraySlice<UInt8> {
        guard id >= 0, id < count else { return [] }
        return arena[offsets[id]..<offsets[id + 1]]
    }

    /// The id of the bytes.
    func id(of bytes: UnsafeRawBufferPointer) -> Int32? {
        var slot = Self.hash(bytes) & mask
        while slots[slot] >= 0 {
            let id = Int(slots[slot])
            let range = offsets[id]..<offsets[id + 1]
            if range.count == bytes.count, arena[range].elementsEqual(bytes) { return slots[slot] }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// The id of the bytes.
    func id(of bytes: some Collection<UInt8>) -> Int32? {
        bytes.withContiguousStorageIfAvailable { id(of: UnsafeRawBufferPointer($0)) }
            ?? Array(bytes).withUnsafeBytes { id(of: $0) }
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: bytes)
        return hasher.finalize()
    }
}
