// The integers of a vector: the same on every level, as the twin computes them, and as close as promised.

import Microkernels
import Testing

@testable import Kernel

@Suite struct RowInputTests {
    private struct Integers {
        var codes: [Int] = []
        var scales: [Float] = []
        var sums: [Float] = []
        var halfSums: [Float] = []
    }

    /// The integers of a vector, up to whole super-blocks.
    private func integers(_ x: [Float], _ level: Int32) -> Integers {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: mk_vector_bytes(x.count), alignment: 16)
        defer { memory.deallocate() }
        let vector = mk_vector_make(level, x, x.count, memory)
        let length = (x.count + 255) / 256 * 256
        var result = Integers()
        for step in 0..<length / 64 {
            let bytes = UnsafeRawPointer(vector.codes + 128 * step)
            result.codes += (0..<64).map { index in
                guard Int(level) == MK_VNNI else {
                    return Int(bytes.load(fromByteOffset: 2 * index, as: Int16.self))
                }
                return 256 * Int(bytes.load(fromByteOffset: index, as: Int8.self))
                    + Int(bytes.load(fromByteOffset: 64 + index, as: Int8.self))
            }
        }
        result.scales = Array(UnsafeBufferPointer(start: vector.scales, count: length / 32))
        result.sums = Array(UnsafeBufferPointer(start: vector.sums, count: length / 32))
        result.halfSums = Array(UnsafeBufferPointer(start: vector.half_sums, count: length / 16))
        return result
    }

    @Test(arguments: productLevels, [1, 31, 32, 33, 64, 100, 192, 256, 300])
    func equalsTheTwin(_ level: Int32, _ count: Int) {
        var random = TestRandom(31)
        for deviation: Float in [1, 1e30, 1e-30, 0x1p-133, 0] {
            var x = random.normal(count, deviation: deviation)
            x[count / 2] *= 100
            let found = integers(x, level)
            let twin = ProductTwin.rounded(x)
            #expect(Array(found.codes.prefix(count)) == twin.map(\.code))
            #expect(found.codes.dropFirst(count).allSatisfy { $0 == 0 })
            for (column, expected) in twin.enumerated() {
                #expect(found.scales[column / 32] == expected.scale)
                let error = abs(Double(expected.scale) * Double(expected.code) - Double(x[column]))
                #expect(error <= Double(expected.scale) * 0.503 || expected.scale == 0)
            }
            for block in found.sums.indices {
                let codes = found.codes[32 * block..<32 * block + 32]
                let scale = found.scales[block]
                #expect(found.sums[block] == scale * Float(codes.reduce(0, +)))
                #expect(found.halfSums[2 * block] == scale * Float(codes.prefix(16).reduce(0, +)))
                #expect(
                    found.halfSums[2 * block + 1] == scale * Float(codes.suffix(16).reduce(0, +)))
            }
        }
    }

    /// Only the block that holds it is lost.
    @Test(arguments: productLevels, [Float.nan, .infinity, -.infinity])
    func whatIsNotFiniteMarksItsBlock(_ level: Int32, _ bad: Float) {
        var x = [Float](repeating: 2, count: 96)
        x[40] = bad
        let found = integers(x, level)
        #expect(found.scales[1].isNaN && found.codes[32..<64].allSatisfy { $0 == 0 })
        #expect(found.scales[0] == Float(2) / 32_639)
        #expect(found.codes[..<32].allSatisfy { $0 == 32_639 })
    }

    @Test func theLevelOfProductsObeysTheForcedOne() {
        #expect(mk_dot_level() == mk_dot_level_max() || mk_level() < mk_level_max())
        for level in levels where level < mk_level_max() {
            mk_set_thread_level(level)
            #expect(mk_has_vnni() == 0 && mk_dot_level() == level)
        }
        mk_set_thread_level(-1)
    }
}
