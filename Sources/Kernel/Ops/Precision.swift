// The two ways in which a projection can multiply. Sums, and everything between products, are fp32 in both.

import Microkernels

/// In what the factors of products are held while they are multiplied.
public enum Precision: String, Sendable {
    case float32, bfloat16

    /// Whether this machine multiplies bf16 pairs in one instruction (AVX512_BF16); without it bf16
    /// would be slower than fp32 and less exact.
    public static var hasBFloat16: Bool { mk_has_bf16() != 0 }
}
