// The learning rate of every step of a run, as a pure function of the step's number.
// The curves are those of transformers' schedulers, term by term, so that a rate equals the one
// a Python run would use to the last digits. It holds no state: a resumed run asks the same thing.

import Foundation

/// The learning rate over one run; ask `rate(step:)`.
public struct LearningRateSchedule: Sendable, Equatable {
    /// The curve and its constants.
    public let settings: ScheduleSettings
    /// The rate at factor 1.
    public let baseRate: Double
    /// Optimizer steps of the whole run.
    public let totalSteps: Int
    /// Steps from zero to the full rate.
    public let warmupSteps: Int

    public init(_ settings: ScheduleSettings, baseRate: Double, totalSteps: Int) {
        precondition(totalSteps >= 0, "a run of \(totalSteps) steps")
        self.settings = settings
        self.baseRate = baseRate
        self.totalSteps = totalSteps
        warmupSteps = settings.warmupSteps(of: totalSteps)
    }

    /// The rate used by the update that follows `step` finished updates: the first one asks for 0.
    public func rate(step: Int) -> Double { baseRate * factor(step: step) }

    /// The part of the base rate that `rate(step:)` uses, mostly within 0…1.
    public func factor(step: Int) -> Double {
        precondition(step >= 0, "step \(step)")
        return switch settings.kind {
        case .constant: 1
        case .cosineWarmupWithMinimum: shiftedCosine(step)
        case .warmupStableDecay: warmupStableDecay(step)
        case .constantWithWarmup: warmedUp(step) { _ in 1 }
        case .linear: warmedUp(step, linear)
        case .cosine: warmedUp(step, halfCosine)
        case .cosineWithRestarts: warmedUp(step, restartingCosine)
        case .polynomial: warmedUp(step, polynomial)
        case .inverseSquareRoot: warmedUp(step, inverseSquareRoot)
        case .cosineWithMinimum: warmedUp(step, cosineWithMinimum)
        }
    }

    // MARK: - Curves after the linear warm-up

    /// The linear warm-up, and then `curve`.
    private func warmedUp(_ step: Int, _ curve: (_ step: Int) -> Double) -> Double {
        step < warmupSteps ? Double(step) / Double(max(1, warmupSteps)) : curve(step)
    }

    private func linear(_ step: Int) -> Double {
        max(0, Double(totalSteps - step) / Double(max(1, totalSteps - warmupSteps)))
    }

    private func halfCosine(_ step: Int) -> Double {
        max(0, cosine(cycles: settings.arguments.cycles ?? 0.5, at: progress(step)))
    }

    private func restartingCosine(_ step: Int) -> Double {
        let p = progress(step)
        if p >= 1 { return 0 }
        let phase = ((settings.arguments.cycles ?? 1) * p).truncatingRemainder(dividingBy: 1)
        return max(0, 0.5 * (1 + cos(.pi * phase)))
    }

    private func inverseSquareRoot(_ step: Int) -> Double {
        let scale = Double(
            settings.arguments.timescale ?? (warmupSteps == 0 ? 10_000 : warmupSteps))
        return 1 / ((Double(step) + (scale - Double(warmupSteps))) / scale).squareRoot()
    }

    private func cosineWithMinimum(_ step: Int) -> Double {
        let wave = cosine(cycles: settings.arguments.cycles ?? 0.5, at: progress(step))
        return max(0, wave * (1 - minimumFactor) + minimumFactor)
    }

    /// The part of the run after the warm-up that is over at `step`: 0 at its start, 1 at the end.
    private func progress(_ step: Int) -> Double {
        Double(step - warmupSteps) / Double(max(1, totalSteps - warmupSteps))
    }

    private func cosine(cycles: Double, at progress: Double) -> Double {
        0.5 * (1 + cos(.pi * cycles * 2 * progress))
    }

    private var minimumFactor: Double {
        settings.arguments.minimumRate.map { $0 / baseRate } ?? settings.arguments.minimumRatio ?? 0
    }

    private func polynomial(_ step: Int) -> Double {
        let end = settings.arguments.endRate ?? 1e-7
        if step > totalSteps { return end / baseRate }
        let left = 1 - progress(step)
        return ((baseRate - end) * pow(left, settings.arguments.power ?? 1) + end) / baseRate
    }

    // MARK: - Curves with a warm-up of their own

    /// A cosine one step ahead of the plain one, whose warm-up starts above zero.
    private func shiftedCosine(_ step: Int) -> Double {
        if step < warmupSteps {
            guard let start = settings.arguments.warmupRatio else {
                return Double(step + 1) / Double(max(1, warmupSteps))
            }
            return start + (1 - start) * Double(step) / Double(max(1, warmupSteps - 1))
        }
        let p = Double(step - warmupSteps + 1) / Double(max(1, totalSteps - warmupSteps))
        let wave = cosine(cycles: settings.arguments.cycles ?? 0.5, at: p)
        return max(0, wave * (1 - minimumFactor) + minimumFactor)
    }

    /// Up, level, down: the level part takes a third of what the warm-up leaves, unless given.
    private func warmupStableDecay(_ step: Int) -> Double {
        let arguments = settings.arguments
        let floor = arguments.floorRatio ?? 0
        if step < warmupSteps {
            let p = Double(step) / Double(max(1, warmupSteps))
            let factor =
                switch arguments.warmupBend ?? .linear {
                case .linear: p
                case .cosine: 0.5 * (1 - cos(.pi * p))
                case .oneMinusSquareRoot: 1 - (1 - p).squareRoot()
                }
            return max(0, factor * (1 - floor) + floor)
        }
        let remaining = max(0, totalSteps - warmupSteps)
        let stable = arguments.stableSteps ?? remaining / 3
        let decay = arguments.decaySteps ?? (remaining - remaining / 3)
        let (sinceWarmup, sinceStable) = (step - warmupSteps, step - warmupSteps - stable)
        if sinceWarmup < stable { return 1 }
        guard sinceStable < decay else { return floor }
        let p = Double(sinceStable) / Double(max(1, decay))
        let factor =
            switch arguments.decayBend ?? .cosine {
            case .linear: 1 - p
            case .cosine: cosine(cycles: arguments.cycles ?? 0.5, at: p)
            case .oneMinusSquareRoot: 1 - p.squareRoot()
            }
        return max(0, factor * (1 - floor) + floor)
    }
}
