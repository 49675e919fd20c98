// Attention of one query, and sums of packed rows, against double precision over what the cache holds.

import Foundation
import Microkernels
import TestSupport
import Testing

@testable import Kernel

@Suite struct QueryAttentionTests {
    private let arena = Arena(reserving: 1 << 26)

    /// softmax(q Kᵀ / √D) V of one head in double precision.
    private func twin(
        _ q: [Float], _ keys: Tensor, _ values: Tensor, _ seen: Range<Int>, at column: Int
    ) -> [Double] {
        let scores = seen.map { row in
            zip(q, 0..<q.count).reduce(0.0) {
                $0 + Double($1.0) * Double(keys.row(row)[column + $1.1])
            } / Double(q.count).squareRoot()
        }
        let best = scores.max() ?? 0
        let weights = scores.map { exp($0 - best) }
        let total = weights.reduce(0, +)
        return (0..<q.count).map { d in
            zip(weights, seen).reduce(0.0) { $0 + $1.0 * Double(values.row($1.1)[column + d]) }
                / total
        }
    }

    @Test(arguments: KVCacheType.allCases, [20, 32, 64, 80])
    func equalsTheTwin(type: KVCacheType, dimension d: Int) {
        var random = TestRandom(41)
        let (heads, groups, count) = (6, 2, 37)
        func cached(_ deviation: Float) -> CachedRows {
            let rows = CachedRows(
                type: type, heads: groups, headDimension: d, capacity: count, in: arena)
            let values = random.normal(count * groups * d, deviation: deviation)
            rows.write(Tensor(values, rows: count, columns: groups * d, in: arena), at: 0)
            return rows
        }
        let (keys, values) = (cached(1), cached(0.5))
        let q = Tensor(random.normal(heads * d), rows: 1, columns: heads * d, in: arena)
        let (keyFloats, valueFloats) = (
            keys.floats(count: count, in: arena), values.floats(count: count, in: arena)
        )
        for level in levels {
            mk_set_thread_level(level)
            defer { mk_set_thread_level(-1) }
            for window in [nil, 1, 11, 100] {
                let shape = AttentionShape(
                    heads: heads, keyValueHeads: groups, headDimension: d, window: window)
                let o = Tensor(1, heads * d, in: arena)
                QueryAttention.forward(
                    q: q, over: [.init(keys: keys, values: values, count: count)], shape: shape,
                    into: o, arena: arena)
                for head in 0..<heads {
                    let query = Array(q.values[head * d..<(head + 1) * d])
                    let expected = twin(
                        query, keyFloats, valueFloats, max(0, count - (window ?? count))..<count,
                        at: head / shape.group * d)
                    for (c, exact) in expected.enumerated() {
                        #expect(abs(Double(o.pointer[head * d + c]) - exact) < 3e-5)
                    }
                }
            }
        }
    }

    @Test(arguments: KVCacheType.allCases) func rowsComeBackAsTheyWereStored(type: KVCacheType) {
        var random = TestRandom(42)
        let rows = CachedRows(type: type, heads: 3, headDimension: 40, capacity: 5, in: arena)
        var x = random.normal(4 * 120)
        x[130] = .nan
        rows.write(Tensor(x, rows: 4, columns: 120, in: arena), at: 1)
        let back = rows.floats(count: 5, in: arena)
        let tolerance: Float = type == .f32 ? 0 : type == .bf16 ? 1 / 256 : 1 / 50
        for row in 0..<4 {
            // The head with NaN may lose its other values, the others may not.
            for column in 0..<120 where !(row == 1 && column < 40) {
                let value = x[row * 120 + column]
                #expect(abs(back.row(row + 1)[column] - value) <= tolerance * max(1, abs(value)))
            }
        }
        #expect(back.row(2)[10].isNaN)
    }
}
