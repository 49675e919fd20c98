// What x counts in the plots of runs, and how a plot gets from one to the other. Every measurement
// of a run has a place on each of these axes.

import Kernel
import Panels

/// What stands along x.
enum PlotAxis: String, CaseIterable, Sendable {
    case step, epoch, time, tokens

    /// The next one, the first after the last.
    var next: PlotAxis {
        let all = Self.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }

    /// What the axis is called.
    var label: DisplayText { DisplayText(word) }
    var word: String {
        switch self {
        case .step: tr("step")
        case .epoch: tr("epoch")
        case .time: tr("time")
        case .tokens: tr("tokens")
        }
    }

    var unit: Axis.Unit { self == .time ? .seconds : .number }

    /// The place of a step.
    func place(_ record: StepRecord) -> Double {
        switch self {
        case .step: Double(record.step)
        case .epoch: record.epoch
        case .time: record.elapsedSeconds
        case .tokens: Double(record.tokensSeen)
        }
    }

    /// Where a step stands among the measured ones; one that was not measured stands at the last before it.
    func place(ofStep step: Int, in records: [StepRecord]) -> Double {
        guard self != .step else { return Double(step) }
        var (low, high) = (0, records.count)
        while low < high {
            let middle = (low + high) / 2
            if records[middle].step <= step { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? place(records[low - 1]) : 0
    }

    /// Where the planned run ends, as far as the newest step shows; nil while that is not known.
    func end(after last: StepRecord) -> Double? {
        guard last.step > 0, last.totalSteps >= last.step else { return nil }
        let share = Double(last.totalSteps) / Double(last.step)
        switch self {
        case .step: return Double(last.totalSteps)
        case .epoch: return last.epoch * share
        // Both are guesses that move with every step: rounded up, so that the picture stands still.
        case .time: return last.remainingSeconds.map { Self.roundedUp(last.elapsedSeconds + $0) }
        case .tokens: return Self.roundedUp(Double(last.tokensSeen) * share)
        }
    }

    /// The next of 1, 1.1 … 10 times a power of ten.
    private static func roundedUp(_ value: Double) -> Double {
        guard value > 0, value < 1e15 else { return value }
        var unit = 1.0
        while unit * 10 <= value { unit *= 10 }
        while unit > value { unit /= 10 }
        return (value / unit * 10 - 1e-9).rounded(.up) * unit / 10
    }
}
