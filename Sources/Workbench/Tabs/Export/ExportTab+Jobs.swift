// How several formats look while they are written one after another, and the list of lines to copy.

import Kernel
import Panels

extension ExportTab {
    /// Each format with its standing, and how far all of them are together.
    static func viewJobs(_ state: State, in area: Rect, on frame: inout Frame, theme: Theme) {
        let done = state.jobs.compactMap(\.outcome)
        let title: DisplayText =
            switch state.phase {
            case .running: tr("Exporting")
            case .cancelling: tr("Cancelling…")
            case .idle, .ended: tr("{1} of {2} written", done.count, state.jobs.count)
            }
        let note: DisplayText =
            state.phase == .running
            ? tr("Esc cancels")
            : DisplayText(NumberText.bytes(done.reduce(0) { $0 + $1.byteCount }))
        let inner = Pane(title: title, note: note)
            .render(in: area, on: &frame, theme: theme).inset(by: 1, 0)
        let (top, rest) = inner.splitTop(state.phase.isActive && inner.height > 3 ? 1 : 0)
        if !top.isEmpty {
            let all = state.jobs.reduce(0) { $0 + share($1) } / Double(state.jobs.count)
            Gauge(fraction: all, label: DisplayText("\(Int(all * 100))%"))
                .render(in: top, on: &frame, theme: theme)
        }
        let width = state.jobs.map { DisplayText($0.variant.title).width }.max() ?? 0
        put(
            state.jobs.flatMap { lines($0, state.sizes, titleWidth: width, theme) }, in: rest,
            on: &frame)
    }

    private static func share(_ job: Job) -> Double {
        switch job.standing {
        case .waiting: 0
        case .running(let stage, let fraction):
            // The check comes last and is short beside the writing.
            stage == "Writing" ? 0.9 * part(fraction) : stage == "Checking" ? 0.9 : 0
        case .done, .failed, .cancelled: 1
        }
    }

    private static func lines(
        _ job: Job, _ sizes: ExportSizes?, titleWidth: Int, _ theme: Theme
    ) -> [StyledLine] {
        func head(_ mark: DisplayText, _ role: Role, _ words: String) -> StyledLine {
            StyledLine([
                Span("\(mark) ", theme[role]),
                Span(DisplayText(job.variant.title).padded(to: titleWidth + 2), theme[.value]),
                Span(DisplayText(words), theme[.text]),
            ])
        }
        let expected = sizes?.bytes[job.variant].map { NumberText.bytes($0) } ?? ""
        switch job.standing {
        case .waiting: return [head("·", .dim, expected)]
        case .cancelled: return [head("–", .warning, tr("cancelled"))]
        case .running(let stage, let fraction):
            return [head("▸", .accent, "\(tr(stage)) \(Int(part(fraction) * 100))%")]
        case .failed(let error):
            return [head("✗", .error, tr(error.what))]
                + lines(of: error, theme).dropFirst().map {
                    StyledLine([Span("  ")] + $0.spans)
                }
        case .done(let outcome):
            let check = StyledLine(
                DisplayText("  " + tr(outcome.verification)),
                theme[outcome.verified ? .success : .error])
            let size = NumberText.bytes(outcome.byteCount)
            return [
                head(
                    outcome.verified ? "✓" : "✗", outcome.verified ? .success : .error,
                    "\(size)  \(outcome.folder)"), check,
            ]
        }
    }

    // MARK: - Copying

    /// The lines to choose one from.
    static func viewCopy(
        _ lines: [String], _ list: ListState, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        frame.unmark()
        let rows = lines.map { StyledLine(DisplayText($0), theme[.code]) }
        let widest = rows.map(\.width).max() ?? 0
        let place = area.centered(
            Size(min(area.width, max(44, widest + 4)), min(area.height, lines.count + 2)))
        frame.fill(place, style: theme[.text])
        let inner = Pane(
            title: tr("Copy a line"), note: tr("to the terminal's clipboard"), isFocused: true
        ).render(in: place, on: &frame, theme: theme)
        Panels.List(rows: rows).render(list, in: inner.inset(by: 1, 0), on: &frame, theme: theme)
    }
}
