// Which two tokens merge, with what rank, into which: a flat hash table.
// It knows ids only.

/// Merge rules by the pair of ids.
struct MergeTable: Sendable {
    /// The outcome of a merge; the lowest rank goes first.
    struct Merge: Sendable, Equatable {
        var rank: Int32
        var result: Int32
    }

    private let keys: [UInt64]
    private let merges: [Merge]
    private let mask: Int
    private let seed: UInt64

    /// A table of rules in the order of their rank; of equal pairs the last counts. Rules without
    /// a result (below 0) keep their rank but never apply.
    init(_ rules: [(left: Int32, right: Int32, result: Int32)]) {
        var size = 16
        while size < rules.count * 2 { size *= 2 }
        var keys = [UInt64](repeating: .max, count: size)
        var merges = [Merge](repeating: Merge(rank: 0, result: 0), count: size)
        let mask = size - 1
        let seed = UInt64.random(in: .min ... .max) | 1
        for (rank, rule) in rules.enumerated() where rule.result >= 0 {
            let key = Self.key(rule.left, rule.right)
            var slot = Self.slot(key, seed: seed, mask: mask)
            while keys[slot] != .max, keys[slot] != key { slot = (slot + 1) & mask }
            keys[slot] = key
            merges[slot] = Merge(rank: Int32(rank), result: rule.result)
        }
        self.keys = keys
        self.merges = merges
        self.mask = mask
        self.seed = seed
    }

    /// The rule for a pair of ids.
    @inline(__always)
    func merge(_ left: Int32, _ right: Int32) -> Merge? {
        let key = Self.key(left, right)
        var slot = Self.slot(key, seed: seed, mask: mask)
        while true {
            if keys[slot] == key { return merges[slot] }
            if keys[slot] == .max { return nil }
            slot = (slot + 1) & mask
        }
    }

    /// Ids are never negative, so no key is all ones.
    @inline(__always)
    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    @inline(__always)
    private static func slot(_ key: UInt64, seed: UInt64, mask: Int) -> Int {
        let product = (key ^ seed).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return Int(truncatingIfNeeded: product.high ^ product.low) & mask
    }
}
