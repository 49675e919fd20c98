// Element kinds as they lie in files and in memory, with the arithmetic of their blocks.
// Block layouts: the GGUF specification (ggml); values are decoded in Quantization/.

/// The kind of a tensor's elements: plain floats, integers, or GGUF quantization blocks.
public enum DType: String, Sendable, CaseIterable {
    case f32, f16, bf16, f64, i8, i16, i32, i64, u8, bool
    case q4_0, q4_1, q5_0, q5_1, q8_0, q4_K, q5_K, q6_K

    /// Elements in one block; 1 for plain kinds.
    public var blockLength: Int {
        switch self {
        case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0: 32
        case .q4_K, .q5_K, .q6_K: 256
        default: 1
        }
    }

    /// Bytes of one block, or of one element for plain kinds.
    public var blockBytes: Int {
        switch self {
        case .f64, .i64: 8
        case .f32, .i32: 4
        case .f16, .bf16, .i16: 2
        case .i8, .u8, .bool: 1
        case .q4_0: 18
        case .q4_1: 20
        case .q5_0: 22
        case .q5_1: 24
        case .q8_0: 34
        case .q4_K: 144
        case .q5_K: 176
        case .q6_K: 210
        }
    }

    /// Whether elements are stored in quantization blocks with scales of their own.
    public var isQuantized: Bool { blockLength > 1 }

    /// Bytes of `count` elements in a row, or nil when that overflows or splits a block.
    public func byteCount(of count: Int) -> Int? {
        guard count >= 0, count % blockLength == 0 else { return nil }
        let (bytes, overflow) = (count / blockLength).multipliedReportingOverflow(by: blockBytes)
        return overflow ? nil : bytes
    }
}
