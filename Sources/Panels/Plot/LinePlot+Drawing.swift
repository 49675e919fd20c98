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
        guard
            let range = PlotRange(
                lines: lines, x: xRange, state: state, rows: canvas.height,
                leavesRoomBelow: leavesRoomBelow)
        else {
            frame.put(emptyText, in: area.row(area.height / 2), style: theme[.dim], align: .center)
            return
        }
        if hasAxes {
            renderAxes(range, canvas: canvas, foot: foot, on: &frame, theme: theme)
            renderLegend(range, state, in: legend, on: &frame, theme: theme)
        }
        renderCurves(range, state, in: canvas, on: &frame, theme: theme)
        for place in xBreaks {
            renderPlace(place, "┆", theme[.gridline], range, in: canvas, on: &frame)
        }
        for event in xEvents {
            renderPlace(event.x, "┆", theme[event.role], range, in: canvas, on: &frame)
        }
        if let marker = state.marker {
            renderPlace(marker, "╎", theme[.plotCursor], range, in: canvas, on: &frame)
        }
        if let cursor = state.cursor {
            renderPlace(cursor, "┊", theme[.plotCursor], range, in: canvas, on: &frame)
            frame.put(
                self.readout(at: cursor, marker: state.marker, theme: theme), in: readout)
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
        renderMarks(range, state, in: area, on: &frame, theme: theme)
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
}
