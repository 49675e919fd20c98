// The second quantization of QLoRA: the scales of a weight in eight bits (arXiv 2305.14314, 3).
// It does not know what the scales belong to.

/// Positive numbers as mean + scale · level, level a signed byte, one scale for 256 numbers.
struct DoubleQuantized: Sendable {
    /// Numbers that share a scale.
    static let blockLength = 256

    /// The mean of all numbers.
    let mean: Float
    /// One signed byte a number.
    let levels: PackedBytes
    /// One float a block of 256.
    let scales: PackedBytes
    /// Bytes held: levels, scales and the mean.
    let byteCount: Int

    /// Levels are rounded to nearest even, but never so that a number would come back negative.
    init(_ numbers: UnsafeBufferPointer<Float>) {
        let blocks = (numbers.count + Self.blockLength - 1) / Self.blockLength
        levels = PackedBytes(count: numbers.count)
        scales = PackedBytes(count: blocks * MemoryLayout<Float>.size)
        byteCount = numbers.count + (blocks + 1) * MemoryLayout<Float>.size
        let total = numbers.reduce(into: 0.0) { $0 += Double($1) }
        mean = numbers.isEmpty ? 0 : Float(total / Double(numbers.count))
        let (level, scale) = (levels.pointer(to: Int8.self), scales.pointer(to: Float.self))
        for block in 0..<blocks {
            let range =
                block * Self.blockLength..<min((block + 1) * Self.blockLength, numbers.count)
            var largest: Float = 0
            for index in range { largest = max(largest, abs(numbers[index] - mean)) }
            // A scale whose inverse overflows stands for differences that do not matter.
            let step = largest / 127
            guard step.isNormal else { continue }
            scale[block] = step
            for index in range {
                var nearest = ((numbers[index] - mean) / step).rounded(.toNearestOrEven)
                if mean + step * nearest < 0 { nearest += 1 }
                level[index] = Int8(max(-127, min(127, nearest)))
            }
        }
    }
}
