// How the overlays of the dataset tab look: findings, the mixture, a new set beside its first record.

import Kernel
import Panels

extension DatasetTab {
    static func viewOverlay(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        switch state.overlay {
        case nil: return
        case .findings(let findings):
            viewFindings(findings, state, in: area, on: &frame, theme: theme)
        case .mixing(let mixture):
            let place = area.centered(Size(76, mixture.fields.fields.count + 5))
            let inner = box(tr("Mixture"), "", in: place, on: &frame, theme: theme)
            mixture.fields.render(mixture.form, in: inner, on: &frame, theme: theme)
        case .adding(let form): viewAdding(form, in: area, on: &frame, theme: theme)
        }
    }

    private static func box(
        _ title: DisplayText, _ note: DisplayText, in place: Rect, on frame: inout Frame,
        theme: Theme
    ) -> Rect {
        frame.unmark()
        frame.cursor = nil
        frame.fill(place, style: theme[.text])
        return Pane(title: title, note: note, isFocused: true)
            .render(in: place, on: &frame, theme: theme)
    }

    private static func viewFindings(
        _ findings: DatasetOverlay.FindingList, _ state: State, in area: Rect,
        on frame: inout Frame, theme: Theme
    ) {
        guard let report = state.report.value else { return }
        let shown = findings.shown(report)
        let place = area.centered(Size(min(110, area.width - 2), area.height - 2))
        let inner = box(
            tr("Records to look at"),
            DisplayText(findings.kind?.word ?? tr("{1} listed", shown.count)), in: place,
            on: &frame, theme: theme)
        let (body, foot) = inner.splitBottom(inner.height >= 6 ? 2 : 0)
        let width = DataReport.Finding.Kind.allCases.map { DisplayText($0.word).width }.max() ?? 0
        let rows = shown.map { finding in
            let role: Role = finding.kind == .invalid ? .error : .warning
            let detail =
                finding.kind == .repeated
                ? tr("like {1}", finding.detail) : tr(finding.detail)
            return StyledLine([
                Span(DisplayText(finding.kind.word).padded(to: width + 2), theme[role]),
                Span(DisplayText(finding.place), theme[.text]),
                Span(detail.isEmpty ? "" : "  " + DisplayText(detail), theme[.dim]),
            ]).truncated(to: body.width)
        }
        Panels.List(rows: rows).render(findings.list, in: body, on: &frame, theme: theme)
        guard foot.height == 2 else { return }
        frame.rule(foot.row(0), style: theme[.border])
        let detail = selectedFinding(state).map { tr($0.detail) } ?? ""
        let text =
            detail.isEmpty
            ? tr("At most {1} of a kind are listed.", DataInspection.listedMaximum) : detail
        frame.put(DisplayText(text), in: foot.row(1), style: theme[.dim])
    }

    private static func viewAdding(
        _ form: DatasetForm, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let fields = form.fields
        let place = area.centered(Size(min(90, area.width), area.height))
        let inner = box(
            tr("Add {1}", PathText.lastPart(of: form.proposal.path)),
            tr("{1} records", NumberText.count(form.proposal.records)), in: place, on: &frame,
            theme: theme)
        let wanted = fields.fields.count + 2
        let (body, rest) = inner.splitTop(min(wanted, max(5, inner.height - 4)))
        fields.render(form.form, in: body, on: &frame, theme: theme)
        guard rest.height >= 2 else { return }
        frame.rule(rest.row(0), style: theme[.border])
        let rows = remarks(form, theme, width: rest.width)
        for (row, line) in rows.prefix(rest.height - 1).enumerated() {
            frame.put(line, in: rest.row(row + 1))
        }
    }

    /// What is below the form: why an entry was not written, else the first record.
    private static func remarks(_ form: DatasetForm, _ theme: Theme, width: Int) -> [StyledLine] {
        let (text, role): (String, Role) =
            if let fault = form.fault {
                (fault, .error)
            } else if form.proposal.style == nil {
                (tr("How the records are written could not be told. The first:"), .warning)
            } else {
                (tr("The first record:"), .heading)
            }
        let head = DisplayText.lines(text).flatMap { TextWrap.rows($0, width: width) }
        return head.map { StyledLine($0, theme[role]) }
            + form.proposal.sample.map {
                StyledLine(DisplayText($0), theme[.dim]).truncated(to: width)
            }
    }
}
