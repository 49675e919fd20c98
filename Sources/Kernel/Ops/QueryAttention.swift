// Attention of a single query over cached keys and values, read where they lie in the cache's type.
// Legend: H query heads, G key-value heads, D head dimension, L keys.

import Microkernels

/// softmax(s · q Kᵀ) V of one token. Shapes: q, o (1, H·D); keys and values (L, G·D).
enum QueryAttention {
    /// MatmulBackend of less than so many numbers cost more to hand out than to compute.
    private static let sharedFrom = 1 << 15

    static func forward(
        q: Tensor, keys: CachedRows, values: CachedRows, count: Int, shape: AttentionShape,
        into o: Tensor, arena: Arena
    ) {
        let d = shape.headDimension
        let seen = (shape.window.map { max(0, count - $0) } ?? 0)..<count
        // Of each worker: a query padded to whole blocks, the mixed values, the scores.
        let columns = keys.type.columns(headDimension: d)
        let scratch = Tensor(Parallel.threadCount, 2 * columns + seen.count, in: arena)
        let parts = seen.count * d * shape.heads < sharedFrom ? 1 : shape.heads
        Parallel.run(parts) { part, worker in
            let query = scratch.row(worker)
            let (mixed, scores) = (query + columns, query + 2 * columns)
            for head in Parallel.slice(part, of: parts, count: shape.heads) {
                query.update(from: q.pointer + head * d, count: d)
                (query + d).update(repeating: 0, count: columns - d)
                let keyHead = head / shape.group
                mk_rows_score(
                    mk_level(), keys.type.rowKind, keys.rows(head: keyHead), seen.lowerBound,
                    seen.count, query, scores)
                shape.softmax(scores, count: seen.count)
                mk_rows_mix(
                    mk_level(), values.type.rowKind, values.rows(head: keyHead), seen.lowerBound,
                    seen.count, scores, mixed)
                (o.pointer + head * d).update(from: mixed, count: d)
            }
        }
    }
}
