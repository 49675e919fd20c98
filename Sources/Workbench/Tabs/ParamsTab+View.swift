// How the parameter tab looks: the form at the left; at the right the field under the cursor, what
// the plan takes, and what is wrong with it. Presets and the file name lie over the form.

import Kernel
import Panels

extension ParamsTab {
    static func view(
        _ state: State, plan: TrainingPlan, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let issues = issues(state, plan)
        guard area.height >= 12 else {
            // The last row of the form says what matters of the field.
            viewForm(state, plan, issues, in: area, on: &frame, theme: theme)
            viewOverlay(state, in: area, on: &frame, theme: theme)
            return
        }
        let isWide = area.width >= 72
        let (main, side) =
            isWide
            ? area.splitLeft(max(42, area.width * 11 / 20))
            : area.splitTop(max(6, area.height * 3 / 5))
        viewForm(state, plan, issues, in: main, on: &frame, theme: theme)
        let help = FieldHelp(field: selectedField(state), plan: plan, state: state)
        // The lower pane shows findings while there are errors, else the estimate.
        let wanted = help.rowCount(width: side.width - 4) + 2
        let (top, bottom) = side.splitTop(min(wanted, max(3, side.height * 11 / 20)))
        help.render(in: top, on: &frame, theme: theme)
        if issues.containsErrors {
            viewIssues(issues, in: bottom, on: &frame, theme: theme)
        } else {
            EstimatePane(state: state, issues: issues)
                .render(in: bottom, on: &frame, theme: theme)
        }
        viewOverlay(state, in: area, on: &frame, theme: theme)
    }

    private static func viewForm(
        _ state: State, _ plan: TrainingPlan, _ issues: [PlanIssue], in area: Rect,
        on frame: inout Frame, theme: Theme
    ) {
        let form = form(state, plan, issues: issues)
        let modified = form.fields.count(where: \.isModified)
        let note: DisplayText =
            modified == 0
            ? DisplayText(state.preset ?? tr("defaults"))
            : tr("{1}, {2} changed", state.preset ?? tr("defaults"), modified)
        let inner = Pane(title: tr("Parameters"), note: note, isFocused: state.overlay == nil)
            .render(in: area, on: &frame, theme: theme)
        form.render(state.form, in: inner, on: &frame, theme: theme)
    }

    private static func viewIssues(
        _ issues: [PlanIssue], in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let errors = issues.count { $0.severity == .error }
        let inner = Pane(
            title: errors == 1 ? tr("1 thing to fix") : tr("{1} things to fix", errors)
        )
        .render(in: area, on: &frame, theme: theme)
        let rows = IssueLines(issues: issues, theme: theme).rows(width: inner.width)
        for (row, line) in rows.prefix(inner.height).enumerated() {
            frame.put(line, in: inner.row(row))
        }
    }

    private static func viewOverlay(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        switch state.overlay {
        case nil: return
        case .saving(let field):
            let place = area.centered(Size(60, 4))
            frame.unmark()
            frame.fill(place, style: theme[.text])
            let inner = Pane(title: tr("Save the plan as YAML"), isFocused: true)
                .render(in: place, on: &frame, theme: theme)
            TextField(placeholder: tr("a file name")).render(
                field, in: inner.row(0), on: &frame, theme: theme)
            frame.put(
                tr("An existing file is replaced."), in: inner.row(1), style: theme[.dim])
        case .presets(let list):
            let place = area.centered(Size(72, Preset.all.count + 2))
            frame.unmark()
            frame.fill(place, style: theme[.text])
            let inner = Pane(
                title: tr("Presets"), note: tr("model, data and folder stay"), isFocused: true
            ).render(in: place, on: &frame, theme: theme)
            let rows = Preset.all.map { preset in
                StyledLine([
                    Span(DisplayText(tr(preset.title)).padded(to: 26), theme[.value]),
                    Span(DisplayText(tr(preset.summary)), theme[.dim]),
                ])
            }
            Panels.List(rows: rows).render(list, in: inner, on: &frame, theme: theme)
        }
    }
}

/// Findings as lines, the worst first, each with its key.
struct IssueLines {
    let issues: [PlanIssue]
    let theme: Theme

    /// All rows, wrapped to a width.
    func rows(width: Int) -> [StyledLine] {
        let order: [PlanIssue.Severity] = [.error, .warning, .note]
        return order.flatMap { severity in
            issues.filter { $0.severity == severity }.flatMap { issue in
                let name = ParamFields.all.first { $0.owns(issue.field) }?.shownLabel
                let title = name?.drop(while: \.isWhitespace).description ?? issue.field
                let line = StyledLine([
                    Span("\(title): ", theme[severity.role].with(.bold)),
                    Span(
                        DisplayText(trFound(issue.message)), theme[severity == .note ? .dim : .text]
                    ),
                ])
                return TextWrap.rows(line, width: max(1, width))
            }
        }
    }
}
