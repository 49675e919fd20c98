// Gradients of adapter factors against plain sums in Double, odd ranks and widths, every instruction set.

import Microkernels
import TestSupport
import Testing

@testable import Kernel

struct LowRankTests {
    private let arena = Arena()

    private func tensor(_ rows: Int, _ columns: Int, salt: Int) -> Tensor {
        let tensor = Tensor(rows, columns, in: arena)
        for (i, value) in patternFill(rows * columns, salt: salt, scale: 1).enumerated() {
            tensor.pointer[i] = value
        }
        return tensor
    }

    private func check(_ u: Tensor, _ x: Tensor, before: [Float], after: (Int, Int) -> Float) {
        for r in 0..<u.columns {
            for n in 0..<x.columns {
                let sum = (0..<u.rows).reduce(Double(before[r * x.columns + n])) {
                    $0 + Double(u.row($1)[r]) * Double(x.row($1)[n])
                }
                #expect(abs(Double(after(r, n)) - sum) < 1e-4 * max(1, abs(sum)), "(\(r), \(n))")
            }
        }
    }

    @Test(arguments: [
        (1, 1, 1), (3, 8, 32), (65, 8, 100), (130, 4, 33), (64, 11, 47), (200, 16, 640), (7, 3, 5),
    ])
    func outerProductsAddUp(_ tokens: Int, _ rank: Int, _ columns: Int) {
        let (u, x) = (tensor(tokens, rank, salt: 1), tensor(tokens, columns, salt: 2))
        let c = tensor(rank, columns, salt: 3)
        let before = c.values
        LowRank.addOuter(u, x, into: c)
        check(u, x, before: before) { c.row($0)[$1] }
        let transposed = tensor(columns, rank, salt: 4)
        var flipped = [Float](repeating: 0, count: rank * columns)
        for r in 0..<rank {
            for n in 0..<columns { flipped[r * columns + n] = transposed.row(n)[r] }
        }
        LowRank.addOuter(transposed: u, x, into: transposed, arena: arena)
        check(u, x, before: flipped) { transposed.row($1)[$0] }
    }

    @Test(arguments: [(1, 1, 1), (3, 8, 33), (64, 11, 100), (7, 4, 15), (33, 16, 576)])
    func productsWithFewRows(_ tokens: Int, _ rank: Int, _ depth: Int) {
        let (x, a) = (tensor(tokens, depth, salt: 8), tensor(rank, depth, salt: 9))
        let b = Tensor(depth, rank, in: arena)
        for k in 0..<depth { for r in 0..<rank { b.row(k)[r] = a.row(r)[k] } }
        let (y, z) = (Tensor(tokens, rank, in: arena), Tensor(tokens, rank, in: arena))
        LowRank.multiply(x, transposed: a, into: y, alpha: 0.5)
        LowRank.multiply(x, b, into: z, alpha: 0.5, arena: arena)
        #expect(y.values == z.values)
        for t in 0..<tokens {
            for r in 0..<rank {
                let sum = (0..<depth).reduce(0.0) {
                    $0 + Double(x.row(t)[$1]) * Double(a.row(r)[$1])
                }
                #expect(abs(Double(y.row(t)[r]) - sum / 2) < 1e-5 * max(1, abs(sum)))
            }
        }
    }

    @Test(arguments: [Int32(MK_BASE), Int32(MK_AVX2), Int32(MK_AVX512)])
    func everyInstructionSetAgrees(_ level: Int32) {
        mk_set_thread_level(level)
        defer { mk_set_thread_level(-1) }
        let (u, x) = (tensor(70, 9, salt: 5), tensor(70, 77, salt: 6))
        let c = tensor(9, 77, salt: 7)
        let before = c.values
        mk_add_outer(u.pointer, 9, 9, x.pointer, 77, 70, 77, c.pointer, 77)
        check(u, x, before: before) { c.row($0)[$1] }
        let (a, y) = (tensor(9, 77, salt: 8), tensor(70, 9, salt: 9))
        mk_multiply_few(x.pointer, 77, 70, a.pointer, 77, 9, 77, y.pointer, 9, 2)
        for t in 0..<70 {
            for r in 0..<9 {
                let sum = (0..<77).reduce(0.0) { $0 + Double(x.row(t)[$1]) * Double(a.row(r)[$1]) }
                #expect(abs(Double(y.row(t)[r]) - 2 * sum) < 1e-4)
            }
        }
    }
}
