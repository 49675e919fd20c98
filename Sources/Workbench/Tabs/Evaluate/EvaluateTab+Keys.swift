// The keys of the evaluate tab as rows: of the form, of the table of evaluations, of the answers.

import Panels

extension EvaluateTab {
    typealias Row = KeyBinding<Action>

    /// The rows of keys that work here now.
    static func keys(_ state: State) -> [Row] {
        guard !isModal(state) else { return [] }
        if let browser = state.browser {
            return browser.keys().map { $0.map(Action.browser) }
        }
        if state.form.isEditing {
            return [
                Row(.enter, tr("take it"), .key(.enter)),
                Row([.escape, .control("c")], tr("leave it as it was"), .key(.escape)),
            ]
        }
        let busy = isActive(state) ? tr("an evaluation is under way") : nil
        var rows = [
            Row(
                [.character("E"), .function(6)], tr("evaluate"), Action.startPressed,
                disabledReason: busy ?? state.values.problem)
        ]
        if busy != nil {
            let isLate = state.entries.last?.standing == .stopping
            rows.insert(
                Row(
                    [.escape, .control("c")], tr("stop"), .cancelPressed,
                    disabledReason: isLate ? tr("it is stopping already") : nil), at: 0)
        }
        switch state.part {
        case .form:
            rows += [
                Row(.enter, tr("change"), .key(.enter)),
                Row([.left, .character("h")], tr("previous choice"), .key(.left), isHint: false),
                Row([.right, .character("l")], tr("next choice"), .key(.right), isHint: false),
            ]
        case .results:
            let answers = selected(state)?.predictions.isEmpty ?? true
            rows.append(
                Row(
                    .enter, tr("look at the answers"), .answersPressed,
                    disabledReason: answers ? tr("there are no answers") : nil))
        }
        let without = state.values.adapterPath.isEmpty
        rows += [
            Row(
                .character("b"), without ? tr("with the adapter") : tr("the base alone"),
                .basePressed,
                disabledReason: without && state.lastAdapter.isEmpty
                    ? tr("there is no adapter") : nil),
            Row(.character("a"), tr("choose a run or checkpoint"), .pickPressed, isHint: false),
            Row([.tab, .backtab], state.part == .form ? tr("results") : tr("form"), .partPressed),
        ]
        return rows
    }
}
