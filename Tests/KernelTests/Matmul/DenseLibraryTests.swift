// Dense products by every library that this machine has, against the naive product: both orders of both
// factors, rows with gaps, α and β.

import Foundation
import Microkernels
import TestSupport
import Testing

@testable import Kernel

@Suite struct DenseLibraryTests {
    private let arena = Arena()

    /// oneDNN is no part of the program; without it only OpenBLAS is tried.
    static let libraries: [DenseLibrary] = {
        guard let oneDNN = try? OneDNN.opened() else { return [.openBLAS] }
        return [.openBLAS, .oneDNN(.float32)] + (oneDNN.hasBFloat16 ? [.oneDNN(.bfloat16)] : [])
    }()

    /// One that is installed and right is taken: a probe that is wrong itself would leave it aside in silence.
    @Test(.enabled(if: dlopen("libopenblas.so.0", RTLD_NOW) != nil, "OpenBLAS is not installed"))
    func anInstalledLibraryIsFound() {
        #expect(OpenBLAS.found != nil)
    }

    /// Without a choice our own kernels multiply wherever they have vectors, whatever is installed.
    @Test(.enabled(if: mk_level() != Int32(MK_BASE), "this processor has no vectors of 256 bits"))
    func ownKernelsAreTheFirstChoice() throws {
        try #require(Backend.current == .automatic)
        #expect(MatmulBackend(.float32) == .tiles(.float32))
        #expect(MatmulBackend(.bfloat16) == .tiles(.bfloat16))
    }

    /// A tensor that is part of a wider one.
    private func tensor(_ rows: Int, _ columns: Int, salt: Int) -> Tensor {
        let whole = Tensor(
            patternFill((rows + 2) * (columns + 5), salt: salt), rows: rows + 2,
            columns: columns + 5, in: arena)
        return whole.rows(1..<rows + 1).columns(3..<columns + 3)
    }

    private func value(_ tensor: Tensor, _ row: Int, _ column: Int, _ library: DenseLibrary)
        -> Double
    {
        let value = tensor.row(row)[column]
        guard library == .oneDNN(.bfloat16) else { return Double(value) }
        // Nearest even.
        let bits = value.bitPattern
        return Double(Float(bitPattern: (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000))
    }

    @Test(
        arguments: libraries,
        [(1, 1, 1), (3, 17, 5), (33, 127, 17), (127, 33, 64), (64, 3, 33), (70, 200, 301)])
    func equalsTheNaiveProduct(_ library: DenseLibrary, _ shape: (m: Int, n: Int, k: Int)) {
        let (m, n, k) = shape
        let (a, aTurned) = (tensor(m, k, salt: 1), tensor(k, m, salt: 2))
        let (b, bTurned) = (tensor(k, n, salt: 3), tensor(n, k, salt: 4))
        for (alpha, accumulate) in [(Float(1), false), (1, true), (0.5, true)] {
            compare(a, b, (false, false), alpha, accumulate, library) {
                Gemm.multiply(a, b, into: $0, alpha: alpha, accumulate: accumulate, by: library)
            }
            compare(a, bTurned, (false, true), alpha, accumulate, library) {
                Gemm.gemmNT(
                    a, bTurned, into: $0, alpha: alpha, accumulate: accumulate, by: library)
            }
            compare(aTurned, b, (true, false), alpha, accumulate, library) {
                Gemm.gemmTN(
                    aTurned, b, into: $0, alpha: alpha, accumulate: accumulate, by: library)
            }
        }
    }

    private func compare(
        _ a: Tensor, _ b: Tensor, _ transposed: (a: Bool, b: Bool), _ alpha: Float,
        _ accumulate: Bool,
        _ library: DenseLibrary, _ product: (Tensor) -> Void
    ) {
        let (m, k) = transposed.a ? (a.columns, a.rows) : (a.rows, a.columns)
        let n = transposed.b ? b.rows : b.columns
        let c = tensor(m, n, salt: 5)
        let before = c.values
        product(c)
        for i in 0..<m {
            for j in 0..<n {
                var (sum, bound) = (0.0, 0.0)
                for l in 0..<k {
                    let term =
                        (transposed.a ? value(a, l, i, library) : value(a, i, l, library))
                        * (transposed.b ? value(b, j, l, library) : value(b, l, j, library))
                    (sum, bound) = (sum + term, bound + abs(term))
                }
                let expected = Double(alpha) * sum + (accumulate ? Double(before[i * n + j]) : 0)
                let found = Double(c.row(i)[j])
                guard abs(found - expected) <= 4e-6 * (bound + abs(expected)) else {
                    Issue.record("(\(m), \(n), \(k)) at \(i), \(j): \(found), not \(expected)")
                    return
                }
            }
        }
    }
}
