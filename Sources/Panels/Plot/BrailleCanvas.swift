// A canvas of dots, two across and four down in each cell, as braille characters. Each cell has
// one style: what is drawn later owns it. With ASCII a cell is one mark. It knows no numbers.

/// Dots over a rectangle of cells.
public struct BrailleCanvas {
    /// What dots are made of.
    public enum Symbols: Hashable, Sendable, CaseIterable {
        /// Braille, eight dots a cell.
        case braille
        /// Quarters of a cell, four a cell, for fonts that draw braille badly.
        case blocks
        /// One character a cell, given with the style.
        case ascii

        /// The next kind, the first after the last.
        public var next: Symbols {
            switch self {
            case .braille: .blocks
            case .blocks: .ascii
            case .ascii: .braille
            }
        }
    }

    /// Columns and rows of cells.
    public let size: Size
    /// Dots across.
    public var dotsWide: Int { size.width * 2 }
    /// Dots down.
    public var dotsHigh: Int { size.height * 4 }

    private var dots: [UInt8]
    private var styles: [Style]

    /// An empty canvas.
    public init(size: Size) {
        self.size = size
        dots = Array(repeating: 0, count: size.width * size.height)
        styles = Array(repeating: .plain, count: size.width * size.height)
    }

    /// Bits of the dots of a cell, by column and row: the numbering of braille is historical.
    private static let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]

    /// Quarters of a cell by bits: upper left, upper right, lower left, lower right.
    private static let quarters: [Unicode.Scalar] = [
        " ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█",
    ]

    /// The quarters that hold a dot of a braille cell.
    private static func quarter(_ dots: UInt8) -> Int {
        var result = 0
        for column in 0..<2 {
            let (high, low) = (bits[column][0] | bits[column][1], bits[column][2] | bits[column][3])
            if dots & high != 0 { result |= 1 << column }
            if dots & low != 0 { result |= 4 << column }
        }
        return result
    }

    /// Sets a dot; outside nothing happens.
    public mutating func set(_ x: Int, _ y: Int, style: Style) {
        guard x >= 0, y >= 0, x < dotsWide, y < dotsHigh else { return }
        let index = y / 4 * size.width + x / 2
        if styles[index] != style {
            // A new owner starts the cell anew, so that no dot changes its colour.
            dots[index] = 0
            styles[index] = style
        }
        dots[index] |= Self.bits[x % 2][y % 4]
    }

    /// Sets the dots of a column between two rows.
    public mutating func span(_ x: Int, _ from: Int, _ to: Int, style: Style) {
        let low = max(0, min(from, to))
        let high = min(dotsHigh - 1, max(from, to))
        guard low <= high else { return }
        for y in low...high { set(x, y, style: style) }
    }

    /// Sets the dots of a straight line between two dots inside the canvas or just outside.
    public mutating func line(from start: Point, to end: Point, style: Style) {
        let steps = max(abs(end.x - start.x), abs(end.y - start.y))
        guard steps > 0 else { return set(start.x, start.y, style: style) }
        for step in 0...steps {
            let share = Double(step) / Double(steps)
            set(
                start.x + Int((Double(end.x - start.x) * share).rounded()),
                start.y + Int((Double(end.y - start.y) * share).rounded()), style: style)
        }
    }

    /// Copies the dots into a frame; empty cells leave what is there.
    public func render(at origin: Point, symbols: Symbols, on frame: inout Frame) {
        let clip = Rect(origin.x, origin.y, size.width, size.height)
        for index in dots.indices where dots[index] != 0 {
            let value: Unicode.Scalar =
                switch symbols {
                case .braille: Unicode.Scalar(0x2800 + UInt32(dots[index])) ?? "?"
                case .blocks: Self.quarters[Self.quarter(dots[index])]
                case .ascii: styles[index].attributes.contains(.dim) ? "." : "#"
                }
            let (x, y) = (origin.x + index % size.width, origin.y + index / size.width)
            frame.set(Glyph(value, width: 1), styles[index], x: x, y: y, clip: clip)
        }
    }
}
