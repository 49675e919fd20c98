// The queue of runs: adding to it, and when the next one starts. The list is drawn by the train tab.

import Kernel
import Panels

extension AppUpdate {
    /// Puts a checked plan at the end of the queue.
    static func queue(_ plan: TrainingPlan, _ state: inout AppState) -> [Effect] {
        let effects = act(.train(.queue(.added(plan))), &state)
        let name = state.train.queue.entries.last?.name ?? ""
        say(tr("{1} is number {2} of the queue", name, state.run.waiting), .success, &state)
        return effects
    }

    /// Starts the next run of the queue when none is under way. Runs end in many ways, and a queue can be
    /// released while nothing trains, so this is checked after every event.
    static func advanceQueue(_ state: inout AppState) -> [Effect] {
        let queue = state.train.queue
        guard !state.run.isActive, !queue.isHeld, let next = queue.entries.first,
            !state.isFinished, !state.quitsAfterRun
        else { return [] }
        let (before, failure) = (state.run, TrainTab.lastFailure(state.train))
        let effects = act(.train(.nextStarted), &state)
        if let failure {
            say(
                tr("{1} failed; {2} of the queue begins", failure.name, next.name), .warning,
                &state)
        } else if case .finished = before.phase {
            say(
                tr("{1} has ended; {2} of the queue begins", before.name, next.name), .success,
                &state)
        } else {
            say(tr("{1} of the queue begins", next.name), .success, &state)
        }
        let line = LogLine(
            .info, .run, phrase("next of the queue"),
            ["folder": next.plan.output.folder, "waiting": "\(state.run.waiting)"])
        LogsTab.add(line, at: state.now, to: &state.logs)
        return effects + [.keepLine(line)]
    }
}
