// Remembers the ids of short words. Bounded: when full it starts over.
// It knows nothing of how the ids came about.

/// A word of up to 23 bytes as three integers.
struct WordKey: Equatable {
    /// The longest word that has a key.
    static let bytesMax = 23
    private var a: UInt64
    private var b: UInt64
    private var c: UInt64

    /// The key of no word.
    static let none = WordKey(a: 0, b: 0, c: 0)

    private init(a: UInt64, b: UInt64, c: UInt64) {
        (self.a, self.b, self.c) = (a, b, c)
    }

    /// The key of a word of 1 to 23 bytes.
    @inline(__always)
    init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        var words: (UInt64, UInt64, UInt64) = (0, 0, UInt64(range.count) << 56)
        var shift: UInt64 = 0
        for i in range.lowerBound..<min(range.upperBound, range.lowerBound + 8) {
            words.0 |= UInt64(bytes[i]) << shift
            shift += 8
        }
        if range.count > 8 {
            shift = 0
            for i in range.lowerBound + 8..<min(range.upperBound, range.lowerBound + 16) {
                words.1 |= UInt64(bytes[i]) << shift
                shift += 8
            }
        }
        if range.count > 16 {
            shift = 0
            for i in range.lowerBound + 16..<range.upperBound {
                words.2 |= UInt64(bytes[i]) << shift
                shift += 8
            }
        }
        (a, b, c) = words
    }

    @inline(__always)
    func hash(seed: UInt64) -> UInt64 {
        let first = (a ^ seed).multipliedFullWidth(by: b ^ 0x9E37_79B9_7F4A_7C15)
        let second = (c ^ first.low).multipliedFullWidth(
            by: seed ^ first.high ^ 0xD6E8_FEB8_6659_FD93)
        return second.high ^ second.low
    }
}

/// Ids of words seen before.
struct WordCache {
    private struct Entry {
        var key = WordKey.none
        var start: Int32 = 0
        var count: Int32 = 0
    }

    private static let slotCount = 32_768
    private static let entriesMax = 24_576
    private static let idsMax = 1 << 18

    private var entries = [Entry](repeating: Entry(), count: slotCount)
    private var ids: [Int32] = []
    private var entryCount = 0
    private let seed = UInt64.random(in: .min ... .max)

    /// Appends the ids of a word seen before; false when it is new.
    @inline(__always)
    func append(_ key: WordKey, to output: inout [Int]) -> Bool {
        var slot = Int(truncatingIfNeeded: key.hash(seed: seed)) & (Self.slotCount - 1)
        while entries[slot].key != .none {
            if entries[slot].key == key {
                let start = Int(entries[slot].start)
                for i in start..<start + Int(entries[slot].count) { output.append(Int(ids[i])) }
                return true
            }
            slot = (slot + 1) & (Self.slotCount - 1)
        }
        return false
    }

    /// Remembers a word that is not in the cache.
    mutating func insert(_ key: WordKey, _ word: [Int32]) {
        if entryCount >= Self.entriesMax || ids.count + word.count > Self.idsMax {
            for i in entries.indices { entries[i] = Entry() }
            ids.removeAll(keepingCapacity: true)
            entryCount = 0
        }
        var slot = Int(truncatingIfNeeded: key.hash(seed: seed)) & (Self.slotCount - 1)
        while entries[slot].key != .none { slot = (slot + 1) & (Self.slotCount - 1) }
        entries[slot] = Entry(key: key, start: Int32(ids.count), count: Int32(word.count))
        ids += word
        entryCount += 1
    }
}
