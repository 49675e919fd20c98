// Rows kept at half their size between the way forward and the way back. It does not compute.

import Microkernels

/// A (rows, columns) matrix of bf16, rounded to nearest even as it is written.
struct BFloat16Rows {
    let rows: Int
    let columns: Int
    private let storage: Storage

    init(_ rows: Int, _ columns: Int, in arena: Arena) {
        (self.rows, self.columns) = (rows, columns)
        storage = Storage(rows * columns * MemoryLayout<UInt16>.stride, in: arena)
    }

    private func bytes(_ row: Int) -> UnsafeMutablePointer<UInt8> {
        storage.pointer.assumingMemoryBound(to: UInt8.self)
            + row * columns * MemoryLayout<UInt16>.stride
    }

    /// Rounds `columns` floats into a row.
    func write(_ source: UnsafePointer<Float>, row: Int) {
        // Packing to bf16 cannot fail: everything that is a float has a nearest one.
        _ = mk_rows_encode(mk_level(), Int32(MK_ROWS_BF16), source, columns, bytes(row))
    }

    /// Writes a row's values as floats.
    func read(row: Int, into destination: UnsafeMutablePointer<Float>) {
        let one = mk_rows(
            bytes: bytes(row), stride: columns * MemoryLayout<UInt16>.stride, order: nil,
            columns: columns)
        mk_rows_decode(mk_level(), Int32(MK_ROWS_BF16), one, 0, 1, destination)
    }
}
