// Typing in the chat tab: the prompt with its history, and the texts that are edited over the tab.

import Kernel
import Panels

extension ChatTab {
    static func pressed(_ key: Key, _ state: inout State) -> [Effect] {
        if state.overlay != nil { return answer(key, &state) }
        if let side = wheeledSide(key, state) {
            _ = state.panes[side].view.handle(key)
            return []
        }
        switch state.part {
        case .prompt: typed(key, &state)
        case .transcript: _ = state.panes[state.focus].view.handle(key)
        case .editor: _ = state.editor.handle(key)
        case .settings:
            let fields = state.settings.form(isFocused: true, sides: state.sides).fields
            if case .changed(let id, let value) = state.form.handle(key, fields: fields) {
                state.settings.take(id: id, value: value)
            }
        }
        return []
    }

    /// The conversation that the wheel turns over; nil where something else has the keys.
    private static func wheeledSide(_ key: Key, _ state: State) -> ChatSide? {
        guard case .mouse(let mouse) = key, let pane = mouse.pane else { return nil }
        if case .editor = state.part { return nil }
        return WheelPane(rawValue: pane)?.side
    }

    private static func typed(_ key: Key, _ state: inout State) {
        if state.prompt.handle(key) {
            state.historyIndex = nil
            return
        }
        switch key {
        case .up: recall(by: -1, &state)
        case .down: recall(by: 1, &state)
        case .pageUp, .pageDown, .mouse:
            for side in state.sides { _ = state.panes[side].view.handle(key) }
        default: break
        }
    }

    /// Steps through what was sent before; behind the newest the prompt is empty again.
    private static func recall(by step: Int, _ state: inout State) {
        let next = (state.historyIndex ?? state.history.count) + step
        guard next >= 0, next <= state.history.count else { return }
        if state.historyIndex == nil {
            guard step < 0 else { return }
            // What stands in the prompt is kept behind the older messages.
            remember(state.prompt.text, &state)
        }
        let isBehind = next >= state.history.count
        state.historyIndex = isBehind ? nil : next
        state.prompt = TextArea.State(text: isBehind ? "" : state.history[next])
    }

    static func remember(_ text: String, _ state: inout State) {
        state.historyIndex = nil
        guard !trimmed(text).isEmpty, state.history.last != text else { return }
        state.history.append(text)
    }

    // MARK: - Texts over the tab

    static func open(_ editor: Editor, _ state: inout State) {
        let text =
            switch editor {
            case .system: state.system
            case .tools: state.tools
            case .reference: state.turn.map { state.tree[$0].reference } ?? ""
            }
        state.editor = TextArea.State(text: text)
        state.part = .editor(editor)
    }

    /// What is wrong with the text that is edited; nil when it can be taken.
    static func editorProblem(_ state: State) -> String? {
        state.part == .editor(.tools) ? ToolList.problem(state.editor.text) : nil
    }

    static func acceptEditor(_ state: inout State) -> [Effect] {
        guard case .editor(let editor) = state.part, editorProblem(state) == nil else { return [] }
        let text = trimmed(state.editor.text)
        state.part = editor == .reference ? .transcript : .prompt
        var effects: [Effect] = []
        switch editor {
        case .system: state.system = text
        case .tools: state.tools = text
        case .reference: effects = score(text, &state)
        }
        show(&state)
        return effects
    }
}
