// The queue in the train tab: its list lies over the tab, where runs change places and go; and the start
// of the next run when its turn has come.

import Kernel
import Panels

extension TrainTab {
    /// What a user does to the queue.
    enum QueueAction: Equatable, Sendable {
        case opened
        case closed
        /// The selected run goes up or down.
        case moved(by: Int)
        case removed
        /// The queue waits, or goes on.
        case holdTurned
        /// A plan that was checked goes to the end.
        case added(TrainingPlan)
        /// Nothing of it is to run.
        case forgotten
    }

    static func change(_ action: QueueAction, _ state: inout State) {
        switch action {
        case .opened: state.queue.isOpen = true
        case .closed: state.queue.isOpen = false
        case .moved(let places): state.queue.moveSelected(by: places)
        case .removed: state.queue.removeSelected()
        case .holdTurned: state.queue.isHeld.toggle()
        case .added(let plan): state.queue.add(plan)
        case .forgotten: state.queue.removeAll()
        }
    }

    /// Begins the first run of the queue; the events tell how the one before ended.
    static func startNext(_ state: inout State) -> [Effect] {
        let (before, phase, failure) = (name(of: state), state.phase, lastFailure(state))
        guard let next = state.queue.takeFirst() else { return [] }
        start(next.plan, &state)
        if let failure {
            state.log.add(
                .fail, at: 0,
                tr(
                    "the run before, {1}, failed: {2}", failure.name,
                    tr(failure.error.sentence)))
        } else if case .finished(let result) = phase {
            state.log.add(
                .info, at: 0, tr("the run before, {1}, ended: {2}", before, result.folder))
        }
        let waiting =
            state.queue.isEmpty
            ? tr("the last run of the queue") : tr("{1} runs wait behind it", state.queue.count)
        state.log.add(.info, at: 0, "\(next.name): \(waiting)")
        return [.train(.startRun(next.plan))]
    }

    // MARK: - Keys

    static func queueKeys(_ state: State) -> [Row] {
        let queue = state.queue
        let none = queue.isEmpty ? tr("the queue is empty") : nil
        let index = queue.list.selected(of: queue.count) ?? 0
        func row(
            _ keys: [Key], _ help: String, _ action: QueueAction, _ reason: String? = nil
        ) -> Row {
            Row(keys, help, .queue(action), disabledReason: reason)
        }
        return [
            row([.escape, .character("n"), .control("c")], tr("close"), .closed),
            row(
                [.character("K"), .modified(.shift, .up)], tr("move up"), .moved(by: -1),
                none ?? (index == 0 ? tr("it is the first") : nil)),
            row(
                [.character("J"), .modified(.shift, .down)], tr("move down"), .moved(by: 1),
                none ?? (index == queue.count - 1 ? tr("it is the last") : nil)),
            row([.character("x"), .delete], tr("take out"), .removed, none),
            row(
                [.character("w")],
                queue.isHeld ? tr("let the queue go on") : tr("let the queue wait"), .holdTurned,
                none),
        ]
    }

    // MARK: - Picture

    /// Draws the list over the tab, with what the selected run would do below it.
    static func viewQueue(_ state: State, in area: Rect, on frame: inout Frame, theme: Theme) {
        let queue = state.queue
        guard queue.isOpen, !area.isEmpty else { return }
        frame.unmark()
        let facts = queue.selected.map { planRows($0.plan) } ?? []
        let wanted = max(1, queue.count) + facts.count + 3
        let place = area.centered(
            Size(min(area.width, 100), min(area.height, max(8, wanted))))
        frame.fill(place, style: theme[.text])
        let note: DisplayText =
            queue.isHeld
            ? tr("waits; w lets it go on") : tr("each starts when the one before has ended")
        let inner = Pane(title: tr("Queue"), note: note, isFocused: true)
            .render(in: place, on: &frame, theme: theme).inset(by: 1, 0)
        // The list keeps at least half of the room.
        let below = min(facts.count + 1, inner.height / 2)
        let (list, detail) = inner.splitBottom(queue.isEmpty ? 0 : below)
        let numberWidth = String(queue.count).count + 2
        let rows = queue.entries.enumerated().map { index, entry in
            StyledLine([
                Span(DisplayText("\(index + 1)").padded(to: numberWidth), theme[.dim]),
                Span(DisplayText(entry.name), theme[.value]),
                Span(
                    DisplayText(
                        "  "
                            + [
                                PathText.lastPart(of: entry.plan.model.path),
                                methodText(entry.plan),
                                entry.plan.data.names.joined(separator: ", "),
                                NumberText.number(entry.plan.optimizer.learningRate),
                            ].joined(separator: " · ")), theme[.text]),
            ])
        }
        Panels.List(
            rows: rows,
            emptyText: tr("The queue is empty. Q adds the plan of Params to it.")
        ).render(queue.list, in: list, on: &frame, theme: theme)
        guard !detail.isEmpty else { return }
        frame.rule(detail.row(0), style: theme[.border])
        for (row, fact) in facts.prefix(detail.height - 1).enumerated() {
            frame.put(planLine(fact, theme), in: detail.row(row + 1))
        }
    }
}
