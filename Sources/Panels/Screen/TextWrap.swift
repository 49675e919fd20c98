// Breaks text into rows of a given width: at spaces, between wide characters, and inside words
// only when a word alone is longer than a row. It keeps styles; it draws nothing.

/// Wrapping of text and styled lines.
public enum TextWrap {
    /// The rows of a text; an empty text is one empty row.
    public static func rows(_ text: DisplayText, width: Int) -> [DisplayText] {
        rows(StyledLine(text), width: width).map { DisplayText($0.string) }
    }

    /// The rows of a styled line; without columns there are no rows.
    public static func rows(_ line: StyledLine, width: Int) -> [StyledLine] {
        guard width > 0 else { return [] }
        guard line.width > width else { return [line] }
        let glyphs = line.spans.flatMap { span in span.text.glyphs.map { ($0, span.style) } }
        return breaks(glyphs.map(\.0), width: width).map { join(glyphs[$0]) }
    }

    /// Ranges of glyphs that make up the rows; the spaces at a break belong to no row.
    static func breaks(_ glyphs: [Glyph], width: Int) -> [Range<Int>] {
        var rows: [Range<Int>] = []
        var start = 0
        while start < glyphs.count {
            var end = start
            var used = 0
            while end < glyphs.count, used + glyphs[end].width <= width {
                used += glyphs[end].width
                end += 1
            }
            // A wide glyph in a single column cannot be shown; it is passed over.
            if end == start {
                start += 1
                rows.append(start..<start)
                continue
            }
            guard end < glyphs.count else {
                rows.append(start..<end)
                break
            }
            var cut = end
            while cut > start && !canBreak(glyphs, before: cut) { cut -= 1 }
            if cut == start { cut = end }
            var last = cut
            while last > start && glyphs[last - 1] == .blank { last -= 1 }
            rows.append(start..<last)
            start = cut
            while start < glyphs.count && glyphs[start] == .blank { start += 1 }
        }
        return rows.isEmpty ? [0..<0] : rows
    }

    private static func canBreak(_ glyphs: [Glyph], before index: Int) -> Bool {
        let (left, right) = (glyphs[index - 1], glyphs[index])
        if left == .blank || right == .blank { return true }
        return (left.width == 2 || right.width == 2) && !closing.contains(right.base)
    }

    /// Marks that do not start a row.
    private static let closing: Set<Unicode.Scalar> = [
        "，", "。", "、", "；", "：", "？", "！", "）", "」", "』", "】", "》", "”", "’", ",", ".", ")",
    ]

    private static func join(_ glyphs: ArraySlice<(Glyph, Style)>) -> StyledLine {
        var spans: [Span] = []
        var text = String.UnicodeScalarView()
        var columns = 0
        var style = glyphs.first?.1 ?? .plain
        func flush() {
            if columns > 0 {
                spans.append(Span(DisplayText(sanitized: String(text), width: columns), style))
            }
        }
        for (glyph, next) in glyphs {
            if next != style {
                flush()
                text = String.UnicodeScalarView()
                columns = 0
                style = next
            }
            text.append(contentsOf: glyph.scalars)
            columns += glyph.width
        }
        flush()
        return StyledLine(spans.isEmpty ? [Span("", style)] : spans)
    }
}
