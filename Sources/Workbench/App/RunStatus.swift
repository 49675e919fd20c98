// What every tab knows of the run in this process: how far it is, whether it goes on, and how that
// is said in a chip and in the status line. It is derived from the train tab's state.

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

    init(_ train: TrainTab.State) {
        phase = train.phase
        name = TrainTab.name(of: train)
        step = train.curves.last?.step ?? train.summary?.firstStep ?? 0
        totalSteps = train.curves.last?.totalSteps ?? train.summary?.totalSteps ?? 0
        savedStep = train.savedStep ?? 0
    }

    /// Whether a run would be lost with the process.
    var isActive: Bool { phase.isActive }

    /// How far the run is, in words; nil when there was none.
    var words: String? {
        let share = totalSteps > 0 ? " \(step * 100 / totalSteps)%" : ""
        return switch phase {
        case .idle: nil
        case .preparing: "▶ \(name) preparing"
        case .running: "▶ \(name)\(share)"
        case .pausing: "▶ \(name)\(share) pausing"
        case .paused: "‖ \(name)\(share) paused"
        case .stopping: "▶ \(name)\(share) stopping"
        case .finished(let result): "✓ \(name) \(Self.word(for: result.ending))"
        case .failed: "! \(name) failed"
        }
    }

    private static func word(for ending: RunResult.Ending) -> String {
        switch ending {
        case .completed: "done"
        case .stopped: "stopped"
        case .earlyStopped: "stopped early"
        case .evaluated: "evaluated"
        }
    }

    /// Steps done and saved, in words; nil while no run is active.
    var progress: String? {
        guard isActive else { return nil }
        if case .preparing(let stage, _) = phase { return "\(name): \(stage)" }
        let saved = savedStep > 0 ? "saved at \(savedStep)" : "nothing saved yet"
        return "\(name): step \(step) of \(totalSteps), \(saved)"
    }

    /// The chip at the right of the tabs.
    func chip(_ theme: Theme) -> StyledLine? {
        let role: Role =
            switch phase {
            case .idle, .preparing: .dim
            case .running: .accent
            case .pausing, .paused, .stopping: .warning
            case .finished: .success
            case .failed: .error
            }
        return words.map { StyledLine(DisplayText($0).truncated(to: 28), theme[role].with(.bold)) }
    }
}
