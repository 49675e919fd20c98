// The curves of runs on disk as the plot that the Train and Runs tabs draw, or as numbers: for one run the raw
// measurements and their mean, for several a line each. It reads no file and writes nothing.

import Foundation
import Kernel
import Panels

/// What is plotted of some runs.
struct RunPlot {
    /// One run.
    struct Subject {
        var name: String
        var curve = RunCurve()
        /// Whether it may measure more.
        var isLive = false
    }

    /// What is plotted along y.
    var metric = Metric.loss
    var axis = PlotAxis.step
    /// One of `TrainCurves.strengths`.
    var smoothing = TrainCurves.strengths[3]
    var isLogarithmic = false
    var isASCII = false
    var subjects: [Subject] = []

    private var isLoss: Bool { metric.key == .loss }

    // MARK: - Picture

    /// The title and below it the plot.
    func frame(_ size: Size, theme: Theme) -> Frame {
        var frame = Frame(size: size)
        let (top, body) = frame.area.splitTop(1)
        var spans = [Span(metric.heading, theme[.title])]
        if subjects.count == 1 {
            spans.append(Span("  \(DisplayText(subjects[0].name))", theme[.text]))
        }
        if smoothing > 0, subjects.count > 1, isLoss {
            spans.append(Span("  ema \(DisplayText(NumberText.setting(smoothing)))", theme[.dim]))
        }
        frame.put(StyledLine(spans), in: top)
        var plot = LinePlot(
            lines, xLabel: axis.label,
            emptyText: subjects.allSatisfy { $0.curve.steps.isEmpty }
                ? tr("No step was finished.") : tr("This was not measured."))
        plot.xUnit = axis.unit
        plot.xRange = plannedRange
        var state = LinePlot.State()
        state.isLogarithmic = isLogarithmic != metric.isLogarithmic
        if isASCII { state.symbols = .ascii }
        plot.render(state, in: body, on: &frame, theme: theme)
        return isASCII ? frame.inASCII() : frame
    }

    /// The lines from back to front.
    var lines: [LinePlot.Line] {
        if subjects.count == 1 {
            let curves = curves(of: subjects[0].curve)
            let lines = isLoss ? curves.lines() : curves.lines(of: metric)
            return lines.contains { $0.series.ys.contains(where: \.isFinite) } ? lines : []
        }
        return subjects.enumerated().compactMap { slot, subject in
            let overlay = RunOverlay(
                folder: "", name: subject.name, slot: slot, curve: subject.curve)
            guard !isLoss else {
                return overlay.line(axis, smoothing: smoothing, held: false)
            }
            let series = curves(of: subject.curve).metrics[metric.key] ?? Series()
            guard series.ys.contains(where: \.isFinite) else { return nil }
            return LinePlot.Line(
                series, name: DisplayText(subject.name), kind: .line, role: overlay.role,
                letter: overlay.letter)
        }
    }

    /// A run that is still going is shown against what is planned, as in the Train tab.
    private var plannedRange: ClosedRange<Double>? {
        guard subjects.count == 1, let subject = subjects.first, subject.isLive else { return nil }
        return curves(of: subject.curve).range(total: subject.curve.steps.last?.totalSteps)
    }

    private func curves(of curve: RunCurve) -> TrainCurves {
        var curves = TrainCurves(smoothing: smoothing)
        curves.setAxis(axis)
        for record in curve.steps { curves.take(record) }
        for record in curve.evaluations { curves.take(record) }
        if !isLoss { curves.prepare([metric.key]) }
        return curves
    }

    // MARK: - Numbers

    /// The points of a run from the given step on, in order: for scripts.
    func points(_ subject: Subject, from first: Int = 0) -> [JSONObject] {
        func number(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : .null }
        var average = MovingAverage(beta: smoothing)
        var points: [JSONObject] = []
        for (index, record) in subject.curve.steps.enumerated() {
            let value = metric.plotted(record[metric.key])
            let mean = average.next(value)
            guard index >= first else { continue }
            var point: JSONObject = [
                "run": .string(subject.name), "step": .integer(record.step),
                "x": number(axis.place(record)), metric.plotName: number(value),
            ]
            if isLoss, smoothing > 0 { point["ema"] = number(mean) }
            points.append(point)
        }
        return points
    }

    /// The held-out values of a run from the given evaluation on.
    func heldPoints(_ subject: Subject, from first: Int = 0) -> [JSONObject] {
        var curves = TrainCurves()
        curves.setAxis(axis)
        for record in subject.curve.steps { curves.take(record) }
        return subject.curve.evaluations.dropFirst(first).compactMap { record in
            guard let value = record.values[metric.key].map(metric.plotted) else { return nil }
            return [
                "run": .string(subject.name), "step": .integer(record.step),
                "x": .number(curves.place(ofStep: record.step)),
                metric.evaluationName: value.isFinite ? .number(value) : .null,
            ]
        }
    }

    /// A point as a line for people.
    static func line(_ point: JSONObject, withName: Bool) -> String {
        var words = withName ? [ErrorReport.visible(point["run"]?.string ?? "")] : []
        for (name, value) in point where name != "run" && name != "x" {
            words.append("\(name) \(value.double.map { Axis.label($0) } ?? "-")")
        }
        if let step = point["step"]?.integer {
            words[withName ? 1 : 0] = "step \(step)"
        }
        return words.joined(separator: "  ")
    }
}
