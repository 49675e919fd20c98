// What the plan takes: steps, what trains, memory term by term with the largest marked, and in
// words whether it fits in what is free now.

import Kernel
import Panels

/// Steps, tokens, time and memory of the current plan.
struct EstimatePane {
    let state: ParamsTab.State
    let issues: [PlanIssue]

    func render(in area: Rect, on frame: inout Frame, theme: Theme) {
        let available = state.estimate.value?.availableBytes
        let note: DisplayText = available.map { tr("{1} free", NumberText.bytes($0)) } ?? ""
        let inner = Pane(title: tr("Estimate"), note: note)
            .render(in: area, on: &frame, theme: theme).inset(by: 1, 0)
        guard !inner.isEmpty else { return }
        switch state.estimate {
        case .none: frame.put(tr("No estimate yet."), in: inner.row(0), style: theme[.dim])
        case .waiting: frame.put(tr("Computing…"), in: inner.row(0), style: theme[.dim])
        case .failed(let error):
            let rows = TextWrap.rows(DisplayText(tr(error.sentence)), width: inner.width)
            for (row, line) in rows.prefix(inner.height).enumerated() {
                frame.put(line, in: inner.row(row), style: theme[.error])
            }
        case .done(let estimate): render(estimate, in: inner, on: &frame, theme: theme)
        }
    }

    private func render(
        _ estimate: PlanEstimate, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        var lines: [StyledLine] = []
        if let steps = estimate.steps {
            let each =
                estimate.stepsPerEpoch.map { tr(", {1} per epoch", NumberText.count($0)) } ?? ""
            lines.append(pair(tr("Steps"), NumberText.count(steps) + each, theme))
        }
        if let tokens = estimate.tokens {
            lines.append(pair(tr("Tokens"), count(tokens), theme))
        }
        if let seconds = estimate.seconds, let speed = estimate.speed {
            let rate = NumberText.rate(speed.tokensPerSecond)
            lines.append(
                pair(
                    tr("Time"),
                    "~ " + NumberText.duration(seconds) + "  "
                        + tr("at {1} tok/s of {2}", rate, speed.run), theme))
        } else if estimate.tokens != nil {
            lines.append(pair(tr("Time"), tr("known after a first run of this kind"), theme))
        }
        lines.append(pair(tr("Trainable"), NumberText.count(estimate.trainableParameters), theme))
        lines.append(pair(tr("Memory"), NumberText.bytes(estimate.memoryBytes), theme))
        let (text, role) = words(for: estimate)
        lines += TextWrap.rows(StyledLine(DisplayText(text), theme[role]), width: area.width)
        let largest = estimate.parts.map(\.bytes).max()
        lines += estimate.parts.map { part in
            let mark: DisplayText = part.bytes == largest ? "  " + tr("◂ largest") : ""
            let size = DisplayText(NumberText.bytes(part.bytes))
            let gap = DisplayText("").padded(to: max(0, 9 - size.width))
            return StyledLine([
                Span(
                    DisplayText("  " + tr(part.title)).truncated(to: 20).padded(to: 20), theme[.dim]
                ),
                Span(gap), Span(size, theme[.value]), Span(mark, theme[.warning]),
            ])
        }
        let notes = issues.filter { $0.severity != .error }
        if !notes.isEmpty {
            lines += IssueLines(issues: notes, theme: theme).rows(width: area.width)
        }
        for (row, line) in lines.prefix(area.height).enumerated() {
            frame.put(line.truncated(to: area.width), in: area.row(row))
        }
    }

    /// A number of tokens, exact as far as it can be.
    private func count(_ tokens: Double) -> String {
        Int(exactly: tokens.rounded()).map(NumberText.count) ?? NumberText.setting(tokens)
    }

    private func pair(_ label: String, _ value: String, _ theme: Theme) -> StyledLine {
        StyledLine([
            Span(DisplayText(label).padded(to: 11), theme[.label]),
            Span(DisplayText(value), theme[.value]),
        ])
    }

    private func words(for estimate: PlanEstimate) -> (String, Role) {
        switch estimate.verdict {
        case .fits(let share):
            (tr("fits, {1} stays free", NumberText.percent(rounded(share))), .success)
        case .tight(let share):
            (tr("tight, {1} stays free", NumberText.percent(rounded(share))), .warning)
        case .tooLarge(let missing):
            (
                tr(
                    "does not fit: {1} too much. Try a shorter cutoff, a smaller micro-batch, recompute on, or base weights nf4.",
                    NumberText.bytes(missing)), .error
            )
        case .unknown: (tr("free memory is unknown"), .dim)
        }
    }

    private func rounded(_ share: Double) -> Double { (share * 100).rounded() / 100 }
}
