// What stands below the table of runs: the curves of the marked ones and the settings in which they
// differ, or what is known of the selected run.

import Kernel
import Panels

extension RunsTab {
    /// The curves of the marked runs over each other.
    static func viewCurves(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let isReading = state.marked.contains { $0.curve == nil }
        let smoothing = TrainCurves.strengths[state.strengthIndex]
        let what =
            state.showsHeld
            ? tr("held-out loss")
            : smoothing > 0 ? "ema \(NumberText.setting(smoothing))" : tr("raw")
        let inner = Pane(
            title: state.showsHeld ? tr("Held-out losses") : tr("Training losses"),
            note: DisplayText(what + ", " + tr("x: {1}", state.axis.word))
        ).render(in: area, on: &frame, theme: theme)
        var plot = LinePlot(
            state.lines, xLabel: state.axis.label,
            emptyText: isReading
                ? DisplayText(readingText(state))
                : state.showsHeld
                    ? tr("The marked runs were not evaluated.") : tr("Their logs are empty."))
        plot.xUnit = state.axis.unit
        plot.render(state.plot, in: inner, on: &frame, theme: theme)
    }

    private static func readingText(_ state: State) -> String {
        guard let fraction = state.marked.compactMap(\.readFraction).min() else {
            return tr("Reading…")
        }
        return tr("Reading… {1}%", Int(fraction * 100))
    }

    /// The settings in which the marked runs differ, a column each under its letter.
    static func viewDifference(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let inner = Pane(title: tr("Differences")).render(in: area, on: &frame, theme: theme)
            .inset(by: 1, 0)
        let entries = state.marked.compactMap { mark in
            state.listing?.runs.first { $0.folder == mark.folder }
        }
        let columns =
            [Table.Column(tr("Setting"), width: .fixed(min(22, max(8, inner.width / 3))))]
            + state.marked.map { Table.Column(DisplayText(String($0.letter)), width: .fill()) }
        let rows = (difference(entries) + results(entries)).map { row in
            [DisplayText(row.key)] + row.values.map { DisplayText($0) }
        }
        let unread = entries.contains { $0.plan == nil }
        Table(
            columns: columns, rows: rows, isFocused: false,
            emptyText: unread
                ? tr("Their plans cannot be read.") : tr("Their settings are the same.")
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
            row(tr("last loss")) { $0.record.loss.map { NumberText.loss($0) } },
            row(tr("best eval")) { $0.record.bestEvaluationLoss.map { NumberText.loss($0) } },
            row(tr("last step")) { $0.record.step.map { String($0) } },
        ]
            + Metrics.rows(of: Set(entries.flatMap(\.record.values.keys)))
            .filter { $0.isResult && $0.key != .loss }
            .map { metric in
                row(metric.word) { $0.record.values[metric.key].map(metric.text) }
            }
    }

    /// What is known of the selected run.
    static func viewDetail(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        guard let entry = selected(state) else { return }
        let record = entry.record
        let inner = Pane(title: DisplayText(record.name))
            .render(in: area, on: &frame, theme: theme).inset(by: 1, 0)
        var facts: [(String, String)] = [(tr("folder"), record.folder)]
        facts.append(
            (
                tr("state"),
                record.process.map { tr("{1}, process {2}", record.state.word, $0) }
                    ?? record.state.word
            ))
        if let fault = record.fault { facts.append((tr("fault"), tr(fault))) }
        if let model = record.model ?? entry.plan?.model.path { facts.append((tr("model"), model)) }
        if let plan = entry.plan {
            facts.append((tr("data"), plan.data.names.joined(separator: ", ")))
            let changed = entry.settings().filter {
                $0.value != TrainingKeys.table.text(of: $0.key, in: TrainingPlan())
                    && !["model_name_or_path", "dataset", "dataset_dir"].contains($0.key)
            }
            facts.append(
                (tr("plan"), changed.map { "\($0.key)=\($0.value)" }.joined(separator: "  ")))
        }
        if let saved = record.savedStep { facts.append((tr("saved"), tr("step {1}", saved))) }
        if !entry.notes.tags.isEmpty {
            facts.append((tr("tags"), entry.notes.tags.joined(separator: " ")))
        }
        if !entry.notes.note.isEmpty { facts.append((tr("notes"), entry.notes.note)) }
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
