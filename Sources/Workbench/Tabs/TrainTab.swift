// Watching and steering the run: its curves, its numbers, its events, and the keys that pause it,
// stop it or ask it for a checkpoint. It plots what it is told and touches no run itself.

import Kernel
import Panels

/// The tab of the run that trains in this process, or of the last one.
enum TrainTab {
    /// Where a run is in its life.
    enum Phase: Equatable, Sendable {
        /// There was none.
        case idle
        /// Work before the first step; the fraction of it when known.
        case preparing(String, fraction: Double?)
        case running
        /// A pause was asked for; the step that is under way goes on.
        case pausing
        case paused
        /// A stop was asked for.
        case stopping
        case finished(RunResult)
        case failed(KernelError)

        /// Whether there is a run that would be lost with the process.
        var isActive: Bool {
            switch self {
            case .preparing, .running, .pausing, .paused, .stopping: true
            case .idle, .finished, .failed: false
            }
        }
    }

    struct State: Equatable, Sendable {
        var phase: Phase = .idle
        /// The plan of the run; nil when only its events are known.
        var plan: TrainingPlan?
        var summary: RunSummary?
        var curves = TrainCurves()
        var plot = LinePlot.State()
        var log = RunLog()
        /// The question that lies over the tab; every key belongs to it.
        var question: Dialog?
        /// Asked for and not yet reported.
        var awaitsCheckpoint = false
        var awaitsEvaluation = false
        /// The last step whose state is on disk.
        var savedStep: Int?
    }

    enum Action: Equatable, Sendable {
        /// A key without a row of its own: the dialog, scrolling.
        case key(Key)
        /// The run of a plan was asked for.
        case started(TrainingPlan)
        case arrived(TrainingEvent)
        case pausePressed
        case resumePressed
        case stopPressed
        case savePressed
        case evaluatePressed
        case logarithmPressed
        case outliersPressed
        case fitPressed
        case symbolsPressed
        case smoothingMoved(by: Int)
        case zoomed(by: Int)
        case cursorMoved(by: Int)
        case plotReset
        /// So many rows of events are visible.
        case fitted(logRows: Int)
    }

    typealias Row = KeyBinding<Action>

    /// Whether all keys belong to the tab: a dialog is open.
    static func isModal(_ state: State) -> Bool { state.question != nil }

    static func update(_ state: inout State, _ action: Action) -> [Effect] {
        switch action {
        case .key(let key): return pressed(key, &state)
        case .started(let plan): start(plan, &state)
        case .arrived(let event): take(event, &state)
        case .pausePressed, .resumePressed, .stopPressed, .savePressed, .evaluatePressed:
            return steer(action, &state)
        case .logarithmPressed: state.plot.isLogarithmic.toggle()
        case .outliersPressed: state.plot.clipsOutliers.toggle()
        case .fitPressed: state.plot.fitsData.toggle()
        case .symbolsPressed:
            state.plot.symbols = state.plot.symbols == .braille ? .ascii : .braille
        case .smoothingMoved(let steps): state.curves.moveStrength(by: steps)
        case .zoomed(let steps): state.plot.zoom(by: steps)
        case .cursorMoved(let points):
            state.plot.moveCursor(by: points, over: state.curves.raw)
        case .plotReset: state.plot.reset()
        case .fitted(let rows): state.log.visibleRows = rows
        }
        return []
    }

    // MARK: - Keys

    /// The rows of keys that work here now.
    static func keys(_ state: State) -> [Row] {
        guard state.question == nil else { return [] }
        return runKeys(state) + plotKeys(state)
    }

    private static func runKeys(_ state: State) -> [Row] {
        let none = state.phase.isActive ? nil : tr("no run is training")
        let late = state.phase == .stopping ? tr("the run is stopping") : nil
        let early: String? =
            if case .preparing = state.phase { tr("the run has not begun to train") } else { nil }
        let resting = state.phase == .paused ? tr("the run is paused; resume it first") : nil
        let isHalted = state.phase == .paused || state.phase == .pausing
        let saving = state.awaitsCheckpoint ? tr("asked for; it comes after this step") : nil
        let evaluating = state.awaitsEvaluation ? tr("asked for; it comes after this step") : nil
        let unheld =
            state.summary?.evaluationExamples == 0 ? tr("the run has no held-out examples") : nil
        var rows: [Row] = [
            Row(
                [.character(" "), .character("p")], isHalted ? tr("resume") : tr("pause"),
                isHalted ? .resumePressed : .pausePressed,
                disabledReason: first(none, late, early)),
            Row(
                .character("s"), tr("save now"), .savePressed,
                disabledReason: first(none, late, early, saving)),
            Row(
                .character("e"), tr("evaluate now"), .evaluatePressed,
                disabledReason: first(none, late, early, unheld, resting, evaluating)),
        ]
        // Control-C belongs to the run only while there is one.
        let stopKeys: [Key] =
            state.phase.isActive ? [.control("c"), .character("X")] : [.character("X")]
        rows.insert(
            Row(stopKeys, tr("stop…"), .stopPressed, disabledReason: first(none, late)), at: 1)
        return rows
    }

    private static func first(_ reasons: String?...) -> String? {
        reasons.lazy.compactMap(\.self).first
    }

    private static func plotKeys(_ state: State) -> [Row] {
        let none = state.curves.raw.isEmpty ? tr("there is nothing to plot yet") : nil
        func row(
            _ keys: [Key], _ help: String, _ action: Action, isHint: Bool = false
        ) -> Row {
            Row(keys, help, action, disabledReason: none, isHint: isHint)
        }
        return [
            row(
                [.character("L")], state.plot.isLogarithmic ? tr("linear y") : tr("log y"),
                .logarithmPressed, isHint: true),
            row([.left, .character("h")], tr("cursor left"), .cursorMoved(by: -1), isHint: true),
            row([.right, .character("l")], tr("cursor right"), .cursorMoved(by: 1)),
            row([.modified(.shift, .left)], tr("cursor ten left"), .cursorMoved(by: -10)),
            row([.modified(.shift, .right)], tr("cursor ten right"), .cursorMoved(by: 10)),
            row([.character("<")], tr("smooth less"), .smoothingMoved(by: -1), isHint: true),
            row([.character(">")], tr("smooth more"), .smoothingMoved(by: 1)),
            row([.character("+"), .character("=")], tr("zoom in"), .zoomed(by: 1)),
            row([.character("-")], tr("zoom out"), .zoomed(by: -1)),
            row([.character("0"), .escape], tr("whole plot, no cursor"), .plotReset),
            row(
                [.character("z")],
                state.plot.fitsData ? tr("show the whole run") : tr("fit to data"),
                .fitPressed),
            row(
                [.character("O")],
                state.plot.clipsOutliers ? tr("show outliers") : tr("clip outliers"),
                .outliersPressed),
            row(
                [.character("B")],
                state.plot.symbols == .braille ? tr("draw in ASCII") : tr("draw in dots"),
                .symbolsPressed),
        ]
    }

    private static func pressed(_ key: Key, _ state: inout State) -> [Effect] {
        guard var question = state.question else {
            _ = state.log.handle(key)
            return []
        }
        let outcome = question.handle(key)
        state.question = outcome == .open ? question : nil
        guard outcome == .chosen(1), state.phase.isActive else { return [] }
        state.phase = .stopping
        return [.controlRun(.stop)]
    }

    // MARK: - Steering

    private static func steer(_ action: Action, _ state: inout State) -> [Effect] {
        guard state.phase.isActive, state.phase != .stopping else { return [] }
        switch action {
        case .pausePressed:
            guard state.phase == .running else { return [] }
            state.phase = .pausing
            return [.controlRun(.pause)]
        case .resumePressed:
            guard state.phase == .paused || state.phase == .pausing else { return [] }
            state.phase = .running
            return [.controlRun(.resume)]
        case .savePressed:
            guard !state.awaitsCheckpoint else { return [] }
            state.awaitsCheckpoint = true
            return [.controlRun(.saveNow)]
        case .evaluatePressed:
            guard state.phase != .paused, !state.awaitsEvaluation else { return [] }
            state.awaitsEvaluation = true
            return [.controlRun(.evaluateNow)]
        case .stopPressed: state.question = stopQuestion(state)
        default: break
        }
        return []
    }

    /// The question before a stop; what Enter means is harmless.
    private static func stopQuestion(_ state: State) -> Dialog {
        var lines: [DisplayText] = []
        if let last = state.curves.last {
            lines.append(tr("Step {1} of {2}.", last.step, last.totalSteps))
        } else {
            lines.append(tr("The run has not finished a step yet."))
        }
        if let saved = state.savedStep {
            lines.append(tr("The last checkpoint is of step {1}.", saved))
        } else {
            lines.append(tr("There is no checkpoint yet."))
        }
        lines.append(tr("A stop ends after this step and saves what was learned."))
        return Dialog(
            title: tr("Stop training {1}?", name(of: state)), lines: lines,
            buttons: [
                Dialog.Button(key: "k", title: tr("keep training")),
                Dialog.Button(key: "s", title: tr("stop after this step"), isDestructive: true),
            ])
    }

    /// What the run is called: its own name, or the last part of its folder.
    static func name(of state: State) -> String {
        if let name = state.summary?.name ?? state.plan?.output.runName { return name }
        let folder = state.plan?.output.folder ?? ""
        let name = Readout.lastPart(of: folder)
        return name.isEmpty ? "run" : name
    }
}
