// Watching and steering the run: its curves, its numbers, its events, and the keys that pause it,
// stop it or ask it for a checkpoint. It plots the events it gets and touches no run itself. Whether the run is
// of this process or of another changes a mark and the words of questions, nothing else.

import Kernel
import Panels

/// The tab of the run that trains in this process, of one of another process that is shown, or of the last one.
enum TrainTab {
    /// Where a run is in its life.
    enum Phase: Equatable, Sendable {
        /// There was none.
        case idle
        /// Work before the first step; the fraction of it when known.
        case preparing(Sentence, fraction: Double?)
        case running
        /// A pause was asked for; the step that is under way goes on.
        case pausing
        case paused
        /// A stop was asked for.
        case stopping
        case finished(RunResult)
        case failed(KernelError)

        /// Whether there is a run that goes on.
        var isActive: Bool {
            switch self {
            case .preparing, .running, .pausing, .paused, .stopping: true
            case .idle, .finished, .failed: false
            }
        }
    }

    /// What is plotted.
    enum Curve: Equatable, Sendable {
        case loss
        /// The loss with all other measurements in small plots.
        case overview
        case metric(MetricKey)

        /// The choice this many places further among those of a run, the loss after the last.
        func moved(by steps: Int, among metrics: [Metric]) -> Curve {
            let all = [.loss, .overview] + metrics.map { Curve.metric($0.key) }
            let index = (all.firstIndex(of: self) ?? 0) + steps
            return all[(index % all.count + all.count) % all.count]
        }

        /// The metrics that it shows beside the loss, of those that a run has.
        func shown(of metrics: [Metric]) -> [MetricKey] {
            switch self {
            case .loss: []
            case .overview: metrics.map(\.key)
            case .metric(let key): [key]
            }
        }
    }

    /// A question that lies over the tab; every key belongs to it.
    struct Question: Equatable, Sendable {
        enum Kind: Equatable, Sendable { case stop, write }
        var kind: Kind
        var dialog: Dialog
    }

    /// A start that was refused before it came to a step, over a run that had ended.
    struct Refusal: Equatable, Sendable {
        /// The run that did not begin.
        var name: String
        var plan: TrainingPlan?
        /// Whether it would have written where the run that is shown lies.
        var isSameFolder: Bool
        var error: KernelError
    }

    struct State: Equatable, Sendable {
        var phase: Phase = .idle
        /// The run that ended before this one: it is shown again when this one cannot begin. One at most.
        var ended: [State] = []
        /// What kept the next run from beginning.
        var refusal: Refusal?
        /// What ties the tab to a run of another process; nil for runs of this one.
        var attachment: Attachment?
        /// The plan of the run; nil when only its events are known.
        var plan: TrainingPlan?
        var summary: RunSummary?
        var curves = TrainCurves()
        var plot = LinePlot.State()
        var pane: Curve = .loss
        /// Whether the plot has the whole tab.
        var isPlotAlone = false
        /// Runs that were marked in the list of runs, and their lines as they are drawn.
        var others: [RunOverlay] = []
        var otherLines: [LinePlot.Line] = []
        var showsOthers = false
        var log = RunLog()
        var question: Question?
        /// The new learning rate that is being typed.
        var rateInput: InputDialog?
        /// Asked for and not yet reported.
        var awaitsCheckpoint = false
        var awaitsEvaluation = false
        /// Times the plan's learning rate, as the user changed it; 1 is the plan.
        var rateFactor = 1.0
        /// The last step whose state is on disk.
        var savedStep: Int?
        /// The runs after this one.
        var queue = RunQueue()
        /// What the model answered to the plan's prompts.
        var samples = SamplePane()

        /// What can be plotted beside the loss.
        var metrics: [Metric] { Metrics.beside(curves.measured) }
    }

    enum Action: Equatable, Sendable {
        /// A key without a row of its own: the dialog, scrolling.
        case key(Key)
        /// The run of a plan was asked for.
        case started(TrainingPlan)
        case arrived(TrainingEvent)
        /// A run of another process is to be shown; its number tells its messages from those of others.
        case attached(folder: String, number: Int)
        case remote(RemoteEvent)
        /// The run of the other process is left alone.
        case leavePressed
        /// The earlier parts of the run, from its folder.
        case historyRead(folder: String, Result<RunCurve, KernelError>)
        /// These runs are marked in the list of runs.
        case othersMarked([RunOverlay])
        case pausePressed
        case resumePressed
        case stopPressed
        case savePressed
        case evaluatePressed
        case ratePressed
        case queue(QueueAction)
        case samples(SampleAction)
        /// The turn of the queue's first run has come.
        case nextStarted
        case plot(PlotAction)
        case writePressed
        /// This many rows of events are visible.
        case fitted(logRows: Int)
    }

    /// What changes the look of the plot alone.
    enum PlotAction: Equatable, Sendable {
        case logarithmPressed
        case outliersPressed
        case fitPressed
        case symbolsPressed
        case axisPressed
        case paneMoved(by: Int)
        case alonePressed
        case othersPressed
        case markPressed
        case unmarkPressed
        case smoothingMoved(by: Int)
        case zoomed(by: Int)
        case cursorMoved(by: Int)
        case reset
    }

    /// Whether all keys belong to the tab: a dialog is open.
    static func isModal(_ state: State) -> Bool {
        state.question != nil || state.rateInput != nil
    }

    static func update(_ state: inout State, _ action: Action) -> [Effect] {
        switch action {
        case .key(let key): return pressed(key, &state)
        case .started(let plan): start(plan, &state)
        case .arrived(let event): return take(event, &state)
        case .attached(let folder, let number): attach(folder, number, &state)
        case .remote(let event): return take(event, &state)
        case .leavePressed: return leave(&state)
        case .historyRead(let folder, let result): takeHistory(folder, result, &state)
        case .othersMarked(let others):
            state.others = others
            redrawOthers(&state)
        case .pausePressed, .resumePressed, .stopPressed, .savePressed, .evaluatePressed,
            .ratePressed:
            return steer(action, &state)
        case .queue(let action): change(action, &state)
        case .samples(let action): change(action, &state)
        case .nextStarted: return startNext(&state)
        case .plot(let action): change(action, &state)
        case .writePressed: state.question = writeQuestion(state)
        case .fitted(let rows): state.log.visibleRows = rows
        }
        return []
    }

    private static func change(_ action: PlotAction, _ state: inout State) {
        switch action {
        case .logarithmPressed: state.plot.isLogarithmic.toggle()
        case .outliersPressed: state.plot.clipsOutliers.toggle()
        case .fitPressed: state.plot.fitsData.toggle()
        case .symbolsPressed: state.plot.symbols = state.plot.symbols.next
        case .axisPressed:
            let before = state.curves.raw
            state.curves.setAxis(state.curves.axis.next)
            state.plot.follow(from: before, to: state.curves.raw)
            redrawOthers(&state)
        case .paneMoved(let steps):
            state.pane = state.pane.moved(by: steps, among: state.metrics)
            preparePlots(&state)
        case .alonePressed: state.isPlotAlone.toggle()
        case .markPressed: state.plot.mark(over: state.curves.raw)
        case .unmarkPressed: state.plot.unmark()
        case .othersPressed:
            state.showsOthers.toggle()
            redrawOthers(&state)
        case .smoothingMoved(let steps):
            state.curves.moveStrength(by: steps)
            redrawOthers(&state)
        case .zoomed(let steps): state.plot.zoom(by: steps)
        case .cursorMoved(let points):
            state.plot.moveCursor(by: points, over: state.curves.raw)
        case .reset:
            state.plot.reset()
            state.isPlotAlone = false
        }
    }

    /// Lines are made when something changes, not at every picture.
    private static func redrawOthers(_ state: inout State) {
        let (axis, smoothing) = (state.curves.axis, state.curves.strength)
        state.otherLines =
            state.showsOthers
            ? state.others.compactMap { $0.line(axis, smoothing: smoothing, held: false) } : []
    }

    private static func pressed(_ key: Key, _ state: inout State) -> [Effect] {
        if state.rateInput != nil { return typeRate(key, &state) }
        guard var question = state.question else {
            if state.queue.isOpen {
                _ = state.queue.list.handle(key, count: state.queue.count)
            } else if state.samples.isOpen {
                _ = state.samples.handle(key)
            } else {
                _ = state.log.handle(key)
            }
            return []
        }
        let outcome = question.dialog.handle(key)
        state.question = outcome == .open ? question : nil
        guard case .chosen(let index) = outcome else { return [] }
        switch question.kind {
        case .stop:
            guard index > 0, state.phase.isActive else { return [] }
            // Asked for with runs in the queue only: they wait until they are released.
            if state.attachment == nil { state.queue.isHeld = index == 2 }
            state.phase = .stopping
            return [.train(.controlRun(.stop))]
        case .write: return write(index, state)
        }
    }

    /// What the run is called: its own name, or the last part of its folder.
    static func name(of state: State) -> String {
        if let name = state.summary?.name ?? state.plan?.output.runName { return name }
        let name = PathText.lastPart(of: folder(of: state))
        return name.isEmpty ? tr("run") : name
    }

    /// Where the run's files are; empty while that is not known.
    static func folder(of state: State) -> String {
        state.attachment?.folder ?? state.summary?.folder ?? state.plan?.output.folder ?? ""
    }
}
