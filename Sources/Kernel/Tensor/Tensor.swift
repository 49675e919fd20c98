// A view of fp32 rows: what every operation takes and gives. All of a decoder is (tokens, channels).
// It does not know gradients (Autograd) or file formats (Formats).

/// A block of memory and how it is given back.
public final class Storage {
    let pointer: UnsafeMutableRawPointer
    let byteCount: Int
    let arena: Arena
    private let range: Range<Int>

    /// `isKept`: from the forward pass to the backward pass, or longer.
    init(_ byteCount: Int, in arena: Arena, isKept: Bool = false) {
        (pointer, range) = arena.allocate(byteCount, isKept: isKept)
        self.byteCount = byteCount
        self.arena = arena
    }

    deinit { arena.release(range) }
}

/// A (rows, columns) matrix of fp32; row `r` starts at `pointer + r · stride`.
public struct Tensor {
    public let storage: Storage
    public let pointer: UnsafeMutablePointer<Float>
    public let rows: Int
    public let columns: Int
    public let stride: Int

    /// A fresh tensor; its values are undefined. `isKept` in a forward pass: it stays until the backward pass.
    public init(_ rows: Int, _ columns: Int, in arena: Arena, isKept: Bool = false) {
        precondition(rows >= 0 && columns >= 0, "tensor of (\(rows), \(columns))")
        storage = Storage(
            rows * columns * MemoryLayout<Float>.stride, in: arena, isKept: isKept)
        pointer = storage.pointer.assumingMemoryBound(to: Float.self)
        (self.rows, self.columns, stride) = (rows, columns, columns)
    }

    private init(_ whole: Tensor, at offset: Int, rows: Int, columns: Int, stride: Int) {
        storage = whole.storage
        pointer = whole.pointer + offset
        (self.rows, self.columns, self.stride) = (rows, columns, stride)
    }

    public var count: Int { rows * columns }
    public var isContiguous: Bool { stride == columns || rows <= 1 }
    public func row(_ index: Int) -> UnsafeMutablePointer<Float> { pointer + index * stride }

    /// Rows `range` of this tensor; shares memory.
    public func rows(_ range: Range<Int>) -> Tensor {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
        return Tensor(
            self, at: range.lowerBound * stride, rows: range.count, columns: columns, stride: stride
        )
    }

    /// Columns `range` of this tensor; shares memory.
    public func columns(_ range: Range<Int>) -> Tensor {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= columns, "columns \(range) of \(columns)")
        return Tensor(self, at: range.lowerBound, rows: rows, columns: range.count, stride: stride)
    }

    /// The same memory as (rows, columns); only for contiguous tensors of the same count.
    public func reshaped(_ rows: Int, _ columns: Int) -> Tensor {
        precondition(
            isContiguous && rows * columns == count,
            "(\(self.rows), \(self.columns)) as (\(rows), \(columns))")
        return Tensor(self, at: 0, rows: rows, columns: columns, stride: columns)
    }

    /// A view of `count` elements from `offset` of a flat buffer, as (rows, columns).
    public func window(at offset: Int, _ rows: Int, _ columns: Int) -> Tensor {
        precondition(
            isContiguous && offset >= 0 && offset + rows * columns <= count, "window past the end")
        return Tensor(self, at: offset, rows: rows, columns: columns, stride: columns)
    }

    /// Sets every element.
    public func fill(_ value: Float) {
        for r in 0..<rows { row(r).update(repeating: value, count: columns) }
    }

    /// Copies the values of a tensor of the same shape.
    public func copy(from other: Tensor) {
        precondition(rows == other.rows && columns == other.columns, "copy of another shape")
        for r in 0..<rows { row(r).update(from: other.row(r), count: columns) }
    }

    /// The values, row-major; for tests and small results.
    public var values: [Float] {
        (0..<rows).flatMap { Array(UnsafeBufferPointer(start: row($0), count: columns)) }
    }
}

extension Tensor {
    /// A tensor of given values, row-major.
    public init(_ values: [Float], rows: Int, columns: Int, in arena: Arena) {
        precondition(
            values.count == rows * columns, "\(values.count) values for (\(rows), \(columns))")
        self.init(rows, columns, in: arena)
        values.withUnsafeBufferPointer { source in
            if let start = source.baseAddress { pointer.update(from: start, count: source.count) }
        }
    }
}
