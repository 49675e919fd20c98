// Rows kept at half their size between the forward and the backward pass. It does not compute.

/// A (rows, columns) matrix of bf16, rounded to nearest even as it is written.
struct BFloat16Rows {
    let rows: Int
    let columns: Int
    private let numbers: BFloat16Buffer

    init(_ rows: Int, _ columns: Int, in arena: Arena) {
        (self.rows, self.columns) = (rows, columns)
        numbers = BFloat16Buffer(rows * columns, in: arena, isKept: true)
    }

    private func range(_ row: Int) -> Range<Int> { row * columns..<(row + 1) * columns }

    /// Rounds `columns` floats into a row.
    func write(_ source: UnsafePointer<Float>, row: Int) {
        numbers.write(source, to: range(row))
    }

    /// Writes a row's values as floats.
    func read(row: Int, into destination: UnsafeMutablePointer<Float>) {
        numbers.read(range(row), into: destination)
    }
}
