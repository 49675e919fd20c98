// What a frame becomes on a terminal without UTF-8: borders of + - |, plots of dots, a question
// mark for the rest. Widths stay the same. Widgets do not know that it exists.

extension Frame {
    /// The frame with every glyph replaced by ASCII of the same width.
    public func inASCII() -> Frame {
        var frame = self
        for index in frame.cells.indices where !frame.cells[index].glyph.isASCII {
            let cell = frame.cells[index]
            let isDim = cell.style.attributes.contains(.dim)
            let replaced = Cell(
                glyph: Glyph(ASCIIFallback.scalar(for: cell.glyph.base, isDim: isDim), width: 1),
                style: cell.style)
            frame.replaceCells(from: index, with: [replaced])
            if cell.glyph.width == 2 {
                frame.replaceCells(from: index + 1, with: [replaced])
            }
        }
        return frame
    }
}

/// The table of replacements.
enum ASCIIFallback {
    /// The stand-in for one character; dim plots are points, bright ones hashes.
    static func scalar(for base: Unicode.Scalar, isDim: Bool) -> Unicode.Scalar {
        if base.isASCII { return base }
        if let known = table[base] { return known }
        switch base.value {
        case 0x2800: return " "
        case 0x2801...0x28FF: return isDim ? "." : "#"
        case 0x2500...0x257F: return "+"
        case 0x2581...0x2588: return base.value < 0x2584 ? "." : "#"
        case 0x2589...0x258F, 0x2596...0x259F: return "#"
        default: return "?"
        }
    }

    private static let table: [Unicode.Scalar: Unicode.Scalar] = [
        "─": "-", "│": "|", "┊": ":", "┆": ":", "┈": ".", "…": ".", "·": ".", "•": "*", "◆": "o",
        "●": "*", "○": "o", "✗": "x", "✓": "v", "▲": "^", "▼": "v", "▸": ">", "▾": "v", "▴": "^",
        "◂": "<",
        "‹": "<",
        "›": ">", "«": "<", "»": ">", "⏎": "/", "↵": "/", "␊": "/", "←": "<", "→": ">", "↑": "^",
        "↓": "v", "▕": "[", "▏": "]", "▌": "|", "░": ".", "▒": ":", "▓": "#", "×": "x", "−": "-",
        "–": "-", "—": "-", "“": "\"", "”": "\"", "‘": "'", "’": "'", "\u{A0}": " ", "⚠": "!",
        "★": "*", "⇧": "^", "╎": "!", "Δ": "d", "▘": "'", "▝": "'", "▀": "'", "▖": ".", "▗": ".",
    ]
}
