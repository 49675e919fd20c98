// What every tab knows of the run that Train shows: how far it is, whether it goes on, and how that
// reads in a chip and in the status line. It is derived from the train tab's state.

import Kernel
import Panels

/// The latest run in a few words.
struct RunStatus: Equatable, Sendable {
    let phase: TrainTab.Phase
    /// The run's own name, or the last part of its folder.
    let name: String
    let step: Int
    let totalSteps: Int
    /// The last step whose state is on disk; 0 when there is none.
    let savedStep: Int
    /// Runs that wait in the queue.
    let waiting: Int
    /// Whether it is a run of another process, which does not end with this one.
    let isForeign: Bool
    /// The process that trains it, if it is another one and has answered.
    let process: Int32?
    /// The run of another folder that could not begin after this one; nil when none was tried.
    let refused: String?

    init(_ train: TrainTab.State) {
        phase = train.phase
        name = TrainTab.name(of: train)
        step = train.curves.last?.step ?? train.summary?.firstStep ?? 0
        totalSteps = train.curves.last?.totalSteps ?? train.summary?.totalSteps ?? 0
        savedStep = train.savedStep ?? 0
        waiting = train.queue.count
        isForeign = train.attachment != nil
        process = train.attachment?.process
        refused = train.refusal.flatMap { $0.isSameFolder ? nil : $0.name }
    }

    /// Whether the run is active, here or in another process.
    var isActive: Bool { phase.isActive }
    /// Whether a run would be lost with this process.
    var trainsHere: Bool { isActive && !isForeign }

    /// How far the run is, in words; nil when there was none.
    var words: String? {
        if let refused { return tr("! {1} failed", refused) }
        let share = totalSteps > 0 ? " \(step * 100 / totalSteps)%" : ""
        return switch phase {
        case .idle: nil
        case .preparing: tr("▶ {1} preparing", name)
        case .running: "▶ \(name)\(share)"
        case .pausing: tr("▶ {1}{2} pausing", name, share)
        case .paused: tr("‖ {1}{2} paused", name, share)
        case .stopping: tr("▶ {1}{2} stopping", name, share)
        case .finished(let result): "✓ \(name) \(Self.word(for: result.ending))"
        case .failed: tr("! {1} failed", name)
        }
    }

    private static func word(for ending: RunResult.Ending) -> String {
        switch ending {
        case .completed: tr("done")
        case .stopped: tr("stopped")
        case .earlyStopped: tr("stopped early")
        case .evaluated: tr("evaluated")
        }
    }

    /// Steps done and saved, in words; nil while no run is active.
    var progress: String? {
        guard isActive else { return nil }
        if case .preparing(let stage, _) = phase { return "\(name): \(tr(stage))" }
        let saved = savedStep > 0 ? tr("saved at {1}", savedStep) : tr("nothing saved yet")
        let progress = tr("{1}: step {2} of {3}, {4}", name, step, totalSteps, saved)
        return waiting > 0 ? progress + " · " + tr("{1} in the queue", waiting) : progress
    }

    /// The chip at the right of the tabs.
    func chip(_ theme: Theme) -> StyledLine? {
        let role: Role =
            switch phase {
            case _ where refused != nil: .error
            case .idle, .preparing: .dim
            case .running: .accent
            case .pausing, .paused, .stopping: .warning
            case .finished: .success
            case .failed: .error
            }
        let behind = waiting > 0 ? " +\(waiting)" : ""
        return words.map { words in
            let shown = DisplayText(words).truncated(to: 28 - behind.count)
            return StyledLine("\(shown)\(DisplayText(behind))", theme[role].with(.bold))
        }
    }
}
