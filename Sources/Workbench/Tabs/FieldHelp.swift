// What the parameter under the cursor means: its key in plan files, its default, its bounds, a few
// sentences, and for the learning rate the curve over the run.

import Kernel
import Panels

/// The help of one parameter.
struct FieldHelp {
    let field: ParamField?
    let plan: TrainingPlan
    let state: ParamsTab.State

    /// Rows of text inside the pane.
    func rowCount(width: Int) -> Int { lines(.mono, width: width).count + (hasCurve ? 2 : 0) }

    func render(in area: Rect, on frame: inout Frame, theme: Theme) {
        let title = field.map { DisplayText($0.shownLabel.drop(while: \.isWhitespace).description) }
        let inner = Pane(title: title ?? tr("Help"))
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

    private func lines(_ theme: Theme, width: Int) -> [StyledLine] {
        guard let field else { return [] }
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
        if let bounds { facts.append(StyledLine(DisplayText(bounds), theme[.dim])) }
        let help = TextWrap.rows(DisplayText(tr(field.help)), width: max(1, width))
            .map { StyledLine($0, theme[.text]) }
        return help + facts.flatMap { TextWrap.rows($0, width: max(1, width)) }
    }

    private var bounds: String? {
        switch field?.editor {
        case .integer(let range):
            tr("from {1} to {2}", Figures.count(range.lowerBound), Figures.count(range.upperBound))
        case .real(let range):
            tr(
                "from {1} to {2}", Figures.setting(range.lowerBound),
                Figures.setting(range.upperBound))
        case .choice(let words): words.map { tr($0) }.joined(separator: " · ")
        case .text, .toggle, nil: nil
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
