// The key rows of the chat tab, by where the keyboard is. In the prompt only keys that are no text
// do something else than type.

import Panels

extension ChatTab {
    typealias Row = KeyBinding<Action>

    /// The rows of keys that work here now.
    static func keys(_ state: State) -> [Row] {
        guard state.question == nil else { return [] }
        switch state.part {
        case .prompt: return promptKeys(state)
        case .transcript: return transcriptKeys(state)
        case .settings: return settingsKeys(state)
        case .system:
            return [
                Row(.enter, tr("take it"), .systemAccepted),
                newLine, Row(.escape, tr("leave it as it was"), .promptPressed),
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
                .enter, tr("send"), .sendPressed, disabledReason: obstacle(state) ?? nothing)
        ]
        if state.conversation.isOpen {
            rows.append(Row([.escape, .control("c")], tr("stop"), .stopPressed))
        } else {
            rows.append(
                Row([.escape, .tab, .backtab], tr("more keys"), .transcriptPressed))
            if !isBlank {
                rows.append(
                    Row(
                        .control("c"), tr("put away; ↑ brings it back"), .promptCleared,
                        isHint: false))
            }
        }
        return rows + [newLine] + commonKeys(state, letters: false)
    }

    private static func transcriptKeys(_ state: State) -> [Row] {
        let write = Row(
            [.enter, .character("i"), .tab, .backtab], tr("write"), .promptPressed)
        let leave =
            state.conversation.isOpen
            ? Row([.escape, .control("c")], tr("stop"), .stopPressed)
            : Row(.escape, tr("back to the message"), .promptPressed, isHint: false)
        return [write, leave] + commonKeys(state, letters: true)
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
        let unasked = state.conversation.turns.isEmpty ? tr("nothing was asked yet") : nil
        func keys(_ control: Key, _ letter: Character) -> [Key] {
            letters ? [.character(letter), control] : [control]
        }
        return [
            Row(
                keys(.control("o"), "a"), tr("base or adapter"), .sourcePressed),
            Row(
                keys(.control("g"), "r"), tr("ask again"), .regeneratePressed,
                disabledReason: unasked ?? obstacle(state)),
            Row(keys(.control("t"), "t"), tr("settings"), .settingsPressed),
            Row(keys(.alt("s"), "s"), tr("system prompt"), .systemPressed, isHint: letters),
            Row(
                keys(.control("n"), "n"), tr("new…"), .newPressed, disabledReason: unasked),
        ]
    }
}
