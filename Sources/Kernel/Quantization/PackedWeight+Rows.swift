// What every packed weight can do with its rows beyond the protocol: chosen rows and range checks.

extension PackedWeight {
    public func releasePages() {}

    /// Writes the rows of these numbers, in their order, row-major; the lookup of an embedding.
    public func decode(rowIDs: [Int32], into destination: UnsafeMutablePointer<Float>) {
        for (position, row) in rowIDs.enumerated() {
            decode(rows: Int(row)..<Int(row) + 1, into: destination + position * columns)
        }
    }

    /// All rows as one array, for small matrices and tests.
    public func decoded() -> [Float] {
        [Float](unsafeUninitializedCapacity: rows * columns) { buffer, count in
            if let base = buffer.baseAddress { decode(rows: 0..<rows, into: base) }
            count = rows * columns
        }
    }

    /// Stops the program when `range` leaves the matrix.
    func checkRows(_ range: Range<Int>) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= rows,
            "rows \(range) of a \(formatName) weight of \(rows) × \(columns)")
    }
}
