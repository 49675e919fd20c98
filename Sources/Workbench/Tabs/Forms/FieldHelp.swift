// What the parameter under the cursor means: its key in plan files, its default, its bounds, a few
// sentences, and for the learning rate the curve over the run.

import Kernel
import Panels

/// The help of one parameter.
struct FieldHelp {
    let row: ParamRow?
    let plan: TrainingPlan
    let state: ParamsTab.State

    private var field: ParamField? {
        if case .field(let field)? = row { field } else { nil }
    }

    /// Rows of text inside the pane.
    func rowCount(width: Int) -> Int { lines(.mono, width: width).count + (hasCurve ? 2 : 0) }

    func render(in area: Rect, on frame: inout Frame, theme: Theme) {
        let inner = Pane(title: title)
            .render(in: area, on: &frame, theme: theme).inset(by: 1, 0)
        let lines = lines(theme, width: inner.width)
        let (curve, text) =
            hasCurve && inner.height > 4
            ? inner.splitTop(2) : (Rect(inner.x, inner.y, 0, 0), inner)
        for (row, line) in lines.prefix(text.height).enumerated() {
            frame.put(line, in: text.row(row))
        }
        renderCurve(in: curve, on: &frame, theme: theme)
    }

    private var title: DisplayText {
        switch row {
        case .field(let field):
            DisplayText(field.shownLabel.drop(while: \.isWhitespace).description)
        case .missing(let control): DisplayText(tr(control.label))
        case .heading(let section, _, _): DisplayText(tr(section.title))
        case nil: tr("Help")
        }
    }

    private func lines(_ theme: Theme, width: Int) -> [StyledLine] {
        guard let field else { return linesOfOthers(theme, width: width) }
        var facts = [
            StyledLine([
                Span(tr("key") + " ", theme[.label]), Span(DisplayText(field.key), theme[.code]),
            ])
        ]
        let standard = field.standard.isEmpty ? tr("none") : field.standard
        facts.append(
            StyledLine([
                Span(tr("default") + " ", theme[.label]),
                Span(DisplayText(tr(standard)), theme[.value]),
            ]))
        let base = field.value(ParamsTab.base(of: plan, state))
        if let preset = state.preset, field.value(plan) != base {
            facts.append(
                StyledLine([
                    Span(tr("preset {1}", preset) + " ", theme[.label]),
                    Span(DisplayText(base.isEmpty ? tr("none") : tr(base)), theme[.value]),
                ]))
        }
        if let bounds { facts.append(StyledLine(DisplayText(bounds), theme[.dim])) }
        let help = TextWrap.rows(DisplayText(tr(field.help)), width: max(1, width))
            .map { StyledLine($0, theme[.text]) }
        return help + facts.flatMap { TextWrap.rows($0, width: max(1, width)) }
    }

    /// What a heading or a control that is missing has to say.
    private func linesOfOthers(_ theme: Theme, width: Int) -> [StyledLine] {
        let text: [StyledLine]
        switch row {
        case .missing(let control):
            text = [
                StyledLine(DisplayText(tr(control.reason.english)), theme[.warning]),
                StyledLine([
                    Span(tr("key") + " ", theme[.label]),
                    Span(DisplayText(control.key), theme[.code]),
                ]),
                StyledLine(tr("Plan files that use it are told so."), theme[.dim]),
            ]
        case .heading(let section, let ofMissing, _):
            let names =
                ofMissing || section.fields.isEmpty
                ? section.missing.map { tr($0.label) }
                : section.fields.map { $0.shownLabel.drop(while: \.isWhitespace).description }
            text = [StyledLine(DisplayText(names.joined(separator: " · ")), theme[.dim])]
        case .field, nil: text = []
        }
        return text.flatMap { TextWrap.rows($0, width: max(1, width)) }
    }

    private var bounds: String? {
        let unit = field.map { $0.unit.isEmpty ? "" : " " + tr($0.unit) } ?? ""
        switch field?.editor {
        case .integer(let range):
            return tr(
                "from {1} to {2}", NumberText.count(range.lowerBound),
                NumberText.count(range.upperBound))
                + unit
        case .real(let range):
            return tr(
                "from {1} to {2}", NumberText.setting(range.lowerBound),
                NumberText.setting(range.upperBound)) + unit
        case .choice(let words): return words.map { tr($0) }.joined(separator: " · ")
        case .text: return unit.isEmpty ? nil : tr("in") + unit
        case .toggle, .fold, .lines, nil: return nil
        }
    }

    // MARK: - Learning rate

    private var hasCurve: Bool {
        let keys = ["learning_rate", "lr_scheduler_type", "warmup_ratio", "warmup_steps"]
        guard let field, keys.contains(field.key) else { return false }
        return !plan.issues().contains { issue in
            issue.severity == .error
                && (keys.contains(issue.field) || issue.field == "lr_scheduler_kwargs")
        }
    }

    private func renderCurve(in area: Rect, on frame: inout Frame, theme: Theme) {
        guard area.width > 1 else { return }
        // Without an estimate the shape over a thousand steps is shown.
        let steps = max(1, plan.duration.stepsMax ?? state.estimate.value?.steps ?? 1000)
        let schedule = LearningRateSchedule(
            plan.schedule, baseRate: plan.optimizer.learningRate, totalSteps: steps)
        let values = (0..<area.width).map { column in
            schedule.rate(step: Int(Double(steps) * Double(column) / Double(area.width)))
        }
        Sparkline(values: values).render(in: area.row(0), on: &frame, theme: theme)
    }
}
