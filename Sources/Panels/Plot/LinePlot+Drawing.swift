// How the curves of a plot are drawn: raw values behind, lines, marks, then the cursor. What has no
// room is left out, the curves last. Axes and legend are drawn beside this.

extension LinePlot {
    /// Draws the plot.
    public func render(_ state: State, in area: Rect, on frame: inout Frame, theme: Theme) {
        let area = area.intersection(frame.area)
        guard !area.isEmpty else { return }
        let hasAxes = area.width >= 24 && area.height >= 6
        let (upper, readout) = area.splitBottom(hasAxes && state.cursor != nil ? 1 : 0)
        let (legend, middle) = upper.splitTop(hasAxes ? 1 : 0)
        let (body, foot) = middle.splitBottom(hasAxes ? 2 : 0)
        let canvas = hasAxes ? body.splitLeft(8).rest : body
        guard let range = PlotRange(lines: lines, x: xRange, state: state, rows: canvas.height)
        else {
            frame.put(emptyText, in: area.row(area.height / 2), style: theme[.dim], align: .center)
            return
        }
        if hasAxes {
            renderAxes(range, canvas: canvas, foot: foot, on: &frame, theme: theme)
            renderLegend(range, state, in: legend, on: &frame, theme: theme)
        }
        renderCurves(range, state, in: canvas, on: &frame, theme: theme)
        if let cursor = state.cursor {
            renderCursor(cursor, range, in: canvas, on: &frame, theme: theme)
            frame.put(
                self.readout(at: cursor, theme: theme), in: readout)
        }
    }

    // MARK: - Curves

    private func renderCurves(
        _ range: PlotRange, _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        var dots = BrailleCanvas(size: area.size)
        for line in lines where line.kind == .raw { draw(line, range, on: &dots, theme: theme) }
        for line in lines where line.kind != .raw { draw(line, range, on: &dots, theme: theme) }
        dots.render(at: Point(area.x, area.y), symbols: state.symbols, on: &frame)
        let mark = Glyph(state.symbols == .braille ? "◆" : "o", width: 1)
        for line in lines where line.kind == .points {
            for index in line.series.indices(in: range.x) where line.series.ys[index].isFinite {
                let share = range.share(y: line.series.ys[index])
                guard share >= 0, share <= 1 else { continue }
                let column = PlotRange.cell(range.share(x: line.series.xs[index]), of: area.width)
                let row = PlotRange.cell(1 - share, of: area.height)
                frame.set(
                    mark, theme[line.role], x: area.x + column, y: area.y + row, clip: area)
            }
        }
    }

    /// Each column of dots shows the least and greatest of its points; neighbours are joined unless
    /// there is a gap between them.
    private func draw(
        _ line: Line, _ range: PlotRange, on dots: inout BrailleCanvas, theme: Theme
    ) {
        let style = theme[line.role]
        let visible = line.series.indices(in: range.x)
        let isSparse = visible.count <= dots.dotsWide
        let width = (range.x.upperBound - range.x.lowerBound) / Double(max(1, dots.dotsWide))
        var start = visible.lowerBound
        var before: Point?
        for column in 0..<dots.dotsWide {
            let isLast = column == dots.dotsWide - 1
            let edge = range.x.lowerBound + Double(column + 1) * width
            let end =
                isLast
                ? visible.upperBound
                : min(
                    visible.upperBound, max(start, line.series.index(atOrAfter: edge)))
            guard start < end else { continue }
            let extent = line.series.extent(start..<end)
            start = end
            if extent.gaps > 0 { before = nil }
            guard !extent.isEmpty else { continue }
            let last = Point(column, dotRow(extent.last, range, dots))
            if line.kind == .raw || isSparse {
                dots.span(
                    column, dotRow(extent.low, range, dots), dotRow(extent.high, range, dots),
                    style: style)
            }
            if let before, line.kind != .raw || isSparse {
                dots.line(from: before, to: last, style: style)
            } else if line.kind != .raw {
                dots.set(last.x, last.y, style: style)
            }
            before = last
        }
    }

    /// The row of dots of a value; values outside land just beyond the edge.
    private func dotRow(_ value: Double, _ range: PlotRange, _ dots: BrailleCanvas) -> Int {
        let share = min(2, max(-1, range.share(y: value)))
        if share >= -1e-9 && share <= 1 + 1e-9 {
            return PlotRange.cell(1 - share, of: dots.dotsHigh)
        }
        return share > 1 ? -1 : dots.dotsHigh
    }

    // MARK: - Cursor

    private func renderCursor(
        _ cursor: Double, _ range: PlotRange, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        guard range.x.contains(cursor) else { return }
        let column = PlotRange.cell(range.share(x: cursor), of: area.width)
        for y in area.rows where frame[area.x + column, y].glyph == .blank {
            frame.put("┊", at: Point(area.x + column, y), style: theme[.plotCursor], in: area)
        }
    }

    /// What every line says at the cursor: its nearest point, with its own x when that is elsewhere.
    private func readout(at cursor: Double, theme: Theme) -> StyledLine {
        var spans = [Span("┊ \(xLabel) \(Axis.label(cursor)) ", theme[.plotCursor])]
        for line in lines {
            guard let index = line.series.index(nearest: cursor) else { continue }
            let place = line.series.xs[index]
            let at = place == cursor ? "" : "@" + Axis.label(place)
            spans.append(Span(" \(line.name)\(at) ", theme[.dim]))
            spans.append(Span(DisplayText(Axis.label(line.series.ys[index])), theme[line.role]))
        }
        return StyledLine(spans)
    }
}
