// Counter-based random numbers in sequence: Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel Random
// Numbers: As Easy as 1, 2, 3" (SC 2011). A value is a pure function of (seed, purpose, step,
// index, position), so a resumed run needs no generator state: it asks for the same coordinates.
// Knows nothing of what the numbers are used for beyond the name of the purpose.

/// What random numbers are drawn for; each purpose has streams of its own.
public enum RandomPurpose: UInt32, Sendable, CaseIterable {
    /// The order of examples in an epoch.
    case shuffle = 1
    /// Drawn records and tokens, held-out examples, turns of data sets. Numbers stay what they are: runs are
    /// resumed by them.
    case sampling = 5
    case split, mixing
}

/// The root of all randomness of a run: one seed, from which streams are addressed.
public struct RandomSource: Sendable, Equatable {
    /// The seed of the run.
    public let seed: UInt64

    /// A source with this seed.
    public init(seed: UInt64) {
        self.seed = seed
    }

    /// The stream at these coordinates; the same coordinates always give the same numbers.
    ///
    /// `step` (an optimizer step or an epoch) must be below 2³², `index` (a tensor, a row) below 2⁵⁶.
    public func stream(
        _ purpose: RandomPurpose, step: Int = 0, index: Int = 0
    ) -> RandomStream {
        precondition(
            step >= 0 && step <= Int(UInt32.max), "random step \(step) is outside 0 ..< 2^32")
        precondition(
            index >= 0 && index < 1 << 56, "random index \(index) is outside 0 ..< 2^56")
        // Counter word 0 is the block number; purpose (8 bits) shares word 3 with the high index.
        let high = UInt32(truncatingIfNeeded: index >> 32)
        return RandomStream(
            key: Philox.Key(
                UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)),
            base: Philox.Counter(
                0, UInt32(truncatingIfNeeded: index), UInt32(step), high << 8 | purpose.rawValue))
    }
}

/// The block function: ten rounds over a 128-bit counter under a 64-bit key.
public enum Philox {
    /// Four words that say which block is wanted.
    public typealias Counter = SIMD4<UInt32>
    /// Two words that say which generator is meant.
    public typealias Key = SIMD2<UInt32>

    /// Encrypts one counter into four random words.
    @inlinable
    public static func block(_ counter: Counter, key: Key) -> Counter {
        var (c0, c1, c2, c3) = (counter.x, counter.y, counter.z, counter.w)
        var (k0, k1) = (key.x, key.y)
        for _ in 0..<10 {
            let first = c0.multipliedFullWidth(by: 0xD251_1F53)
            let second = c2.multipliedFullWidth(by: 0xCD9E_8D57)
            (c0, c1, c2, c3) = (
                second.high ^ c1 ^ k0, second.low, first.high ^ c3 ^ k1, first.low
            )
            // Weyl increments: the golden ratio and the square root of 3 minus 1.
            k0 &+= 0x9E37_79B9
            k1 &+= 0xBB67_AE85
        }
        return Counter(c0, c1, c2, c3)
    }
}
