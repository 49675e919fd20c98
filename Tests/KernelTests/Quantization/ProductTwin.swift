// The naive twin of products with a packed weight: the vector rounded as the integer formats read it, and
// sums in double precision.

import Microkernels
import Testing

@testable import Kernel

enum ProductTwin {
    /// Scale and code of each value: 32 columns share a scale of largest / 32,639.
    static func rounded(_ x: [Float]) -> [(scale: Float, code: Int)] {
        stride(from: 0, to: x.count, by: 32).flatMap { start -> [(Float, Int)] in
            let block = x[start..<min(start + 32, x.count)]
            let largest = block.map(abs).max() ?? 0
            guard largest >= 0x1p-110 else { return block.map { _ in (0, 0) } }
            let inverse = 32_639 / largest
            return block.map {
                (largest / 32_639, Int(($0 * inverse).rounded(.toNearestOrEven)))
            }
        }
    }

    /// Whether the products of this weight are integer.
    static func isInteger(_ weight: some PackedWeight) -> Bool {
        !["f32", "f16", "bf16", "nf4"].contains(weight.formatName)
    }
}

/// Rows times a vector with the loops of one level.
func products(
    _ weight: some VectorizedWeight, _ rows: Range<Int>, _ x: [Float], _ level: Int32
) -> [Float] {
    var y = [Float](repeating: .nan, count: rows.count)
    let memory = UnsafeMutableRawPointer.allocate(
        byteCount: RowInput.byteCount(columns: x.count), alignment: 16)
    defer { memory.deallocate() }
    x.withUnsafeBufferPointer { x in
        guard let base = x.baseAddress else { return }
        let input = RowInput(base, columns: x.count, memory: memory, level: level)
        weight.multiply(rows: rows, by: input, into: &y)
    }
    return y
}

/// Compares products of every run of rows with sums in double precision over the decoded values.
///
/// - Parameter reach: the largest value that the scales allow, where none of the codes is large.
func expectProducts(
    of weight: some VectorizedWeight, equal values: [Float], _ x: [Float], _ level: Int32,
    reach: Float = 0
) {
    let columns = weight.columns
    let isInteger = ProductTwin.isInteger(weight)
    let read =
        isInteger
        ? ProductTwin.rounded(x).map { Double($0.scale) * Double($0.code) } : x.map(Double.init)
    for first in 0..<min(2, weight.rows) {
        let y = products(weight, first..<weight.rows, x, level)
        for row in first..<weight.rows {
            var (exact, size, largest, length) = (0.0, 0.0, Double(reach), 0.0)
            for column in 0..<columns {
                let value = Double(values[row * columns + column])
                exact += value * read[column]
                size += abs(value * read[column])
                largest = max(largest, abs(value))
                length += abs(read[column])
            }
            // A few roundings of 2⁻²⁴ each; 16 sums run in parallel. Signed codes are raised to be
            // unsigned, so that what is taken off again is of the size of the largest one.
            let tolerance = (isInteger ? largest * length : size) * 4e-7 + 1e-30
            let isRight =
                exact.magnitude > 3e38
                ? !y[row - first].isFinite || y[row - first].magnitude > 1e38
                : abs(Double(y[row - first]) - exact) <= tolerance
            #expect(
                isRight,
                "\(weight.formatName), level \(level), row \(row) of \(weight.rows) × \(columns): \(y[row - first]), not \(exact)"
            )
        }
    }
}
