// The plot of the train tab and the numbers beside or below it. With a cursor the numbers are those
// of its step.

import Foundation
import Kernel
import Panels

extension TrainTab {
    static func viewPlot(_ state: State, in area: Rect, on frame: inout Frame, theme: Theme) {
        switch state.pane {
        case .loss: viewLoss(state, in: area, on: &frame, theme: theme)
        case .overview: viewOverview(state, in: area, on: &frame, theme: theme)
        case .metric(let key):
            viewMetric(Metrics.row(key), state, in: area, on: &frame, theme: theme)
        }
    }

    /// The loss above, all other measurements in small plots below it; without room for that the
    /// small ones alone.
    private static func viewOverview(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let metrics = state.metrics
        let (upper, lower, perRow) = overviewPlaces(metrics.count, in: area)
        if !upper.isEmpty { viewLoss(state, in: upper, on: &frame, theme: theme) }
        let rows = (metrics.count + perRow - 1) / perRow
        for (index, metric) in metrics.enumerated() {
            let (row, column) = (index / perRow, index % perRow)
            let (top, end) = (lower.height * row / rows, lower.height * (row + 1) / rows)
            let (left, right) = (
                lower.width * column / perRow, lower.width * (column + 1) / perRow
            )
            let place = Rect(lower.x + left, lower.y + top, right - left, end - top)
            viewMetric(metric, state, in: place, on: &frame, theme: theme)
        }
    }

    /// Where the loss and the small plots lie, and how many of those stand in a row.
    private static func overviewPlaces(
        _ count: Int, in area: Rect
    ) -> (loss: Rect, small: Rect, perRow: Int) {
        guard area.height >= 22 else {
            return (
                Rect(area.x, area.y, 0, 0), area,
                area.width >= 120 || area.height < 10 ? min(count, max(4, area.width / 30)) : 2
            )
        }
        let columns = count > 4 ? max(2, min(count, area.width / 30)) : count
        let rows = (count + columns - 1) / columns
        let small = min(area.height - 9, max(9, area.height * 2 / 5, rows > 1 ? rows * 5 : 0))
        let (upper, lower) = area.splitBottom(small)
        guard count <= 4 else { return (upper, lower, columns) }
        return (upper, lower, lower.width >= 120 || lower.height < 10 ? count : 2)
    }

    private static func viewMetric(
        _ metric: Metric, _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let record = state.curves.record(at: state.plot.cursor)
        let note = record.flatMap { $0.values[metric.key] }.map { DisplayText(metric.text($0)) }
        let inner = Pane(title: metric.heading, note: note ?? "")
            .render(in: area, on: &frame, theme: theme)
        var plot = frameOfPlot(state.curves.lines(of: metric), state)
        plot.emptyText =
            state.curves.raw.isEmpty ? emptyText(state) : tr("This was not measured.")
        var look = state.plot
        look.isLogarithmic = look.isLogarithmic != metric.isLogarithmic
        plot.render(look, in: inner, on: &frame, theme: theme)
    }

    /// A plot of lines over the run's own x.
    private static func frameOfPlot(_ lines: [LinePlot.Line], _ state: State) -> LinePlot {
        let curves = state.curves
        var plot = LinePlot(lines, xLabel: curves.axis.label, emptyText: emptyText(state))
        plot.xUnit = curves.axis.unit
        plot.xMarks = curves.checkpoints.map(curves.place)
        plot.xBreaks = curves.breaks.map(curves.place)
        plot.xEvents =
            curves.rateChanges.map { LinePlot.Event(curves.place(ofStep: $0), "r", .accent) }
            + curves.jumps.map { LinePlot.Event(curves.place(ofStep: $0), "!", .warning) }
        plot.xRange = curves.range(total: state.summary?.totalSteps)
        // Longer runs are shown to their end.
        let end = lines.compactMap { $0.letter == nil ? nil : $0.series.xs.last }.max()
        if let range = plot.xRange, let end, end > range.upperBound {
            plot.xRange = range.lowerBound...end
        }
        return plot
    }

    private static func lossPlot(_ state: State) -> LinePlot {
        var plot = frameOfPlot(state.curves.lines(among: state.otherLines), state)
        plot.leavesRoomBelow = state.phase.isActive
        return plot
    }

    /// The plot as it looks now, as text without colours.
    static func plotText(_ state: State) -> String {
        var frame = Frame(size: Size(100, 30))
        lossPlot(state).render(state.plot, in: frame.area, on: &frame, theme: .mono)
        return "\(name(of: state))\n\(frame.text)\n"
    }

    private static func viewLoss(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let axis = state.curves.axis
        let notes = [
            axis == .step ? nil : tr("x: {1}", axis.word),
            state.plot.isLogarithmic ? tr("log y") : nil,
        ]
        let note = DisplayText(notes.compactMap(\.self).joined(separator: ", "))
        let inner = Pane(title: tr("Loss"), note: note).render(in: area, on: &frame, theme: theme)
        // Below the curves two lines of numbers, as long as the curves keep some rows.
        let isNarrow = frame.size.width < 100 || state.isPlotAlone
        let below = !isNarrow ? 0 : inner.height >= 10 ? 2 : inner.height >= 7 ? 1 : 0
        let (curves, foot) = inner.splitBottom(below)
        lossPlot(state).render(state.plot, in: curves, on: &frame, theme: theme)
        guard let record = state.curves.record(at: state.plot.cursor) else { return }
        for (row, figures) in [lossFigures(state, record), paceFigures(state, record)].enumerated()
        {
            var spans: [Span] = []
            for figure in figures {
                spans.append(Span("\(DisplayText(figure.label)) ", theme[.label]))
                spans.append(Span("\(DisplayText(figure.value))  ", theme[figure.role]))
            }
            frame.put(StyledLine(spans), in: foot.row(row))
        }
    }

    private static func emptyText(_ state: State) -> DisplayText {
        switch state.phase {
        case .preparing(let stage, _): "\(DisplayText(tr(stage)))…"
        case _ where !state.curves.raw.isEmpty:
            tr("Nothing was measured in this part; 0 shows all.")
        case .running: tr("The first step is under way.")
        case .stopping: tr("Stopping…")
        default: tr("No step was finished.")
        }
    }

    static func viewNumbers(_ state: State, in area: Rect, on frame: inout Frame, theme: Theme) {
        let record = state.curves.record(at: state.plot.cursor)
        let title: DisplayText =
            if let record, state.plot.cursor != nil { tr("At step {1}", record.step) } else {
                tr("Now")
            }
        let inner = Pane(title: title).render(in: area, on: &frame, theme: theme).inset(by: 1, 0)
        guard let record else {
            frame.put(tr("no step yet"), in: inner.row(0), style: theme[.dim])
            return
        }
        for (row, figure) in (lossFigures(state, record) + paceFigures(state, record)).enumerated()
        {
            let (label, value) = inner.row(row).splitLeft(9)
            frame.put(DisplayText(figure.label), in: label, style: theme[.label])
            frame.put(DisplayText(figure.value), in: value, style: theme[figure.role])
        }
    }

    private struct Figure {
        var label: String
        var value: String
        var role = Role.value
    }

    /// How well it goes at a step.
    private static func lossFigures(_ state: State, _ record: StepRecord) -> [Figure] {
        let isFinite = record.loss.isFinite
        var figures = [
            Figure(
                label: tr("loss"), value: NumberText.loss(record.loss),
                role: isFinite ? .value : .error)
        ]
        let place = state.curves.axis.place(record)
        if state.curves.strength > 0, let index = state.curves.smooth.index(nearest: place) {
            let value = state.curves.smooth.ys[index]
            figures.append(Figure(label: "ema", value: NumberText.loss(value), role: .plotSmooth))
        }
        if let index = state.curves.held.index(nearest: place) {
            let found = state.curves.evaluations[index]
            let isBest = found.step == state.curves.best?.step
            let value = NumberText.loss(found.loss) + (isBest ? " " + tr("best") : "")
            figures.append(Figure(label: tr("eval"), value: value, role: .plotEval))
        }
        let changed = state.rateFactor == 1 ? "" : " ×\(NumberText.number(state.rateFactor))"
        for row in record.rows where row.isPlotted && row.key != .loss && !row.isOfPace {
            let more = row.key == .learningRate ? changed : ""
            figures.append(Figure(label: row.word, value: row.text(record[row.key]) + more))
        }
        return figures
    }

    /// How fast it goes at a step, and what is safe.
    private static func paceFigures(_ state: State, _ record: StepRecord) -> [Figure] {
        var figures = record.rows.filter { $0.unit == .perSecond }.map {
            Figure(label: $0.word, value: $0.text(record[$0.key]))
        }
        figures.append(Figure(label: tr("tokens"), value: NumberText.short(record.tokensSeen)))
        let speed = record[.tokensPerSecond]
        if speed > 0, record.tokens > 0 {
            let seconds = Double(record.tokens) / speed
            figures.append(Figure(label: tr("step"), value: NumberText.latency(seconds)))
        }
        if state.awaitsCheckpoint {
            figures.append(Figure(label: tr("saved"), value: tr("asked for"), role: .warning))
        } else {
            let saved = state.savedStep.map { tr("step {1}", $0) } ?? tr("not yet")
            figures.append(Figure(label: tr("saved"), value: saved))
        }
        figures += choiceFigures(state)
        return figures
    }

    /// The best evaluation, and how near early stopping is.
    private static func choiceFigures(_ state: State) -> [Figure] {
        guard let best = state.curves.best else { return [] }
        var figures: [Figure] = []
        let isKept = state.plan?.checkpointing.loadsBest == true
        if isKept || state.plan?.evaluation.patience != nil {
            figures.append(
                Figure(
                    label: tr("best"), value: isKept ? tr("{1}, kept", best.step) : "\(best.step)"))
        }
        if let patience = state.plan?.evaluation.patience {
            let waited = state.curves.evaluationsWithoutGain
            figures.append(
                Figure(
                    label: tr("no gain"), value: tr("{1} of {2}", waited, patience),
                    role: waited + 1 >= patience ? .warning : .value))
        }
        if let last = state.curves.last {
            figures += last.rows.filter { $0.unit == .bytes }.map {
                Figure(label: $0.word, value: $0.text(last[$0.key]))
            }
        }
        return figures
    }
}
