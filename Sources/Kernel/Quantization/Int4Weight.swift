// Four-bit weights with a scale and a minimum for every 64 columns; asymmetric, like GGUF's q4_1
// with longer groups. It does not know where its rows come from.

import Microkernels

/// Groups of 64 columns (the last may be shorter): fp16 scale, fp16 minimum, a nibble a column.
///
/// Error: a step is (maximum − minimum) / 15 of the group, 0.31 σ for normally distributed
/// weights, so the root mean square is about 0.31 / √12 = 9.0 % of theirs. 4.5 bits a weight.
public final class Int4Weight: VectorizedWeight {
    /// Columns that share a scale and a minimum.
    public static let groupLength = 64
    /// Root mean square error over root mean square of normally distributed rows, at most.
    public static let relativeErrorBudget: Float = 0.1

    public let rows: Int
    public let columns: Int
    public let byteCount: Int
    public var formatName: String { "int4" }

    private let layout: RowLayout

    /// Quantizes the rows that `producer` makes; refuses values that are not finite or beyond fp16.
    public init(rows: Int, columns: Int, producer: RowProducer) throws(KernelError) {
        RowPacking.checkShape(rows: rows, columns: columns)
        let stride = Self.rowBytes(columns: columns)
        let memory = PackedBytes(count: rows * stride)
        let bytes = memory.pointer(to: UInt8.self)
        try RowPacking.run(rows: rows, columns: columns, format: "int4", producer: producer) {
            mk_rows_encode(mk_level(), Int32(MK_ROWS_INT4), $1, columns, bytes + $0 * stride)
        }
        self.rows = rows
        self.columns = columns
        byteCount = rows * stride
        layout = RowLayout(
            kind: Int32(MK_ROWS_INT4), bytes: UnsafeRawBufferPointer(memory.bytes), owner: memory,
            stride: stride, columns: columns)
    }

    /// Quantizes another weight.
    public convenience init(_ weight: any PackedWeight) throws(KernelError) {
        try self.init(
            rows: weight.rows, columns: weight.columns, producer: RowPacking.producer(of: weight))
    }

    /// Bytes of one row.
    static func rowBytes(columns: Int) -> Int {
        let groups = (columns + groupLength - 1) / groupLength
        return groups * 4 + mk_nibble_bytes(columns)
    }

    func decode(
        rows range: Range<Int>, into destination: UnsafeMutablePointer<Float>, level: Int32
    ) {
        layout.decode(range, into: destination, level: level)
    }

    func product(rows range: Range<Int>, by x: RowInput, into y: UnsafeMutablePointer<Float>) {
        layout.multiply(range, by: x, into: y)
    }
}

extension Quantizer {
    /// Scale and minimum for every 64 weights.
    public static let int4 = Quantizer(
        "int4", name: "int4", bits: 4, bitsPerWeight: 4.5,
        encode: { weight throws(KernelError) in try Int4Weight(weight) })
}
