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
    private(set) var evaluations: [EvaluationRecord] = []
    /// Steps whose state was saved.
    private(set) var checkpoints: [Double] = []
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

    /// Takes a step's measurements.
    mutating func take(_ record: StepRecord) {
        records.append(record)
        raw.append(x: Double(record.step), y: record.loss)
        let value = average.next(record.loss)
        smooth.append(x: Double(record.step), y: record.loss.isFinite ? value : .nan)
    }

    /// Takes an evaluation.
    mutating func take(_ record: EvaluationRecord) {
        evaluations.append(record)
        held.append(x: Double(record.step), y: record.loss)
    }

    /// Marks a step as saved.
    mutating func markCheckpoint(_ step: Int) { checkpoints.append(Double(step)) }

    /// Steps through the strengths of smoothing and smooths everything anew.
    mutating func moveStrength(by steps: Int) {
        let next = min(max(0, strengthIndex + steps), Self.strengths.count - 1)
        guard next != strengthIndex else { return }
        strengthIndex = next
        smooth = raw.smoothed(beta: strength)
        average = MovingAverage(beta: strength)
        for record in records { _ = average.next(record.loss) }
    }

    /// The record of a place on x, or the last one.
    func record(at step: Double?) -> StepRecord? {
        guard let step else { return last }
        return raw.index(nearest: step).map { records[$0] }
    }

    /// The lines from back to front.
    var lines: [LinePlot.Line] {
        var lines = [LinePlot.Line(raw, name: tr("train"), kind: .raw)]
        if strengthIndex > 0 {
            let name = DisplayText("ema \(Figures.setting(strength))")
            lines.append(LinePlot.Line(smooth, name: name))
        }
        if !held.isEmpty { lines.append(LinePlot.Line(held, name: tr("eval"), kind: .points)) }
        return lines
    }
}
