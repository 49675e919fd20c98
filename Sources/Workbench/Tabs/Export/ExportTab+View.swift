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

        init(in area: Rect, usageLines: Int, jobs: Int = 0) {
            let wanted =
                usageLines > 0 && area.height >= 16 ? min(usageLines + 1, area.height / 4) : 0
            let (upper, usage) = area.splitBottom(wanted)
            if area.width >= 100 {
                (form, outcome) = upper.splitLeft(area.width / 2)
            } else {
                // Several formats need the room that choosing them took before.
                let wanted = jobs > 1 ? 7 : 14
                (form, outcome) = upper.splitTop(min(wanted, max(upper.height - 8, 4)))
            }
            self.usage = usage
        }
    }

    static func view(_ state: State, in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        let usage = state.usage
        let places = Places(in: area, usageLines: usage.count, jobs: state.jobs.count)
        let isFocused = !state.phase.isActive && state.copying == nil
        let inner = Pane(title: tr("Export"), isFocused: isFocused)
            .render(in: places.form, on: &frame, theme: theme)
        typedValues(state).form(isFocused: isFocused, sizes: state.sizes)
            .render(state.form, in: inner, on: &frame, theme: theme)
        viewOutcome(state, in: places.outcome, on: &frame, theme: theme)
        viewUsage(usage, in: places.usage, on: &frame, theme: theme)
        if let list = state.copying { viewCopy(usage, list, in: area, on: &frame, theme: theme) }
    }

    private static func viewOutcome(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        if state.jobs.isEmpty {
            let free = state.sizes?.freeBytes.map { tr("{1} free", NumberText.bytes($0)) } ?? ""
            let inner = Pane(title: tr("Will be written"), note: DisplayText(free))
                .render(in: area, on: &frame, theme: theme).inset(by: 1, 0)
            put(plannedLines(state, theme), in: inner, on: &frame)
        } else if state.jobs.count == 1 {
            viewSingle(state.jobs[0], state.phase, in: area, on: &frame, theme: theme)
        } else {
            viewJobs(state, in: area, on: &frame, theme: theme)
        }
    }

    /// The only format, with all that is known of it.
    private static func viewSingle(
        _ job: Job, _ phase: Phase, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        func pane(_ title: DisplayText, _ note: DisplayText = "") -> Rect {
            Pane(title: title, note: note).render(in: area, on: &frame, theme: theme)
                .inset(by: 1, 0)
        }
        switch job.standing {
        case .waiting, .running:
            guard phase != .cancelling else {
                frame.put(
                    tr("Cancelling…"), in: pane(tr("Exporting")).row(0), style: theme[.warning])
                return
            }
            guard case .running(let stage, let fraction) = job.standing else { return }
            let inner = pane(tr("Exporting"), tr("Esc cancels"))
            frame.put(DisplayText(tr(stage)), in: inner.row(0), style: theme[.text])
            let share = part(fraction)
            Gauge(fraction: share, label: DisplayText("\(Int(share * 100))%"))
                .render(in: inner.row(1), on: &frame, theme: theme)
            put(requestLines(job.request, theme), in: inner.splitTop(3).rest, on: &frame)
        case .cancelled:
            put(
                [
                    StyledLine(tr("The export was cancelled."), theme[.warning]),
                    StyledLine(tr("E starts it again."), theme[.dim]),
                ], in: pane(tr("Cancelled")), on: &frame)
        case .failed(let error): put(lines(of: error, theme), in: pane(tr("Failed")), on: &frame)
        case .done(let outcome):
            let inner = pane(tr("Written"), DisplayText(NumberText.bytes(outcome.byteCount)))
            viewWritten(outcome, in: inner, on: &frame, theme: theme)
        }
    }

    static func part(_ fraction: Double) -> Double {
        fraction.isFinite ? min(1, max(0, fraction)) : 0
    }

    static func lines(of error: KernelError, _ theme: Theme) -> [StyledLine] {
        ErrorText.lines(of: error).enumerated().flatMap { index, text in
            DisplayText.lines(text, invisibles: .dropped).map {
                StyledLine($0, theme[index == 0 ? .error : .text])
            }
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
                DisplayText(mark + tr(outcome.verification)),
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
                DisplayText(NumberText.bytes(file.bytes)), in: size, style: theme[.value],
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

    private static func plannedLines(_ state: State, _ theme: Theme) -> [StyledLine] {
        let (values, sizes) = (typedValues(state), state.sizes)
        let variants = values.variants
        var lines: [StyledLine] = []
        if let problem = values.problem(sizes) {
            lines = [StyledLine(DisplayText(problem), theme[.warning])]
        } else {
            let what =
                variants.count == 1
                ? values.folder : tr("{1} folders", variants.count)
            let size = values.totalBytes(sizes).map { ", " + NumberText.bytes($0) } ?? ""
            lines = [
                StyledLine([
                    Span("E", theme[.key]), Span(" " + tr("writes to") + " ", theme[.text]),
                    Span(DisplayText(what), theme[.value]), Span(DisplayText(size), theme[.text]),
                ])
            ]
        }
        let rows: [(String, String)] =
            variants.count == 1
            ? variants.flatMap { values.contents(of: $0) }
            : variants.map { variant in
                let size = sizes?.bytes[variant].map { NumberText.bytes($0) + "  " } ?? ""
                return (variant.title, size + values.folder(of: variant))
            }
        let width = rows.map { DisplayText($0.0).width }.max() ?? 0
        for (name, what) in rows {
            lines.append(
                StyledLine([
                    Span(DisplayText(name).padded(to: width + 2), theme[.label]),
                    Span(DisplayText(what), theme[.text]),
                ]))
        }
        let check: DisplayText = tr("Afterwards it is read back and compared with the original.")
        return lines + [StyledLine(check, theme[.dim])]
    }

    private static func requestLines(_ request: ExportRequest, _ theme: Theme) -> [StyledLine] {
        [
            StyledLine(
                DisplayText(
                    tr("{1}, {2}, to {3}", request.format.rawValue, request.dtype, request.folder)),
                theme[.dim])
        ]
    }

    static func put(_ lines: [StyledLine], in area: Rect, on frame: inout Frame) {
        let rows = lines.flatMap { TextWrap.rows($0, width: area.width) }
        for (row, line) in rows.prefix(area.height).enumerated() {
            frame.put(line, in: area.row(row))
        }
    }
}
