// The measurements of one run in full resolution, and the lines that are drawn from them. Smoothing
// happens here, on the data, never on what is on screen. It does not draw.

import Foundation
import Kernel
import Panels

/// Everything that a run measured so far.
struct TrainCurves: Equatable, Sendable {
    /// The strengths of smoothing that keys step through; 0 is none.
    static let strengths = [0, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99]

    /// One record a step, in order; the points of `raw` have the same indices.
    private(set) var records: [StepRecord] = []
    private(set) var raw = Series()
    private(set) var smooth = Series()
    private(set) var held = Series()
    /// Measurements beside the loss, built when they are first shown.
    private(set) var metrics: [MetricKey: Series] = [:]
    private(set) var heldMetrics: [MetricKey: Series] = [:]
    /// What the steps and the evaluations measured.
    private(set) var measured: Set<MetricKey> = []
    private(set) var measuredHeldOut: Set<MetricKey> = [.loss]
    private(set) var evaluations: [EvaluationRecord] = []
    /// Steps whose state was saved.
    private(set) var checkpoints: [Int] = []
    /// Steps after which the run was interrupted.
    private(set) var breaks: [Int] = []
    /// Steps from which on another learning rate held.
    private(set) var rateChanges: [Int] = []
    /// Steps at which the loss left the others behind.
    private(set) var jumps: [Int] = []
    private var watch = LossWatch()
    /// What x counts.
    private(set) var axis = PlotAxis.step
    /// The strength in use, as an index of `strengths`.
    private(set) var strengthIndex = 3
    private var average = MovingAverage(beta: strengths[3])

    /// The smoothing in use, 0…1.
    var strength: Double { Self.strengths[strengthIndex] }
    /// The last record.
    var last: StepRecord? { records.last }
    /// The smoothed loss now; nil before the first number and without smoothing.
    var smoothed: Double? {
        strengthIndex > 0 && average.value.isFinite ? average.value : nil
    }
    /// The evaluation with the least loss.
    var best: EvaluationRecord? {
        evaluations.filter { $0.loss.isFinite }.min { $0.loss < $1.loss }
    }
    /// Evaluations since the best one: what early stopping counts.
    var evaluationsWithoutGain: Int {
        guard let best, let index = evaluations.firstIndex(of: best) else { return 0 }
        return evaluations.count - 1 - index
    }

    /// Curves without measurements; `smoothing` is one of `strengths`.
    init(smoothing: Double = strengths[3]) {
        strengthIndex = Self.strengths.firstIndex(of: smoothing) ?? strengthIndex
        average = MovingAverage(beta: strength)
    }

    // MARK: - Taking

    /// Takes a step's measurements.
    mutating func take(_ record: StepRecord) {
        records.append(record)
        append(record)
        if watch.take(record.loss) { jumps.append(record.step) }
    }

    /// The loss that a jump is measured by; nil while there are too few.
    var usualLoss: Double? { watch.usual }

    private mutating func append(_ record: StepRecord) {
        let x = axis.place(record)
        raw.append(x: x, y: record.loss)
        let value = average.next(record.loss)
        smooth.append(x: x, y: record.loss.isFinite ? value : .nan)
        measured.formUnion(record.values.keys)
        for key in metrics.keys { metrics[key]?.append(x: x, y: Metrics.plotted(key, record)) }
    }

    /// Takes an evaluation.
    mutating func take(_ record: EvaluationRecord) {
        evaluations.append(record)
        append(record)
    }

    private mutating func append(_ record: EvaluationRecord) {
        let x = place(ofStep: record.step)
        held.append(x: x, y: record.loss)
        measuredHeldOut.formUnion(record.values.keys)
        for key in heldMetrics.keys where record.values[key] != nil {
            heldMetrics[key]?.append(x: x, y: Metrics.plotted(key, record))
        }
    }

    /// Marks a step as the first of another learning rate.
    mutating func markRate(_ step: Int) {
        if !rateChanges.contains(step) { rateChanges.append(step) }
    }

    /// Marks a step as saved.
    mutating func markCheckpoint(_ step: Int) { checkpoints.append(step) }

    /// Puts what an earlier part of the run measured in front; the run went on after `step`.
    mutating func resume(after step: Int, _ earlier: RunCurve) {
        let steps = earlier.steps.filter { $0.step <= step }
        guard let first = records.first?.step ?? steps.last.map({ $0.step + 1 }),
            !breaks.contains(step)
        else { return }
        records = steps.filter { $0.step < first } + records
        evaluations =
            earlier.evaluations.filter { old in
                old.step <= step && !evaluations.contains { $0.step == old.step }
            } + evaluations
        breaks.append(step)
        for change in earlier.rateChanges where change.firstStep <= step {
            markRate(change.firstStep)
        }
        rebuild()
        watchAnew()
    }

    /// Takes what the log of a run of another process holds and was not measured here: `start` is the step
    /// that the run went on from, 0 for a new one.
    mutating func fill(_ logged: RunCurve, start: Int) {
        let last = records.last?.step ?? 0
        records += logged.steps.filter { $0.step > last }
        evaluations += logged.evaluations.filter { !knows($0) }
        evaluations.sort { $0.step < $1.step }
        if start > 0, !breaks.contains(start) { breaks.append(start) }
        for change in logged.rateChanges { markRate(change.firstStep) }
        rebuild()
        watchAnew()
    }

    /// Looks for jumps in everything that is known now.
    private mutating func watchAnew() {
        (watch, jumps) = (LossWatch(), [])
        for record in records where watch.take(record.loss) { jumps.append(record.step) }
    }

    /// Whether an evaluation is there; the log keeps only some of its numbers.
    func knows(_ record: EvaluationRecord) -> Bool {
        evaluations.contains { $0.step == record.step && $0.loss == record.loss }
    }

    // MARK: - Choosing

    /// Counts x in something else.
    mutating func setAxis(_ axis: PlotAxis) {
        guard axis != self.axis else { return }
        self.axis = axis
        rebuild()
    }

    /// Builds the series of measurements that are about to be shown.
    mutating func prepare(_ wanted: [MetricKey]) {
        for key in wanted where metrics[key] == nil {
            var series = Series()
            for record in records {
                series.append(x: axis.place(record), y: Metrics.plotted(key, record))
            }
            var held = Series()
            for record in evaluations where record.values[key] != nil {
                held.append(x: place(ofStep: record.step), y: Metrics.plotted(key, record))
            }
            (metrics[key], heldMetrics[key]) = (series, held)
        }
    }

    /// Steps through the strengths of smoothing and smooths everything anew.
    mutating func moveStrength(by steps: Int) {
        let next = min(max(0, strengthIndex + steps), Self.strengths.count - 1)
        guard next != strengthIndex else { return }
        strengthIndex = next
        smooth = raw.smoothed(beta: strength)
        average = MovingAverage(beta: strength)
        for record in records { _ = average.next(record.loss) }
    }

    private mutating func rebuild() {
        (raw, smooth, held) = (Series(), Series(), Series())
        average = MovingAverage(beta: strength)
        for key in metrics.keys { (metrics[key], heldMetrics[key]) = (Series(), Series()) }
        for record in records { append(record) }
        for record in evaluations { append(record) }
    }

    // MARK: - Looking

    /// The record of a place on x, or the last one.
    func record(at place: Double?) -> StepRecord? {
        guard let place else { return last }
        return raw.index(nearest: place).map { records[$0] }
    }

    /// Where a step stands on x; steps that were not measured stand at the last one before.
    func place(ofStep step: Int) -> Double { axis.place(ofStep: step, in: records) }

    /// The whole range of x: what was planned, from the first record on.
    func range(total: Int?) -> ClosedRange<Double>? {
        guard let first = records.first, let last = records.last else {
            return axis == .step ? total.flatMap { $0 > 1 ? 1...Double($0) : nil } : nil
        }
        guard let end = axis.end(after: last) else { return nil }
        let start = axis == .step ? axis.place(first) : 0
        return end > start ? start...end : nil
    }

    /// The lines of a metric beside the loss; none when it was not measured.
    func lines(of metric: Metric) -> [LinePlot.Line] {
        let series = metrics[metric.key] ?? Series()
        let held = heldMetrics[metric.key] ?? Series()
        var lines = [LinePlot.Line(series, name: metric.legend, kind: .raw)]
        if !held.isEmpty { lines.append(LinePlot.Line(held, name: tr("eval"), kind: .points)) }
        return lines
    }

    /// The lines of the loss from back to front; `others` stand between raw and smooth.
    func lines(among others: [LinePlot.Line] = []) -> [LinePlot.Line] {
        var lines = [LinePlot.Line(raw, name: tr("train"), kind: .raw)] + others
        if strengthIndex > 0 {
            let name = DisplayText("ema \(NumberText.setting(strength))")
            lines.append(LinePlot.Line(smooth, name: name))
        }
        if !held.isEmpty { lines.append(LinePlot.Line(held, name: tr("eval"), kind: .points)) }
        return lines
    }
}
