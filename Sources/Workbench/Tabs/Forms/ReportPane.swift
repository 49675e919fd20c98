// The report over the chosen data: how much is trained on, what is left out and why, and how long
// records are. Where rows are short, the histogram becomes one line.

import Panels

/// Counts and lengths of the chosen data.
struct ReportPane {
    let report: DataReport
    let cutoff: Int

    func render(in area: Rect, on frame: inout Frame, theme: Theme) {
        let facts = facts(theme)
        for (row, line) in facts.prefix(area.height).enumerated() {
            frame.put(line.truncated(to: area.width), in: area.row(row))
        }
        let rest = area.splitTop(facts.count + 1).rest
        guard !report.lengths.isEmpty else { return }
        if rest.height >= report.lengths.count {
            renderBars(in: rest, on: &frame, theme: theme)
        } else {
            renderSparkline(in: area.splitTop(facts.count).rest, on: &frame, theme: theme)
        }
    }

    private var records: String {
        let held = report.heldOut
        return NumberText.count(report.records)
            + (held > 0 ? tr(", {1} held out", NumberText.count(held)) : "")
    }

    private func facts(_ theme: Theme) -> [StyledLine] {
        var lines = [
            line(tr("Records"), records, theme),
            line(tr("Tokens"), NumberText.count(report.tokens), theme),
            line(
                tr("Trained"),
                tr(
                    "{1} tokens ({2})", NumberText.count(report.trainedTokens),
                    NumberText.percent(report.trainedTokens, of: report.tokens)), theme,
                role: report.trainedTokens == 0 && report.records > 0 ? .error : .value),
            line(tr("Longest"), tr("{1} tokens", NumberText.count(report.longest)), theme),
        ]
        let skipped = report.skipped.filter { $0.count > 0 }
        if !skipped.isEmpty {
            let reasons = skipped.map { "\(NumberText.count($0.count)) \(tr($0.reason))" }
            lines.append(
                line(tr("Left out"), reasons.joined(separator: " · "), theme, role: .warning))
        }
        let share = NumberText.percent(report.truncated, of: report.records)
        lines.append(
            line(
                tr("Cut"),
                report.truncated == 0
                    ? tr("none")
                    : tr(
                        "{1} ({2}) at {3} tokens", NumberText.count(report.truncated), share,
                        NumberText.count(cutoff)),
                theme,
                role: report.truncated == 0 ? .value : .warning))
        lines += heldOutFacts(theme)
        if report.empty > 0 {
            let text = NumberText.count(report.empty)
            lines.append(line(tr("Empty"), text, theme, role: .warning))
        }
        if !report.unused.isEmpty {
            // The report's own list holds names, which no catalogue translates.
            let names = report.unused.map { "\($0.reason) \(NumberText.count($0.count))" }
            lines.append(line(tr("Unused"), names.joined(separator: " · "), theme, role: .warning))
        }
        if report.untrained > 0 {
            let text = tr("{1} answers, as their records say", NumberText.count(report.untrained))
            lines.append(line(tr("Untrained"), text, theme))
        }
        if report.special > 0 {
            let count = NumberText.count(report.special)
            let text =
                report.trustsSpecial
                ? tr("{1} records, taken as tokens", count) : tr("{1} records, kept as text", count)
            lines.append(line(tr("Special"), text, theme, role: .warning))
        }
        lines.append(
            line(
                tr("Repeated"),
                report.duplicates == 0 ? tr("none") : NumberText.count(report.duplicates),
                theme, role: report.duplicates == 0 ? .value : .warning))
        return lines
    }

    /// The remarks on the model's context and on the sets that the model is measured on.
    private func heldOutFacts(_ theme: Theme) -> [StyledLine] {
        var lines: [StyledLine] = []
        if report.beyondContext > 0 {
            let text = tr(
                "{1} records, longer than the model's context",
                NumberText.count(report.beyondContext))
            lines.append(line(tr("Beyond"), text, theme, role: .warning))
        }
        if report.alsoTrained > 0 {
            let text = tr(
                "{1} held-out records are trained on", NumberText.count(report.alsoTrained))
            lines.append(line(tr("Shared"), text, theme, role: .warning))
        }
        if let fault = report.evaluationFault {
            let text = tr("cannot be read: {1}", tr(fault))
            lines.append(line(tr("Held out"), text, theme, role: .error))
        }
        return lines
    }

    private func line(_ label: String, _ value: String, _ theme: Theme, role: Role = .value)
        -> StyledLine
    {
        StyledLine([
            Span(DisplayText(label).padded(to: 10), theme[.label]),
            Span(DisplayText(value), theme[role]),
        ])
    }

    /// One row for each bucket, the longest bar as long as there is room.
    private func renderBars(in area: Rect, on frame: inout Frame, theme: Theme) {
        let most = report.lengths.map(\.count).max() ?? 0
        for (row, bucket) in report.lengths.enumerated() {
            let place = area.row(row)
            let (label, bar) = place.splitLeft(10)
            frame.put("≤ \(NumberText.count(bucket.tokensMax))", in: label, style: theme[.label])
            Gauge(
                fraction: most > 0 ? Double(bucket.count) / Double(most) : 0,
                label: DisplayText(NumberText.count(bucket.count)).paddedLeft(to: 7)
            ).render(in: bar, on: &frame, theme: theme)
        }
    }

    private func renderSparkline(in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty, let last = report.lengths.last else { return }
        let (label, rest) = area.row(0).splitLeft(10)
        frame.put(tr("Lengths"), in: label, style: theme[.label])
        let (plot, note) = rest.splitLeft(min(report.lengths.count, rest.width))
        Sparkline(values: report.lengths.map { Double($0.count) })
            .render(in: plot, on: &frame, theme: theme)
        frame.put(
            " " + tr("1 … {1} tokens", NumberText.count(last.tokensMax)), in: note,
            style: theme[.dim])
    }
}

extension DisplayText {
    /// The text with spaces in front, to some columns.
    fileprivate func paddedLeft(to columns: Int) -> DisplayText {
        DisplayText("").padded(to: max(0, columns - width)) + self
    }
}
