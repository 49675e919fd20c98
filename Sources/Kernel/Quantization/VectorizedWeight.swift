// The weights whose rows the C loops read. Names the instruction set in every call, so that tests
// can compare all of them while other tests run; everyone else gets the program's choice.

import Microkernels

/// A packed weight read by Microkernels.
protocol VectorizedWeight: PackedWeight {
    /// `decode(rows:into:)` with the loops of one instruction set; the range is inside.
    func decode(
        rows range: Range<Int>, into destination: UnsafeMutablePointer<Float>, level: Int32)

    /// `multiply(rows:by:into:)` with the range inside; the instruction set is the input's.
    func product(rows range: Range<Int>, by x: RowInput, into y: UnsafeMutablePointer<Float>)
}

extension VectorizedWeight {
    public func decode(rows range: Range<Int>, into destination: UnsafeMutablePointer<Float>) {
        checkRows(range)
        decode(rows: range, into: destination, level: mk_level())
    }

    public func multiply(
        rows range: Range<Int>, by x: RowInput, into y: UnsafeMutablePointer<Float>
    ) {
        checkRows(range)
        product(rows: range, by: x, into: y)
    }
}
