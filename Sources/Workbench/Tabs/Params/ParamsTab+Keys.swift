// The rows of keys of the parameter form, and of each thing that lies over it.

import Kernel
import Panels

extension ParamsTab {
    /// The rows of keys that work here now.
    static func keys(_ state: State, plan: TrainingPlan) -> [KeyBinding<Action>] {
        if let overlay = state.overlay { return keys(over: overlay, state) }
        if state.form.isEditing {
            return [
                KeyBinding(.enter, tr("accept"), .key(.enter)),
                KeyBinding(.tab, tr("accept, next field"), .key(.tab)),
                KeyBinding(.escape, tr("give up"), .key(.escape)),
            ]
        }
        if state.search != nil {
            return [
                KeyBinding(
                    .enter, tr("go there"), .searchAccepted,
                    disabledReason: rows(state).isEmpty ? tr("nothing fits") : nil),
                KeyBinding([.escape, .control("c")], tr("close"), .searchClosed),
            ]
        }
        let field = selectedField(state)
        let editsLines =
            if case .lines = field?.editor { field?.disabled(plan) == nil } else { false }
        let canUndo = state.done.last.map { $0.after == plan } ?? false
        let canRedo = state.undone.last.map { $0.before == plan } ?? false
        return [
            KeyBinding(.enter, tr("edit"), editsLines ? .linesPressed : .key(.enter)),
            KeyBinding(.character("/"), tr("search"), .searchPressed),
            KeyBinding([.left, .character("h")], tr("less"), .key(.left), isHint: false),
            KeyBinding(
                [.right, .character("l")], tr("more, next choice"), .key(.right), isHint: false),
            KeyBinding(.character("d"), tr("default"), .standardPressed, isHint: false),
            KeyBinding(.character("p"), tr("presets"), .presetsPressed),
            KeyBinding(.character("v"), tr("command"), .commandPressed),
            KeyBinding(.character("o"), tr("load a YAML"), .loadPressed),
            KeyBinding(.character("s"), tr("save as YAML"), .savePressed),
            KeyBinding(
                .character("u"), tr("undo"), .undoPressed,
                disabledReason: canUndo ? nil : tr("nothing to undo")),
            KeyBinding(
                .control("r"), tr("redo"), .redoPressed,
                disabledReason: canRedo ? nil : tr("nothing to redo"), isHint: false),
            KeyBinding(
                .character("z"), tr("open all sections, or fold rare ones"), .foldsTurned,
                isHint: false),
        ]
    }

    private static func keys(
        over overlay: ParamsOverlay, _ state: State
    ) -> [KeyBinding<Action>] {
        let close: [Key] = [.escape, .control("c")]
        switch overlay {
        case .presets:
            let isOwn = ownSelected(state) != nil
            return [
                KeyBinding(.enter, tr("take this preset"), .presetChosen),
                KeyBinding(.character("n"), tr("keep mine as a preset"), .presetKeepPressed),
                KeyBinding(
                    .character("x"), tr("delete"), .presetDeletePressed,
                    disabledReason: isOwn ? nil : tr("this one is the program's")),
                KeyBinding(
                    close + [.character("q"), .character("p")], tr("close"), .overlayClosed),
            ]
        case .naming:
            return [
                KeyBinding(.enter, tr("keep"), .presetNamed),
                KeyBinding(close, tr("close"), .overlayClosed),
            ]
        case .saving:
            return [
                KeyBinding(.enter, tr("save"), .saveAccepted),
                KeyBinding(.tab, tr("complete"), .completePressed),
                KeyBinding(close, tr("close"), .overlayClosed),
            ]
        case .loading:
            return [
                KeyBinding(.enter, tr("load"), .loadAccepted),
                KeyBinding(.tab, tr("complete"), .completePressed),
                KeyBinding(close, tr("close"), .overlayClosed),
            ]
        case .findings:
            return [
                KeyBinding(.enter, tr("take the rest"), .planTaken),
                KeyBinding(close + [.character("q")], tr("keep my plan"), .overlayClosed),
            ]
        case .command:
            return [
                KeyBinding(.character("w"), tr("write the file"), .savePressed),
                KeyBinding(.character("c"), tr("copy the command"), .commandCopied),
                KeyBinding(.character("y"), tr("copy the file"), .yamlCopied),
                KeyBinding(
                    close + [.enter, .character("q"), .character("v")], tr("close"),
                    .overlayClosed),
            ]
        case .lines:
            return [
                KeyBinding(.tab, tr("take the lines"), .linesAccepted),
                KeyBinding(.enter, tr("next line"), .key(.enter)),
                KeyBinding(close, tr("give up"), .overlayClosed),
            ]
        }
    }
}
