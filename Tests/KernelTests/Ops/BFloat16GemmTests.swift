// Products in bf16 against naive ones over operands rounded the same way, with odd sizes, both ways
// that a factor can lie in memory, and with the plain loops of machines without the instruction.

import Foundation
import Microkernels
import TestSupport
import Testing

@testable import Kernel

struct BFloat16GemmTests {
    private let arena = Arena()

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
    private static func element(_ factor: BFloat16Gemm.Factor, _ i: Int, _ k: Int) -> Double {
        let value =
            switch factor {
            case .rows(let tensor): tensor.row(i)[k]
            case .columns(let tensor): tensor.row(k)[i]
            }
        return Double(rounded(value))
    }

    /// The product, and the sums of its terms' sizes.
    private static func naive(
        _ a: BFloat16Gemm.Factor, _ b: BFloat16Gemm.Factor, alpha: Double
    ) -> (values: [Double], bounds: [Double]) {
        var (values, bounds) = ([Double](), [Double]())
        for i in 0..<a.count {
            for j in 0..<b.count {
                var (sum, bound) = (0.0, 1e-30)
                for k in 0..<a.depth {
                    let term = element(a, i, k) * element(b, j, k)
                    sum += term
                    bound += abs(term)
                }
                values.append(alpha * sum)
                bounds.append(abs(alpha) * bound)
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
        let lefts: [BFloat16Gemm.Factor] = [
            .rows(tensor(m, k, salt: 1)), .columns(tensor(k, m, salt: 2)),
        ]
        let rights: [BFloat16Gemm.Factor] = [
            .rows(tensor(n, k, salt: 3)), .columns(tensor(k, n, salt: 4)),
        ]
        for a in lefts {
            for b in rights {
                for (alpha, accumulate) in [(Float(1), false), (0.5, true)] {
                    let c = tensor(m, n, salt: 5)
                    let before = (0..<c.count).map { Double(c.pointer[$0]) }
                    BFloat16Gemm.multiply(
                        a, b, into: c, alpha: alpha, accumulate: accumulate, arena: arena)
                    let (values, bounds) = Self.naive(a, b, alpha: Double(alpha))
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
        let (x, w) = (tensor(m, k, salt: 31), tensor(n, k, salt: 32))
        let (u, b) = (tensor(m, rank, salt: 33), tensor(n, rank, salt: 34))
        let (once, twice) = (tensor(m, n, salt: 35), tensor(m, n, salt: 35))
        BFloat16Gemm.multiply(
            .init(.rows(x), arena: arena), .init(.rows(w), arena: arena),
            plus: (.init(.rows(u), arena: arena), .init(.rows(b), arena: arena)), into: once,
            accumulate: true)
        BFloat16Gemm.multiply(.rows(x), .rows(w), into: twice, accumulate: true, arena: arena)
        BFloat16Gemm.multiply(.rows(u), .rows(b), into: twice, accumulate: true, arena: arena)
        for i in 0..<once.count {
            #expect(abs(once.pointer[i] - twice.pointer[i]) <= 1e-4 * max(1, abs(twice.pointer[i])))
        }
    }

    @Test func stridesAreRespected() {
        let whole = tensor(40, 90, salt: 7)
        let wide = tensor(40, 77, salt: 8)
        let c = tensor(30, 80, salt: 9)
        let untouched = (0..<c.rows).map { c.row($0)[70] }
        let a = BFloat16Gemm.Factor.rows(whole.rows(3..<33).columns(5..<45))
        let b = BFloat16Gemm.Factor.columns(wide.columns(4..<70))
        BFloat16Gemm.multiply(a, b, into: c.columns(2..<68), arena: arena)
        let (values, bounds) = Self.naive(a, b, alpha: 1)
        for r in 0..<30 {
            for j in 0..<66 {
                let i = r * 66 + j
                #expect(abs(Double(c.row(r)[2 + j]) - values[i]) <= 4e-6 * bounds[i])
            }
            #expect(c.row(r)[70] == untouched[r])
        }
    }

    /// Packed weights, decoded on the way, give the panels of their decoded rows.
    @Test(arguments: [(33, 64), (64, 96), (100, 32)])
    func packedWeightsGiveTheSameProducts(_ rows: Int, _ columns: Int) throws {
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
        BFloat16Gemm.multiply(.rows(x), .rows(decoded), into: forward.0, arena: arena)
        BFloat16Gemm.multiply(
            .init(.rows(x), arena: arena), .init(transposing: weight, arena: arena),
            into: forward.1)
        let backward = (Tensor(21, columns, in: arena), Tensor(21, columns, in: arena))
        BFloat16Gemm.multiply(.rows(y), .columns(decoded), into: backward.0, arena: arena)
        BFloat16Gemm.multiply(
            .init(.rows(y), arena: arena), .init(weight, arena: arena), into: backward.1)
        for i in 0..<forward.0.count { #expect(forward.0.pointer[i] == forward.1.pointer[i]) }
        for i in 0..<backward.0.count { #expect(backward.0.pointer[i] == backward.1.pointer[i]) }
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
                    mk_bf16_strip(span, mk_bf16_span(), m, n, &sums, n, 1, 0)
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
