// How the products of matrices are computed: by which library, in which precision. Sums, and everything
// between products, are fp32 always.

import Microkernels
import Synchronization

/// In what the factors of products are held while they are multiplied.
public enum Precision: String, Sendable {
    case float32, bfloat16

    /// Whether this machine multiplies bf16 pairs in one instruction (AVX512_BF16); without it bf16
    /// would be slower than fp32 and less exact.
    public static var hasBFloat16: Bool { mk_has_bf16() != 0 }
}

/// A way to multiply matrices.
public enum Products: Sendable, Equatable {
    /// OpenBLAS, in fp32.
    case openBLAS
    /// Our own tiles over packed panels.
    case tiles(Precision)

    /// The way that is best on this machine, or the one that was forced.
    public init(_ precision: Precision) {
        switch (precision, Backend.current) {
        case (.bfloat16, _), (.float32, .tiles): self = .tiles(precision)
        case (.float32, .openBLAS): self = .openBLAS
        case (.float32, .automatic):
            self = mk_level() == MK_BASE ? .openBLAS : .tiles(.float32)
        }
    }

    public var precision: Precision {
        switch self {
        case .openBLAS: .float32
        case .tiles(let precision): precision
        }
    }
}

/// Who computes products in fp32. bf16 is always computed by our tiles: OpenBLAS has none.
public enum Backend: String, Sendable, CaseIterable {
    /// Our tiles where they have vectors of 256 bits and more, OpenBLAS elsewhere.
    case automatic = "auto"
    case tiles
    case openBLAS = "openblas"

    private static let chosen = Mutex(Backend.automatic)

    /// The choice for the whole program. Runs take it when they begin.
    public static var current: Backend {
        get { chosen.withLock { $0 } }
        set { chosen.withLock { $0 = newValue } }
    }
}
