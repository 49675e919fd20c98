// Small products and transposition against plain sums in Double, with odd sizes, transposed left factors
// and every instruction set.

import Microkernels
import TestSupport
import Testing

@testable import Kernel

struct SmallGemmTests {
    @Test(arguments: [
        (1, 1, 1), (2, 3, 5), (12, 64, 32), (13, 7, 33), (24, 64, 250), (31, 1, 47), (5, 100, 16),
    ])
    func productsEqualPlainSums(_ rows: Int, _ depth: Int, _ columns: Int) {
        let a = patternFill(rows * depth, salt: 1, scale: 1)
        let b = patternFill(depth * (columns + 3), salt: 2, scale: 1)
        let before = patternFill(rows * (columns + 1), salt: 3, scale: 1)
        for level in 0...mk_level_max() {
            mk_set_thread_level(level)
            defer { mk_set_thread_level(-1) }
            for (row, step, adds) in [(depth, 1, false), (1, rows, true)] {
                var c = before
                a.withUnsafeBufferPointer { a in
                    mk_small_gemm(
                        mk_left(p: a.baseAddress, row: row, step: step), b, columns + 3, rows,
                        depth, columns, &c, columns + 1, adds ? 1 : 0)
                }
                for m in 0..<rows {
                    for n in 0..<columns {
                        let start = adds ? Double(before[m * (columns + 1) + n]) : 0
                        let sum = (0..<depth).reduce(start) {
                            $0 + Double(a[m * row + $1 * step]) * Double(b[$1 * (columns + 3) + n])
                        }
                        let difference = abs(Double(c[m * (columns + 1) + n]) - sum)
                        #expect(difference < 2e-5 * max(1, abs(sum)), "(\(m), \(n)) at \(level)")
                    }
                    // Nothing is written beside the columns.
                    let beside = m * (columns + 1) + columns
                    #expect(c[beside] == before[beside])
                }
            }
        }
    }

    @Test(arguments: [(1, 1), (3, 40), (16, 16), (17, 33)])
    func transposes(_ rows: Int, _ columns: Int) {
        let x = patternFill(rows * (columns + 2), salt: 4, scale: 1)
        var y = [Float](repeating: -7, count: columns * (rows + 1))
        mk_transpose(x, columns + 2, rows, columns, &y, rows + 1)
        for r in 0..<rows {
            for c in 0..<columns { #expect(y[c * (rows + 1) + r] == x[r * (columns + 2) + c]) }
        }
    }
}
