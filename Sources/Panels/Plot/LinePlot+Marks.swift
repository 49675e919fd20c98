// What stands on the curves in whole cells: marks of single points, letters of lines, places across
// the plot, and the line of values at the cursor. Dots are drawn beside this.

extension LinePlot {
    /// Cells between two letters of a line.
    private static let letterStride = 18

    /// Draws the marks of points, one a column at most, then the letters of lines.
    func renderMarks(
        _ range: PlotRange, _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let mark = Glyph(state.symbols == .ascii ? "o" : "◆", width: 1)
        for line in lines where line.kind == .points {
            for index in columns(of: line.series, range, width: area.width) {
                guard let place = cell(line.series, index, range, in: area) else { continue }
                frame.set(mark, theme[line.role], x: place.x, y: place.y, clip: area)
            }
        }
        let lettered = lines.filter { $0.letter != nil }
        for (order, line) in lettered.enumerated() {
            guard let letter = line.letter else { continue }
            let glyph = DisplayText(String(letter))
            // Letters of different lines stand in different columns, so that all can be read.
            let shift = Self.letterStride / 2 + order * 5 % Self.letterStride
            for column in stride(from: shift, to: area.width, by: Self.letterStride) {
                let x = range.x.lowerBound
                let width = (range.x.upperBound - x) / Double(area.width)
                guard let first = line.series.xs.first, let last = line.series.xs.last else {
                    break
                }
                let here = x + (Double(column) + 0.5) * width
                guard here >= first, here <= last, let index = line.series.index(nearest: here),
                    let place = cell(line.series, index, range, in: area)
                else { continue }
                frame.put(
                    glyph, at: Point(area.x + column, place.y),
                    style: theme[line.role].with(.reverse), in: area)
            }
        }
    }

    /// The points to mark: all while there are few, else the last of each column.
    private func columns(of series: Series, _ range: PlotRange, width: Int) -> [Int] {
        let visible = series.indices(in: range.x)
        guard visible.count > width, width > 0 else { return Array(visible) }
        let span = (range.x.upperBound - range.x.lowerBound) / Double(width)
        return (1...width).compactMap { column in
            let end = series.index(atOrAfter: range.x.lowerBound + Double(column) * span)
            return end > visible.lowerBound ? min(end, visible.upperBound) - 1 : nil
        }
    }

    /// Where a point stands; nil outside of the ranges.
    private func cell(_ series: Series, _ index: Int, _ range: PlotRange, in area: Rect) -> Point? {
        guard series.ys[index].isFinite else { return nil }
        let share = range.share(y: series.ys[index])
        guard share >= 0, share <= 1 else { return nil }
        let column = PlotRange.cell(range.share(x: series.xs[index]), of: area.width)
        return Point(area.x + column, area.y + PlotRange.cell(1 - share, of: area.height))
    }

    /// Draws a place as a broken line from top to bottom, behind what is there.
    func renderPlace(
        _ x: Double, _ glyph: DisplayText, _ style: Style, _ range: PlotRange, in area: Rect,
        on frame: inout Frame
    ) {
        guard range.x.contains(x) else { return }
        let column = PlotRange.cell(range.share(x: x), of: area.width)
        for y in area.rows where frame[area.x + column, y].glyph == .blank {
            frame.put(glyph, at: Point(area.x + column, y), style: style, in: area)
        }
    }

    // MARK: - Readout

    /// The readout of every line at the cursor: its nearest point, with its own x when that is elsewhere,
    /// and how far it went since the marker.
    func readout(at cursor: Double, marker: Double?, theme: Theme) -> StyledLine {
        func label(_ x: Double) -> String { Axis.label(x, step: 0, unit: xUnit) }
        var spans = [Span("┊ \(xLabel) \(DisplayText(label(cursor))) ", theme[.plotCursor])]
        if let marker {
            let distance = Wording.of("{1} apart", label(abs(cursor - marker)))
            spans.append(Span("╎ \(distance) ", theme[.plotCursor]))
        }
        for line in lines where line.letter == nil {
            spans += self.readout(line, at: cursor, marker: marker, label: label, theme: theme)
        }
        for line in lines where line.letter != nil {
            spans += self.readout(line, at: cursor, marker: marker, label: label, theme: theme)
        }
        return StyledLine(spans)
    }

    private func readout(
        _ line: Line, at cursor: Double, marker: Double?, label: (Double) -> String, theme: Theme
    ) -> [Span] {
        guard let index = line.series.index(nearest: cursor) else { return [] }
        let (place, value) = (line.series.xs[index], line.series.ys[index])
        let at = place == cursor ? "" : "@" + label(place)
        let name = line.letter.map { DisplayText(String($0)) } ?? line.name
        var spans = [
            Span(" \(name)\(DisplayText(at)) ", theme[.dim]),
            Span(DisplayText(Axis.label(value)), theme[line.role]),
        ]
        if let marker, let old = line.series.index(nearest: marker) {
            let change = value - line.series.ys[old]
            let sign = change > 0 ? "+" : ""
            spans.append(Span(" Δ\(DisplayText(sign + Axis.label(change)))", theme[.dim]))
        }
        return spans
    }
}
