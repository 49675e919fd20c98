// The bytes that stand for the scales of NF4: half a step of error, and never a negative scale.

import Testing

@testable import Kernel

@Suite struct DoubleQuantizedTests {
    @Test(arguments: [1, 255, 256, 257, 1_300])
    func numbersComeBackWithinTheirStep(count: Int) {
        var random = TestRandom(31)
        // Many numbers close to zero, where rounding down would cross it.
        let numbers = (0..<count).map { _ in
            let u = Float(random.uniform())
            return u < 0.3 ? u * 1e-4 : u * u
        }
        let packed = numbers.withUnsafeBufferPointer { DoubleQuantized($0) }
        let blocks = (count + 255) / 256
        #expect(packed.byteCount == count + 4 * blocks + 4)
        let (levels, scales) = (
            packed.levels.pointer(to: Int8.self), packed.scales.pointer(to: Float.self)
        )
        for index in 0..<count {
            let step = scales[index / 256]
            let value = packed.mean + step * Float(levels[index])
            #expect(value >= 0)
            // Rounding up instead of below zero costs at most a whole step.
            let limit = numbers[index] < step / 2 ? step : step / 2
            #expect(abs(value - numbers[index]) <= limit * 1.001 + 1e-6)
        }
    }

    @Test func equalNumbersNeedNoBytes() {
        let packed = [Float](repeating: 0.25, count: 300).withUnsafeBufferPointer {
            DoubleQuantized($0)
        }
        #expect(packed.mean == 0.25)
        #expect(packed.scales.pointer(to: Float.self)[0] == 0)
        #expect([Float]().withUnsafeBufferPointer { DoubleQuantized($0) }.byteCount == 4)
    }
}
