// One place of the screen: a glyph and its style. A wide glyph owns the cell to its right, which
// holds the continuation. Cells are plain data without reference counting; they know no frame.

/// A printable character with up to three combining marks.
public struct Glyph: Hashable, Sendable {
    /// Marks that one glyph keeps; more are left out by the sanitizer.
    static let marksMax = 3

    /// The base character; a space for the continuation of a wide glyph.
    public let base: Unicode.Scalar
    /// Columns: 1 or 2, and 0 for the continuation of the wide glyph to the left.
    public var width: Int { Int(columns) }
    private let columns: Int8
    /// Three marks of 21 bits each, the first in the low bits.
    private var packedMarks: UInt64 = 0

    init(_ base: Unicode.Scalar, width: Int) {
        precondition((0...2).contains(width), "a glyph of width \(width)")
        self.base = base
        self.columns = Int8(width)
    }

    /// An empty place.
    public static let blank = Glyph(" ", width: 1)
    /// The right half of a wide glyph.
    static let continuation = Glyph(" ", width: 0)

    /// Adds a combining mark; beyond the limit it is left out.
    mutating func addMark(_ mark: Unicode.Scalar) {
        for slot in 0..<Self.marksMax where (packedMarks >> (21 * slot)) & 0x1F_FFFF == 0 {
            packedMarks |= UInt64(mark.value) << (21 * slot)
            return
        }
    }

    /// True for a plain ASCII character without marks.
    var isASCII: Bool { base.isASCII && packedMarks == 0 }

    /// The base and its marks.
    public var scalars: [Unicode.Scalar] {
        var result = [base]
        var rest = packedMarks
        while rest != 0 {
            if let mark = Unicode.Scalar(UInt32(rest & 0x1F_FFFF)) { result.append(mark) }
            rest >>= 21
        }
        return result
    }
}

/// A glyph in a style.
public struct Cell: Hashable, Sendable {
    /// What is shown.
    public var glyph: Glyph
    /// How it is shown.
    public var style: Style

    /// An empty cell of the terminal's own colours.
    public static let blank = Cell(glyph: .blank, style: .plain)
}
