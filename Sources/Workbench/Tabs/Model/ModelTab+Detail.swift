// The right side of the model tab: what is known of the model in question, and the way through it where it is
// longer than the screen. Another model begins at its top.

import Kernel
import Panels

extension ModelTab {
    /// Scrolls the details by rows, down when positive.
    static func moveDetail(by rows: Int, _ state: inout State, _ plan: TrainingPlan) {
        guard let path = shownPath(state) else { return }
        let size = state.detailSize
        let count = detailLines(path, state, plan, size, .mono).count
        let before = detailTop(path, state, rows: count, height: size.height)
        state.detail = DetailPlace(
            path: path, top: max(0, min(before + rows, count - size.height)))
    }

    /// The first of this many rows that is shown.
    private static func detailTop(_ path: String, _ state: State, rows: Int, height: Int) -> Int {
        state.detail.path == path ? max(0, min(state.detail.top, rows - height)) : 0
    }

    private static func detailLines(
        _ path: String, _ state: State, _ plan: TrainingPlan, _ size: Size, _ theme: Theme
    ) -> [StyledLine] {
        let fit = state.fits[path].map { fit in
            tr(
                "{1} for {2} at {3} tokens", fit.word, plan.tuning.method.rawValue,
                NumberText.count(plan.encoding.cutoffLength))
        }
        return ModelDetail(theme: theme, width: size.width, fit: fit).lines(
            path: path, listed: state.models.first { $0.path == path },
            inspection: state.inspections[path], plan: plan, height: size.height)
    }

    static func viewDetail(
        _ state: State, _ plan: TrainingPlan, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        guard let path = shownPath(state) else {
            let inner = Pane(title: tr("Model")).render(in: area, on: &frame, theme: theme)
            let text: DisplayText = tr("A model folder has config.json, weights and a tokenizer.")
            for (row, line) in TextWrap.rows(text, width: inner.width).enumerated() {
                frame.put(line, in: inner.row(row), style: theme[.dim])
            }
            return
        }
        frame.markWheel(area, WheelPane.detail)
        let name = state.models.first { $0.path == path }?.name ?? path
        let note: DisplayText = path == plan.model.path ? tr("chosen") : ""
        let inner = Pane(title: DisplayText(name), note: note)
            .render(in: area, on: &frame, theme: theme)
        let lines = detailLines(path, state, plan, inner.size, theme)
        let top = detailTop(path, state, rows: lines.count, height: inner.height)
        for (row, line) in lines.dropFirst(top).prefix(inner.height).enumerated() {
            frame.put(line, in: inner.row(row))
        }
        // The mark for more rows stands on the lower edge, where it covers nothing.
        guard area.width >= 14 else { return }
        let letters = isTyping(state) ? ("", "") : ("{ ", "} ")
        let above = top > 0 ? ["\(letters.0)▲"] : []
        let below = top + inner.height < lines.count ? ["\(letters.1)▼"] : []
        let marks = (above + below).joined(separator: "  ")
        guard !marks.isEmpty else { return }
        frame.put(
            DisplayText(" \(marks) "),
            in: Rect(area.x + 2, area.bottom - 1, area.width - 4, 1), style: theme[.key],
            align: .right)
    }
}
