// How answers look beside references: the list at the left, question, answer and reference at the right.
// Words that the other text lacks are bold and underlined, so that no colour is needed to see them.

import Foundation
import Kernel
import Panels

extension PredictionBrowser {
    /// The parts of the tab while answers are looked at.
    struct Places {
        let list: Rect
        let pane: Rect

        init(isFull: Bool, in area: Rect) {
            if isFull {
                (list, pane) = (Rect(area.x, area.y, 0, 0), area)
            } else if area.width >= 60 {
                (list, pane) = area.splitLeft(min(48, area.width * 2 / 5))
            } else {
                (list, pane) = area.splitTop(max(4, area.height / 3))
            }
        }

        /// The text inside of its frame.
        var text: Rect { pane.inset(by: 2, 1) }
        /// Answers that are visible.
        var listRows: Int { max(0, list.height - 3) }
    }

    func view(in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        let places = Places(isFull: isFull, in: area)
        viewList(in: places.list, on: &frame, theme: theme)
        let note =
            current.map { tr("{1} of {2}", $0.index + 1, predictions.count) } ?? ""
        Pane(title: tr("Answer and reference"), note: DisplayText(note), isFocused: readsText)
            .render(in: places.pane, on: &frame, theme: theme)
        if !readsText { frame.mark(places.pane, [.tab]) }
        frame.markWheel(places.list, Side.list)
        frame.markWheel(places.pane, Side.text)
        if let current {
            var styled = text
            let one = predictions[current.index]
            styled.setLines(PredictionText.lines(one, current.difference, theme: theme))
            TextView().render(styled, in: places.text, on: &frame, theme: theme)
        }
        input?.render(in: area, on: &frame, theme: theme)
    }

    private func viewList(in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        let count = shown.count == predictions.count ? "" : "/\(filter)  \(shown.count)  "
        let inner = Pane(
            title: tr("Answers of {1}", title), note: DisplayText(count + order.words),
            isFocused: !readsText
        ).render(in: area, on: &frame, theme: theme)
        let rows = shown.map { index -> [DisplayText] in
            let one = predictions[index]
            let line = one.answer.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            return [
                DisplayText("\(index + 1)"), DisplayText(PredictionText.score(one.scores.bleu4)),
                DisplayText(PredictionText.score(one.scores.rougeL)),
                DisplayText(line.isEmpty ? tr("(an empty answer)") : line),
            ]
        }
        Table(
            columns: [
                Table.Column("#", width: .fixed(4), align: .right),
                Table.Column("BLEU", width: .fixed(5), align: .right),
                Table.Column("R-L", width: .fixed(5), align: .right),
                Table.Column(tr("Answer"), width: .fill(1)),
            ], rows: rows, isFocused: !readsText, emptyText: tr("No answer matches the filter."),
            leads: [.tab]
        ).render(list, in: inner, on: &frame, theme: theme)
    }
}

/// One answer as lines of text.
enum PredictionText {
    /// A score with one decimal.
    static func score(_ value: Double) -> String { String(format: "%.1f", value) }

    static func lines(
        _ one: Prediction, _ difference: WordDifference, theme: Theme
    ) -> [StyledLine] {
        let scores = one.scores
        let figures =
            "BLEU-4 \(score(scores.bleu4))  ROUGE-1 \(score(scores.rouge1))  "
            + "ROUGE-2 \(score(scores.rouge2))  ROUGE-L \(score(scores.rougeL))"
        var lines = [heading(tr("Answer"), theme)]
        lines += marked(difference.first, .speakerModel, theme)
        if one.ending == .length || one.ending == .contextFull {
            lines.append(
                StyledLine(tr("(cut: the most new tokens that are allowed)"), theme[.warning]))
        }
        lines += ["", heading(tr("Reference"), theme)]
        lines += marked(difference.second, .text, theme)
        lines += [
            "", StyledLine(DisplayText(figures), theme[.value]),
            StyledLine(
                tr("{1} tokens; words in one text only are underlined", one.newTokens), theme[.dim]),
        ]
        if difference.isCut {
            lines.append(
                StyledLine(
                    tr("Only the first {1} words are compared.", WordDifference.wordsMax),
                    theme[.warning]))
        }
        lines += ["", heading(tr("Question"), theme)]
        return lines
            + DisplayText.lines(one.prompt).map { StyledLine($0, theme[.speakerUser]) }
    }

    private static func heading(_ text: String, _ theme: Theme) -> StyledLine {
        StyledLine(DisplayText(text), theme[.heading])
    }

    /// Pieces as lines; what differs is bold and underlined.
    static func marked(
        _ pieces: [WordDifference.Piece], _ role: Role, _ theme: Theme
    ) -> [StyledLine] {
        var lines: [[Span]] = [[]]
        for piece in pieces {
            let parts = DisplayText.lines(piece.text)
            for (index, part) in parts.enumerated() {
                if index > 0 { lines.append([]) }
                guard !part.isEmpty else { continue }
                let style =
                    piece.differs
                    ? theme[.accent].with([.bold, .underline]) : theme[role]
                lines[lines.count - 1].append(Span(part, style))
            }
        }
        while lines.count > 1, lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { StyledLine($0) }
    }
}
