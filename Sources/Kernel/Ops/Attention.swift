// Causal grouped-query attention over separate samples that lie one after another in the rows.
// Scores are held for a few queries of one head at a time; the backward pass recomputes them.
// Legend: T rows, H query heads, G key-value heads, D head dimension, L keys of a sample.

import Microkernels

/// The heads of an attention, which keys a query sees, and how scores become probabilities; told once for
/// training, prompts and single tokens.
public struct AttentionShape: Equatable, Sendable {
    public var heads: Int
    public var keyValueHeads: Int
    public var headDimension: Int
    /// Only the last `window` keys up to and including the query's own, or all when nil.
    public var window: Int?
    /// What products of queries and keys are multiplied by.
    public var scale: Float
    /// Scores are bounded to cap · tanh(score / cap) (Gemma 2, arXiv 2408.00118); nil leaves them.
    public var softCap: Float?

    /// `scale` is 1 / √D unless given.
    public init(
        heads: Int, keyValueHeads: Int, headDimension: Int, window: Int? = nil,
        scale: Float? = nil, softCap: Float? = nil
    ) {
        self.heads = heads
        self.keyValueHeads = keyValueHeads
        self.headDimension = headDimension
        self.window = window
        self.scale = scale ?? 1 / Float(headDimension).squareRoot()
        self.softCap = softCap
    }

    /// Query heads that share a key-value head.
    var group: Int { heads / keyValueHeads }

    /// scores (n) ← their softmax after scale and cap; `slope` ← the cap's derivative where there is one.
    func softmax(
        _ scores: UnsafeMutablePointer<Float>, count: Int,
        slope: UnsafeMutablePointer<Float>? = nil
    ) {
        guard let softCap else { return mk_softmax(scores, count, scale) }
        mk_soft_cap(scores, slope, count, scale, softCap)
        mk_softmax(scores, count, 1)
    }

    /// gradient (n) ← that of the products of query and keys, from the gradient of their probabilities.
    func softmaxBackward(
        _ gradient: UnsafeMutablePointer<Float>, probabilities: UnsafePointer<Float>,
        delta: Float, count: Int, slope: UnsafePointer<Float>?
    ) {
        mk_softmax_backward(gradient, probabilities, delta, scale, count)
        if let slope { mk_multiply(gradient, slope, count) }
    }
}

/// softmax(s · Q Kᵀ) V with causal and block-diagonal masks. Paper: arXiv 2205.14135 for the recomputation.
/// Shapes: q, o (T, H·D); k, v (T, G·D).
enum Attention {
    /// Query rows whose scores are made together: few, so that masked scores are hardly computed.
    static let stripRows = 24
    /// Query rows that are added to the gradients of keys and values together.
    static let blockRows = 72

    /// Fewer tasks of the backward pass are cut into one for each query head.
    private static let tasksMin = 8

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
        let transposedKeys = transposed(k, arena)
        let width = scoreWidth(segments)
        let scratch = Tensor(Parallel.threadCount, stripRows * width, in: arena)
        let tasks = segments.flatMap { segment in
            (0..<shape.heads).flatMap { strips(of: segment.queries, segment, head: $0) }
        }
        let d = shape.headDimension
        Parallel.run(tasks.count) { index, worker in
            let strip = tasks[index]
            let keyHead = strip.head / shape.group
            let keys = strip.visibleKeys(shape)
            let scores = scratch.row(worker)
            strip.probabilities(
                of: q, with: transposedKeys.row(keyHead * d) + keys.lowerBound,
                transposedKeys.stride, keys.count, over: keys, shape, into: scores, width)
            mk_small_gemm(
                mk_left(p: scores, row: width, step: 1), v.row(keys.lowerBound) + keyHead * d,
                v.stride, strip.rows.count, keys.count, d,
                o.row(strip.rows.lowerBound) + strip.head * d, o.stride, 0)
        }
    }

    /// dQ, dK, dV are overwritten. Saved: q, k, v and o; the softmax is recomputed, to the same bits.
    /// Samples must hold their own keys.
    static func backward(
        dO: Tensor, q: Tensor, k: Tensor, v: Tensor, o: Tensor, segments: [Segment],
        shape: AttentionShape, dQ: Tensor, dK: Tensor, dV: Tensor, arena: Arena
    ) {
        let (transposedKeys, transposedValues) = (transposed(k, arena), transposed(v, arena))
        let width = scoreWidth(segments)
        // Probabilities, their gradients and, with a cap, its derivatives.
        let part = blockRows * width
        let scratch = Tensor(
            Parallel.threadCount, (shape.softCap == nil ? 2 : 3) * part, in: arena)
        let d = shape.headDimension
        // One task owns the keys of one key-value head of one sample: no two write the same rows. Where that
        // gives too few tasks, each query head has sums of its own, which are added at the end; this depends
        // on the batch alone, so that the bits do not depend on the threads.
        let splits = splits(shape, samples: segments.count)
        let owners = splits ? shape.heads : shape.keyValueHeads
        let sumsK = splits ? Tensor(k.rows, owners * d, in: arena) : dK
        let sumsV = splits ? Tensor(v.rows, owners * d, in: arena) : dV
        Parallel.run(segments.count * owners) { index, worker in
            let (segment, owner) = (segments[index / owners], index % owners)
            let heads = splits ? owner..<owner + 1 : owner * shape.group..<(owner + 1) * shape.group
            let keyHead = heads.lowerBound / shape.group
            let (p, dP) = (scratch.row(worker), scratch.row(worker) + part)
            let slopes = shape.softCap.map { _ in scratch.row(worker) + 2 * part }
            for t in segment.keys {
                (sumsK.row(t) + owner * d).update(repeating: 0, count: d)
                (sumsV.row(t) + owner * d).update(repeating: 0, count: d)
            }
            for head in heads {
                for first in stride(
                    from: segment.queries.lowerBound, to: segment.queries.upperBound, by: blockRows)
                {
                    let rows = first..<min(first + blockRows, segment.queries.upperBound)
                    let block = Strip(segment: segment, rows: rows, head: head)
                    let keys = block.visibleKeys(shape)
                    for strip in strips(of: rows, segment, head: head) {
                        let at = (strip.rows.lowerBound - first) * width
                        // Keys of the block that come before the strip's own do not move its columns.
                        let count = strip.visibleKeys(shape).upperBound - keys.lowerBound
                        strip.probabilities(
                            of: q, with: transposedKeys.row(keyHead * d) + keys.lowerBound,
                            transposedKeys.stride, count, over: keys, shape, into: p + at, width,
                            slopes: slopes.map { $0 + at })
                        strip.scores(
                            of: dO, with: transposedValues.row(keyHead * d) + keys.lowerBound,
                            transposedValues.stride, count, d, into: dP + at, width)
                        for r in 0..<strip.rows.count {
                            let seen = strip.span(r, shape)
                            let (row, gradient) = (p + at + r * width, dP + at + r * width)
                            let (start, t) = (
                                seen.lowerBound - keys.lowerBound, strip.rows.lowerBound + r
                            )
                            let delta = mk_dot(dO.row(t) + head * d, o.row(t) + head * d, d)
                            shape.softmaxBackward(
                                gradient + start, probabilities: row + start, delta: delta,
                                count: seen.count, slope: slopes.map { $0 + at + r * width + start }
                            )
                            for j in 0..<start { gradient[j] = 0 }
                            for j in start + seen.count..<keys.count { gradient[j] = 0 }
                        }
                        mk_small_gemm(
                            mk_left(p: dP + at, row: width, step: 1),
                            k.row(keys.lowerBound) + keyHead * d, k.stride, strip.rows.count,
                            count, d, dQ.row(strip.rows.lowerBound) + head * d, dQ.stride, 0)
                    }
                    mk_small_gemm(
                        mk_left(p: dP, row: 1, step: width), q.row(first) + head * d, q.stride,
                        keys.count, rows.count, d, sumsK.row(keys.lowerBound) + owner * d,
                        sumsK.stride, 1)
                    mk_small_gemm(
                        mk_left(p: p, row: 1, step: width), dO.row(first) + head * d, dO.stride,
                        keys.count, rows.count, d, sumsV.row(keys.lowerBound) + owner * d,
                        sumsV.stride, 1)
                }
            }
        }
        if splits {
            addGroups(sumsK, shape, into: dK)
            addGroups(sumsV, shape, into: dV)
        }
    }

    static func splits(_ shape: AttentionShape, samples: Int) -> Bool {
        shape.group > 1 && samples * shape.keyValueHeads < tasksMin
    }

    /// target (T, G·D) = for each key-value head the sum of its query heads' columns of sums (T, H·D).
    private static func addGroups(_ sums: Tensor, _ shape: AttentionShape, into target: Tensor) {
        let d = shape.headDimension
        Parallel.ranges(sums.rows, grain: 16) { range in
            for t in range {
                for keyHead in 0..<shape.keyValueHeads {
                    let (to, from) = (
                        target.row(t) + keyHead * d, sums.row(t) + keyHead * shape.group * d
                    )
                    to.update(from: from, count: d)
                    for member in 1..<shape.group { mk_add(to, to, from + member * d, d) }
                }
            }
        }
    }

    /// A few query rows of one head of one sample.
    private struct Strip {
        var segment: Segment
        var rows: Range<Int>
        var head: Int

        /// The key row that lies at the position of a query row.
        private func key(of row: Int) -> Int {
            segment.keys.lowerBound + segment.offset + row - segment.queries.lowerBound
        }

        /// Key rows that query row `r` of the strip sees.
        func span(_ r: Int, _ shape: AttentionShape) -> Range<Int> {
            let own = key(of: rows.lowerBound + r)
            let start = shape.window.map { max(segment.keys.lowerBound, own + 1 - $0) }
            return (start ?? segment.keys.lowerBound)..<own + 1
        }

        /// Key rows that any row of the strip sees.
        func visibleKeys(_ shape: AttentionShape) -> Range<Int> {
            span(0, shape).lowerBound..<key(of: rows.upperBound - 1) + 1
        }

        /// The softmax of each row's scores over the keys that it sees; zeros at the others of `keys`, whose
        /// first `count` columns are there.
        func probabilities(
            of q: Tensor, with columns: UnsafePointer<Float>, _ stride: Int, _ count: Int,
            over keys: Range<Int>, _ shape: AttentionShape,
            into rows: UnsafeMutablePointer<Float>, _ width: Int,
            slopes: UnsafeMutablePointer<Float>? = nil
        ) {
            scores(of: q, with: columns, stride, count, shape.headDimension, into: rows, width)
            for r in 0..<self.rows.count {
                let seen = span(r, shape)
                let row = rows + r * width
                let start = seen.lowerBound - keys.lowerBound
                for j in 0..<start { row[j] = 0 }
                shape.softmax(
                    row + start, count: seen.count, slope: slopes.map { $0 + r * width + start })
                for j in start + seen.count..<keys.count { row[j] = 0 }
            }
        }

        /// scores (rows, count) = the strip's rows of x · columns (D, count). Whole vectors are written: what
        /// is beyond `count` means nothing.
        func scores(
            of x: Tensor, with columns: UnsafePointer<Float>, _ stride: Int, _ count: Int, _ d: Int,
            into scores: UnsafeMutablePointer<Float>, _ width: Int
        ) {
            mk_small_gemm(
                mk_left(p: x.row(rows.lowerBound) + head * d, row: x.stride, step: 1), columns,
                stride, rows.count, d, (count + lanes - 1) / lanes * lanes, scores, width, 0)
        }
    }

    private static func strips(
        of rows: Range<Int>, _ segment: Segment, head: Int
    ) -> [Strip] {
        stride(from: rows.lowerBound, to: rows.upperBound, by: stripRows).map {
            Strip(segment: segment, rows: $0..<min($0 + stripRows, rows.upperBound), head: head)
        }
    }

    /// Floats of the widest vector.
    static let lanes = 16

    /// Floats from one row of scores to the next: whole lines, but never a power of two, whose rows
    /// would share their places in the cache.
    private static func scoreWidth(_ segments: [Segment]) -> Int {
        scoreWidth(longest: segments.map(\.keys.count).max() ?? 0)
    }

    static func scoreWidth(longest: Int) -> Int {
        (longest + 2 * lanes - 1) / (2 * lanes) * 2 * lanes + lanes
    }

    /// x (T, W) as (W, T), and room behind it for the last vector.
    private static func transposed(_ x: Tensor, _ arena: Arena) -> Tensor {
        let memory = Tensor(1, x.count + lanes, in: arena)
        let result = memory.window(at: 0, x.columns, x.rows)
        Parallel.ranges(x.rows, grain: 64) { range in
            mk_transpose(
                x.row(range.lowerBound), x.stride, range.count, x.columns,
                result.pointer + range.lowerBound, result.stride)
        }
        return result
    }
}
