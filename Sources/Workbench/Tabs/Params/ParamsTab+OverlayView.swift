// How the overlays of the parameter form look: presets, prompts for names and paths, findings of a
// loaded file, the command.

import Kernel
import Panels

extension ParamsTab {
    static func viewOverlay(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        switch state.overlay {
        case nil: return
        case .saving(let prompt):
            viewPrompt(
                tr("Save the plan as YAML"), prompt.field, placeholder: tr("a file name"),
                remark: prompt.remark.isEmpty
                    ? tr("An existing file is replaced.") : prompt.remark, problem: nil, in: area,
                on: &frame, theme: theme)
        case .loading(let prompt, let problem):
            viewPrompt(
                tr("Load a plan"), prompt.field,
                placeholder: tr("a LLaMA-Factory YAML or JSON file"),
                remark: prompt.remark.isEmpty
                    ? tr("It replaces the whole plan; u brings yours back.") : prompt.remark,
                problem: problem, in: area, on: &frame, theme: theme)
        case .naming(let field, let problem):
            viewPrompt(
                tr("Keep the settings as a preset"), field, placeholder: tr("a name"),
                remark: tr("Model, data and run folder are not part of it."), problem: problem,
                in: area, on: &frame, theme: theme)
        case .presets(let list): viewPresets(list, state, in: area, on: &frame, theme: theme)
        case .findings(let loaded):
            let errors = loaded.findings.count { $0.severity == .error }
            viewText(
                loaded.view, title: tr("{1} asks for more", loaded.path),
                foot: errors == 0
                    ? tr("Keys without effect here; the rest is taken with Enter.")
                    : tr("This version cannot follow these; Enter takes the rest."), in: area,
                on: &frame, theme: theme)
        case .command(let view):
            viewText(
                view, title: tr("Command"),
                foot: tr("c and y copy through the terminal, where it allows that."), in: area,
                on: &frame, theme: theme)
        case .lines(let text): viewLines(text, state, in: area, on: &frame, theme: theme)
        }
    }

    private static func viewLines(
        _ text: TextArea.State, _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let rows = TextArea().height(text, width: max(1, min(area.width, 76) - 4))
        let place = area.centered(Size(76, max(8, min(rows, area.height - 6) + 4)))
        frame.unmark()
        frame.fill(place, style: theme[.text])
        let title = selectedField(state)?.shownLabel.drop(while: \.isWhitespace).description ?? ""
        let inner = Pane(
            title: DisplayText(title), note: tr("one a line"), isFocused: true
        ).render(in: place, on: &frame, theme: theme).inset(by: 1, 0)
        let (lines, hint) = inner.splitBottom(inner.height > 1 ? 1 : 0)
        TextArea(placeholder: tr("a question to ask again and again"))
            .render(text, in: lines, on: &frame, theme: theme)
        frame.put(
            tr("Tab takes it · Enter starts a line · Esc leaves it as it was"), in: hint,
            style: theme[.dim])
    }

    /// A line to type in, with a remark or what is wrong below it.
    private static func viewPrompt(
        _ title: DisplayText, _ field: TextField.State, placeholder: DisplayText, remark: String,
        problem: String?, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let width = min(72, area.width)
        let text = DisplayText(problem ?? remark)
        let rows = TextWrap.rows(text, width: max(1, width - 2)).prefix(6)
        let place = area.centered(Size(width, 3 + max(1, rows.count)))
        frame.unmark()
        frame.fill(place, style: theme[.text])
        let inner = Pane(title: title, isFocused: true).render(in: place, on: &frame, theme: theme)
        TextField(placeholder: placeholder).render(
            field, in: inner.row(0), on: &frame, theme: theme)
        for (row, line) in rows.enumerated() where row + 1 < inner.height {
            frame.put(line, in: inner.row(row + 1), style: theme[problem == nil ? .dim : .error])
        }
    }

    private static func viewPresets(
        _ list: ParamsOverlay.PresetList, _ state: State, in area: Rect, on frame: inout Frame,
        theme: Theme
    ) {
        let presets = presets(state)
        let faults = state.own.faults
        let place = area.centered(Size(72, presets.count + 2 + faults.count))
        frame.unmark()
        frame.fill(place, style: theme[.text])
        let inner = Pane(
            title: tr("Presets"), note: tr("model, data and folder stay"), isFocused: true
        ).render(in: place, on: &frame, theme: theme)
        let rows = presets.map { preset in
            let isDoomed = preset.name == list.doomed
            let title = DisplayText(tr(preset.title)).truncated(to: 26).padded(to: 26)
            let summary = isDoomed ? tr("x again deletes it") : tr(preset.summary)
            return StyledLine([
                Span(title, theme[.value]),
                Span(DisplayText(summary), theme[isDoomed ? .warning : .dim]),
            ])
        }
        let (body, foot) = inner.splitBottom(min(faults.count, max(0, inner.height - 3)))
        Panels.List(rows: rows).render(list.list, in: body, on: &frame, theme: theme)
        for (row, fault) in faults.prefix(foot.height).enumerated() {
            frame.put(DisplayText(tr(fault)), in: foot.row(row), style: theme[.error])
        }
    }

    /// A text that scrolls, with a remark at its foot.
    private static func viewText(
        _ view: TextViewState, title: DisplayText, foot: DisplayText, in area: Rect,
        on frame: inout Frame, theme: Theme
    ) {
        let place = area.centered(Size(min(96, area.width - 2), area.height))
        frame.unmark()
        frame.fill(place, style: theme[.text])
        let inner = Pane(title: title, isFocused: true)
            .render(in: place, on: &frame, theme: theme).inset(by: 1, 0)
        let (body, last) = inner.splitBottom(inner.height >= 4 ? 2 : 0)
        TextView().render(view, in: body, on: &frame, theme: theme)
        guard last.height == 2 else { return }
        frame.rule(last.row(0), style: theme[.border])
        frame.put(foot, in: last.row(1), style: theme[.dim])
    }
}
