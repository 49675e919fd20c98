// Known answers of Philox4x32-10 and laws of the streams built on it.

import Testing

@testable import Kernel

@Suite struct RandomSourceTests {
    /// The known-answer vectors published with the paper's library (Random123, kat_vectors).
    @Test func philoxKnownAnswers() {
        let zero = Philox.block([0, 0, 0, 0], key: [0, 0])
        #expect(zero == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
        let ones = UInt32.max
        let full = Philox.block([ones, ones, ones, ones], key: [ones, ones])
        #expect(full == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
        let pi = Philox.block(
            [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: [0xa409_3822, 0x299f_31d0])
        #expect(pi == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
    }

    /// The layout of key and counter is part of the file format of a resumed run.
    @Test func coordinatesEnterTheCounter() {
        let source = RandomSource(seed: 0x299f_31d0_a409_3822)
        let stream = source.stream(.sampling, step: 7, index: 0x0003_0000_0009)
        // Words: block 2, low index 9, step 7, high index 3 over purpose 5.
        let expected = Philox.block([2, 9, 7, 3 << 8 | 5], key: [0xa409_3822, 0x299f_31d0])
        #expect(stream.block(2) == expected)
    }

    @Test func coordinatesGiveDistinctStreams() {
        var seen: Set<UInt64> = []
        for seed: UInt64 in [0, 1, 42] {
            for purpose in RandomPurpose.allCases {
                for step in [0, 1, 2] {
                    for index in [0, 1, 1 << 40] {
                        var stream = RandomSource(seed: seed).stream(
                            purpose, step: step, index: index)
                        seen.insert(stream.next())
                    }
                }
            }
        }
        #expect(seen.count == 3 * RandomPurpose.allCases.count * 3 * 3)
    }

    @Test func sequenceReadsTheBlocksInOrder() {
        var stream = RandomSource(seed: 5).stream(.split)
        let words = [stream.next(), stream.next(), stream.next()]
        let first = stream.block(0)
        let second = stream.block(1)
        #expect(words[0] == UInt64(first.y) << 32 | UInt64(first.x))
        #expect(words[1] == UInt64(first.w) << 32 | UInt64(first.z))
        #expect(words[2] == UInt64(second.y) << 32 | UInt64(second.x))
        #expect(stream.position == 3)
    }

    @Test func uniformNumbersFillTheUnitInterval() {
        var stream = RandomSource(seed: 1).stream(.mixing)
        let values = (0..<10_001).map { _ in stream.uniformDouble() }
        #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
        // The mean of n uniforms has deviation 1/√(12 n) = 0.0029; five of them are 0.0145. Of their squares,
        // whose mean is 1/3, it is √(4/45 n) = 0.0030.
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
        #expect(abs(mean - 0.5) < 0.0145 && abs(squares - 1.0 / 3) < 0.015)
    }

    @Test func boundedIntegersAreUnbiased() {
        var stream = RandomSource(seed: 2).stream(.sampling)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[stream.integer(below: 7)] += 1 }
        // Each count has deviation √(70,000 · 1/7 · 6/7) = 92.6; five of them are 463.
        #expect(counts.allSatisfy { abs($0 - 10_000) < 463 })
        #expect(stream.integer(below: 1) == 0)
        // A bound near the top of Int makes the rejection branch run.
        let large = Int.max / 4 * 3
        for _ in 0..<100 { #expect((0..<large).contains(stream.integer(below: large))) }
    }

    @Test(arguments: [0, 1, 2, 17, 1000])
    func permutationsKeepTheirMembers(count: Int) {
        var stream = RandomSource(seed: 42).stream(.shuffle)
        let order = stream.permutation(of: count)
        #expect(order.sorted() == Array(0..<count))
        if count > 2 { #expect(order != Array(0..<count)) }
    }

    @Test func allPermutationsAreEquallyLikely() {
        var counts: [[Int]: Int] = [:]
        for epoch in 0..<12_000 {
            var stream = RandomSource(seed: 9).stream(.shuffle, step: epoch)
            counts[stream.permutation(of: 3), default: 0] += 1
        }
        // Six orders of 2,000 each; the deviation is √(12,000 · 1/6 · 5/6) = 40.8.
        #expect(counts.count == 6)
        #expect(counts.values.allSatisfy { abs($0 - 2000) < 204 })
    }
}
