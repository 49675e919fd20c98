// How the runs tab looks: the table of runs above, below it the curves of the marked ones and the
// settings in which they differ, or what is known of the selected run.

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
        var note = "\(runs.count) of \(count), by \(state.order.rawValue)"
        if !state.filter.isEmpty { note = "/\(state.filter)  " + note }
        if state.isReading { note = "reading…  " + note }
        let inner = Pane(title: "Runs", note: DisplayText(note), isFocused: true)
            .render(in: area, on: &frame, theme: theme)
        let isWide = area.width >= 110
        var columns = [
            Table.Column("", width: .fixed(2)), Table.Column("Name", width: .fill(2)),
            Table.Column("State", width: .fixed(9)), Table.Column("Method", width: .fixed(9)),
            Table.Column("LR", width: .fixed(7), align: .right),
            Table.Column("Steps", width: .fixed(11), align: .right),
            Table.Column("Loss", width: .fixed(7), align: .right),
            Table.Column("Eval", width: .fixed(7), align: .right),
            Table.Column("Tok/s", width: .fixed(6), align: .right),
        ]
        if isWide {
            columns.insert(Table.Column("Model", width: .fill(2)), at: 3)
            columns += [
                Table.Column("When", width: .fixed(8), align: .right),
                Table.Column("Tags", width: .fill(1)),
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
                cells.append(DisplayText(Readout.duration(max(0, age))))
                cells.append(DisplayText(entry.notes.tags.joined(separator: " ")))
            }
            rows.append(cells)
        }
        let empty: DisplayText =
            state.listing == nil
            ? "Reading…" : count > 0 ? "No run matches the filter; / changes it." : "No runs yet."
        Table(columns: columns, rows: rows, roles: roles, emptyText: empty)
            .render(state.list, in: inner, on: &frame, theme: theme)
    }

    private static func cells(_ entry: RunEntry, _ state: State) -> [DisplayText] {
        let record = entry.record
        let mark = state.marked.first { $0.folder == entry.folder }.map { "\($0.letter)" } ?? ""
        let steps = [record.step, record.totalSteps].map { $0.map { String($0) } ?? "—" }
        return [
            DisplayText(mark), DisplayText(record.name), DisplayText(record.state.rawValue),
            DisplayText(entry.plan.map(method) ?? record.method ?? ""),
            DisplayText(entry.plan.map { Readout.number($0.optimizer.learningRate) } ?? ""),
            DisplayText(steps.joined(separator: "/")),
            DisplayText(record.loss.map { Readout.loss($0) } ?? "—"),
            DisplayText(record.bestEvaluationLoss.map { Readout.loss($0) } ?? "—"),
            DisplayText(entry.tokensPerSecond.map { Readout.rate($0) } ?? "—"),
        ]
    }

    private static func method(_ plan: TrainingPlan) -> String {
        switch plan.tuning.method {
        case .lora: (plan.quantizes ? "qlora r" : "lora r") + "\(plan.tuning.lora.rank)"
        case .freeze: "freeze \(plan.tuning.freeze.layers)"
        case .full: "full"
        }
    }

    private static func role(of state: RunState) -> Role {
        switch state {
        case .training, .evaluating: .accent
        case .paused, .lost: .warning
        case .failed: .error
        case .stopped: .dim
        case .done: .text
        }
    }

    // MARK: - Below

    private static func viewCurves(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let isReading = state.marked.contains { $0.curve == nil }
        let smoothing = TrainCurves.strengths[state.strengthIndex]
        let what =
            state.showsHeld
            ? "held-out loss" : smoothing > 0 ? "ema \(Figures.setting(smoothing))" : "raw"
        let inner = Pane(
            title: state.showsHeld ? "Held-out losses" : "Training losses",
            note: DisplayText("\(what), x: \(state.axis.rawValue)")
        ).render(in: area, on: &frame, theme: theme)
        var plot = LinePlot(
            state.lines, xLabel: state.axis.label,
            emptyText: isReading
                ? "Reading…"
                : state.showsHeld ? "The marked runs were not evaluated." : "Their logs are empty.")
        plot.xUnit = state.axis.unit
        plot.render(state.plot, in: inner, on: &frame, theme: theme)
    }

    /// The settings in which the marked runs differ, a column each under its letter.
    private static func viewDifference(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let inner = Pane(title: "Differences").render(in: area, on: &frame, theme: theme)
            .inset(by: 1, 0)
        let entries = state.marked.compactMap { mark in
            state.listing?.runs.first { $0.folder == mark.folder }
        }
        let columns =
            [Table.Column("Setting", width: .fixed(min(22, max(8, inner.width / 3))))]
            + state.marked.map { Table.Column(DisplayText(String($0.letter)), width: .fill()) }
        let rows = (difference(entries) + results(entries)).map { row in
            [DisplayText(row.key)] + row.values.map { DisplayText($0) }
        }
        let unread = entries.contains { $0.plan == nil }
        Table(
            columns: columns, rows: rows, isFocused: false,
            emptyText: unread ? "Their plans cannot be read." : "Their settings are the same."
        ).render(ListState(selection: -1), in: inner, on: &frame, theme: theme)
    }

    /// Rows of settings whose values are not all the same.
    static func difference(_ entries: [RunEntry]) -> [(key: String, values: [String])] {
        let settings = entries.map { $0.settings() }
        guard let all = settings.max(by: { $0.count < $1.count }) else { return [] }
        return all.indices.compactMap { index in
            let values = settings.map { $0.indices.contains(index) ? $0[index].value : "?" }
            return Set(values).count > 1 ? (all[index].key, values) : nil
        }
    }

    private static func results(_ entries: [RunEntry]) -> [(key: String, values: [String])] {
        func row(_ key: String, _ value: (RunEntry) -> String?) -> (key: String, values: [String]) {
            (key, entries.map { value($0) ?? "—" })
        }
        return [
            row("last loss") { $0.record.loss.map { Readout.loss($0) } },
            row("best eval") { $0.record.bestEvaluationLoss.map { Readout.loss($0) } },
            row("steps") { $0.record.step.map { String($0) } },
            row("tok/s") { $0.tokensPerSecond.map { Readout.rate($0) } },
        ]
    }

    /// What is known of the selected run.
    private static func viewDetail(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        guard let entry = selected(state) else { return }
        let record = entry.record
        let inner = Pane(title: DisplayText(record.name))
            .render(in: area, on: &frame, theme: theme).inset(by: 1, 0)
        var facts: [(String, String)] = [("folder", record.folder)]
        facts.append(
            ("state", record.state.rawValue + (record.process.map { ", process \($0)" } ?? "")))
        if let fault = record.fault { facts.append(("fault", fault)) }
        if let model = record.model ?? entry.plan?.model.path { facts.append(("model", model)) }
        if let plan = entry.plan {
            facts.append(("data", plan.data.names.joined(separator: ", ")))
            let changed = entry.settings().filter {
                $0.value != TrainingKeys.table.text(of: $0.key, in: TrainingPlan())
                    && !["model_name_or_path", "dataset", "dataset_dir"].contains($0.key)
            }
            facts.append(
                ("plan", changed.map { "\($0.key)=\($0.value)" }.joined(separator: "  ")))
        }
        if let saved = record.savedStep { facts.append(("saved", "step \(saved)")) }
        if !entry.notes.tags.isEmpty {
            facts.append(("tags", entry.notes.tags.joined(separator: " ")))
        }
        if !entry.notes.note.isEmpty { facts.append(("note", entry.notes.note)) }
        let lines = facts.flatMap { label, text in
            TextWrap.rows(DisplayText(text), width: max(1, inner.width - 9)).enumerated().map {
                StyledLine([
                    Span(DisplayText($0 == 0 ? label : "").padded(to: 9), theme[.label]),
                    Span($1, theme[.value]),
                ])
            }
        }
        for (row, line) in lines.prefix(inner.height).enumerated() {
            frame.put(line, in: inner.row(row))
        }
    }
}
