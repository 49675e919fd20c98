// How the products of matrices are computed: by which library, in which precision. Sums, and everything
// between products, are fp32 always.

import Microkernels
import Synchronization

/// The dtype of the factors of a product.
public enum Precision: String, Sendable {
    case float32, bfloat16

    /// Whether this machine multiplies bf16 pairs in one instruction (AVX512_BF16); without it bf16
    /// would be slower than fp32 and less exact.
    public static var hasBFloat16: Bool { mk_has_bf16() != 0 }
}

/// A library of dense products, with the precision of their factors.
public enum DenseLibrary: Sendable, Equatable {
    /// OpenBLAS, in fp32.
    case openBLAS
    case oneDNN(Precision)
}

/// A way to multiply matrices.
public enum MatmulBackend: Sendable, Equatable {
    /// A library, from matrices as they lie in memory.
    case library(DenseLibrary)
    /// Our own tiles over packed panels.
    case tiles(Precision)

    /// The library of products that are fp32 whatever the precision. Where it is not there, our own panels
    /// stand in for it (`Gemm.ownProduct`).
    public static let openBLAS = MatmulBackend.library(.openBLAS)

    /// The way that is best on this machine, or the one that was forced.
    public init(_ precision: Precision) {
        switch (Backend.current, precision) {
        case (.oneDNN, .bfloat16) where !OneDNN.chosen.hasBFloat16: self = .tiles(.bfloat16)
        case (.oneDNN, _): self = .library(.oneDNN(precision))
        case (_, .bfloat16), (.tiles, .float32): self = .tiles(precision)
        case (.openBLAS, .float32): self = .openBLAS
        case (.automatic, .float32):
            self = mk_level() == MK_BASE && OpenBLAS.found != nil ? .openBLAS : .tiles(.float32)
        }
    }

    public var precision: Precision {
        switch self {
        case .library(.openBLAS): .float32
        case .tiles(let precision), .library(.oneDNN(let precision)): precision
        }
    }
}

/// The choice of a backend for products. OpenBLAS has no bf16 products: our tiles compute them.
public enum Backend: String, Sendable, CaseIterable {
    /// Our tiles where they have vectors of 256 bits and more, OpenBLAS elsewhere.
    case automatic = "auto"
    case tiles
    case openBLAS = "openblas"
    case oneDNN = "onednn"

    private static let chosen = Mutex(Backend.automatic)

    /// The choice for the whole program. Runs take it when they begin.
    public static var current: Backend { chosen.withLock { $0 } }

    /// Chooses for the whole program; throws when the library is not there, and leaves the choice then.
    public static func choose(_ backend: Backend) throws(KernelError) {
        switch backend {
        case .automatic, .tiles: break
        case .openBLAS: _ = try OpenBLAS.opened()
        case .oneDNN: _ = try OneDNN.opened()
        }
        chosen.withLock { $0 = backend }
    }
}
