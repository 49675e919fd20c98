// How the parameter tab looks: the form at the left; at the right the field under the cursor, what
// the plan takes, and what is wrong with it. What lies over the form is drawn in the file beside this one.

import Kernel
import Panels

extension ParamsTab {
    static func view(
        _ state: State, plan: TrainingPlan, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let issues = issues(state, plan)
        guard area.height >= 12 else {
            // The last row of the form shows the essentials of the field.
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
        let help = FieldHelp(row: selectedRow(state), plan: plan, state: state)
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
        let modified = changedCount(state, plan)
        let name: String = state.preset ?? tr("defaults")
        let note: DisplayText =
            modified == 0 ? DisplayText(name) : tr("{1}, {2} changed", name, modified)
        let inner = Pane(title: tr("Parameters"), note: note, isFocused: state.overlay == nil)
            .render(in: area, on: &frame, theme: theme)
        let form = form(state, plan, issues: issues)
        guard let search = state.search else {
            form.render(state.form, in: inner, on: &frame, theme: theme)
            return
        }
        let (head, body) = inner.splitTop(1)
        form.render(state.form, in: body, on: &frame, theme: theme)
        if form.fields.isEmpty {
            frame.put(tr("nothing fits"), in: body.row(0), style: theme[.dim])
        }
        if !state.form.isEditing {
            TextField(placeholder: tr("a name, a key, or words of the help")).render(
                search, in: head, on: &frame, theme: theme)
        }
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
                        DisplayText(tr(issue.message)),
                        theme[severity == .note ? .dim : .text]
                    ),
                ])
                return TextWrap.rows(line, width: max(1, width))
            }
        }
    }
}
