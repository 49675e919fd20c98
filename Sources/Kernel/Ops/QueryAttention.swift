// Attention of single queries over cached keys and values, read where they lie in the cache's type.
// Legend: T queries, H query heads, G key-value heads, D head dimension, L keys.

import Microkernels

/// softmax(s · q Kᵀ) V of single tokens. Shapes: q, o (T, H·D); keys and values of each row (L, G·D).
enum QueryAttention {
    /// MatmulBackend of less than so many numbers cost more to hand out than to compute.
    private static let sharedFrom = 1 << 15

    /// The keys and values that one query meets, and how many of them there are.
    struct Met {
        let keys: CachedRows
        let values: CachedRows
        let count: Int
    }

    /// Each row of q meets keys and values of its own.
    static func forward(
        q: Tensor, over met: [Met], shape: AttentionShape, into o: Tensor, arena: Arena
    ) {
        guard let type = met.first?.keys.type else { return }
        let d = shape.headDimension
        func seen(_ met: Met) -> Range<Int> {
            (shape.window.map { max(0, met.count - $0) } ?? 0)..<met.count
        }
        // Of each worker: a query padded to whole blocks, the mixed values, the scores.
        let columns = type.columns(headDimension: d)
        let longest = met.reduce(0) { max($0, seen($1).count) }
        let scratch = Tensor(Parallel.threadCount, 2 * columns + longest, in: arena)
        let all = met.count * shape.heads
        let parts = met.count * longest * d * shape.heads < sharedFrom ? 1 : all
        Parallel.run(parts) { part, worker in
            let query = scratch.row(worker)
            let (mixed, scores) = (query + columns, query + 2 * columns)
            for place in Parallel.slice(part, of: parts, count: all) {
                let (row, head) = place.quotientAndRemainder(dividingBy: shape.heads)
                let (keys, values, seen) = (met[row].keys, met[row].values, seen(met[row]))
                query.update(from: q.row(row) + head * d, count: d)
                (query + d).update(repeating: 0, count: columns - d)
                let keyHead = head / shape.group
                mk_rows_score(
                    mk_level(), keys.type.rowKind, keys.rows(head: keyHead), seen.lowerBound,
                    seen.count, query, scores)
                shape.softmax(scores, count: seen.count)
                mk_rows_mix(
                    mk_level(), values.type.rowKind, values.rows(head: keyHead), seen.lowerBound,
                    seen.count, scores, mixed)
                (o.row(row) + head * d).update(from: mixed, count: d)
            }
        }
    }
}
