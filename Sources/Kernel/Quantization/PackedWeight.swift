// What the decoder needs of a frozen weight that stays in its packed bytes: rows out, as floats.
// It does not know where the bytes came from (a mapped file or a quantizer's own memory).

/// A frozen (rows, columns) matrix in packed bytes, decoded row by row on demand.
///
/// Conformers are immutable and may be read from several threads at once.
public protocol PackedWeight: AnyObject, Sendable {
    var rows: Int { get }
    var columns: Int { get }
    /// Bytes held for this weight, scales included.
    var byteCount: Int { get }
    /// How it is stored, for people: "bf16", "q4_1", "nf4".
    var formatName: String { get }

    /// Writes `range.count × columns` floats, row-major, to `destination`.
    func decode(rows range: Range<Int>, into destination: UnsafeMutablePointer<Float>)

    /// Gives back memory that holds only what a file has; reading on is correct, and slower once.
    func releasePages()

    /// y[i] = Σ_c W[range.lowerBound + i, c] · x[c]; for decoding one token.
    func multiply(rows range: Range<Int>, by x: RowInput, into y: UnsafeMutablePointer<Float>)
}
