// How the runs tab looks: where its parts stand, and the table of runs. What stands below the table
// is drawn beside this.

import Foundation
import Kernel
import Panels

extension RunsTab {
    /// The parts of the tab on a screen of some size.
    struct Places {
        let list: Rect
        let curves: Rect
        /// Beside the curves; on narrow screens the same place.
        let difference: Rect

        init(in area: Rect) {
            let height = area.height < 14 ? area.height : max(7, area.height * 2 / 5)
            let (list, rest) = area.splitTop(height)
            self.list = list
            if area.width >= 110 {
                (curves, difference) = rest.splitRight(min(52, area.width * 2 / 5))
            } else {
                (curves, difference) = (rest, rest)
            }
        }

        /// Rows of runs that are visible.
        var listRows: Int { max(0, list.height - 3) }
    }

    static func view(_ state: State, in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        let places = Places(in: area)
        viewList(state, in: places.list, on: &frame, theme: theme)
        let isNarrow = places.curves == places.difference
        if state.marked.isEmpty {
            viewDetail(
                state, in: Rect(places.curves.x, places.curves.y, area.width, places.curves.height),
                on: &frame, theme: theme)
        } else {
            if !isNarrow || !state.showsDifference {
                viewCurves(state, in: places.curves, on: &frame, theme: theme)
            }
            if !isNarrow || state.showsDifference {
                viewDifference(state, in: places.difference, on: &frame, theme: theme)
            }
        }
        state.question?.render(in: area, on: &frame, theme: theme)
        state.input?.render(in: area, on: &frame, theme: theme)
    }

    // MARK: - Table

    private static func viewList(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let runs = shown(state)
        let count = state.listing?.runs.count ?? 0
        var note = tr("{1} of {2}, {3}", runs.count, count, state.order.words)
        if !state.filter.isEmpty { note = "/\(state.filter)  " + note }
        if state.listing?.isCut == true { note = tr("not all were looked at") + "  " + note }
        if state.isReading { note = tr("reading…") + "  " + note }
        let inner = Pane(title: tr("Runs"), note: DisplayText(note), isFocused: true)
            .render(in: area, on: &frame, theme: theme)
        let isWide = area.width >= 110
        var columns = [
            Table.Column("", width: .fixed(2)), Table.Column(tr("Name"), width: .fill(2)),
            Table.Column(tr("State"), width: .fixed(9)),
            Table.Column(tr("Method"), width: .fixed(9)),
            Table.Column(tr("LR"), width: .fixed(7), align: .right),
            Table.Column(tr("Steps"), width: .fixed(11), align: .right),
            Table.Column(tr("Loss"), width: .fixed(7), align: .right),
            Table.Column(tr("Eval"), width: .fixed(7), align: .right),
            Table.Column(tr("Tok/s"), width: .fixed(6), align: .right),
        ]
        if isWide {
            columns.insert(Table.Column(tr("Model"), width: .fill(2)), at: 3)
            columns += [
                Table.Column(tr("When"), width: .fixed(8), align: .right),
                Table.Column(tr("Tags"), width: .fill(1)),
            ]
        }
        var roles: [Int: Role] = [:]
        var rows: [[DisplayText]] = []
        for (index, entry) in runs.enumerated() {
            roles[index] = role(of: entry.record.state)
            var cells = cells(entry, state)
            if isWide {
                cells.insert(DisplayText(entry.record.model ?? ""), at: 3)
                let age = (state.listing?.nowSeconds ?? 0) - entry.record.changedSeconds
                cells.append(DisplayText(NumberText.duration(max(0, age))))
                cells.append(DisplayText(entry.notes.tags.joined(separator: " ")))
            }
            rows.append(cells)
        }
        let empty: DisplayText =
            state.listing == nil
            ? tr("Reading…")
            : count > 0 ? tr("No run matches the filter; / changes it.") : tr("No runs yet.")
        Table(columns: columns, rows: rows, roles: roles, emptyText: empty)
            .render(state.list, in: inner, on: &frame, theme: theme)
    }

    private static func cells(_ entry: RunEntry, _ state: State) -> [DisplayText] {
        let record = entry.record
        let mark = state.marked.first { $0.folder == entry.folder }.map { "\($0.letter)" } ?? ""
        let steps = [record.step, record.totalSteps].map { $0.map { String($0) } ?? "—" }
        return [
            DisplayText(mark), DisplayText(record.name), DisplayText(record.state.word),
            DisplayText(entry.plan.map(method) ?? record.method ?? ""),
            DisplayText(entry.plan.map { NumberText.number($0.optimizer.learningRate) } ?? ""),
            DisplayText(steps.joined(separator: "/")),
            DisplayText(record.loss.map { NumberText.loss($0) } ?? "—"),
            DisplayText(record.bestEvaluationLoss.map { NumberText.loss($0) } ?? "—"),
            DisplayText(entry.tokensPerSecond.map { NumberText.rate($0) } ?? "—"),
        ]
    }

    private static func method(_ plan: TrainingPlan) -> String {
        switch plan.tuning.method {
        case .ia3: "ia3"
        case .lora: (plan.quantizes ? "qlora r" : "lora r") + "\(plan.tuning.lora.rank)"
        case .freeze: "freeze \(plan.tuning.freeze.layers)"
        case .full: "full"
        }
    }

    private static func role(of state: RunState) -> Role {
        switch state {
        case .training, .evaluating: .accent
        case .paused, .lost, .unknown: .warning
        case .failed: .error
        case .stopped: .dim
        case .done: .text
        }
    }
}
