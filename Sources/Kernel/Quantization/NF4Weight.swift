// QLoRA's four-bit weights: NormalFloat4 codes with double-quantized scales (arXiv 2305.14314).
// It does not know where its rows come from.

import Microkernels

/// Groups of 64 columns (the last of a row may be shorter): a nibble a column names one of 16
/// quantiles of the normal distribution, times the absmax of the group.
///
/// The absmax values are stored as their mean over the matrix plus signed bytes, with one fp32
/// scale for every 256 groups: 4.127 bits a weight. Error: 9.2 % of the root mean square of
/// normally distributed weights, all from the codes; the bytes are 0.14 % off the absmax.
public final class NF4Weight: VectorizedWeight {
    /// Columns that share an absmax.
    public static let groupLength = 64
    /// Root mean square error over root mean square of normally distributed rows, at most.
    public static let relativeErrorBudget: Float = 0.1
    /// The 16 values a code can name, ascending.
    public static var codeValues: [Float] {
        Array(UnsafeBufferPointer(start: mk_nf4_table(), count: 16))
    }

    public let rows: Int
    public let columns: Int
    public let byteCount: Int
    public var formatName: String { "nf4" }

    private let codes: PackedBytes
    private let absmax: DoubleQuantized

    /// Quantizes the rows that `producer` makes; refuses values that are not finite.
    public init(rows: Int, columns: Int, producer: RowProducer) throws(KernelError) {
        RowPacking.checkShape(rows: rows, columns: columns)
        let stride = mk_nibble_bytes(columns)
        let groups = (columns + Self.groupLength - 1) / Self.groupLength
        let codes = PackedBytes(count: rows * stride)
        let code = codes.pointer(to: UInt8.self)
        let exact = PackedBytes(count: rows * groups * MemoryLayout<Float>.size)
        let absmax = exact.pointer(to: Float.self)
        try RowPacking.run(rows: rows, columns: columns, format: "nf4", producer: producer) {
            row, values in
            let status = mk_nf4_absmax(mk_level(), values, columns, absmax + row * groups)
            guard status == Int32(MK_PACKED) else { return status }
            mk_nf4_encode(
                mk_level(), values, columns, absmax + row * groups, code + row * stride)
            return status
        }
        self.rows = rows
        self.columns = columns
        self.codes = codes
        self.absmax = DoubleQuantized(UnsafeBufferPointer(start: absmax, count: rows * groups))
        byteCount = rows * stride + self.absmax.byteCount
    }

    /// Quantizes another weight.
    public convenience init(_ weight: any PackedWeight) throws(KernelError) {
        try self.init(
            rows: weight.rows, columns: weight.columns, producer: RowPacking.producer(of: weight))
    }

    private var packed: mk_nf4 {
        mk_nf4(
            codes: codes.pointer(to: UInt8.self), stride: mk_nibble_bytes(columns),
            levels: absmax.levels.pointer(to: Int8.self),
            scales: absmax.scales.pointer(to: Float.self), mean: absmax.mean, columns: columns)
    }

    func decode(
        rows range: Range<Int>, into destination: UnsafeMutablePointer<Float>, level: Int32
    ) {
        mk_nf4_decode(level, packed, range.lowerBound, range.count, destination)
    }

    func product(rows range: Range<Int>, by x: RowInput, into y: UnsafeMutablePointer<Float>) {
        mk_nf4_multiply(packed, range.lowerBound, range.count, x.vector, y)
    }
}

extension Quantizer {
    /// QLoRA's, with doubly quantized scales for every 64 weights.
    public static let nf4 = Quantizer(
        "nf4", name: "nf4", bits: 4, bitsPerWeight: 4.127,
        encode: { weight throws(KernelError) in try NF4Weight(weight) })
}
