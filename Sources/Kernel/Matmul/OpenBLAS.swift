// OpenBLAS, opened at run time by the first product that is its own: most commands need none, and the library
// would take memory and start threads before the program's first line. Each call runs on the thread that makes
// it; our own threads slice the work. Source: the C interface of BLAS (cblas.h), with 32-bit sizes.

import Foundation

/// The library's product, as it was found on this machine.
public struct OpenBLAS: Sendable {
    /// C (M, N) = α · op(A) · op(B) + β · C: order, op of A and of B, M, N, K, α, A and its stride, B and its
    /// stride, β, C and its stride.
    typealias Multiply =
        @Sendable @convention(c) (
            CInt, CInt, CInt, CInt, CInt, CInt, Float, UnsafePointer<Float>, CInt,
            UnsafePointer<Float>, CInt, Float, UnsafeMutablePointer<Float>, CInt
        ) -> Void

    /// The file that was opened.
    public let file: String
    /// Version, build and the kernels it chose: "OpenBLAS 0.3.21 … on SkylakeX".
    public let description: String
    private let function: Multiply

    private static let opening = Result { () throws(KernelError) in try OpenBLAS() }

    /// The library, or why it cannot be used. What was found at the first use stays so.
    public static func opened() throws(KernelError) -> OpenBLAS { try opening.get() }

    /// The library; nil where it cannot be used, and our own panels multiply.
    static var found: OpenBLAS? { try? opening.get() }

    /// C = α · A · B + β · C, row-major, each factor as it lies or transposed.
    func multiply(
        _ m: Int, _ n: Int, _ k: Int, _ alpha: Float, _ a: UnsafePointer<Float>, _ aStride: Int,
        transposed aTransposed: Bool, _ b: UnsafePointer<Float>, _ bStride: Int,
        transposed bTransposed: Bool,
        _ beta: Float, _ c: UnsafeMutablePointer<Float>, _ cStride: Int
    ) {
        function(
            Self.rowMajor, Self.order(aTransposed), Self.order(bTransposed), CInt(m), CInt(n),
            CInt(k),
            alpha, a, CInt(aStride), b, CInt(bStride), beta, c, CInt(cStride))
    }

    // CBLAS_ORDER and CBLAS_TRANSPOSE of cblas.h.
    private static let rowMajor: CInt = 101
    private static func order(_ isTurned: Bool) -> CInt { isTurned ? 112 : 111 }

    private init() throws(KernelError) {
        try Self.checkRoom()
        let (handle, file) = try SharedLibrary.open(
            Self.files, name: "OpenBLAS", package: "libopenblas0")
        guard let sgemm = dlsym(handle, "cblas_sgemm"),
            let setThreads = dlsym(handle, "openblas_set_num_threads")
        else { throw Self.unusable(file, "it has no cblas_sgemm and openblas_set_num_threads") }
        // With threads of its own it would wait for ours, a hundred times slower.
        unsafeBitCast(setThreads, to: (@convention(c) (CInt) -> Void).self)(1)
        func text(_ name: String) -> String? {
            guard let symbol = dlsym(handle, name) else { return nil }
            let ask = unsafeBitCast(
                symbol, to: (@convention(c) () -> UnsafePointer<CChar>?).self)
            return ask().map { String(cString: $0).trimmingCharacters(in: .whitespaces) }
        }
        description =
            (text("openblas_get_config") ?? "OpenBLAS") + " on "
            + (text("openblas_get_corename") ?? "?")
        self.file = file
        function = unsafeBitCast(sgemm, to: Multiply.self)
        guard isRight else { throw Self.unusable(file, "its products are wrong") }
    }

    // MARK: - Opening

    private static let files = ["libopenblas.so.0", "libopenblas.so"]

    /// Memory that it takes once it is opened and has multiplied, as it was measured.
    static let residentBytes = 7 << 20

    /// Address space of a thread's buffer, with the library's own share.
    private static let bytesOfThread = 160 << 20

    /// Without room for its buffers the library asks for them again and again and never comes back.
    private static func checkRoom() throws(KernelError) {
        let size = Parallel.threadCount * bytesOfThread
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        let place = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0)
        guard let place, place != MAP_FAILED else {
            throw KernelError(
                .unavailable, "OpenBLAS cannot be opened",
                because: "it takes \(size >> 20) MiB of address space for its buffers, "
                    + "and this process may not have as much",
                hint: "Raise ulimit -v and ulimit -d, take fewer threads, or use another back end.")
        }
        munmap(place, size)
    }

    private static func unusable(_ file: String, _ reason: Sentence) -> KernelError {
        SharedLibrary.unusable("OpenBLAS", file, reason)
    }

    /// Whether op(A) (2, 3) · op(B) (3, 2) is what it should be for all four layouts, added to C.
    private var isRight: Bool {
        let left: [[Float]] = [[1, 2, 3, 4, 5, 6], [1, 4, 2, 5, 3, 6]]
        let right: [[Float]] = [[7, 8, 9, 10, 11, 12], [7, 9, 11, 8, 10, 12]]
        for (l, r) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            var c: [Float] = [1, 1, 1, 1]
            multiply(
                2, 2, 3, 1, left[l], l == 1 ? 2 : 3, transposed: l == 1, right[r], r == 1 ? 3 : 2,
                transposed: r == 1, 1, &c, 2)
            guard c == [59, 65, 140, 155] else { return false }
        }
        return true
    }
}
