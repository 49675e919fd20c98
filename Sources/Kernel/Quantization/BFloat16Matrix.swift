// A trained bf16 matrix, as products read packed weights: its rows are decoded where they are needed.
// The optimizer writes it, between passes; nothing else does.

import Microkernels

/// A (rows, columns) window of a run's bf16 numbers.
///
/// Unchecked: it lives on the run's thread, as the arena under it does. The pool's threads read it within
/// a product, and it changes between products only.
final class BFloat16Matrix: VectorizedWeight, @unchecked Sendable {
    let rows: Int
    let columns: Int
    let numbers: BFloat16Buffer
    var byteCount: Int { numbers.count * MemoryLayout<UInt16>.stride }
    var formatName: String { DType.bf16.rawValue }

    init(_ numbers: BFloat16Buffer, rows: Int, columns: Int) {
        precondition(numbers.count == rows * columns, "\(numbers.count) as (\(rows), \(columns))")
        (self.numbers, self.rows, self.columns) = (numbers, rows, columns)
    }

    func decode(
        rows range: Range<Int>, into destination: UnsafeMutablePointer<Float>, level: Int32
    ) {
        mk_rows_decode(
            level, Int32(MK_ROWS_BF16), numbers.rows(columns: columns), range.lowerBound,
            range.count, destination)
    }

    func product(rows range: Range<Int>, by x: RowInput, into y: UnsafeMutablePointer<Float>) {
        mk_rows_multiply(
            Int32(MK_ROWS_BF16), numbers.rows(columns: columns), range.lowerBound, range.count,
            x.vector, y)
    }

    /// Takes the values of a matrix of the same shape, rounded to nearest even, a few rows at a time.
    func copy(from weight: any PackedWeight) {
        precondition(
            weight.rows == rows && weight.columns == columns,
            "(\(weight.rows), \(weight.columns)) into (\(rows), \(columns))")
        let scratch = Tensor(Parallel.threadCount, columns, in: numbers.storage.arena)
        Parallel.run(rows) { row, worker in
            let values = scratch.row(worker)
            weight.decode(rows: row..<row + 1, into: values)
            numbers.write(values, to: row * columns..<(row + 1) * columns)
        }
    }
}
