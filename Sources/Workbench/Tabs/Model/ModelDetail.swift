// Facts and checks of one model as lines: what it is, which template it gets and why, and what
// was looked at before it is trusted. Failed checks come first, so that they are never cut off.

import Kernel
import Panels

/// The text of the model tab's right side.
struct ModelDetail {
    let theme: Theme
    let width: Int
    /// How the chosen method fits, in words; nil while that is unknown.
    var fit: String?
    /// Whether only the essentials are shown: the checks that failed, and the names of those that passed.
    var isBrief = false

    /// All lines, wrapped to the width; in brief where there are more than so many.
    func lines(
        path: String, listed: ModelSummary?, inspection: ModelTab.Inspection?, plan: TrainingPlan,
        height: Int
    ) -> [StyledLine] {
        let all = lines(path, listed, inspection, plan)
        guard all.count > height else { return all }
        var brief = self
        brief.isBrief = true
        return brief.lines(path, listed, inspection, plan)
    }

    private func lines(
        _ path: String, _ listed: ModelSummary?, _ inspection: ModelTab.Inspection?,
        _ plan: TrainingPlan
    ) -> [StyledLine] {
        switch inspection {
        case .done(let summary):
            return facts(summary, plan) + [""] + checks(summary)
        case .failed(let error):
            return facts(listed, path) + [""] + failure(error)
        case .waiting, nil:
            return facts(listed, path) + ["", StyledLine(tr("Opening and checking…"), theme[.dim])]
        }
    }

    // MARK: - Facts

    private func facts(_ listed: ModelSummary?, _ path: String) -> [StyledLine] {
        guard let listed else { return fact(tr("Path"), path) }
        return facts(listed, nil)
    }

    private func facts(_ model: ModelSummary, _ plan: TrainingPlan?) -> [StyledLine] {
        var lines: [StyledLine] = []
        if !model.family.isEmpty { lines += fact(tr("Family"), model.family) }
        if let parameters = model.parameters {
            lines += fact(tr("Parameters"), NumberText.count(parameters))
        }
        if !model.format.isEmpty { lines += fact(tr("Stored as"), model.format) }
        if model.bytes > 0 { lines += fact(tr("On disk"), NumberText.bytes(model.bytes)) }
        if let context = model.contextLength {
            lines += fact(tr("Context"), tr("{1} tokens", NumberText.count(context)))
        }
        if let fit { lines += fact(tr("Memory"), fit) }
        if let plan {
            let isChosen = plan.model.path == model.path
            let own = isChosen ? plan.encoding.template : model.templateName
            lines += fact(tr("Template"), own ?? tr("the model's own"))
            if isChosen, plan.encoding.template != model.templateName {
                lines += remark(
                    tr("set in Params; detected: {1}", model.templateName ?? tr("its own")))
            } else if model.templateReason != "" {
                lines += remark(tr(model.templateReason))
            }
            if !isBrief, !model.trainableLayers.isEmpty {
                lines += fact(tr("Layers"), model.trainableLayers.joined(separator: " "))
            }
        }
        return lines + fact(tr("Path"), model.path)
    }

    private static let labelWidth = 11

    /// A label with a value, further rows under the value.
    private func fact(_ label: String, _ value: String) -> [StyledLine] {
        let room = max(1, width - Self.labelWidth)
        return TextWrap.rows(DisplayText(value), width: room).enumerated().map { row, text in
            let head = DisplayText(row == 0 ? label : "").padded(to: Self.labelWidth)
            return StyledLine([Span(head, theme[.label]), Span(text, theme[.value])])
        }
    }

    private func remark(_ text: String) -> [StyledLine] {
        TextWrap.rows(DisplayText(text), width: max(1, width - Self.labelWidth)).map { row in
            let indent = DisplayText("").padded(to: Self.labelWidth)
            return StyledLine([Span(indent), Span(row, theme[.dim])])
        }
    }

    // MARK: - Checks

    private func checks(_ model: ModelSummary) -> [StyledLine] {
        guard !model.checks.isEmpty else { return [] }
        let failed = model.failures
        let title: DisplayText =
            failed.isEmpty
            ? tr("Checks: all {1} passed", model.checks.count)
            : tr("Checks: {1} of {2} failed", failed.count, model.checks.count)
        let passed = model.checks.filter(\.passed)
        return [StyledLine(title, theme[.heading])] + failed.flatMap(check)
            + (isBrief ? names(of: passed) : passed.flatMap(check))
    }

    /// What passed, by name only.
    private func names(of checks: [ModelSummary.Check]) -> [StyledLine] {
        let names = checks.map { tr($0.title) }.joined(separator: " · ")
        return TextWrap.rows(DisplayText(names), width: max(1, width - 5)).enumerated().map {
            let verdict: DisplayText = $0 == 0 ? tr("ok") : ""
            return StyledLine([
                Span(verdict.padded(to: 5), theme[.success]), Span($1, theme[.text]),
            ])
        }
    }

    /// One check; the verdict is a word, so that it needs no colour.
    private func check(_ check: ModelSummary.Check) -> [StyledLine] {
        let role: Role = check.passed ? .dim : .text
        let verdict: DisplayText = check.passed ? tr("ok") : tr("fail")
        var mark = StyledLine([
            Span(verdict.padded(to: 5), theme[check.passed ? .success : .error]),
            Span(DisplayText(tr(check.title)), theme[.text]),
        ])
        let found = tr(check.detail)
        let detail = DisplayText("  " + found)
        if found.isEmpty || mark.width + detail.width <= width {
            mark.spans.append(Span(detail, theme[role]))
            return [mark]
        }
        return [mark]
            + TextWrap.rows(DisplayText(found), width: max(1, width - 5)).map {
                StyledLine([Span("     "), Span($0, theme[role])])
            }
    }

    private func failure(_ error: KernelError) -> [StyledLine] {
        let parts: [(String?, Role)] = [
            (tr(error.what), .error), (error.place, .dim), (error.why.map { tr($0) }, .text),
            (error.hint.map { tr($0) }, .accent),
        ]
        return parts.flatMap { text, role in
            text.map { rows(of: $0, role) } ?? []
        }
    }

    private func rows(of text: String, _ role: Role) -> [StyledLine] {
        DisplayText.lines(tr(text)).flatMap { TextWrap.rows($0, width: max(1, width)) }
            .map { StyledLine($0, theme[role]) }
    }
}
