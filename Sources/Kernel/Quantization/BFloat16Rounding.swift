// fp32 numbers rounded to those that bf16 can hold, where training imitates bf16 weights.

import Microkernels

/// Rounding to bf16: nearest, ties to even; too large numbers become infinity, NaN stays NaN.
public enum BFloat16Rounding {
    /// Rounds every value of the buffer in place.
    public static func round(_ values: UnsafeMutableBufferPointer<Float>) {
        guard let base = values.baseAddress else { return }
        mk_round_bf16(mk_level(), base, values.count)
    }

    /// The rounded values.
    public static func rounded(_ values: [Float]) -> [Float] {
        var values = values
        values.withUnsafeMutableBufferPointer { round($0) }
        return values
    }
}
