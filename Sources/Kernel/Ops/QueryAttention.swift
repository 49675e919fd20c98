// Attention of a single query over cached keys and values, read where they lie in the cache's type.
// Legend: H query heads, G key-value heads, D head dimension, L keys.

import Microkernels

/// softmax(q Kᵀ / √D) V of one token. Shapes: q, o (1, H·D); keys and values (L, G·D).
enum QueryAttention {
    /// Products of less than so many numbers cost more to hand out than to compute.
    private static let sharedFrom = 1 << 15

    static func forward(
        q: Tensor, keys: CachedRows, values: CachedRows, count: Int, shape: AttentionShape,
        into o: Tensor, arena: Arena
    ) {
        let d = shape.headDimension
        let seen = (shape.window.map { max(0, count - $0) } ?? 0)..<count
        // Of each worker: a query padded to whole blocks, its integers, the scores, the mixed values.
        let columns = keys.type.columns(headDimension: d)
        let integers = RowInput.byteCount(columns: columns) / MemoryLayout<Float>.stride
        let scratch = Tensor(
            Parallel.threadCount, integers + 2 * columns + seen.count, in: arena)
        let parts = seen.count * d * shape.heads < sharedFrom ? 1 : shape.heads
        Parallel.run(parts) { part, worker in
            let memory = scratch.row(worker)
            let (query, mixed) = (memory + integers, memory + integers + columns)
            let scores = mixed + columns
            for head in Parallel.slice(part, of: parts, count: shape.heads) {
                query.update(from: q.pointer + head * d, count: d)
                (query + d).update(repeating: 0, count: columns - d)
                let input = RowInput(query, columns: columns, memory: memory)
                let keyHead = head / shape.group
                mk_rows_multiply(
                    keys.type.rowKind, keys.rows(head: keyHead), seen.lowerBound, seen.count,
                    input.vector, scores)
                mk_softmax(scores, seen.count, shape.scale)
                mk_rows_mix(
                    mk_level(), values.type.rowKind, values.rows(head: keyHead), seen.lowerBound,
                    seen.count, scores, mixed)
                (o.pointer + head * d).update(from: mixed, count: d)
            }
        }
    }
}
