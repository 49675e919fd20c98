// The key rows of the chat tab, by where the keyboard is. In the prompt only keys that are no text
// do something other than type; the same with letters alone while reading.

import Panels

extension ChatTab {
    typealias Row = KeyBinding<Action>

    /// The rows of keys that work here now.
    static func keys(_ state: State) -> [Row] {
        guard state.overlay == nil else { return [] }
        switch state.part {
        case .prompt: return promptKeys(state)
        case .transcript: return transcriptKeys(state)
        case .settings: return settingsKeys(state)
        case .editor(let editor):
            return [
                Row(
                    .enter, editor == .reference ? tr("score it") : tr("take it"), .editorAccepted,
                    disabledReason: editorProblem(state)),
                newLine,
                Row(
                    .escape, tr("leave it as it was"),
                    editor == .reference ? .transcriptPressed(nil) : .promptPressed),
            ]
        }
    }

    private static var newLine: Row {
        Row([.modified(.alt, .enter), .control("j")], tr("new line"), .key(.control("j")))
    }

    private static func promptKeys(_ state: State) -> [Row] {
        let isBlank = state.prompt.text.allSatisfy(\.isWhitespace)
        let nothing = isBlank ? tr("type a message first") : nil
        var rows: [Row] = [
            Row(
                .enter, state.rewrites == nil ? tr("send") : tr("send it instead"), .sendPressed,
                disabledReason: obstacle(state) ?? nothing)
        ]
        if state.isOpen {
            rows.append(Row([.escape, .control("c")], tr("stop"), .stopPressed))
        } else if state.rewrites != nil {
            rows.append(Row([.escape, .control("c")], tr("do not rewrite"), .editCancelled))
        } else {
            rows.append(Row(.escape, tr("more keys"), .transcriptPressed(nil)))
            if !isBlank {
                rows.append(
                    Row(
                        .control("c"), tr("put away; ↑ brings it back"), .promptCleared,
                        isHint: false))
            }
        }
        rows += [
            Row(
                .tab, tr("read"), .transcriptPressed(state.isSplit ? .a : nil), isHint: false),
            Row(
                .backtab, tr("read"), .transcriptPressed(state.isSplit ? .b : nil), isHint: false),
            newLine,
            Row(
                [.alt("u"), .control("_")], tr("undo typing"), .key(.control("_")), isHint: false),
        ]
        return rows + commonKeys(state, letters: false)
    }

    private static func transcriptKeys(_ state: State) -> [Row] {
        var rows = [Row([.enter, .character("i")], tr("write"), .promptPressed)]
        rows.append(
            state.isOpen
                ? Row([.escape, .control("c")], tr("stop"), .stopPressed)
                : Row(.escape, tr("back to the message"), .promptPressed, isHint: false))
        if state.isSplit {
            let toA = Action.transcriptPressed(.a)
            let toB = Action.transcriptPressed(.b)
            rows += [
                Row([.left, .character("h")], tr("side A"), toA, isHint: state.focus == .b),
                Row([.right, .character("l")], tr("side B"), toB, isHint: state.focus == .a),
                Row(.tab, tr("next pane"), state.focus == .a ? toB : .promptPressed, isHint: false),
                Row(
                    .backtab, tr("pane before"), state.focus == .a ? .promptPressed : toA,
                    isHint: false),
            ]
        } else {
            rows.append(Row([.tab, .backtab], tr("write"), .promptPressed, isHint: false))
        }
        return rows + commonKeys(state, letters: true) + turnKeys(state)
    }

    /// Keys about the turn that is pointed at, while reading.
    private static func turnKeys(_ state: State) -> [Row] {
        let unasked = state.tree.isEmpty ? tr("nothing was asked yet") : nil
        let alone =
            state.turn.map { state.tree.alternatives(of: $0).count > 1 } == true
            ? nil : tr("this question was asked once; r asks again, e rewrites it")
        let open = state.isOpen ? tr("an answer is under way; Esc stops it") : nil
        return [
            Row(
                .character("["), tr("alternative before"), .alternativeMoved(by: -1),
                disabledReason: unasked ?? open ?? alone, isHint: false),
            Row(
                .character("]"), tr("next alternative"), .alternativeMoved(by: 1),
                disabledReason: unasked ?? open ?? alone),
            Row(
                .character("K"), tr("question before"), .turnMoved(by: -1),
                disabledReason: unasked, isHint: false),
            Row(
                .character("J"), tr("next question"), .turnMoved(by: 1), disabledReason: unasked,
                isHint: false),
        ]
    }

    private static func settingsKeys(_ state: State) -> [Row] {
        if state.form.isEditing {
            return [
                Row(.enter, tr("take it"), .key(.enter)),
                Row([.escape, .control("c")], tr("leave it as it was"), .key(.escape)),
            ]
        }
        return [
            Row([.escape, .control("t")], tr("close"), .settingsPressed),
            Row(.enter, tr("change"), .key(.enter)),
            Row([.left, .character("h")], tr("less"), .key(.left)),
            Row([.right, .character("l")], tr("more"), .key(.right)),
        ]
    }

    private static func commonKeys(_ state: State, letters: Bool) -> [Row] {
        let unasked = state.tree.isEmpty ? tr("nothing was asked yet") : nil
        let obstacle = obstacle(state)
        func row(
            _ control: Key, _ letter: Character, _ help: String, _ action: Action,
            _ reason: String? = nil, isHint: Bool = true
        ) -> Row {
            Row(
                letters ? [.character(letter), control] : [control], help, action,
                disabledReason: reason, isHint: isHint)
        }
        return [
            row(.control("g"), "r", tr("ask again"), .regeneratePressed, unasked ?? obstacle),
            row(
                .alt("v"), "v", state.isSplit ? tr("one side") : tr("side by side"), .splitPressed,
                state.isOpen ? tr("an answer is under way; Esc stops it") : nil),
            row(.control("o"), "a", tr("base or adapter"), .sourcePressed),
            row(.alt("a"), "A", tr("who answers…"), .answererPressed, isHint: letters),
            row(.control("t"), "t", tr("settings"), .settingsPressed),
            row(.alt("e"), "e", tr("rewrite"), .editPressed, unasked, isHint: letters),
            row(
                .alt("x"), "x", tr("score a reference"), .editorPressed(.reference),
                unasked ?? obstacle, isHint: letters),
            row(.alt("s"), "s", tr("system prompt"), .editorPressed(.system), isHint: letters),
            row(
                .alt("t"), "T", tr("tools"), .editorPressed(.tools), toolObstacle(state),
                isHint: false),
            row(
                .alt("z"), "z", state.unfolds ? tr("fold thoughts") : tr("unfold thoughts"),
                .thoughtsPressed,
                hasThoughts(state) ? nil : tr("no answer thinks aloud"), isHint: letters),
            row(.control("n"), "n", tr("new…"), .newPressed, unasked),
            row(
                .alt("w"), "w", tr("save…"), .savePressed, saveObstacle(state), isHint: letters),
            row(
                .alt("o"), "o", tr("open…"), .openPressed,
                state.isOpen ? tr("an answer is under way; Esc stops it") : nil, isHint: letters),
            row(
                .alt("p"), "p", tr("pair to training data…"), .recordPressed,
                recordObstacle(state), isHint: letters),
        ]
    }

    private static func hasThoughts(_ state: State) -> Bool {
        state.tree.turns.contains { turn in
            ChatSide.allCases.contains {
                turn.answers[$0]?.text.contains("</think>") == true
                    || turn.answers[$0]?.text.contains("<think>") == true
            }
        }
    }

    /// Why the model cannot be given tools; nil when it can.
    private static func toolObstacle(_ state: State) -> String? {
        if state.around.modelPath.isEmpty { return tr("choose a model first (Alt-1)") }
        return switch state.around.knowsTools {
        case true: nil
        case false: tr("the model's own template knows no tools")
        case nil: tr("the model was not looked at yet (Alt-1)")
        }
    }
}
