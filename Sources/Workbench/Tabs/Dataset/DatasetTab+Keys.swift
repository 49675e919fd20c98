// The rows of keys of the dataset tab, and of each thing that lies over it.

import Kernel
import Panels

extension DatasetTab {
    /// The rows of keys that work here now.
    static func keys(_ state: State, plan: TrainingPlan) -> [KeyBinding<Action>] {
        if let overlay = state.overlay { return keys(over: overlay, state) }
        let panes: [KeyBinding<Action>] = [
            KeyBinding(.tab, tr("next pane"), .paneMoved(by: 1), isHint: false),
            KeyBinding(.backtab, tr("previous pane"), .paneMoved(by: -1), isHint: false),
        ]
        if state.part == .folder {
            return [
                KeyBinding(.enter, tr("list this folder, or add this file"), .folderAccepted),
                KeyBinding(.tab, tr("complete"), .completePressed),
                KeyBinding(.escape, tr("back to the list"), .folderLeft),
                KeyBinding(.backtab, tr("previous pane"), .paneMoved(by: -1), isHint: false),
                KeyBinding(.control("c"), tr("clear"), .folderCleared, isHint: false),
            ]
        }
        if state.isSearching {
            return [
                KeyBinding(.enter, tr("keep what is found"), .searchAccepted),
                KeyBinding([.escape, .control("c")], tr("show all again"), .searchClosed),
            ]
        }
        let noSets = rows(state, plan).isEmpty ? tr("there is no data set in the list") : nil
        let noRecord = state.recordCount == nil ? recordReason(plan) : nil
        let noFindings =
            state.report.value.map { $0.findings.isEmpty ? tr("there is nothing to list") : nil }
            ?? tr("the report is not there yet")
        return [
            KeyBinding(
                [.character(" "), .enter], tr("mark"), .markPressed, disabledReason: noSets),
            KeyBinding(
                [.right, .character("l")], tr("next record"), .recordMoved(by: 1),
                disabledReason: noRecord),
            KeyBinding(
                [.left, .character("h")], tr("previous record"), .recordMoved(by: -1),
                disabledReason: noRecord, isHint: false),
            KeyBinding(
                .character("p"), tr("problems"), .findingsPressed, disabledReason: noFindings),
            KeyBinding(
                .character("m"), tr("mix"), .mixPressed,
                disabledReason: plan.data.names.count < 2
                    ? tr("mark two data sets to mix them") : nil),
            KeyBinding(.character("t"), tr("token ids"), .idsTurned, disabledReason: noRecord),
            KeyBinding(.character("e"), tr("folder or file"), .folderPressed),
            KeyBinding(.character("/"), tr("search"), .searchPressed, isHint: false),
            KeyBinding(.character("f"), tr("which sets are listed"), .filterTurned, isHint: false),
            KeyBinding(.character("r"), tr("read again"), .refreshPressed, isHint: false),
            KeyBinding(
                .character("x"), tr("stop encoding"), .stopPressed,
                disabledReason: state.report == .waiting ? nil : tr("nothing is being encoded"),
                isHint: state.report == .waiting),
        ]
            + (state.search.text.isEmpty
                ? [] : [KeyBinding(.escape, tr("show all again"), .searchClosed)]) + panes
    }

    private static func keys(
        over overlay: DatasetOverlay, _ state: State
    ) -> [KeyBinding<Action>] {
        let close: [Key] = [.escape, .control("c")]
        switch overlay {
        case .findings:
            let index = selectedFinding(state)?.index
            return [
                KeyBinding(
                    .enter, tr("show the record"), .findingChosen,
                    disabledReason: index == nil ? tr("it is in no marked set") : nil),
                KeyBinding(.tab, tr("only one kind"), .findingKindTurned),
                KeyBinding(
                    close + [.character("q"), .character("p")], tr("close"), .overlayClosed),
            ]
        case .mixing(let mixture):
            if mixture.form.isEditing { return editing }
            return [
                KeyBinding(.enter, tr("edit"), .key(.enter)),
                KeyBinding(
                    .character("w"), tr("mix so"), .mixAccepted, disabledReason: mixture.problem),
                KeyBinding(close + [.character("q")], tr("close"), .overlayClosed),
            ]
        case .adding(let form):
            if form.form.isEditing { return editing }
            return [
                KeyBinding(.enter, tr("edit"), .key(.enter)),
                KeyBinding(
                    .character("w"), tr("write the entry"), .definitionAccepted,
                    disabledReason: DatasetForm.first(form.issues)),
                KeyBinding(.character("f"), tr("only the path"), .pathTaken),
                KeyBinding(close + [.character("q")], tr("close"), .overlayClosed),
            ]
        }
    }

    private static var editing: [KeyBinding<Action>] {
        [
            KeyBinding(.enter, tr("accept"), .key(.enter)),
            KeyBinding(.tab, tr("accept, next field"), .key(.tab)),
            KeyBinding(.escape, tr("give up"), .key(.escape)),
        ]
    }
}

extension DatasetForm {
    /// The first thing that is wrong, in the order of the fields.
    static func first(_ issues: [String: String]) -> String? {
        (["name"] + columns.map(\.key)).lazy.compactMap { issues[$0] }.first
    }
}
