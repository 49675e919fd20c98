// Eight-bit weights: one scale a row, symmetric. It does not know where its rows come from.

import Microkernels

/// Rows of signed bytes times absmax / 127, rounded to nearest even.
///
/// Error: at most half a step, so the root mean square is about absmax / (127 · √12): 0.76 % of
/// that of normally distributed rows of 576 columns, 0.91 % for 8,192.
public final class Int8Weight: VectorizedWeight {
    /// Root mean square error over root mean square of normally distributed rows, at most.
    public static let relativeErrorBudget: Float = 0.01

    public let rows: Int
    public let columns: Int
    public var formatName: String { "int8" }
    public var byteCount: Int { rows * columns + rows * MemoryLayout<Float>.size }

    private let codes: PackedBytes
    private let scales: PackedBytes

    /// Quantizes the rows that `producer` makes; refuses values that are not finite.
    public init(rows: Int, columns: Int, producer: RowProducer) throws(KernelError) {
        RowPacking.checkShape(rows: rows, columns: columns)
        let codes = PackedBytes(count: rows * columns)
        let scales = PackedBytes(count: rows * MemoryLayout<Float>.size)
        let (code, scale) = (codes.pointer(to: Int8.self), scales.pointer(to: Float.self))
        try RowPacking.run(rows: rows, columns: columns, format: "int8", producer: producer) {
            mk_int8_encode(mk_level(), $1, columns, code + $0 * columns, scale + $0)
        }
        self.rows = rows
        self.columns = columns
        self.codes = codes
        self.scales = scales
    }

    /// Quantizes another weight.
    public convenience init(_ weight: any PackedWeight) throws(KernelError) {
        try self.init(
            rows: weight.rows, columns: weight.columns, producer: RowPacking.producer(of: weight))
    }

    private var packed: mk_int8 {
        mk_int8(
            codes: codes.pointer(to: Int8.self), scales: scales.pointer(to: Float.self),
            columns: columns)
    }

    func decode(
        rows range: Range<Int>, into destination: UnsafeMutablePointer<Float>, level: Int32
    ) {
        mk_int8_decode(level, packed, range.lowerBound, range.count, destination)
    }

    func product(rows range: Range<Int>, by x: RowInput, into y: UnsafeMutablePointer<Float>) {
        mk_int8_multiply(packed, range.lowerBound, range.count, x.vector, y)
    }
}

extension Quantizer {
    /// A byte a weight; the scale of a row counts for nothing.
    public static let int8 = Quantizer(
        "int8", name: "int8", bits: 8, bitsPerWeight: 8,
        encode: { weight throws(KernelError) in try Int8Weight(weight) })
}
