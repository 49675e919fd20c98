// How fast this machine trained a model before: tokens a second from the logs of earlier runs. Runs are
// listed again only after a while, because estimates are asked for with every edit.

import Kernel
import Synchronization

/// Speeds of earlier runs.
final class SpeedMemory: Sendable {
    /// A list older than this is read anew.
    private static let secondsMax = 20.0

    private struct Known {
        var runs: [RunEntry]
        var at: Double
    }

    private let list: @Sendable () -> [RunEntry]
    private let known = Mutex<Known?>(nil)

    /// `list` reads the runs that there are.
    init(list: @escaping @Sendable () -> [RunEntry]) { self.list = list }

    /// The speed of the newest run that did the same kind of work.
    func speed(for plan: TrainingPlan, now: Double) -> PlanEstimate.Speed? {
        let runs = known.withLock { known in
            if let fresh = known, now - fresh.at < Self.secondsMax { return fresh.runs }
            let runs = list()
            known = Known(runs: runs, at: now)
            return runs
        }
        return Self.speed(for: plan, among: runs)
    }

    /// The same model, method, weights and arithmetic; the runs stand newest first.
    static func speed(for plan: TrainingPlan, among runs: [RunEntry]) -> PlanEstimate.Speed? {
        for run in runs {
            guard let other = run.plan?.withFullPaths, let rate = run.tokensPerSecond,
                rate.isFinite, rate > 0, other.model.path == plan.withFullPaths.model.path,
                other.tuning.method == plan.tuning.method,
                other.model.quantization == plan.model.quantization,
                other.precision == plan.precision
            else { continue }
            return PlanEstimate.Speed(tokensPerSecond: rate, run: run.record.name)
        }
        return nil
    }
}
