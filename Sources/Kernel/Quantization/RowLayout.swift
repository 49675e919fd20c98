// Where packed rows lie and how the C loops read them; shared by the weights made of plain rows.
// It checks nothing: the weights do, before they ask.

import Microkernels

/// Rows of one kind at a fixed stride in memory that `owner` keeps alive.
///
/// Unchecked: the pointers are only read, and lead into memory that `owner` (itself Sendable) and
/// `order` keep alive and that is never written after initialization.
struct RowLayout: @unchecked Sendable {
    private let kind: Int32
    private let bytes: UnsafePointer<UInt8>?
    private let stride: Int
    private let columns: Int
    private let owner: any AnyObject & Sendable
    private let order: PackedBytes?

    init(
        kind: Int32, bytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable, stride: Int,
        columns: Int, order: [Int32]? = nil
    ) {
        self.kind = kind
        self.bytes = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        self.owner = owner
        self.stride = stride
        self.columns = columns
        self.order = order.map { order in
            let copy = PackedBytes(count: order.count * MemoryLayout<Int32>.stride)
            order.withUnsafeBytes { copy.bytes.copyMemory(from: $0) }
            return copy
        }
    }

    /// What the loops take.
    private var rows: mk_rows {
        mk_rows(
            bytes: bytes, stride: stride,
            order: order.map { UnsafePointer($0.pointer(to: Int32.self)) }, columns: columns)
    }

    func decode(
        _ range: Range<Int>, into destination: UnsafeMutablePointer<Float>,
        level: Int32
    ) {
        mk_rows_decode(level, kind, rows, range.lowerBound, range.count, destination)
    }

    func multiply(_ range: Range<Int>, by x: RowInput, into y: UnsafeMutablePointer<Float>) {
        mk_rows_multiply(kind, rows, range.lowerBound, range.count, x.vector, y)
    }
}
