// MatmulBackend over panels against naive ones over operands rounded the same way, with odd sizes, both ways
// that a factor can lie in memory, and with the loops of all instruction sets.

import Foundation
import Microkernels
import TestSupport
import Testing

@testable import Kernel

struct PanelGemmTests {
    private let arena = Arena()
    private static let precisions = [Precision.float32, .bfloat16]

    /// Rounds to the nearest bf16, ties to even.
    private static func rounded(_ x: Float) -> Float {
        let bits = x.bitPattern
        return Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000)
    }

    private func tensor(_ rows: Int, _ columns: Int, salt: Int) -> Tensor {
        let tensor = Tensor(rows, columns, in: arena)
        for (i, value) in patternFill(rows * columns, salt: salt, scale: 1).enumerated() {
            tensor.pointer[i] = value
        }
        return tensor
    }

    /// Element (i, k) of a factor.
    private static func element(
        _ factor: PanelGemm.Factor, _ i: Int, _ k: Int, _ precision: Precision
    ) -> Double {
        let value =
            switch factor {
            case .rows(let tensor): tensor.row(i)[k]
            case .columns(let tensor): tensor.row(k)[i]
            }
        return Double(precision == .bfloat16 ? rounded(value) : value)
    }

    /// The product, and the sums of its terms' sizes.
    private static func naive(
        _ a: PanelGemm.Factor, _ b: PanelGemm.Factor, _ precision: Precision
    ) -> (values: [Double], bounds: [Double]) {
        var (values, bounds) = ([Double](), [Double]())
        for i in 0..<a.count {
            for j in 0..<b.count {
                var (sum, bound) = (0.0, 1e-30)
                for k in 0..<a.depth {
                    let term = element(a, i, k, precision) * element(b, j, k, precision)
                    sum += term
                    bound += abs(term)
                }
                values.append(sum)
                bounds.append(bound)
            }
        }
        return (values, bounds)
    }

    @Test(arguments: [
        (1, 1, 1), (2, 3, 5), (14, 32, 64), (15, 33, 65), (13, 16, 31), (29, 100, 96),
        (180, 70, 33),
        (7, 8, 130), (200, 40, 8),
    ])
    func equalsTheNaiveProduct(_ m: Int, _ n: Int, _ k: Int) {
        for precision in Self.precisions { compare(m, n, k, precision) }
    }

    private func compare(_ m: Int, _ n: Int, _ k: Int, _ precision: Precision) {
        let lefts: [PanelGemm.Factor] = [
            .rows(tensor(m, k, salt: 1)), .columns(tensor(k, m, salt: 2)),
        ]
        let rights: [PanelGemm.Factor] = [
            .rows(tensor(n, k, salt: 3)), .columns(tensor(k, n, salt: 4)),
        ]
        for a in lefts {
            for b in rights {
                for accumulate in [false, true] {
                    let c = tensor(m, n, salt: 5)
                    let before = (0..<c.count).map { Double(c.pointer[$0]) }
                    PanelGemm.multiply(
                        a, b, precision, into: c, accumulate: accumulate, arena: arena)
                    let (values, bounds) = Self.naive(a, b, precision)
                    for i in 0..<c.count {
                        let expected = values[i] + (accumulate ? before[i] : 0)
                        let limit = 4e-6 * (bounds[i] + abs(expected))
                        if abs(Double(c.pointer[i]) - expected) > limit {
                            Issue.record(
                                "(\(m), \(n), \(k)) at \(i): \(c.pointer[i]), expected \(expected)")
                            return
                        }
                    }
                }
            }
        }
    }

    /// [A | A'] · [B ; B'] in one pass equals the sum of two.
    @Test(arguments: [(33, 70, 64, 8), (14, 32, 31, 3)])
    func twoPairsOfFactorsAreOneProduct(_ m: Int, _ n: Int, _ k: Int, _ rank: Int) {
        for precision in Self.precisions { addTwoPairs(m, n, k, rank, precision) }
    }

    private func addTwoPairs(_ m: Int, _ n: Int, _ k: Int, _ rank: Int, _ precision: Precision) {
        let (x, w) = (tensor(m, k, salt: 31), tensor(n, k, salt: 32))
        let (u, b) = (tensor(m, rank, salt: 33), tensor(n, rank, salt: 34))
        let (once, twice) = (tensor(m, n, salt: 35), tensor(m, n, salt: 35))
        PanelGemm.multiply(
            .init(.rows(x), precision, arena: arena), .init(.rows(w), precision, arena: arena),
            plus: (
                .init(.rows(u), precision, arena: arena), .init(.rows(b), precision, arena: arena)
            ), into: once,
            accumulate: true)
        PanelGemm.multiply(
            .rows(x), .rows(w), precision, into: twice, accumulate: true, arena: arena)
        PanelGemm.multiply(
            .rows(u), .rows(b), precision, into: twice, accumulate: true, arena: arena)
        for i in 0..<once.count {
            #expect(abs(once.pointer[i] - twice.pointer[i]) <= 1e-4 * max(1, abs(twice.pointer[i])))
        }
    }

    @Test(arguments: precisions) func stridesAreRespected(_ precision: Precision) {
        let whole = tensor(40, 90, salt: 7)
        let wide = tensor(40, 77, salt: 8)
        let c = tensor(30, 80, salt: 9)
        let untouched = (0..<c.rows).map { c.row($0)[70] }
        let a = PanelGemm.Factor.rows(whole.rows(3..<33).columns(5..<45))
        let b = PanelGemm.Factor.columns(wide.columns(4..<70))
        PanelGemm.multiply(a, b, precision, into: c.columns(2..<68), arena: arena)
        let (values, bounds) = Self.naive(a, b, precision)
        for r in 0..<30 {
            for j in 0..<66 {
                let i = r * 66 + j
                #expect(abs(Double(c.row(r)[2 + j]) - values[i]) <= 4e-6 * bounds[i])
            }
            #expect(c.row(r)[70] == untouched[r])
        }
    }

    /// Packed weights, decoded on the way, give the panels of their decoded rows.
    @Test(arguments: [(33, 64), (64, 96), (100, 32)], precisions)
    func packedWeightsGiveTheSameProducts(_ shape: (Int, Int), _ precision: Precision) throws {
        let (rows, columns) = shape
        let values = patternFill(rows * columns, salt: 11, scale: 0.3)
        let weight = try Int8Weight(rows: rows, columns: columns) { range, destination in
            for (place, i) in (range.lowerBound * columns..<range.upperBound * columns).enumerated()
            {
                destination[place] = values[i]
            }
        }
        let decoded = Tensor(rows, columns, in: arena)
        weight.decode(rows: 0..<rows, into: decoded.pointer)
        let (x, y) = (tensor(21, columns, salt: 12), tensor(21, rows, salt: 13))
        let forward = (Tensor(21, rows, in: arena), Tensor(21, rows, in: arena))
        PanelGemm.multiply(.rows(x), .rows(decoded), precision, into: forward.0, arena: arena)
        PanelGemm.multiply(
            .init(.rows(x), precision, arena: arena),
            .init(transposing: weight, 0..<rows, precision, arena: arena),
            into: forward.1)
        let backward = (Tensor(21, columns, in: arena), Tensor(21, columns, in: arena))
        PanelGemm.multiply(.rows(y), .columns(decoded), precision, into: backward.0, arena: arena)
        PanelGemm.multiply(
            .init(.rows(y), precision, arena: arena),
            .init(weight, 0..<rows, precision, arena: arena),
            into: backward.1)
        for i in 0..<forward.0.count { #expect(forward.0.pointer[i] == forward.1.pointer[i]) }
        for i in 0..<backward.0.count { #expect(backward.0.pointer[i] == backward.1.pointer[i]) }
    }

    /// The tiles of every instruction set give the naive sums; depths beyond one block, and edges.
    @Test(arguments: [(1, 1, 1), (14, 32, 256), (15, 33, 300), (29, 70, 513), (5, 40, 17)])
    func floatTilesOfAllSetsAgree(_ m: Int, _ n: Int, _ k: Int) {
        defer { mk_set_thread_level(-1) }
        let (a, b) = (tensor(m, k, salt: 41), tensor(n, k, salt: 42))
        let (values, bounds) = Self.naive(.rows(a), .rows(b), .float32)
        for level in 0..<Int32(MK_LEVELS) {
            mk_set_thread_level(level)
            // One thread: the level is this thread's own.
            let c = tensor(m, n, salt: 43)
            var right = [Float](repeating: 7, count: k * 32)
            for column in stride(from: 0, to: n, by: 32) {
                let width = min(32, n - column)
                mk_f32_pack_rows(b.row(column), b.stride, width, k, &right, 32)
                right.withUnsafeBufferPointer { right in
                    let left = PanelGemm.Factor.rows(a).from(0)
                    let span = mk_f32_span(left: left, right: right.baseAddress, depth: k)
                    mk_f32_strip(span, mk_f32_span(), m, width, c.row(0) + column, c.stride, 0)
                }
            }
            for i in 0..<c.count {
                #expect(abs(Double(c.pointer[i]) - values[i]) <= 4e-6 * bounds[i])
            }
        }
    }

    /// The loops of machines without the instruction give the same words, and sums but for their rounding.
    @Test(arguments: [(14, 32, 64), (5, 20, 33), (9, 16, 7)])
    func thePlainLoopsAgree(_ m: Int, _ n: Int, _ k: Int) {
        defer { mk_set_thread_level(-1) }
        let (a, b) = (tensor(m, k, salt: 21), tensor(k, n, salt: 22))
        a.row(0)[0] = .nan
        let pairs = (k + 1) / 2
        var found: [(left: [UInt32], right: [UInt32], sums: [Float])] = []
        for level in [Int32(MK_LEVELS) - 1, Int32(MK_BASE)] {
            mk_set_thread_level(level)
            var left = [UInt32](repeating: 7, count: pairs * m)
            var right = [UInt32](repeating: 7, count: pairs * 32)
            var sums = [Float](repeating: 7, count: m * n)
            mk_bf16_pack_rows(a.pointer, k, m, k, &left, m)
            mk_bf16_pack_columns(b.pointer, n, n, k, &right, 32)
            left.withUnsafeBufferPointer { left in
                right.withUnsafeBufferPointer { right in
                    let span = mk_bf16_span(
                        left: left.baseAddress, right: right.baseAddress, pairs: pairs)
                    mk_bf16_strip(span, mk_bf16_span(), m, n, &sums, n, 0)
                }
            }
            found.append((left, right, sums))
        }
        #expect(found[0].right == found[1].right)
        // A NaN stays one; which one is the machine's choice.
        #expect(found[0].left.dropFirst() == found[1].left.dropFirst())
        for row in 0..<m {
            for column in 0..<n {
                let (x, y) = (found[0].sums[row * n + column], found[1].sums[row * n + column])
                #expect(row == 0 ? x.isNaN && y.isNaN : abs(x - y) <= 1e-4 * max(1, abs(y)))
            }
        }
    }
}
