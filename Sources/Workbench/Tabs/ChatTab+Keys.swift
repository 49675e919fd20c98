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
                Row(.enter, "take it", .systemAccepted),
                newLine, Row(.escape, "leave it as it was", .promptPressed),
            ]
        }
    }

    private static let newLine = Row(
        [.modified(.alt, .enter), .control("j")], "new line", .key(.control("j")))

    private static func promptKeys(_ state: State) -> [Row] {
        let isBlank = state.prompt.text.allSatisfy(\.isWhitespace)
        let nothing = isBlank ? "type a message first" : nil
        var rows: [Row] = [
            Row(
                .enter, "send", .sendPressed, disabledReason: obstacle(state) ?? nothing)
        ]
        if state.conversation.isOpen {
            rows.append(Row([.escape, .control("c")], "stop", .stopPressed))
        } else {
            rows.append(
                Row([.escape, .tab, .backtab], "more keys", .transcriptPressed))
            if !isBlank {
                rows.append(
                    Row(
                        .control("c"), "put away; ↑ brings it back", .promptCleared, isHint: false))
            }
        }
        return rows + [newLine] + commonKeys(state, letters: false)
    }

    private static func transcriptKeys(_ state: State) -> [Row] {
        let write = Row(
            [.enter, .character("i"), .tab, .backtab], "write", .promptPressed)
        let leave =
            state.conversation.isOpen
            ? Row([.escape, .control("c")], "stop", .stopPressed)
            : Row(.escape, "back to the message", .promptPressed, isHint: false)
        return [write, leave] + commonKeys(state, letters: true)
    }

    private static func settingsKeys(_ state: State) -> [Row] {
        if state.form.isEditing {
            return [
                Row(.enter, "take it", .key(.enter)),
                Row([.escape, .control("c")], "leave it as it was", .key(.escape)),
            ]
        }
        return [
            Row([.escape, .control("t")], "close", .settingsPressed),
            Row(.enter, "change", .key(.enter)),
            Row([.left, .character("h")], "less", .key(.left)),
            Row([.right, .character("l")], "more", .key(.right)),
        ]
    }

    private static func commonKeys(_ state: State, letters: Bool) -> [Row] {
        let unasked = state.conversation.turns.isEmpty ? "nothing was asked yet" : nil
        func keys(_ control: Key, _ letter: Character) -> [Key] {
            letters ? [.character(letter), control] : [control]
        }
        return [
            Row(
                keys(.control("o"), "a"), "base or adapter", .sourcePressed),
            Row(
                keys(.control("g"), "r"), "ask again", .regeneratePressed,
                disabledReason: unasked ?? obstacle(state)),
            Row(keys(.control("t"), "t"), "settings", .settingsPressed),
            Row(keys(.alt("s"), "s"), "system prompt", .systemPressed, isHint: letters),
            Row(
                keys(.control("n"), "n"), "new…", .newPressed, disabledReason: unasked),
        ]
    }
}
