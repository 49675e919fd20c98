// The one place that chooses how matrices are multiplied: OpenBLAS in fp32, or our own tiles with
// factors rounded to bf16. Sums, and everything between products, are fp32 either way.
// Legend: M rows of the result, N columns, K the contracted length; T tokens.

import Microkernels

/// In what the factors of products are held while they are multiplied.
public enum Precision: String, Sendable {
    case float32, bfloat16

    /// Whether this machine multiplies bf16 pairs in one instruction (AVX512_BF16); without it bf16
    /// would be slower than fp32 and less exact.
    public static var hasBFloat16: Bool { mk_has_bf16() != 0 }
}

/// Matrix products of one pass, in one precision.
struct Products {
    let precision: Precision
    let arena: Arena

    /// C (M, N) = α · A (M, K) · B (N, K)ᵀ (+ C).
    func multiplyTransposed(
        _ a: Tensor, _ b: Tensor, into c: Tensor, alpha: Float = 1, accumulate: Bool = false
    ) {
        switch precision {
        case .float32: Gemm.multiplyTransposed(a, b, into: c, alpha: alpha, accumulate: accumulate)
        case .bfloat16:
            BFloat16Gemm.multiply(
                .rows(a), .rows(b), into: c, alpha: alpha, accumulate: accumulate, arena: arena)
        }
    }

    /// C (M, N) = α · A (M, K) · B (K, N) (+ C).
    func multiply(
        _ a: Tensor, _ b: Tensor, into c: Tensor, alpha: Float = 1, accumulate: Bool = false
    ) {
        switch precision {
        case .float32: Gemm.multiply(a, b, into: c, alpha: alpha, accumulate: accumulate)
        case .bfloat16:
            BFloat16Gemm.multiply(
                .rows(a), .columns(b), into: c, alpha: alpha, accumulate: accumulate, arena: arena)
        }
    }

    /// C (M, N) = α · A (K, M)ᵀ · B (K, N) (+ C): gradients of weights.
    func transposedMultiply(
        _ a: Tensor, _ b: Tensor, into c: Tensor, alpha: Float = 1, accumulate: Bool = false
    ) {
        switch precision {
        case .float32: Gemm.transposedMultiply(a, b, into: c, alpha: alpha, accumulate: accumulate)
        case .bfloat16:
            BFloat16Gemm.multiply(
                .columns(a), .columns(b), into: c, alpha: alpha, accumulate: accumulate,
                arena: arena)
        }
    }

    /// Y (T, N) = X (T, K) · Wᵀ with W (N, K) in its packed bytes.
    func multiply(_ x: Tensor, transposed w: any PackedWeight, into y: Tensor) {
        switch precision {
        case .float32: PackedMatmul.forward(x, w, into: y, arena: arena)
        case .bfloat16:
            BFloat16Gemm.multiply(
                .init(.rows(x), arena: arena), .init(transposing: w, arena: arena), into: y)
        }
    }

    /// dX (T, K) = dY (T, N) · W (+ dX) with W (N, K) in its packed bytes.
    func multiply(_ dY: Tensor, _ w: any PackedWeight, into dX: Tensor, accumulate: Bool) {
        switch precision {
        case .float32:
            PackedMatmul.backward(dY, w, into: dX, accumulate: accumulate, arena: arena)
        case .bfloat16:
            BFloat16Gemm.multiply(
                .init(.rows(dY), arena: arena), .init(w, arena: arena), into: dX,
                accumulate: accumulate)
        }
    }
}
