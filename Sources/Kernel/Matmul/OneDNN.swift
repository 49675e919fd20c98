// oneDNN, opened at run time when it is asked for: the program neither needs nor carries its 40 MB. Only its two
// dense products are used, each call on one thread; our own threads slice the work, as they do for OpenBLAS.
// Source: the C interface of oneDNN, versions 2 and 3, which name these products alike.

import Foundation

/// The library's products, as they were found on this machine.
public struct OneDNN: Sendable {
    /// C (M, N) = α · op(A) · op(B) + β · C, row-major: op of A and of B ('N' or 'T'), M, N, K, α, A and its
    /// stride, B and its stride, β, C and its stride. A and B are of the function's type. Zero: it was done.
    typealias Multiply =
        @Sendable @convention(c) (
            CChar, CChar, Int, Int, Int, Float, UnsafeRawPointer, Int, UnsafeRawPointer, Int, Float,
            UnsafeMutablePointer<Float>, Int
        ) -> Int32

    /// "2.6.3".
    public let version: String
    /// The file that was opened.
    public let file: String
    private typealias SetThreads = @Sendable @convention(c) (CInt) -> Void
    private let setThreads: SetThreads?
    private let multiply: Multiply
    /// Nil where the library has no bf16 products for this processor.
    private let multiplyBFloat16: Multiply?

    /// Opened at the first use; what went wrong then stays so.
    private static let opening = Result { () throws(KernelError) in try OneDNN() }

    /// The library, or why it cannot be used.
    public static func opened() throws(KernelError) -> OneDNN { try opening.get() }

    /// The library for products of a back end that was chosen, which needs it to be there.
    static var chosen: OneDNN {
        guard case .success(let library) = opening else {
            preconditionFailure("products by oneDNN without oneDNN")
        }
        return library
    }

    public var hasBFloat16: Bool { multiplyBFloat16 != nil }

    /// Its product of factors in a precision that it has.
    func product(_ precision: Precision) -> Multiply {
        switch precision {
        case .float32: return multiply
        case .bfloat16:
            guard let multiplyBFloat16 else { preconditionFailure("oneDNN without bf16") }
            return multiplyBFloat16
        }
    }

    /// Keeps the calling thread's products on this thread: OpenMP would start a team of its own otherwise.
    func staysOnThisThread() { setThreads?(1) }

    private init() throws(KernelError) {
        let (handle, file) = try SharedLibrary.open(
            Self.files, name: "oneDNN", package: "libdnnl2 or libdnnl3")
        guard let about = dlsym(handle, "dnnl_version"), let sgemm = dlsym(handle, "dnnl_sgemm"),
            let facts = unsafeBitCast(
                about, to: (@convention(c) () -> UnsafeRawPointer?).self)()?
                .load(as: Facts.self)
        else { throw Self.unusable(file, "it has no dnnl_version and dnnl_sgemm") }
        // Found in OpenMP's library, which this one has opened.
        setThreads = dlsym(handle, "omp_set_num_threads")
            .map { unsafeBitCast($0, to: SetThreads.self) }
        guard facts.hasNoThreads || facts.hasOpenMP && setThreads != nil else {
            throw Self.unusable(file, "it brings threads of a kind that cannot be told to be one")
        }
        setThreads?(1)
        if let most = Self.instructionLimit {
            guard let limit = dlsym(handle, "dnnl_set_max_cpu_isa"),
                unsafeBitCast(limit, to: (@convention(c) (CInt) -> CInt).self)(most) == 0
            else { throw Self.unusable(file, "its instructions cannot be limited") }
        }
        version = "\(facts.major).\(facts.minor).\(facts.patch)"
        self.file = file
        multiply = unsafeBitCast(sgemm, to: Multiply.self)
        guard Self.isRight(multiply, { Float($0) }) else {
            throw Self.unusable(file, "its products are wrong")
        }
        let half = dlsym(handle, "dnnl_gemm_bf16bf16f32")
            .map { unsafeBitCast($0, to: Multiply.self) }
        multiplyBFloat16 = half.flatMap {
            Self.isRight($0) { UInt16(Float($0).bitPattern >> 16) } ? $0 : nil
        }
    }

    /// What `dnnl_version` tells.
    private struct Facts {
        let major: CInt
        let minor: CInt
        let patch: CInt
        let hash: UnsafePointer<CChar>?
        let processorRuntime: CUnsignedInt
        let graphicsRuntime: CUnsignedInt

        var hasNoThreads: Bool { processorRuntime == 1 }
        var hasOpenMP: Bool { processorRuntime == 2 }
    }

    // MARK: - Opening

    /// A version's own name, the newest first.
    private static let files = ["libdnnl.so.3", "libdnnl.so.2"]

    /// The library's number for the most that may be used (dnnl_cpu_isa_t); nil without a limit.
    private static var instructionLimit: CInt? {
        switch InstructionSet.current {
        case .base: 0x1
        case .avx2: 0x7
        case .avx512: nil
        }
    }

    private static func unusable(_ file: String, _ reason: Sentence) -> KernelError {
        SharedLibrary.unusable("oneDNN", file, reason)
    }

    /// Whether op(A) (2, 3) · op(B) (3, 2) is what it should be for all four layouts, added to C.
    private static func isRight<Factor: BitwiseCopyable>(
        _ multiply: Multiply, _ factor: (Int) -> Factor
    ) -> Bool {
        let (n, t) = (CChar(UInt8(ascii: "N")), CChar(UInt8(ascii: "T")))
        let left = (
            plain: [1, 2, 3, 4, 5, 6].map(factor), transposed: [1, 4, 2, 5, 3, 6].map(factor)
        )
        let right = (
            plain: [7, 8, 9, 10, 11, 12].map(factor), transposed: [7, 9, 11, 8, 10, 12].map(factor)
        )
        for (transposesLeft, transposesRight) in [
            (false, false), (false, true), (true, false), (true, true),
        ] {
            var c: [Float] = [1, 1, 1, 1]
            let status = multiply(
                transposesLeft ? t : n, transposesRight ? t : n, 2, 2, 3, 1,
                transposesLeft ? left.transposed : left.plain, transposesLeft ? 2 : 3,
                transposesRight ? right.transposed : right.plain, transposesRight ? 3 : 2, 1, &c, 2)
            guard status == 0, c == [59, 65, 140, 155] else { return false }
        }
        return true
    }
}
