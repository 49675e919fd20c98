// Changed runs as a terminal likes them: a change of style costs it a dozen bytes, a blank only one. Blanks between
// two cells of one style take that style where this cannot be seen, so that both are written in one go.

extension FrameDiff {
    /// At most this many blanks are joined; longer gaps are cheaper to jump over or to erase.
    private static let blanksMax = 8

    /// The runs for a terminal that shows `frame` afterwards: the same look with fewer changes of style.
    /// A run may take in unchanged blanks behind it.
    func joined(in frame: Frame) -> [Run] {
        var result: [Run] = []
        for run in runs {
            guard let last = result.last, last.y == run.y,
                let gap = Self.gap(between: last, and: run, in: frame)
            else {
                result.append(run)
                continue
            }
            result[result.count - 1] = Run(y: run.y, x: last.x, cells: last.cells + gap + run.cells)
        }
        return result.map { Run(y: $0.y, x: $0.x, cells: Self.restyled($0.cells)) }
    }

    /// The cells between two runs of a row, if they are few blanks that can take the style around them.
    private static func gap(between left: Run, and right: Run, in frame: Frame) -> [Cell]? {
        let start = left.x + left.cells.count
        guard right.x > start, right.x - start <= blanksMax, let before = left.cells.last?.style,
            right.cells.first?.style == before
        else { return nil }
        let cells = (start..<right.x).map { frame[$0, right.y] }
        return cells.allSatisfy { canTake(before, $0) } ? cells : nil
    }

    /// The cells with short stretches of blanks in the style that stands on both sides of them.
    private static func restyled(_ cells: [Cell]) -> [Cell] {
        var cells = cells
        var before: Int?
        for index in cells.indices where !isPlainBlank(cells[index]) {
            if let before, index - before > 1, index - before <= blanksMax + 1,
                cells[before].style == cells[index].style,
                cells[before + 1..<index].allSatisfy({ canTake(cells[index].style, $0) })
            {
                for blank in before + 1..<index { cells[blank].style = cells[index].style }
            }
            before = index
        }
        return cells
    }

    /// Whether a cell looks the same in another style: a blank whose background and lines stay.
    private static func canTake(_ style: Style, _ cell: Cell) -> Bool {
        isPlainBlank(cell) && cell.style.background == style.background
            && style.attributes.isDisjoint(with: [.reverse, .underline])
    }

    private static func isPlainBlank(_ cell: Cell) -> Bool {
        cell.glyph == .blank && cell.style.attributes.isDisjoint(with: [.reverse, .underline])
    }
}
