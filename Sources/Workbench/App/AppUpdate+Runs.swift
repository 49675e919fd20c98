// What the list of runs means for the other tabs: a run that is resumed, a plan that is copied, and the marked
// curves over the plot of the run that trains.

import Kernel
import Panels

extension AppUpdate {
    /// Resumes the selected run by its own plan, once the disk was checked.
    static func resumeRun(_ state: inout AppState) -> [Effect] {
        guard !state.runs.isReading, let entry = RunsTab.selected(state.runs), var plan = entry.plan
        else { return [] }
        guard !state.run.isActive else {
            say(tr("a run is training already"), .warning, &state)
            return []
        }
        plan.output.folder = entry.folder
        plan.output.overwrites = false
        plan.checkpointing.resumesFrom = nil
        let question = StartQuestion(
            purpose: .resume, plan: plan, consent: .goingOn, steps: entry.record.totalSteps)
        guard state.looking != question else { return [] }
        state.looking = question
        return [.lookAtStart(question)]
    }

    /// The disk was checked for a run that is to be resumed: it starts, or the obstacles are asked about.
    static func goOn(
        _ question: StartQuestion, _ facts: StartFacts, _ state: inout AppState
    ) -> [Effect] {
        guard !state.run.isActive else {
            say(tr("a run is training already"), .warning, &state)
            return []
        }
        var doubts = facts.faults.map { "\($0.field): \(tr($0.message))" }
        if let doubt = diskDoubt(facts) { doubts.append(doubt) }
        if EvaluateTab.isActive(state.evaluate) { doubts.append(evaluationDoubt) }
        guard !doubts.isEmpty else { return begin(question.plan, &state) }
        state.question = self.question(
            tr("Go on with the run?"), doubts, yes: tr("go on all the same"),
            .startRun(question.plan))
        return []
    }

    /// Makes the selected run's plan the one that the next run takes, with a folder of its own.
    static func cloneRun(_ state: inout AppState) -> [Effect] {
        guard !state.runs.isReading, let entry = RunsTab.selected(state.runs), var plan = entry.plan
        else { return [] }
        let taken = Set(state.runs.listing?.runs.map(\.folder) ?? [])
        plan.output.folder = freeFolder(after: entry.folder, taken: taken)
        plan.output.runName = nil
        plan.output.overwrites = false
        plan.checkpointing.resumesFrom = nil
        state.plan = plan
        state.chosenFolder = plan.output.folder
        say(
            tr("the plan of {1}, as {2}", entry.record.name, plan.output.folder), .success, &state)
        return open(.params, &state)
    }

    /// Lays the curves of the marked runs over the plot of the run that trains.
    static func overlay(_ state: inout AppState) {
        let own = TrainTab.folder(of: state.train)
        let others = state.runs.marked.filter { $0.folder != own && $0.curve != nil }
        guard others != state.train.others else { return }
        _ = act(.train(.othersMarked(others)), &state)
    }

    /// No user has so many runs; a disk that gives no sensible answer must not be asked for ever.
    private static let numberMax = 1_000_000_000

    /// The folder with the next number that is not taken: run-3 after run-2, sft-2 after sft.
    static func freeFolder(after folder: String, taken: Set<String>) -> String {
        freeFolder(after: folder) { taken.contains($0) }
    }

    /// The same, with any other reason why a folder cannot be taken.
    static func freeFolder(after folder: String, isTaken: (String) -> Bool) -> String {
        // "runs/a/" is the run a.
        let folder =
            folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        let digits = String(folder.reversed().prefix { $0.isASCII && $0.isNumber }.reversed())
        let isNumbered = !digits.isEmpty && digits.count <= 9
        let stem = isNumbered ? String(folder.dropLast(digits.count)) : folder + "-"
        var number = isNumbered ? Int(digits) ?? 1 : 1
        while true {
            number += 1
            // As many digits as before: sft-03 after sft-02.
            let text = String(number)
            let zeros = isNumbered ? max(0, digits.count - text.count) : 0
            let next = stem + String(repeating: "0", count: zeros) + text
            if number > numberMax || !isTaken(next) { return next }
        }
    }
}
