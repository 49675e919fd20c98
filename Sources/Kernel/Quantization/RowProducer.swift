// How a matrix that never exists in fp32 is quantized: rows come in pieces of about a megabyte.
// It does not know the formats; each packs the single rows that it is handed.

import Microkernels

/// Writes the rows of a range, row-major, to the destination; called once for each row, in order.
public typealias RowProducer = (
    _ rows: Range<Int>, _ destination: UnsafeMutablePointer<Float>
) throws(KernelError) -> Void

/// Quantization of a matrix piece by piece.
enum RowPacking {
    /// Floats held at a time; rows longer than that come one by one.
    static let floatsMax = 1 << 18

    /// Lets `producer` make the rows and `pack` turn each into bytes, on all threads.
    ///
    /// - Parameter pack: returns an `MK_…` status; called from several threads for different rows.
    static func run(
        rows: Int, columns: Int, format: String, producer: RowProducer,
        pack: (_ row: Int, _ values: UnsafePointer<Float>) -> Int32
    ) throws(KernelError) {
        let rowsMax = max(1, floatsMax / columns)
        let values = UnsafeMutablePointer<Float>.allocate(
            capacity: min(rowsMax, max(rows, 1)) * columns)
        let status = UnsafeMutablePointer<Int32>.allocate(capacity: rowsMax)
        defer {
            values.deallocate()
            status.deallocate()
        }
        for first in stride(from: 0, to: rows, by: rowsMax) {
            let count = min(rowsMax, rows - first)
            try producer(first..<first + count, values)
            Parallel.ranges(count, grain: max(1, 16_384 / columns)) { part in
                for row in part { status[row] = pack(first + row, values + row * columns) }
            }
            for row in 0..<count where status[row] != Int32(MK_PACKED) {
                throw refusal(status[row], row: first + row, format: format)
            }
        }
    }

    /// The rows of a packed weight, decoded on all threads.
    static func producer(of weight: any PackedWeight) -> RowProducer {
        { (rows, destination) throws(KernelError) in
            Parallel.ranges(rows.count) { part in
                weight.decode(
                    rows: rows.lowerBound + part.lowerBound..<rows.lowerBound + part.upperBound,
                    into: destination + part.lowerBound * weight.columns)
            }
        }
    }

    /// Stops the program on shapes that no matrix has.
    static func checkShape(rows: Int, columns: Int) {
        precondition(
            rows >= 0 && columns > 0 && !rows.multipliedReportingOverflow(by: columns).overflow,
            "a weight of \(rows) × \(columns)")
    }

    private static func refusal(_ status: Int32, row: Int, format: String) -> KernelError {
        KernelError(
            .badData, "cannot store the weight as \(format)", at: "row \(row)",
            because: PackRefusal.reason(status))
    }
}

/// Why the packing loops refused a row.
enum PackRefusal {
    static func reason(_ status: Int32) -> Sentence {
        status == Int32(MK_NOT_FINITE)
            ? "it has a value that is not finite"
            : "it has a value beyond the range of fp16 (65,504)"
    }
}
