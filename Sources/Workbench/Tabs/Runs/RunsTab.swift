// All runs: how they went, their curves over each other, in which settings they differ, notes and
// tags, and what can be done with them. It reads no folder: what it shows comes in messages.

import Kernel
import Panels

/// The tab of all runs on this machine.
enum RunsTab {
    /// What is being typed.
    enum Typing: Equatable, Sendable { case filter, note, tags }

    struct State: Equatable, Sendable {
        /// Nil until the first answer.
        var listing: RunListing?
        var isReading = false
        var list = ListState()
        var order = RunOrder.age
        var filter = ""
        /// Marked runs in the order of marking.
        var marked: [RunOverlay] = []
        /// Letters that were given in this session, by folder.
        var slots: [String: Int] = [:]
        /// The lines of the marked runs as they are drawn; made anew when something changes.
        var lines: [LinePlot.Line] = []
        var plot = LinePlot.State()
        var axis = PlotAxis.step
        var strengthIndex = 3
        /// Whether held-out losses are shown instead of training losses.
        var showsHeld = false
        /// Whether narrow screens show the differences instead of the curves.
        var showsDifference = false
        var typing: Typing?
        var input: InputDialog?
        /// Whether to delete a run.
        var question: Dialog?
        /// The folder of the run that is asked about; the list may change meanwhile.
        var subject: String?
        /// Deleted runs, newest last: where they were and where they are.
        var trash: [Discarded] = []
    }

    /// A run in the trash.
    struct Discarded: Equatable, Sendable {
        var folder: String
        var place: String
    }

    enum Action: Equatable, Sendable {
        /// A key without a row of its own: moving, typing, the dialog.
        case key(Key)
        case opened
        case listed(RunListing)
        case curveProgressed(folder: String, Double)
        case curveRead(folder: String, Result<RunCurve, KernelError>)
        case discarded(folder: String, Result<String, KernelError>)
        case restored(folder: String, KernelError?)
        case markPressed
        case orderPressed
        case filterPressed
        case notePressed
        case tagsPressed
        case differencePressed
        case heldPressed
        case deletePressed
        case undoPressed
        case plot(PlotAction)
        case fitted(listRows: Int)
    }

    /// What changes the look of the curves alone.
    enum PlotAction: Equatable, Sendable {
        case axisPressed, logarithmPressed, symbolsPressed
        case smoothingMoved(by: Int)
    }

    static func isModal(_ state: State) -> Bool { state.input != nil || state.question != nil }

    /// The runs that are shown, filtered and in order.
    static func shown(_ state: State) -> [RunEntry] {
        let all = state.listing?.runs ?? []
        let wanted = RunFilter(state.filter)
        let kept = all.filter { wanted.matches($0) }
        var byFolder: [String: RunEntry] = [:]
        for entry in kept { byFolder[entry.folder] = entry }
        return state.order.sorted(kept.map(\.record)).compactMap { byFolder[$0.folder] }
    }

    /// The selected run.
    static func selected(_ state: State) -> RunEntry? {
        let runs = shown(state)
        return state.list.selected(of: runs.count).map { runs[$0] }
    }

    /// The run that the open dialog is about; nil when it is gone.
    static func subject(_ state: State) -> RunEntry? {
        state.listing?.runs.first { $0.folder == state.subject }
    }

    static func update(_ state: inout State, _ action: Action) -> [Effect] {
        switch action {
        case .key(let key): return pressed(key, &state)
        case .opened:
            guard !state.isReading else { return [] }
            state.isReading = true
            return [.runs(.listRuns)]
        case .listed(let listing): return take(listing, &state)
        case .curveProgressed(let folder, let fraction):
            guard let index = state.marked.firstIndex(where: { $0.folder == folder }) else {
                return []
            }
            state.marked[index].readFraction = fraction
        case .curveRead(let folder, let result):
            guard let index = state.marked.firstIndex(where: { $0.folder == folder }) else {
                return []
            }
            state.marked[index].readFraction = nil
            state.marked[index].curve = (try? result.get()) ?? RunCurve()
            redraw(&state)
        case .discarded(let folder, .success(let place)):
            state.trash.append(Discarded(folder: folder, place: place))
            state.marked.removeAll { $0.folder == folder }
            redraw(&state)
            return update(&state, .opened)
        case .discarded: return update(&state, .opened)
        case .restored(let folder, let error):
            if error == nil { state.trash.removeAll { $0.folder == folder } }
            return update(&state, .opened)
        case .markPressed: return mark(&state)
        case .orderPressed:
            let all = RunOrder.allCases
            let next = (all.firstIndex(of: state.order) ?? 0) + 1
            keepSelection(&state) { $0.order = all[next % all.count] }
        case .filterPressed, .notePressed, .tagsPressed, .deletePressed: ask(action, &state)
        case .differencePressed: state.showsDifference.toggle()
        case .heldPressed:
            state.showsHeld.toggle()
            redraw(&state)
        case .undoPressed:
            guard let last = state.trash.last else { return [] }
            return [.runs(.restoreRun(place: last.place, folder: last.folder))]
        case .plot(let action): change(action, &state)
        case .fitted(let rows): state.list.visibleRows = rows
        }
        return []
    }

    private static func take(_ listing: RunListing, _ state: inout State) -> [Effect] {
        state.isReading = false
        keepSelection(&state) { $0.listing = listing }
        let folders = Set(listing.runs.map(\.folder))
        state.marked.removeAll { !folders.contains($0.folder) }
        redraw(&state)
        // Live runs have more to show each time.
        return state.marked.map { .runs(.readCurve(folder: $0.folder)) }
    }

    /// Changes what is listed; the same run stays selected if it is still there.
    static func keepSelection(_ state: inout State, _ change: (inout State) -> Void) {
        let folder = selected(state)?.folder
        change(&state)
        let runs = shown(state)
        let row = runs.firstIndex { $0.folder == folder } ?? state.list.selection
        state.list.select(row, count: runs.count)
    }

    // MARK: - Curves

    private static func mark(_ state: inout State) -> [Effect] {
        // What is listed may be gone by the time that the answer comes.
        guard !state.isReading, let entry = selected(state) else { return [] }
        if let index = state.marked.firstIndex(where: { $0.folder == entry.folder }) {
            state.marked.remove(at: index)
            redraw(&state)
            return []
        }
        guard state.marked.count < RunOverlay.most else { return [] }
        let slot = state.slots[entry.folder] ?? state.slots.count
        state.slots[entry.folder] = slot
        state.marked.append(
            RunOverlay(folder: entry.folder, name: entry.record.name, slot: slot))
        return [.runs(.readCurve(folder: entry.folder))]
    }

    private static func change(_ action: PlotAction, _ state: inout State) {
        switch action {
        // The same lines, drawn otherwise: nothing is counted anew.
        case .logarithmPressed: return state.plot.isLogarithmic.toggle()
        case .symbolsPressed: return state.plot.symbols = state.plot.symbols.next
        case .axisPressed: state.axis = state.axis.next
        case .smoothingMoved(let steps):
            let most = TrainCurves.strengths.count - 1
            state.strengthIndex = min(max(0, state.strengthIndex + steps), most)
        }
        redraw(&state)
    }

    private static func redraw(_ state: inout State) {
        let smoothing = TrainCurves.strengths[state.strengthIndex]
        state.lines = state.marked.compactMap {
            $0.line(state.axis, smoothing: smoothing, held: state.showsHeld)
        }
    }
}
