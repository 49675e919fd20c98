// The keys or the values of one layer in a cache: rows of heads in the cache's own type, written as floats
// and read by the loops where they lie. It does not know layers or attention.
// Legend: G key-value heads, D head dimension.

import Microkernels

/// Up to `capacity` rows of G heads; which of them mean something, the cache knows.
struct CachedRows {
    let type: KVCacheType
    let heads: Int
    let headDimension: Int
    /// The bytes of a row as so many floats.
    private let memory: Tensor

    init(type: KVCacheType, heads: Int, headDimension: Int, capacity: Int, in arena: Arena) {
        (self.type, self.heads, self.headDimension) = (type, heads, headDimension)
        let bytes = heads * type.byteCount(headDimension: headDimension)
        memory = Tensor(
            capacity, (bytes + 3) / MemoryLayout<Float>.stride, in: arena, isKept: true)
    }

    /// Bytes of one row.
    var stride: Int { memory.columns * MemoryLayout<Float>.stride }

    /// One head of all rows, as the loops take it.
    func rows(head: Int) -> mk_rows {
        mk_rows(
            bytes: pointer(row: 0, head: head), stride: stride, order: nil,
            columns: type.columns(headDimension: headDimension))
    }

    /// The first rows as floats (count, G · D): the memory itself where it holds them.
    func floats(count: Int, in arena: Arena) -> Tensor {
        if type == .f32 { return memory.rows(0..<count) }
        let result = Tensor(count, heads * headDimension, in: arena)
        Parallel.ranges(count, grain: 16) { range in
            withPaddedHead { padded in
                for row in range {
                    for head in 0..<heads {
                        mk_rows_decode(mk_level(), type.rowKind, rows(head: head), row, 1, padded)
                        (result.row(row) + head * headDimension).update(
                            from: padded, count: headDimension)
                    }
                }
            }
        }
        return result
    }

    /// Writes floats (T, G · D) from row `first` on.
    func write(_ x: Tensor, at first: Int) {
        withPaddedHead { padded in
            for row in 0..<x.rows {
                for head in 0..<heads {
                    padded.update(from: x.row(row) + head * headDimension, count: headDimension)
                    let target = pointer(row: first + row, head: head)
                    let columns = type.columns(headDimension: headDimension)
                    let status = mk_rows_encode(mk_level(), type.rowKind, padded, columns, target)
                    // Blocks take no infinities and NaN; scales of all ones are NaN.
                    if status != Int32(MK_PACKED) {
                        target.update(
                            repeating: 0xff, count: type.byteCount(headDimension: headDimension))
                    }
                }
            }
        }
    }

    /// Takes over the first rows of a smaller one.
    func copy(from other: CachedRows, count: Int) {
        pointer(row: 0, head: 0).update(from: other.pointer(row: 0, head: 0), count: count * stride)
    }

    private func pointer(row: Int, head: Int) -> UnsafeMutablePointer<UInt8> {
        UnsafeMutableRawPointer(memory.pointer).assumingMemoryBound(to: UInt8.self)
            + row * stride + head * type.byteCount(headDimension: headDimension)
    }

    /// A head's floats, followed by zeros up to the end of its last block.
    private func withPaddedHead(_ body: (UnsafeMutablePointer<Float>) -> Void) {
        let columns = type.columns(headDimension: headDimension)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { buffer in
            buffer.initialize(repeating: 0)
            if let base = buffer.baseAddress { body(base) }
        }
    }
}
