// The vector of one token as rows of packed weights are multiplied with it. It is prepared once and read
// by every product of that vector; it does not know the weights.

import Microkernels

/// A vector x (K) as floats and as 16-bit integers with a scale for every 32 (vectors.h).
///
/// Its memory belongs to its maker and must outlive it.
public struct RowInput {
    let vector: mk_vector

    /// Prepares `columns` floats; `memory` takes `byteCount(columns:)` bytes.
    init(
        _ x: UnsafePointer<Float>, columns: Int, memory: UnsafeMutableRawPointer,
        level: Int32 = mk_dot_level()
    ) {
        vector = mk_vector_make(level, x, columns, memory)
    }

    /// The floats.
    var values: UnsafePointer<Float> { vector.values }

    /// Bytes that the integers of a vector take.
    static func byteCount(columns: Int) -> Int { mk_vector_bytes(columns) }
}
