// The plot of the train tab and the numbers beside or below it. With a cursor the numbers are those
// of its step.

import Foundation
import Kernel
import Panels

extension TrainTab {
    static func viewPlot(_ state: State, in area: Rect, on frame: inout Frame, theme: Theme) {
        let note: DisplayText = state.plot.isLogarithmic ? tr("log y") : ""
        let inner = Pane(title: tr("Loss"), note: note).render(in: area, on: &frame, theme: theme)
        // Below the curves two lines of numbers, as long as the curves keep some rows.
        let isNarrow = frame.size.width < 100
        let below = !isNarrow ? 0 : inner.height >= 10 ? 2 : inner.height >= 7 ? 1 : 0
        let (curves, foot) = inner.splitBottom(below)
        var plot = LinePlot(state.curves.lines, xLabel: tr("step"), emptyText: emptyText(state))
        plot.xMarks = state.curves.checkpoints
        if let total = state.curves.last?.totalSteps ?? state.summary?.totalSteps, total > 1 {
            let first = Double(state.curves.records.first?.step ?? 1)
            plot.xRange = min(first, Double(total))...Double(total)
        }
        plot.render(state.plot, in: curves, on: &frame, theme: theme)
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
        case .preparing(let stage, _): "\(DisplayText(trFound(stage)))…"
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
                label: tr("loss"), value: Readout.loss(record.loss),
                role: isFinite ? .value : .error)
        ]
        let place = Double(record.step)
        if state.curves.strength > 0, let index = state.curves.smooth.index(nearest: place) {
            let value = state.curves.smooth.ys[index]
            figures.append(Figure(label: "ema", value: Readout.loss(value), role: .plotSmooth))
        }
        if let index = state.curves.held.index(nearest: place) {
            let found = state.curves.evaluations[index]
            let isBest = found.step == state.curves.best?.step
            let value = Readout.loss(found.loss) + (isBest ? " " + tr("best") : "")
            figures.append(Figure(label: tr("eval"), value: value, role: .plotEval))
        }
        figures.append(Figure(label: "lr", value: Readout.number(record.learningRate)))
        figures.append(Figure(label: tr("|grad|"), value: Readout.number(record.gradientNorm)))
        return figures
    }

    /// How fast it goes at a step, and what is safe.
    private static func paceFigures(_ state: State, _ record: StepRecord) -> [Figure] {
        var figures = [
            Figure(label: tr("tok/s"), value: Readout.rate(record.tokensPerSecond)),
            Figure(label: tr("tokens"), value: Figures.short(record.tokensSeen)),
        ]
        if record.tokensPerSecond > 0 {
            let seconds = Double(record.tokens) / record.tokensPerSecond
            figures.append(Figure(label: tr("step"), value: Readout.latency(seconds)))
        }
        if state.awaitsCheckpoint {
            figures.append(Figure(label: tr("saved"), value: tr("asked for"), role: .warning))
        } else {
            let saved = state.savedStep.map { tr("step {1}", $0) } ?? tr("not yet")
            figures.append(Figure(label: tr("saved"), value: saved))
        }
        return figures
    }
}
