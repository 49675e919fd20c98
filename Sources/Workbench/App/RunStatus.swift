// What every tab knows of the run in this process: how far it is and whether it goes on. Kept from
// its events; the train tab keeps the rest.

import Kernel
import Panels

/// The state of the latest run, for the chip and for questions about leaving.
struct RunStatus: Equatable, Sendable {
    /// Where a run is in its life.
    enum Phase: Equatable, Sendable {
        /// There was none.
        case idle
        case preparing
        case training
        case paused
        case finished(RunResult.Ending)
        case failed
    }

    var phase: Phase = .idle
    /// The last part of the run's folder.
    var name = ""
    var step = 0
    var totalSteps = 0
    /// The last step whose state is on disk.
    var savedStep = 0

    /// Whether a run would be lost with the process.
    var isActive: Bool {
        switch phase {
        case .preparing, .training, .paused: true
        case .idle, .finished, .failed: false
        }
    }

    /// A run that was asked for just now.
    static func starting(_ plan: TrainingPlan) -> RunStatus {
        let name = plan.output.folder.split(separator: "/").last.map(String.init)
        return RunStatus(phase: .preparing, name: plan.output.runName ?? name ?? "run")
    }

    /// Takes what the run reports.
    mutating func take(_ event: TrainingEvent) {
        switch event {
        case .preparing: phase = .preparing
        case .prepared(let summary):
            phase = .training
            (step, savedStep) = (summary.firstStep, summary.firstStep)
            totalSteps = summary.totalSteps
        case .stepFinished(let record): (step, totalSteps) = (record.step, record.totalSteps)
        case .checkpointSaved(_, let saved): savedStep = saved
        case .paused(let at): (phase, step) = (.paused, at)
        case .resumed(let at): (phase, step) = (.training, at)
        case .finished(let result): (phase, step) = (.finished(result.ending), result.steps)
        case .failed: phase = .failed
        case .evaluated, .checkpointFailed, .notice: break
        }
    }

    /// How far the run is, in words; nil when there was none.
    var words: String? {
        let share = totalSteps > 0 ? " \(step * 100 / totalSteps)%" : ""
        return switch phase {
        case .idle: nil
        case .preparing: "▶ \(name) preparing"
        case .training: "▶ \(name)\(share)"
        case .paused: "‖ \(name)\(share) paused"
        case .finished(.completed): "✓ \(name) done"
        case .finished(.stopped): "✓ \(name) stopped\(share)"
        case .finished(.earlyStopped): "✓ \(name) stopped early\(share)"
        case .failed: "! \(name) failed"
        }
    }

    /// Steps done and saved, in words; nil while no run is active.
    var progress: String? {
        guard isActive else { return nil }
        if phase == .preparing { return "\(name): reading model and data" }
        let saved = savedStep > 0 ? "saved at \(savedStep)" : "nothing saved yet"
        return "\(name): step \(step) of \(totalSteps), \(saved)"
    }

    /// The chip at the right of the tabs.
    func chip(_ theme: Theme) -> StyledLine? {
        let role: Role =
            switch phase {
            case .idle, .preparing: .dim
            case .training: .accent
            case .paused: .warning
            case .finished: .success
            case .failed: .error
            }
        return words.map { StyledLine(DisplayText($0).truncated(to: 28), theme[role].with(.bold)) }
    }
}
