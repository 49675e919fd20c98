// A frame as lines of text with the codes of its colours, for a terminal that is written to line by line.
// Cells hold no control characters, so these codes are the only ones. It moves no cursor.

extension Frame {
    /// The rows without the blanks at their ends, each style set once and reset at the end of its row.
    /// Styles are sent as they are: adapt the theme to the terminal first.
    public var linesWithEscapes: [String] {
        (0..<size.height).map { y in
            let columns = text(ofRow: y).isEmpty ? 0 : lastColumn(ofRow: y)
            var line = String.UnicodeScalarView()
            var current = Style.plain
            for x in 0..<columns where self[x, y].glyph.width > 0 {
                let cell = self[x, y]
                if cell.style != current {
                    line.append(contentsOf: cell.style.escape.unicodeScalars)
                    current = cell.style
                }
                line.append(contentsOf: cell.glyph.scalars)
            }
            if current != .plain { line.append(contentsOf: Style.plain.escape.unicodeScalars) }
            return String(line)
        }
    }

    /// The columns up to the last one that shows something.
    private func lastColumn(ofRow y: Int) -> Int {
        var columns = size.width
        while columns > 0, self[columns - 1, y].glyph == .blank,
            self[columns - 1, y].glyph.width > 0
        {
            columns -= 1
        }
        return columns
    }
}

extension Style {
    /// The control sequence (SGR) that begins this style, whatever was before.
    var escape: String {
        var codes = ["0"]
        let attributes: [(Attributes, String)] = [
            (.bold, "1"), (.dim, "2"), (.italic, "3"), (.underline, "4"), (.reverse, "7"),
        ]
        codes += attributes.filter { self.attributes.contains($0.0) }.map(\.1)
        codes += Self.codes(foreground, base: 30) + Self.codes(background, base: 40)
        return "\u{1B}[" + codes.joined(separator: ";") + "m"
    }

    private static func codes(_ color: Color, base: Int) -> [String] {
        switch color {
        case .standard: []
        case .indexed(let index) where index < 8: ["\(base + Int(index))"]
        case .indexed(let index) where index < 16: ["\(base + 60 + Int(index) - 8)"]
        case .indexed(let index): ["\(base + 8)", "5", "\(index)"]
        case .rgb(let red, let green, let blue):
            ["\(base + 8)", "2", "\(red)", "\(green)", "\(blue)"]
        }
    }
}
