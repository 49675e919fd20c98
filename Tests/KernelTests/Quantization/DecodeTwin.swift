// The naive twin of the row decoders: one value at a time, straight from each block's description.

@testable import Kernel

enum DecodeTwin {
    /// Decodes whole blocks of one row.
    static func decode(_ bytes: [UInt8], as dtype: DType) -> [Float] {
        let count = bytes.count / dtype.blockBytes
        return (0..<count).flatMap { block in
            let slice = Array(bytes[block * dtype.blockBytes..<(block + 1) * dtype.blockBytes])
            return (0..<dtype.blockLength).map { value(slice, $0, dtype) }
        }
    }

    private static func value(_ b: [UInt8], _ i: Int, _ dtype: DType) -> Float {
        switch dtype {
        case .f32: Float(bitPattern: word(b, 0))
        case .f16: half(b, 0)
        case .bf16: Float(bitPattern: (UInt32(b[0]) | UInt32(b[1]) << 8) << 16)
        case .q4_0: half(b, 0) * Float(nibble(b, 2, i) - 8)
        case .q4_1: half(b, 0) * Float(nibble(b, 4, i)) + half(b, 2)
        case .q5_0: half(b, 0) * Float(nibble(b, 6, i) + 16 * bit(b, 2, i) - 16)
        case .q5_1: half(b, 0) * Float(nibble(b, 8, i) + 16 * bit(b, 4, i)) + half(b, 2)
        case .q8_0: half(b, 0) * Float(Int8(bitPattern: b[2 + i]))
        case .q4_K: scaled(b, i / 32, quant: nibbleK(b, 16, i))
        case .q5_K:
            scaled(b, i / 32, quant: nibbleK(b, 48, i) + 16 * (Int(b[16 + i % 32]) >> (i / 32) & 1))
        case .q6_K:
            half(b, 208) * Float(Int8(bitPattern: b[192 + i / 16])) * Float(sixBits(b, i) - 32)
        default: preconditionFailure("no twin for \(dtype)")
        }
    }

    private static func word(_ b: [UInt8], _ at: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(b[at + $1]) << (8 * UInt32($1)) }
    }

    private static func half(_ b: [UInt8], _ at: Int) -> Float {
        Float(Float16(bitPattern: UInt16(b[at]) | UInt16(b[at + 1]) << 8))
    }

    /// Blocks of 32: byte i holds value i in its low and value i + 16 in its high nibble.
    private static func nibble(_ b: [UInt8], _ at: Int, _ i: Int) -> Int {
        Int(b[at + i % 16]) >> (i < 16 ? 0 : 4) & 15
    }

    private static func bit(_ b: [UInt8], _ at: Int, _ i: Int) -> Int {
        Int(b[at + i / 8]) >> (i % 8) & 1
    }

    /// Super-blocks: each 64 values take 32 bytes, the first 32 in the low nibbles.
    private static func nibbleK(_ b: [UInt8], _ at: Int, _ i: Int) -> Int {
        Int(b[at + i / 64 * 32 + i % 32]) >> (i % 64 < 32 ? 0 : 4) & 15
    }

    private static func scaled(_ b: [UInt8], _ j: Int, quant: Int) -> Float {
        // 6-bit scale and minimum of sub-block j out of twelve bytes.
        let (scale, minimum) =
            j < 4
            ? (Int(b[4 + j]) & 63, Int(b[8 + j]) & 63)
            : (
                Int(b[8 + j]) & 15 | (Int(b[j]) >> 6) << 4,
                Int(b[8 + j]) >> 4 | (Int(b[4 + j]) >> 6) << 4
            )
        return half(b, 0) * Float(scale) * Float(quant) - half(b, 2) * Float(minimum)
    }

    private static func sixBits(_ b: [UInt8], _ i: Int) -> Int {
        let (half, within) = (i / 128, i % 128)
        let low = Int(b[64 * half + within % 64]) >> (within < 64 ? 0 : 4) & 15
        let top = Int(b[128 + 32 * half + within % 32]) >> (2 * (within / 32)) & 3
        return low | top << 4
    }
}
