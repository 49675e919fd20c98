// How a form looks: headings, labels in one column, values in the next, the issue or the note
// behind them, the help of the selected field in the last line.

extension Form {
    private enum Row {
        case heading(DisplayText)
        case field(Int, Field)
    }

    /// Draws the rows around the selected field.
    public func render(_ state: FormState, in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        let (body, foot) = area.splitBottom(area.height >= 4 ? 2 : 0)
        let rows = rows
        let selected = rows.firstIndex {
            if case .field(let index, _) = $0 { index == state.selection } else { false }
        }
        var list = ListState(visibleRows: body.height)
        list.select(selected ?? 0, count: rows.count)
        let top = list.top(visible: body.height, count: rows.count)
        let inner = ScrollBar(count: rows.count, top: top).render(
            in: body, on: &frame, theme: theme)
        let labelWidth = labelWidth(in: inner.width)
        for line in 0..<max(0, min(body.height, rows.count - top)) {
            let place = inner.row(line)
            switch rows[top + line] {
            case .heading(let title): frame.put(title, in: place, style: theme[.heading])
            case .field(let index, let field):
                let draft = index == state.selection ? state.draft : nil
                FieldRow(
                    field: field, isSelected: index == state.selection, isFocused: isFocused,
                    draft: draft, labelWidth: labelWidth
                ).render(in: place, on: &frame, theme: theme)
                if draft == nil {
                    Clicks(leads: [], isFocused: isFocused).mark(
                        index, isSelected: index == state.selection, in: place, on: &frame)
                }
            }
        }
        renderFoot(state, in: foot, on: &frame, theme: theme)
    }

    /// Headings and fields in the order in which they are drawn.
    private var rows: [Row] {
        var index = 0
        return sections.flatMap { section in
            (section.title.isEmpty ? [] : [Row.heading(section.title)])
                + section.fields.map { field in
                    defer { index += 1 }
                    return Row.field(index, field)
                }
        }
    }

    private func labelWidth(in width: Int) -> Int {
        let widest = fields.filter { $0.editor != .fold }.map(\.label.width).max() ?? 0
        return min(widest, max(8, width * 2 / 5))
    }

    /// A rule and the help, or the issue or the reason, of the selected field.
    private func renderFoot(
        _ state: FormState, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let all = fields
        guard area.height == 2, all.indices.contains(state.selection) else { return }
        let field = all[state.selection]
        frame.rule(area.row(0), style: theme[.border])
        if let problem = state.problem {
            frame.put(problem, in: area.row(1), style: theme[.error])
        } else if let reason = field.disabledReason {
            frame.put(reason, in: area.row(1), style: theme[.warning])
        } else if let issue = field.issue {
            frame.put(issue.text, in: area.row(1), style: theme[issue.role])
        } else {
            frame.put(field.help, in: area.row(1), style: theme[.dim])
        }
    }
}

/// One row of a form.
private struct FieldRow {
    let field: Form.Field
    let isSelected: Bool
    let isFocused: Bool
    let draft: TextField.State?
    let labelWidth: Int

    func render(in area: Rect, on frame: inout Frame, theme: Theme) {
        if field.editor == .fold {
            renderHeading(in: area, on: &frame, theme: theme)
            return
        }
        let mark = isSelected ? "▸" : field.isModified ? "●" : " "
        frame.put(
            DisplayText(mark), at: Point(area.x, area.y),
            style: theme[isSelected ? .accent : .warning], in: area)
        let isOff = field.disabledReason != nil
        let labelPlace = Rect(area.x + 2, area.y, labelWidth, 1).intersection(area)
        frame.put(
            field.label, in: labelPlace,
            style: isOff ? theme[.dim] : isSelected ? theme[.label].with(.bold) : theme[.label])
        let rest = Rect(
            area.x + labelWidth + 4, area.y, area.width - labelWidth - 4, 1
        ).intersection(area)
        guard !rest.isEmpty else { return }
        if let draft {
            let room = min(rest.width, max(24, rest.width / 2))
            let place = rest.splitLeft(room).left
            TextField(placeholder: placeholder, isFocused: isFocused)
                .render(draft, in: place, on: &frame, theme: theme)
            remark(in: rest.splitLeft(room + 1).rest, on: &frame, theme: theme)
            return
        }
        let text = shownValue
        let style = isOff ? theme[.dim] : theme[field.value.isEmpty ? .placeholder : .value]
        frame.put(text.truncated(to: rest.width), at: Point(rest.x, area.y), style: style, in: rest)
        if isSelected && isFocused {
            let marked = Rect(rest.x, area.y, min(rest.width, text.width), 1)
            Selection(isFocused: true).render(in: marked, on: &frame, theme: theme)
        }
        let start = max(14, text.width + 2)
        remark(in: rest.splitLeft(start).rest, on: &frame, theme: theme)
    }

    /// A heading with a mark for whether its fields are shown, and its remarks.
    private func renderHeading(in area: Rect, on frame: inout Frame, theme: Theme) {
        let isOpen = field.value == "true"
        let heading = DisplayText(isOpen ? "▾ " : "▸ ") + field.label
        frame.put(heading, in: area, style: theme[.heading])
        if isSelected && isFocused {
            let marked = Rect(area.x, area.y, min(area.width, heading.width), 1)
            Selection(isFocused: true).render(in: marked, on: &frame, theme: theme)
        }
        remark(in: area.splitLeft(heading.width + 2).rest, on: &frame, theme: theme)
    }

    private var placeholder: DisplayText {
        switch field.editor {
        case .text(let placeholder), .lines(let placeholder): Wording.of(placeholder)
        default: ""
        }
    }

    private var shownValue: DisplayText {
        switch field.editor {
        case .choice: "‹ \(Wording.of(field.value)) ›"
        case .toggle: field.value == "true" ? "[x] \(Wording.of("on"))" : "[ ] \(Wording.of("off"))"
        case .text where field.value.isEmpty, .lines where field.value.isEmpty:
            placeholder.isEmpty ? "—" : placeholder
        case .lines: lines
        default: field.value.isEmpty ? "—" : DisplayText(field.value)
        }
    }

    /// The first line, and how many follow.
    private var lines: DisplayText {
        let all = field.value.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let first = DisplayText(String(all.first ?? "")).truncated(to: 28)
        return all.count > 1 ? "\(first) +\(DisplayText(String(all.count - 1)))" : first
    }

    private func remark(in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        if let issue = field.issue {
            frame.put(issue.text, in: area, style: theme[issue.role])
        } else {
            frame.put(field.note, in: area, style: theme[.dim])
        }
    }
}
