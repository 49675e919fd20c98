// What stands around the curves: ticks and labels, guides, crosses under gaps, the legend and the
// number of clipped points. It does not draw values.

extension LinePlot {
    /// Draws ticks, labels and guides of both axes.
    func renderAxes(
        _ range: PlotRange, canvas: Rect, foot: Rect, on frame: inout Frame, theme: Theme
    ) {
        let count = max(2, canvas.height / 3)
        let ticks =
            range.isLogarithmic
            ? Axis.logarithmicTicks(range.y, count: count) : Axis.ticks(range.y, count: count)
        let step = ticks.count > 1 && !range.isLogarithmic ? ticks[1] - ticks[0] : 0
        for y in canvas.rows {
            frame.put("│", at: Point(canvas.x - 1, y), style: theme[.border], in: frame.area)
        }
        for tick in ticks {
            let row = PlotRange.cell(1 - range.share(y: tick), of: canvas.height)
            let place = Rect(canvas.x - 8, canvas.y + row, 6, 1)
            let label = DisplayText(Axis.label(tick, step: step))
            frame.put(label, in: place, style: theme[.dim], align: .right)
            frame.put("┤", at: Point(canvas.x - 1, canvas.y + row), style: theme[.border])
            for column in stride(from: 2, to: canvas.width, by: 4) {
                frame.put(
                    "┈", at: Point(canvas.x + column, canvas.y + row), style: theme[.gridline],
                    in: canvas)
            }
        }
        frame.put("└", at: Point(canvas.x - 1, foot.y), style: theme[.border], in: foot)
        frame.rule(Rect(canvas.x, foot.y, canvas.width, 1), style: theme[.border])
        renderColumns(range, canvas: canvas, foot: foot, on: &frame, theme: theme)
    }

    /// Labels of x, the marked places, and a cross under each gap.
    private func renderColumns(
        _ range: PlotRange, canvas: Rect, foot: Rect, on frame: inout Frame, theme: Theme
    ) {
        let ticks = Axis.ticks(range.x, count: max(2, canvas.width / 14), unit: xUnit)
        let step = ticks.count > 1 ? ticks[1] - ticks[0] : 0
        var free = foot.x
        for tick in ticks {
            let column = PlotRange.cell(range.share(x: tick), of: canvas.width)
            let label = DisplayText(Axis.label(tick, step: step, unit: xUnit))
            let x = min(canvas.x + column - label.width / 2, canvas.right - label.width)
            guard x >= free else { continue }
            frame.put("┬", at: Point(canvas.x + column, foot.y), style: theme[.border], in: foot)
            free = frame.put(label, at: Point(x, foot.y + 1), style: theme[.dim], in: foot) + 2
        }
        if free + xLabel.width <= foot.right {
            frame.put(xLabel, in: foot.row(1), style: theme[.dim], align: .right)
        }
        for mark in xMarks where range.x.contains(mark) {
            let column = PlotRange.cell(range.share(x: mark), of: canvas.width)
            frame.put("▴", at: Point(canvas.x + column, foot.y), style: theme[.success], in: foot)
        }
        for event in xEvents where range.x.contains(event.x) {
            let column = PlotRange.cell(range.share(x: event.x), of: canvas.width)
            frame.put(
                event.sign, at: Point(canvas.x + column, foot.y),
                style: theme[event.role].with(.bold), in: foot)
        }
        for line in lines {
            let width = (range.x.upperBound - range.x.lowerBound) / Double(canvas.width)
            for column in 0..<canvas.width {
                let left = range.x.lowerBound + Double(column) * width
                let places = line.series.indices(in: left...(left + width).nextDown)
                guard line.series.extent(places).gaps > 0 else { continue }
                frame.put("✗", at: Point(canvas.x + column, foot.y), style: theme[.error], in: foot)
            }
        }
    }

    /// Draws the names of the lines, and what the range leaves out.
    func renderLegend(
        _ range: PlotRange, _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        var spans: [Span] = []
        for line in lines where !line.series.isEmpty {
            let mark: DisplayText =
                switch line.kind {
                case .raw: "⣿"
                case .line: "━"
                case .points: "◆"
                }
            let letter = line.letter.map(String.init) ?? ""
            spans.append(Span("\(DisplayText(letter))\(mark) ", theme[line.role]))
            spans.append(Span("\(line.name)  ", theme[.dim]))
        }
        let note = leftOut(range, state)
        // What is left out of the picture comes before the names.
        let (names, noted) = area.splitLeft(8).rest.splitRight(note.width)
        frame.put(StyledLine(spans), in: names)
        frame.put(note, in: noted, style: theme[.warning], align: .right)
    }

    /// What the picture leaves out, in words.
    private func leftOut(_ range: PlotRange, _ state: State) -> DisplayText {
        func count(_ points: Int) -> String {
            "\(points)" + (points == PlotRange.outsideMax ? "+" : "")
        }
        var notes: [DisplayText] = []
        if range.above > 0 {
            let limit = Axis.label(range.y.upperBound)
            notes.append(Wording.of("▲ {1} above {2}", count(range.above), limit))
        }
        if range.below > 0 {
            let limit = Axis.label(range.y.lowerBound)
            notes.append(Wording.of("▼ {1} below {2}", count(range.below), limit))
        }
        if state.isZoomed { notes.append(Wording.of("zoom")) }
        if range.isLogarithmic { notes.append(Wording.of("log")) }
        if state.isLogarithmic && !range.isLogarithmic {
            notes.append(Wording.of("no log: values ≤ 0"))
        }
        return DisplayText(notes.map(\.string).joined(separator: "  "))
    }
}
