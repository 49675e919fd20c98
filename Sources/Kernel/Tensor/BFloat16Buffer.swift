// Numbers in bf16, two bytes each, one after another: the counterpart of a flat tensor. It reads and rounds,
// and does not know what the numbers are.

import Microkernels

/// A flat piece of memory with `count` bf16 numbers.
public struct BFloat16Buffer {
    let storage: Storage
    let pointer: UnsafeMutablePointer<UInt16>
    public let count: Int

    /// Fresh memory; its values are undefined.
    init(_ count: Int, in arena: Arena, isKept: Bool = false) {
        precondition(count >= 0, "\(count) numbers")
        storage = Storage(count * MemoryLayout<UInt16>.stride, in: arena, isKept: isKept)
        pointer = storage.pointer.assumingMemoryBound(to: UInt16.self)
        self.count = count
    }

    private init(_ whole: BFloat16Buffer, _ range: Range<Int>) {
        (storage, pointer) = (whole.storage, whole.pointer + range.lowerBound)
        count = range.count
    }

    /// Some of the numbers; shares memory.
    func window(_ range: Range<Int>) -> BFloat16Buffer {
        check(range)
        return BFloat16Buffer(self, range)
    }

    private func check(_ range: Range<Int>) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count, "numbers \(range) of \(count)")
    }

    /// Sets every number to zero.
    func clear() { pointer.update(repeating: 0, count: count) }

    /// The bits of all numbers, for copies and tests.
    public var bits: [UInt16] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

    /// Sets all bits.
    func set(bits: [UInt16]) {
        precondition(bits.count == count, "\(bits.count) numbers for \(count)")
        bits.withUnsafeBufferPointer { source in
            if let start = source.baseAddress { pointer.update(from: start, count: count) }
        }
    }

    /// Writes the numbers of a range as floats.
    func read(_ range: Range<Int>, into destination: UnsafeMutablePointer<Float>) {
        check(range)
        mk_rows_decode(
            mk_level(), Int32(MK_ROWS_BF16), rows(columns: range.count, from: range.lowerBound), 0,
            1, destination)
    }

    /// Rounds floats into the places of a range, to nearest even.
    func write(_ source: UnsafePointer<Float>, to range: Range<Int>) {
        check(range)
        let bytes = UnsafeMutableRawPointer(pointer + range.lowerBound)
        // Packing to bf16 cannot fail: everything that is a float has a nearest one.
        _ = mk_rows_encode(
            mk_level(), Int32(MK_ROWS_BF16), source, range.count,
            bytes.assumingMemoryBound(to: UInt8.self))
    }

    /// Rounds floats into the places of a range stochastically: the mean over many roundings is the number
    /// itself. Paper: Gupta et al. 2015 (arXiv 1502.02551). The choice depends on `key` and the place in this
    /// buffer only. A range does not cross a multiple of 2³².
    func writeStochastically(_ source: UnsafePointer<Float>, to range: Range<Int>, key: UInt64) {
        check(range)
        mk_round_bf16_stochastically(
            mk_level(), source, pointer + range.lowerBound, range.count, key,
            UInt64(range.lowerBound))
    }

    /// What the loops over packed rows take.
    func rows(columns: Int, from start: Int = 0) -> mk_rows {
        let bytes = UnsafeRawPointer(pointer + start).assumingMemoryBound(to: UInt8.self)
        return mk_rows(
            bytes: bytes, stride: columns * MemoryLayout<UInt16>.stride, order: nil,
            columns: columns)
    }

    /// Whether no number is NaN or infinity.
    var isFinite: Bool {
        var found = false
        for i in 0..<count { found = (pointer[i] & 0x7f80 == 0x7f80) || found }
        return !found
    }
}
