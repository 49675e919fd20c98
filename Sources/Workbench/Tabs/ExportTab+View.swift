// How the export tab looks: the form, and beside or below it what will be written, how far it is, or
// what came of it. Lines to copy stand without a frame, so that a selection catches nothing else.

import Kernel
import Panels

extension ExportTab {
    /// The parts of the tab on a screen of some size.
    struct Places {
        let form: Rect
        let outcome: Rect
        /// Lines to copy, over the whole width; empty without any.
        let usage: Rect

        init(in area: Rect, usageLines: Int) {
            let wanted =
                usageLines > 0 && area.height >= 16 ? min(usageLines + 1, area.height / 4) : 0
            let (upper, usage) = area.splitBottom(wanted)
            if area.width >= 100 {
                (form, outcome) = upper.splitLeft(area.width / 2)
            } else {
                (form, outcome) = upper.splitTop(min(11, max(upper.height - 8, 4)))
            }
            self.usage = usage
        }
    }

    static func view(_ state: State, in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        var usage: [String] = []
        if case .finished(let outcome) = state.phase { usage = outcome.usage }
        let places = Places(in: area, usageLines: usage.count)
        let isFocused = !state.phase.isActive
        let inner = Pane(title: tr("Export"), isFocused: isFocused)
            .render(in: places.form, on: &frame, theme: theme)
        typedValues(state).form(isFocused: isFocused)
            .render(state.form, in: inner, on: &frame, theme: theme)
        viewOutcome(state, in: places.outcome, on: &frame, theme: theme)
        viewUsage(usage, in: places.usage, on: &frame, theme: theme)
    }

    private static func viewOutcome(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        switch state.phase {
        case .idle:
            let inner = Pane(title: tr("Will be written")).render(
                in: area, on: &frame, theme: theme)
            put(plannedLines(typedValues(state), theme), in: inner.inset(by: 1, 0), on: &frame)
        case .running(let stage, let fraction):
            let inner = Pane(title: tr("Exporting"), note: tr("Esc cancels"))
                .render(in: area, on: &frame, theme: theme).inset(by: 1, 0)
            frame.put(DisplayText(trFound(stage)), in: inner.row(0), style: theme[.text])
            let share = fraction.isFinite ? min(1, max(0, fraction)) : 0
            Gauge(fraction: share, label: DisplayText("\(Int(share * 100))%"))
                .render(in: inner.row(1), on: &frame, theme: theme)
            put(requestLines(state, theme), in: inner.splitTop(3).rest, on: &frame)
        case .cancelling:
            let inner = Pane(title: tr("Exporting")).render(in: area, on: &frame, theme: theme)
            frame.put(tr("Cancelling…"), in: inner.inset(by: 1, 0).row(0), style: theme[.warning])
        case .cancelled:
            let inner = Pane(title: tr("Cancelled")).render(in: area, on: &frame, theme: theme)
            put(
                [
                    StyledLine(tr("The export was cancelled."), theme[.warning]),
                    StyledLine(tr("E starts it again."), theme[.dim]),
                ], in: inner.inset(by: 1, 0), on: &frame)
        case .failed(let error):
            let inner = Pane(title: tr("Failed")).render(in: area, on: &frame, theme: theme)
            let lines = Readout.lines(of: error).enumerated().flatMap { index, text in
                DisplayText.lines(text, invisibles: .dropped).map {
                    StyledLine($0, theme[index == 0 ? .error : .text])
                }
            }
            put(lines, in: inner.inset(by: 1, 0), on: &frame)
        case .finished(let outcome):
            let note = DisplayText(
                Figures.bytes(outcome.files.reduce(0) { $0 + $1.bytes }))
            let inner = Pane(title: tr("Written"), note: note)
                .render(in: area, on: &frame, theme: theme).inset(by: 1, 0)
            viewWritten(outcome, in: inner, on: &frame, theme: theme)
        }
    }

    /// The folder, how the check came out, and the files, as many as there is room for.
    private static func viewWritten(
        _ outcome: ExportOutcome, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let mark = outcome.verified ? "✓ " : "✗ "
        let head = [
            StyledLine(DisplayText(outcome.folder), theme[.heading]),
            StyledLine(
                DisplayText(mark + trFound(outcome.verification)),
                theme[outcome.verified ? .success : .error]),
        ].flatMap { TextWrap.rows($0, width: area.width) }
        put(head, in: area, on: &frame)
        let rest = area.splitTop(head.count).rest
        let fits = outcome.files.count <= rest.height
        let shown = fits ? outcome.files.count : max(0, rest.height - 1)
        for (row, file) in outcome.files.prefix(shown).enumerated() {
            let (name, size) = rest.row(row).splitRight(11)
            frame.put(DisplayText(file.name), in: name, style: theme[.text])
            frame.put(
                DisplayText(Figures.bytes(file.bytes)), in: size, style: theme[.value],
                align: .right)
        }
        if !fits {
            let more = outcome.files.count - shown
            frame.put(
                tr("… and {1} more files", more), in: rest.row(shown), style: theme[.dim])
        }
    }

    private static func viewUsage(
        _ lines: [String], in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        guard !area.isEmpty, !lines.isEmpty else { return }
        frame.rule(area.row(0), style: theme[.border])
        let title: DisplayText = " \(tr("Use it")) "
        frame.put(
            title, in: Rect(area.x + 2, area.y, title.width, 1).intersection(area),
            style: theme[.title])
        put(
            lines.map { StyledLine(DisplayText($0), theme[.code]) }, in: area.splitTop(1).rest,
            on: &frame)
    }

    // MARK: - Lines

    private static func plannedLines(_ values: ExportForm, _ theme: Theme) -> [StyledLine] {
        var lines: [StyledLine] = []
        if let problem = values.problem {
            lines = [StyledLine(DisplayText(problem), theme[.warning])]
        } else {
            lines = [
                StyledLine([
                    Span("E", theme[.key]), Span(" " + tr("writes to") + " ", theme[.text]),
                    Span(DisplayText(values.folder), theme[.value]),
                ])
            ]
        }
        let width = values.contents.map { DisplayText($0.name).width }.max() ?? 0
        for (name, what) in values.contents {
            lines.append(
                StyledLine([
                    Span(DisplayText(name).padded(to: width + 2), theme[.label]),
                    Span(DisplayText(what), theme[.text]),
                ]))
        }
        let check: DisplayText = tr("Afterwards it is read back and compared with the original.")
        return lines + [StyledLine(check, theme[.dim])]
    }

    private static func requestLines(_ state: State, _ theme: Theme) -> [StyledLine] {
        guard let request = state.request else { return [] }
        return [
            StyledLine(
                DisplayText(
                    tr("{1}, {2}, to {3}", request.format.rawValue, request.dtype, request.folder)),
                theme[.dim])
        ]
    }

    private static func put(_ lines: [StyledLine], in area: Rect, on frame: inout Frame) {
        let rows = lines.flatMap { TextWrap.rows($0, width: area.width) }
        for (row, line) in rows.prefix(area.height).enumerated() {
            frame.put(line, in: area.row(row))
        }
    }
}
