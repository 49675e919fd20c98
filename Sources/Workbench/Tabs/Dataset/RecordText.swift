// A record as rows of styled text: special tokens visible, what carries loss underlined and with a
// bar at the left, what the cutoff removes faint below a line. It needs no colour to be read.

import Panels

/// The text of one record as the model sees it.
struct RecordText {
    let record: RecordPreview
    let showsIDs: Bool
    let theme: Theme

    /// The style of pieces that carry loss.
    private var trained: Style { theme[.trained].with([.bold, .underline]) }
    private var trainedSpecial: Style { theme[.special].with([.bold, .underline]) }

    /// All rows, each with its bar, wrapped to the width.
    func rows(width: Int) -> [StyledLine] {
        guard width > 2 else { return [] }
        let head = record.isGood.map { TextWrap.rows(verdict($0), width: width - 2) } ?? []
        return head.map { StyledLine([Span("  ", theme[.trained])] + $0.spans) } + textRows(width)
    }

    private func textRows(_ width: Int) -> [StyledLine] {
        lines().flatMap { line in
            TextWrap.rows(line, width: width - 2).map { row in
                let isTrained = row.spans.contains {
                    ($0.style == trained || $0.style == trainedSpecial) && !$0.text.isEmpty
                }
                let bar = Span(isTrained ? "▌ " : "  ", theme[.trained])
                return StyledLine([bar] + row.spans)
            }
        }
    }

    /// The record's lines before wrapping; a line feed is shown and ends its line.
    private func lines() -> [StyledLine] {
        var lines: [StyledLine] = []
        var spans: [Span] = []
        var wasCut = false
        let gaps = Dictionary(
            record.gaps.map { ($0.position, $0.count) }, uniquingKeysWith: { first, _ in first })
        func flush() {
            lines.append(StyledLine(spans))
            spans = []
        }
        for (index, piece) in record.pieces.enumerated() {
            if let gap = gaps[index] {
                if !spans.isEmpty { flush() }
                let text: DisplayText =
                    tr("✂ {1} tokens are cut here: the model does not see them", gap)
                lines.append(StyledLine(text, theme[.warning].with(.bold)))
            } else if wasCut, !piece.isCut {
                if !spans.isEmpty { flush() }
                lines.append(
                    StyledLine(tr("✂ here it goes on"), theme[.warning].with(.bold)))
            }
            wasCut = piece.isCut
            let style = style(of: piece, isCut: piece.isCut)
            let parts = piece.text.split(
                omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            for (number, part) in parts.enumerated() {
                if number > 0 {
                    spans.append(Span("⏎", style == trained ? style : theme[.dim]))
                    if showsIDs, number == parts.count - 1, part.isEmpty {
                        spans.append(idSpan(piece))
                    }
                    flush()
                }
                guard !part.isEmpty || showsIDs && parts.count == 1 else { continue }
                spans.append(Span(shown(part), style))
                if showsIDs, number == parts.count - 1 { spans.append(idSpan(piece)) }
            }
        }
        if !spans.isEmpty { flush() }
        return lines
    }

    private func verdict(_ isGood: Bool) -> StyledLine {
        StyledLine(
            isGood
                ? tr("✓ marked good: training makes this answer likelier")
                : tr("✗ marked bad: training makes this answer less likely"),
            theme[isGood ? .success : .warning].with(.bold))
    }

    private func style(of piece: RecordPreview.Piece, isCut: Bool) -> Style {
        if isCut { return theme[.dim] }
        switch (piece.isSpecial, piece.isTrained) {
        case (true, true): return trainedSpecial
        case (true, false): return theme[.special]
        case (false, true): return trained
        case (false, false): return theme[.masked]
        }
    }

    /// With ids, blanks are made visible, because they belong to their token.
    private func shown(_ part: Substring) -> DisplayText {
        guard showsIDs else { return DisplayText(String(part)) }
        return part.isEmpty ? "…" : DisplayText(String(part).replacing(" ", with: "␣"))
    }

    private func idSpan(_ piece: RecordPreview.Piece) -> Span {
        Span("·\(piece.id) ", theme[.dim])
    }
}
