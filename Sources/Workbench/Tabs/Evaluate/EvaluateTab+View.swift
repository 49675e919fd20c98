// How the evaluate tab looks: the form above, the evaluations of the session below, so that base and
// adapter stand under each other, and the details of the selected one.

import Foundation
import Kernel
import Panels

extension EvaluateTab {
    /// The parts of the tab on a screen of some size; the one with the keys gets more room.
    struct Places {
        let form: Rect
        /// What will be done; empty on narrow screens.
        let planned: Rect
        let results: Rect

        init(_ part: Part, in area: Rect) {
            let wanted = part == .form ? min(14, area.height - 8) : min(14, area.height - 16)
            let (upper, results) = area.splitTop(max(min(5, area.height / 2), wanted))
            if area.width >= 100 {
                (form, planned) = upper.splitLeft(area.width / 2)
            } else {
                (form, planned) = (upper, Rect(upper.x, upper.y, 0, 0))
            }
            self.results = results
        }

        /// Rows below the table that describe the selected evaluation.
        var detailRows: Int { results.height >= 7 ? min(5, max(3, results.height - 9)) : 0 }
        /// Evaluations that are visible.
        var tableRows: Int { max(0, results.height - 3 - detailRows) }
    }

    static func view(_ state: State, in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        if let browser = state.browser {
            browser.view(in: area, on: &frame, theme: theme)
        } else {
            let places = Places(state.part, in: area)
            let isForm = state.part == .form
            let note: DisplayText =
                state.isTraining ? tr("a run is training: both share the cores") : ""
            let inner = Pane(title: tr("Evaluate"), note: note, isFocused: isForm)
                .render(in: places.form, on: &frame, theme: theme)
            if !isForm { frame.mark(places.form, [.tab]) }
            frame.markWheel(places.form, Part.form)
            frame.markWheel(places.results, Part.results)
            typedValues(state).form(isFocused: isForm)
                .render(state.form, in: inner, on: &frame, theme: theme)
            viewPlanned(state, in: places.planned, on: &frame, theme: theme)
            viewResults(state, places, on: &frame, theme: theme)
        }
        state.picker?.render(in: area, on: &frame, theme: theme)
        state.question?.render(in: area, on: &frame, theme: theme)
    }

    /// The values as they would be if the draft were taken.
    static func typedValues(_ state: State) -> EvaluateForm {
        var values = state.values
        let fields = values.form(isFocused: true).fields
        if let draft = state.form.draft, fields.indices.contains(state.form.selection) {
            values.take(id: fields[state.form.selection].id, value: draft.text)
        }
        return values
    }

    private static func viewPlanned(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        guard !area.isEmpty else { return }
        let values = typedValues(state)
        let inner = Pane(title: tr("What is measured")).render(in: area, on: &frame, theme: theme)
        var lines: [StyledLine] = []
        if let problem = values.problem {
            lines.append(StyledLine(DisplayText(problem), theme[.warning]))
        } else {
            lines.append(
                StyledLine([
                    Span("E", theme[.key]), Span(" " + tr("writes to") + " ", theme[.text]),
                    Span(DisplayText(values.folder), theme[.value]),
                ]))
        }
        var texts = [tr("Loss and perplexity over the records' answers, in float32.")]
        if values.generates {
            texts += [
                tr("An answer to each record, compared with the record's by BLEU-4 and ROUGE."),
                tr("In Chinese, ROUGE counts characters and not jieba's words."),
            ]
        }
        lines += texts.map { StyledLine(DisplayText($0), theme[.text]) }
        lines.append(StyledLine(tr("b evaluates the base alone, to compare."), theme[.dim]))
        put(lines, in: inner.inset(by: 1, 0), on: &frame)
    }

    // MARK: - Results

    private static func viewResults(
        _ state: State, _ places: Places, on frame: inout Frame, theme: Theme
    ) {
        let isFocused = state.part == .results
        let inner = Pane(
            title: tr("Evaluations of this session"),
            note: tr(
                "{1} of {2}", state.list.selected(of: state.entries.count).map { $0 + 1 } ?? 0,
                state.entries.count),
            isFocused: isFocused
        ).render(in: places.results, on: &frame, theme: theme)
        let (table, detail) = inner.splitBottom(places.detailRows)
        let isWide = inner.width >= 108
        var columns = [
            Table.Column(tr("Model"), width: .fill(2)),
            Table.Column(tr("State"), width: .fixed(9)),
            Table.Column("N", width: .fixed(5), align: .right),
            Table.Column(tr("Loss"), width: .fixed(7), align: .right),
            Table.Column(tr("Perpl."), width: .fixed(7), align: .right),
            Table.Column("BLEU-4", width: .fixed(6), align: .right),
            Table.Column("R-1", width: .fixed(5), align: .right),
            Table.Column("R-2", width: .fixed(5), align: .right),
            Table.Column("R-L", width: .fixed(5), align: .right),
        ]
        if isWide {
            columns.insert(Table.Column(tr("Data"), width: .fill(1)), at: 1)
            columns += [
                Table.Column(tr("Time"), width: .fixed(7), align: .right),
                Table.Column(tr("Tok/s"), width: .fixed(6), align: .right),
            ]
        }
        var roles: [Int: Role] = [:]
        let rows = state.entries.enumerated().map { index, entry -> [DisplayText] in
            roles[index] = role(of: entry.standing)
            return cells(entry, isWide: isWide)
        }
        Table(
            columns: columns, rows: rows, roles: roles, isFocused: isFocused,
            emptyText: tr("None yet. E starts one."), leads: [.tab]
        ).render(state.list, in: table, on: &frame, theme: theme)
        viewDetail(state, in: detail.inset(by: 1, 0), on: &frame, theme: theme)
    }

    private static func cells(_ entry: EvaluationEntry, isWide: Bool) -> [DisplayText] {
        let report = entry.report
        func score(_ value: (TextScores) -> Double) -> DisplayText {
            DisplayText(report.scores.map { PredictionText.score(value($0)) } ?? "—")
        }
        var cells = [
            DisplayText(entry.name), DisplayText(word(entry.standing)),
            DisplayText(report.records > 0 ? String(report.records) : "—"),
            DisplayText(report.loss.map { NumberText.loss($0.loss) } ?? "—"),
            DisplayText(report.perplexity.map { NumberText.number($0) } ?? "—"),
            score(\.bleu4), score(\.rouge1), score(\.rouge2), score(\.rougeL),
        ]
        if isWide {
            let seconds = (report.loss?.seconds ?? 0) + report.predictSeconds
            let speed = report.newTokensPerSecond ?? report.tokensPerSecond
            cells.insert(DisplayText(names(entry)), at: 1)
            cells.append(DisplayText(seconds > 0 ? NumberText.latency(seconds) : "—"))
            cells.append(DisplayText(speed.map { NumberText.rate($0) } ?? "—"))
        }
        return cells
    }

    private static func names(_ entry: EvaluationEntry) -> String {
        let selection = entry.request.plan.selection
        return (selection.training + selection.evaluation).map(PathText.lastPart)
            .joined(separator: ", ")
    }

    // MARK: - The selected one

    private static func viewDetail(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        guard !area.isEmpty, let entry = selected(state) else { return }
        var lines: [StyledLine] = []
        if case .failed(let error) = entry.standing {
            lines = ErrorText.lines(of: error).enumerated().map { index, text in
                StyledLine(
                    DisplayText(text, invisibles: .dropped), theme[index == 0 ? .error : .text])
            }
        } else {
            lines = figures(entry, theme)
        }
        let gauge = progress(entry.standing)
        let (text, bar) = area.splitBottom(gauge == nil ? 0 : 1)
        put(lines, in: text, on: &frame)
        if let gauge {
            Gauge(fraction: gauge.share, label: DisplayText(gauge.words))
                .render(in: bar.row(0), on: &frame, theme: theme)
        }
    }

    private static func figures(_ entry: EvaluationEntry, _ theme: Theme) -> [StyledLine] {
        let report = entry.report
        var what = [PathText.lastPart(of: entry.request.modelPath)]
        if !entry.request.adapters.isEmpty { what.append("+ \(entry.name)") }
        what += ["·", names(entry)]
        var lines = [StyledLine(DisplayText(what.joined(separator: " ")), theme[.heading])]
        if let speed = report.tokensPerSecond, let loss = report.loss {
            var words = tr(
                "loss in {1}, {2} tok/s", NumberText.latency(loss.seconds), NumberText.rate(speed))
            if let pace = report.newTokensPerSecond {
                let time = NumberText.latency(report.predictSeconds)
                words +=
                    "  "
                    + tr(
                        "{1} answers in {2}, {3} tok/s", report.predictions, time,
                        NumberText.rate(pace))
            }
            lines.append(StyledLine(DisplayText(words), theme[.value]))
        }
        if entry.standing == .stopped {
            let text = tr("Stopped: the figures are those of {1} answers.", report.predictions)
            lines.append(StyledLine(DisplayText(text), theme[.warning]))
        }
        if let folder = report.folder {
            lines.append(StyledLine(DisplayText(tr("written to {1}", folder)), theme[.text]))
        }
        if report.countsCharacters {
            lines.append(
                StyledLine(
                    tr("ROUGE by characters: not to be compared with jieba's words."), theme[.dim]))
        }
        return lines
    }

    private static func progress(
        _ standing: EvaluationEntry.Standing
    ) -> (share: Double, words: String)? {
        func share(_ done: Int, _ total: Int) -> Double {
            total > 0 ? Double(done) / Double(total) : 0
        }
        return switch standing {
        case .preparing(let what): (0, tr(what))
        case .measuring(let done, let total): (share(done, total), tr("loss {1}/{2}", done, total))
        case .answering(let done, let total):
            (share(done, total), tr("answers {1}/{2}", done, total))
        case .stopping: (0, tr("stopping…"))
        case .done, .stopped, .failed: nil
        }
    }

    private static func word(_ standing: EvaluationEntry.Standing) -> String {
        switch standing {
        case .preparing, .measuring, .answering: tr("running")
        case .stopping: tr("stopping…")
        case .done: tr("done")
        case .stopped: tr("stopped")
        case .failed: tr("failed")
        }
    }

    private static func role(of standing: EvaluationEntry.Standing) -> Role {
        switch standing {
        case .preparing, .measuring, .answering: .accent
        case .stopping, .stopped: .warning
        case .failed: .error
        case .done: .text
        }
    }

    private static func put(_ lines: [StyledLine], in area: Rect, on frame: inout Frame) {
        let rows = lines.flatMap { TextWrap.rows($0, width: area.width) }
        for (row, line) in rows.prefix(area.height).enumerated() {
            frame.put(line, in: area.row(row))
        }
    }
}
