// Causal grouped-query attention over separate samples that lie one after another in the rows.
// Scores are held for one block of queries of one head at a time; the backward pass makes them anew.
// Legend: T rows, H query heads, G key-value heads, D head dimension, L keys of a sample.

import CBLAS
import Microkernels

/// Which keys a query may see.
public struct AttentionShape: Equatable, Sendable {
    public var heads: Int
    public var keyValueHeads: Int
    public var headDimension: Int
    /// Only the last `window` keys up to and including the query's own, or all when nil.
    public var window: Int?

    var scale: Float { 1 / Float(headDimension).squareRoot() }
    var group: Int { heads / keyValueHeads }
}

/// softmax(Q Kᵀ / √D) V with causal and block-diagonal masks. Paper: arXiv 2205.14135 for the recomputation.
/// Shapes: q, o (T, H·D); k, v (T, G·D).
enum Attention {
    private static let blockRows = 64

    /// One sample: its query rows, and its key rows (keys may begin before the queries: a KV cache).
    struct Segment {
        var queries: Range<Int>
        var keys: Range<Int>
        /// Position of the first query among the keys.
        var offset: Int { keys.count - queries.count }
    }

    static func forward(
        q: Tensor, k: Tensor, v: Tensor, segments: [Segment], shape: AttentionShape,
        into o: Tensor, arena: Arena
    ) {
        _ = Gemm.blasReady
        let longest = segments.map(\.keys.count).max() ?? 0
        let scratch = Tensor(Parallel.threadCount, blockRows * max(1, longest), in: arena)
        let tasks = blockTasks(segments, heads: shape.heads)
        Parallel.run(tasks.count) { index, worker in
            let task = tasks[index]
            let keyHead = task.head / shape.group
            let d = shape.headDimension
            let keys = visible(task, shape)
            let scores = scratch.row(worker)
            let (count, rows) = (keys.count, task.rows.count)
            product(
                q.row(task.rows.lowerBound) + task.head * d, q.stride,
                k.row(task.segment.keys.lowerBound + keys.lowerBound) + keyHead * d, k.stride,
                scores, count, rows, count, d)
            for r in 0..<rows {
                let (lower, upper) = span(task, r, keys, shape)
                let row = scores + r * count
                for j in 0..<lower { row[j] = 0 }
                mk_softmax(row + lower, upper - lower, shape.scale)
                for j in upper..<count { row[j] = 0 }
            }
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(rows), blasint(d),
                blasint(count), 1,
                scores, blasint(count),
                v.row(task.segment.keys.lowerBound + keys.lowerBound) + keyHead * d,
                blasint(v.stride), 0,
                o.row(task.rows.lowerBound) + task.head * d, blasint(o.stride))
        }
    }

    /// dQ, dK, dV are overwritten. Saved: q, k, v and o; the softmax is made anew, to the same bits.
    /// Samples must hold their own keys.
    static func backward(
        dO: Tensor, q: Tensor, k: Tensor, v: Tensor, o: Tensor, segments: [Segment],
        shape: AttentionShape, dQ: Tensor, dK: Tensor, dV: Tensor, arena: Arena
    ) {
        _ = Gemm.blasReady
        let longest = segments.map(\.keys.count).max() ?? 0
        let half = blockRows * max(1, longest)
        let scratch = Tensor(Parallel.threadCount, 2 * half, in: arena)
        let d = shape.headDimension
        // One task owns the keys of one key-value head of one sample: no two write the same rows.
        Parallel.run(segments.count * shape.keyValueHeads) { index, worker in
            let segment = segments[index / shape.keyValueHeads]
            let keyHead = index % shape.keyValueHeads
            let (p, dP) = (scratch.row(worker), scratch.row(worker) + half)
            for t in segment.keys {
                (dK.row(t) + keyHead * d).update(repeating: 0, count: d)
                (dV.row(t) + keyHead * d).update(repeating: 0, count: d)
            }
            for head in keyHead * shape.group..<(keyHead + 1) * shape.group {
                for task in blocks(segment, head: head) {
                    let keys = visible(task, shape)
                    let (count, rows) = (keys.count, task.rows.count)
                    let firstKey = segment.keys.lowerBound + keys.lowerBound
                    let firstRow = task.rows.lowerBound
                    let (kk, vv) = (k.row(firstKey) + keyHead * d, v.row(firstKey) + keyHead * d)
                    let (qq, oo) = (q.row(firstRow) + head * d, dO.row(firstRow) + head * d)
                    product(qq, q.stride, kk, k.stride, p, count, rows, count, d)
                    product(oo, dO.stride, vv, v.stride, dP, count, rows, count, d)
                    for r in 0..<rows {
                        let (lower, upper) = span(task, r, keys, shape)
                        let (row, gradient) = (p + r * count, dP + r * count)
                        mk_softmax(row + lower, upper - lower, shape.scale)
                        let delta = mk_dot(oo + r * dO.stride, o.row(firstRow + r) + head * d, d)
                        mk_softmax_backward(
                            gradient + lower, row + lower, delta, shape.scale, upper - lower)
                        for j in 0..<lower { (row[j], gradient[j]) = (0, 0) }
                        for j in upper..<count { (row[j], gradient[j]) = (0, 0) }
                    }
                    cblas_sgemm(
                        CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(rows), blasint(d),
                        blasint(count), 1,
                        dP, blasint(count), kk, blasint(k.stride), 0,
                        dQ.row(firstRow) + head * d, blasint(dQ.stride))
                    cblas_sgemm(
                        CblasRowMajor, CblasTrans, CblasNoTrans, blasint(count), blasint(d),
                        blasint(rows), 1,
                        dP, blasint(count), qq, blasint(q.stride), 1,
                        dK.row(firstKey) + keyHead * d, blasint(dK.stride))
                    cblas_sgemm(
                        CblasRowMajor, CblasTrans, CblasNoTrans, blasint(count), blasint(d),
                        blasint(rows), 1,
                        p, blasint(count), oo, blasint(dO.stride), 1,
                        dV.row(firstKey) + keyHead * d, blasint(dV.stride))
                }
            }
        }
    }

    /// A block of query rows of one head of one sample.
    private struct Task {
        var segment: Segment
        var rows: Range<Int>
        var head: Int
    }

    private static func blocks(_ segment: Segment, head: Int) -> [Task] {
        stride(from: segment.queries.lowerBound, to: segment.queries.upperBound, by: blockRows).map
        {
            Task(
                segment: segment, rows: $0..<min($0 + blockRows, segment.queries.upperBound),
                head: head)
        }
    }

    private static func blockTasks(_ segments: [Segment], heads: Int) -> [Task] {
        segments.flatMap { segment in (0..<heads).flatMap { blocks(segment, head: $0) } }
    }

    /// Keys that any row of the block sees, relative to the sample's first key.
    private static func visible(_ task: Task, _ shape: AttentionShape) -> Range<Int> {
        let first = task.segment.offset + task.rows.lowerBound - task.segment.queries.lowerBound
        let end = first + task.rows.count
        let start = shape.window.map { max(0, first + 1 - $0) } ?? 0
        return start..<end
    }

    /// Keys that row `r` of the block sees, relative to the first visible key.
    private static func span(
        _ task: Task, _ r: Int, _ keys: Range<Int>, _ shape: AttentionShape
    ) -> (lower: Int, upper: Int) {
        let position =
            task.segment.offset + task.rows.lowerBound - task.segment.queries.lowerBound + r
        let start = shape.window.map { max(0, position + 1 - $0) } ?? 0
        return (start - keys.lowerBound, position + 1 - keys.lowerBound)
    }

    /// scores (rows, count) = a (rows, D) · b (count, D)ᵀ.
    private static func product(
        _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
        _ scores: UnsafeMutablePointer<Float>, _ scoreStride: Int, _ rows: Int, _ count: Int,
        _ d: Int
    ) {
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(count), blasint(d), 1,
            a, blasint(aStride), b, blasint(bStride), 0, scores, blasint(scoreStride))
    }
}
