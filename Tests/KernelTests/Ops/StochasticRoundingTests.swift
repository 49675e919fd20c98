// Stochastic rounding to bf16: every instruction set gives the bits of a plain twin, the mean is the number
// itself, and what bf16 holds stays. Keys are fixed, so nothing here depends on luck.

import Microkernels
import Testing

@testable import Kernel

@Suite struct StochasticRoundingTests {
    /// The twin: a hash of the place under the key decides whether the cut-off part carries.
    private func rounded(_ value: Float, key: UInt64, index: UInt64) -> UInt16 {
        let bits = value.bitPattern
        if value.isNaN { return UInt16(bits >> 16 | 64) }
        let chance = Self.hash(key, index) >> 16
        return UInt16(truncatingIfNeeded: (bits &+ chance) >> 16)
    }

    private static func hash(_ key: UInt64, _ index: UInt64) -> UInt32 {
        var x = UInt32(truncatingIfNeeded: index) ^ UInt32(truncatingIfNeeded: key)
        func mix(_ shift: UInt32, _ factor: UInt32) {
            x ^= x >> shift
            x = x &* factor
        }
        mix(16, 0x7feb_352d)
        mix(15, 0x846c_a68b)
        x ^= (x >> 16) ^ UInt32(truncatingIfNeeded: key >> 32) ^ UInt32(index >> 32)
        x = x &* 0x7feb_352d
        mix(15, 0x846c_a68b)
        return x ^ x >> 16
    }

    private func rounded(
        _ values: [Float], key: UInt64, first: UInt64 = 0, level: Int32 = mk_level()
    ) -> [UInt16] {
        var result = [UInt16](repeating: 0, count: values.count)
        mk_round_bf16_stochastically(level, values, &result, values.count, key, first)
        return result
    }

    private func float(_ half: UInt16) -> Float { Float(bitPattern: UInt32(half) << 16) }

    @Test(arguments: levels) func everyLevelIsTheTwin(level: Int32) {
        var random = TestRandom(7)
        let odd: [Float] = [
            0, -0.0, .infinity, -.infinity, .nan, -.nan, .leastNonzeroMagnitude,
            -.greatestFiniteMagnitude, Float(bitPattern: 0x7f80_0001), 1, -1.5, 3.14,
        ]
        for count in [0, 1, 3, 17, 33, 127, 4099] {
            let values = Array((odd + random.normal(count)).prefix(count))
            for first in [UInt64(0), 5, 0xffff_0000, 3 << 32] {
                let key = random.next()
                let expected = values.enumerated().map {
                    rounded($1, key: key, index: first + UInt64($0))
                }
                #expect(rounded(values, key: key, first: first, level: level) == expected)
            }
        }
        let expected = odd.enumerated().map { rounded($1, key: 3, index: UInt64($0)) }
        #expect(rounded(odd, key: 3, level: level) == expected)
    }

    @Test func whatBF16HoldsStaysAndTheRestGoesToANeighbour() {
        var random = TestRandom(8)
        let values = random.normal(5000, deviation: 30)
        for (value, half) in zip(values, rounded(values, key: 11)) {
            let low = UInt16(value.bitPattern >> 16)
            #expect(half == low || half == low + 1)
            #expect(abs(float(half) - value) <= abs(value) * 0x1p-7)
        }
        let exact = values.map { Float(bitPattern: $0.bitPattern & 0xffff_0000) }
        #expect(rounded(exact, key: 12).map(float) == exact)
        // NaN and infinity are no numbers to draw between.
        let odd = rounded([.nan, .infinity, -.infinity, Float(bitPattern: 0x7f80_0001)], key: 13)
        #expect(float(odd[0]).isNaN && float(odd[3]).isNaN)
        #expect(float(odd[1]) == .infinity && float(odd[2]) == -.infinity)
    }

    /// A part of p of a step is rounded up with chance p: n draws give p ± 5 √(p (1 − p) / n).
    @Test(arguments: [UInt32(0x0001), 0x0147, 0x2000, 0x8000, 0xc000, 0xfffe], [Float(1), -1])
    func theMeanIsTheNumber(_ part: UInt32, sign: Float) {
        let count = 1 << 20
        let value = sign * Float(bitPattern: 0x3f80_0000 | part)
        let values = [Float](repeating: value, count: count)
        for key in [UInt64(1), 0x9e37_79b9_7f4a_7c15, 1 << 40] {
            let halves = rounded(values, key: key)
            let up = Double(halves.filter { $0 & 1 == 1 }.count) / Double(count)
            let chance = Double(part) / 65_536
            let bound = 5 * (chance * (1 - chance) / Double(count)).squareRoot()
            #expect(abs(up - chance) < bound, "\(up) for \(chance) ± \(bound)")
        }
    }

    /// Neighbours, steps and buffers are drawn apart: bits of half a step agree half of the time.
    @Test func drawsAreIndependent() {
        let count = 1 << 18
        let values = [Float](repeating: Float(bitPattern: 0x3f80_8000), count: count)
        func draws(_ step: Int, _ buffer: Int) -> [UInt16] {
            rounded(values, key: AdamW.roundingKey(42, step: step, buffer: buffer)).map { $0 & 1 }
        }
        let one = draws(1, 0)
        let others = [
            "step": draws(2, 0), "buffer": draws(1, 1), "neighbour": Array(one[1...] + one[..<1]),
            "far": Array(one[8192...] + one[..<8192]),
            "seed": rounded(values, key: AdamW.roundingKey(43, step: 1, buffer: 0)).map { $0 & 1 },
        ]
        for (name, other) in others {
            let agreeing = zip(one, other).count { $0 == $1 }
            let bound = 5 * 0.5 / Double(count).squareRoot()
            let share = Double(agreeing) / Double(count)
            #expect(abs(share - 0.5) < bound, "\(name): \(share)")
        }
        #expect(draws(1, 0) == one)
    }
}
