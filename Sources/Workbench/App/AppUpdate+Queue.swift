// The queue of runs: what is checked before a plan is added, and when the next one starts. What the list
// looks like is the train tab's.

import Kernel
import Panels

extension AppUpdate {
    /// Adds the plan to the queue, or asks first when there is something to know.
    static func enqueue(_ state: inout AppState) -> [Effect] {
        // What is being typed is meant; it counts as if Enter had been pressed.
        if state.params.form.isEditing {
            _ = act(.params(.key(.enter)), &state)
        }
        let issues = state.issues
        if let first = issues.first(where: { $0.severity == .error }) {
            state.question = cannotStart(
                issues, fixing: first.field, title: tr("The run cannot be queued yet"))
            return []
        }
        if let owner = owner(of: state.plan.output.folder, state) {
            state.question = folderTaken(by: owner, state)
            return []
        }
        let doubts = doubts(state, issues)
        guard doubts.isEmpty else {
            state.question = question(
                tr("Add the run to the queue?"), doubts, yes: tr("add it all the same"), .queueRun)
            return []
        }
        return queue(state.plan, &state)
    }

    /// Puts a checked plan at the end of the queue.
    static func queue(_ plan: TrainingPlan, _ state: inout AppState) -> [Effect] {
        let effects = act(.train(.queue(.added(plan))), &state)
        let name = state.train.queue.entries.last?.name ?? ""
        say(tr("{1} is number {2} of the queue", name, state.run.waiting), .success, &state)
        return effects
    }

    /// Starts the next run of the queue when none is under way. Runs end in many ways, and a queue can be
    /// let go on while nothing trains, so this is asked after every event.
    static func advanceQueue(_ state: inout AppState) -> [Effect] {
        let queue = state.train.queue
        guard !state.run.isActive, !queue.isHeld, let next = queue.entries.first,
            !state.isFinished, !state.quitsAfterRun
        else { return [] }
        let (before, phase) = (state.run.name, state.run.phase)
        let effects = act(.train(.nextStarted), &state)
        switch phase {
        case .failed:
            say(tr("{1} failed; {2} of the queue begins", before, next.name), .warning, &state)
        case .finished:
            say(tr("{1} has ended; {2} of the queue begins", before, next.name), .success, &state)
        default: say(tr("{1} of the queue begins", next.name), .success, &state)
        }
        let line = LogLine(
            .info, .run, phrase("next of the queue"),
            ["folder": next.plan.output.folder, "waiting": "\(state.run.waiting)"])
        LogsTab.add(line, at: state.now, to: &state.logs)
        return effects + [.keepLine(line)]
    }

    // MARK: - Folders

    /// The run of this session that writes into a folder; nil when nobody does.
    private static func owner(of folder: String, _ state: AppState) -> String? {
        if let entry = state.train.queue.entries.first(where: {
            PathText.isSame($0.plan.output.folder, folder)
        }) {
            return entry.name
        }
        guard state.run.isActive else { return nil }
        let folders = [state.train.plan?.output.folder, state.train.summary?.folder]
        let isOwn = folders.contains { $0.map { PathText.isSame($0, folder) } ?? false }
        return isOwn ? state.run.name : nil
    }

    private static func folderTaken(by owner: String, _ state: AppState) -> AppState.Question {
        let folder = state.plan.output.folder
        var taken = Set(state.runs.listing?.runs.map(\.folder) ?? [])
        taken.formUnion(state.train.queue.entries.map(\.plan.output.folder))
        taken.insert(folder)
        if let own = state.train.plan?.output.folder { taken.insert(own) }
        let free = freeFolder(after: folder, taken: taken)
        return AppState.Question(
            dialog: Dialog(
                title: tr("The folder is taken"),
                lines: [
                    tr("{1} writes into {2}.", owner, folder),
                    tr("Each run of the queue needs an output_dir of its own."), "",
                ],
                buttons: [
                    Dialog.Button(key: "y", title: tr("queue it into {1}", free)),
                    Dialog.Button(key: "n", title: tr("later")),
                ]), answers: [.queueInto(folder: free), .nothing])
    }
}
