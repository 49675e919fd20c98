// Rounding to bf16 one number at a time, as the loops must do it.

/// Rounding to nearest, ties to even; too large numbers become infinity, NaN stays NaN.
enum BFloat16Twin {
    static func rounded(_ value: Float) -> Float {
        let bits = value.bitPattern
        if value.isNaN { return Float(bitPattern: bits & 0xffff_0000 | 0x0040_0000) }
        let tie = 0x7fff + (bits >> 16 & 1)
        return Float(bitPattern: (bits &+ tie) & 0xffff_0000)
    }

    static func rounded(_ values: [Float]) -> [Float] { values.map { rounded($0) } }

    static func round(_ values: UnsafeMutableBufferPointer<Float>) {
        for index in values.indices { values[index] = rounded(values[index]) }
    }
}
