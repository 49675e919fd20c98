// The train tab over a run of another process: joining it from its folder and its process, and what
// a lost connection or a dead process mean. Once joined, its events are taken as those of any run.

import Kernel
import Panels

extension TrainTab {
    /// What ties the tab to a run of another process.
    struct Attachment: Equatable, Sendable {
        /// Tells its messages from those of runs that were shown before.
        var number: Int
        /// The whole path of the run's folder.
        var folder: String
        /// The process that trains; nil until it has answered.
        var process: Int32?
        var isConnected = false

        /// What stands behind the name of the run, which goes on or has ended.
        func mark(isActive: Bool) -> String {
            guard let process else { return tr("attaching") }
            guard isActive else { return tr("was process {1}", process) }
            return isConnected
                ? tr("attached · process {1}", process)
                : tr("attached · process {1}, reconnecting", process)
        }
    }

    /// Begins to show a run of another process.
    static func attach(_ folder: String, _ number: Int, _ state: inout State) {
        start(nil, &state)
        state.attachment = Attachment(number: number, folder: folder)
        state.phase = .preparing("Connecting to the run", fraction: nil)
    }

    static func take(_ event: RemoteEvent, _ state: inout State) -> [Effect] {
        guard state.attachment != nil else { return [] }
        switch event {
        case .joined(let run): return join(run, &state)
        case .told(let event): return state.phase.isActive ? take(event, &state) : []
        case .interrupted:
            guard state.phase.isActive else { return [] }
            state.attachment?.isConnected = false
            forgetWishes(&state)
            log(.warn, tr("the connection to the run is lost; it is tried again"), &state)
        case .refused(let why):
            forgetWishes(&state)
            log(.warn, tr("the run did not take it: {1}", tr(why)), &state)
        case .lost(let error):
            state.attachment?.isConnected = false
            return take(.failed(error), &state)
        }
        return []
    }

    /// Leaves the run to its process; the tab is empty then.
    static func leave(_ state: inout State) -> [Effect] {
        guard state.attachment != nil else { return [] }
        start(nil, &state)
        state.phase = .idle
        return [.train(.leaveRun)]
    }

    private static func join(_ run: RemoteRun, _ state: inout State) -> [Effect] {
        guard let attachment = state.attachment else { return [] }
        if attachment.process != run.process {
            // Another process may have gone on with the run: its curve begins anew.
            attach(run.folder, attachment.number, &state)
            state.plan = run.plan
            state.attachment?.process = run.process
        }
        state.attachment?.isConnected = true
        var start = 0
        for case .prepared(let summary) in run.events { start = summary.firstStep }
        state.curves.fill(run.curve, start: start)
        preparePlots(&state)
        state.samples.fill(run.curve.samples)
        state.rateFactor = run.curve.rateChanges.last?.factor ?? state.rateFactor
        log(
            .info,
            tr(
                "attached to process {1}; records read from its log: {2}", run.process,
                run.curve.steps.count + run.curve.evaluations.count), &state)
        // It goes on unless it reports otherwise now.
        if state.summary != nil { state.phase = .running }
        return run.events.filter { !knows($0, state) }.flatMap { take($0, &state) }
    }

    /// Whether the tab reported this before the connection was lost.
    private static func knows(_ event: TrainingEvent, _ state: State) -> Bool {
        switch event {
        case .prepared(let summary): summary == state.summary
        case .checkpointSaved(_, let step): step == state.savedStep
        case .rateChanged(let change): change.factor == state.rateFactor
        default: false
        }
    }

    /// What was asked for and will not be answered any more.
    private static func forgetWishes(_ state: inout State) {
        (state.awaitsCheckpoint, state.awaitsEvaluation) = (false, false)
        if state.phase == .pausing || state.phase == .stopping { state.phase = .running }
    }
}
