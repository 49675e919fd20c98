// One stream of a RandomSource: read by position (pure) or in sequence (mutating).
// Holds at most 2³² blocks of four 32-bit words, which no caller of ours comes near.

/// A sequence of random numbers at fixed coordinates, addressable by position.
public struct RandomStream: RandomNumberGenerator, Sendable, Equatable {
    /// The seed.
    let key: Philox.Key
    /// The coordinates, with block number 0.
    let base: Philox.Counter
    /// Position of the next 64-bit word that the sequential methods return.
    public private(set) var position: UInt64 = 0
    /// The second word of the block that was computed last.
    private var held: UInt64 = 0

    /// A stream at its start.
    init(key: Philox.Key, base: Philox.Counter) {
        self.key = key
        self.base = base
    }

    /// The four 32-bit words of block `number`, without moving the stream.
    public func block(_ number: UInt32) -> Philox.Counter {
        var counter = base
        counter.x = number
        return Philox.block(counter, key: key)
    }

    // MARK: - In sequence

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        defer { position += 1 }
        guard position & 1 == 0 else { return held }
        precondition(position >> 33 == 0, "a random stream ends after 2^33 words")
        let words = block(UInt32(position >> 1))
        held = UInt64(words.w) << 32 | UInt64(words.z)
        return UInt64(words.y) << 32 | UInt64(words.x)
    }

    /// A uniform number in [0, 1) with 53 random bits.
    public mutating func uniformDouble() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A uniform integer in 0 ..< bound without bias (Lemire 2019, arXiv 1805.10941).
    public mutating func integer(below bound: Int) -> Int {
        precondition(bound > 0, "a random integer needs a positive bound, not \(bound)")
        let range = UInt64(bound)
        var product = next().multipliedFullWidth(by: range)
        if product.low < range {
            let threshold = (0 &- range) % range
            while product.low < threshold {
                product = next().multipliedFullWidth(by: range)
            }
        }
        return Int(product.high)
    }

    /// A uniformly random order of 0 ..< count (Fisher and Yates, from the end).
    public mutating func permutation(of count: Int) -> [Int] {
        precondition(count >= 0, "a permutation cannot have \(count) members")
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, integer(below: last + 1))
        }
        return order
    }
}
