// Curves of runs on disk as lines of a plot: each run has a letter and a colour that it keeps for
// the whole session. It does not draw.

import Kernel
import Panels

/// A marked run and its curve.
struct RunOverlay: Equatable, Sendable {
    var folder: String
    var name: String
    /// The order of marking in this session, from 0; never given to another run.
    var slot: Int
    /// The measurements in its log; nil until it is read.
    var curve: RunCurve?
    /// How much of a long log is read.
    var readFraction: Double?

    /// Runs that can be marked together.
    static let most = 8
    private static let roles: [Role] = [.plotOther, .plotOther2, .plotOther3, .plotOther4]

    var role: Role { Self.roles[slot % Self.roles.count] }
    /// a … z, then A … Z, then anew.
    var letter: Character {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        return letters[slot % letters.count]
    }

    /// Its held-out or its smoothed training losses over x; nil when there are none.
    func line(_ axis: PlotAxis, smoothing: Double, held: Bool) -> LinePlot.Line? {
        guard let curve else { return nil }
        let series = held ? heldLosses(curve, axis) : Self.losses(curve, axis, smoothing)
        guard !series.isEmpty else { return nil }
        return LinePlot.Line(
            series, name: DisplayText(name), kind: held ? .points : .line, role: role,
            letter: letter)
    }

    /// Only this series is made: a log may have a million lines, and a key is waiting.
    private static func losses(_ curve: RunCurve, _ axis: PlotAxis, _ smoothing: Double) -> Series {
        var average = MovingAverage(beta: smoothing)
        var series = Series()
        for record in curve.steps {
            let mean = average.next(record.loss)
            series.append(x: axis.place(record), y: record.loss.isFinite ? mean : .nan)
        }
        return series
    }

    private func heldLosses(_ curve: RunCurve, _ axis: PlotAxis) -> Series {
        Series(
            curve.evaluations.map { (x: axis.place(ofStep: $0.step, in: curve.steps), y: $0.loss) })
    }
}
