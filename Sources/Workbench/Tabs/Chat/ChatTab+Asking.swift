// Questions of the chat tab: asking, asking again, rewriting, alternatives, scores of a reference. Both
// sides get the same question one after the other.

import Kernel
import Panels

extension ChatTab {
    /// What stops a question from being asked; nil when nothing does.
    static func obstacle(_ state: State) -> String? {
        if state.around.modelPath.isEmpty { return tr("choose a model first (Alt-1)") }
        if state.isOpen { return tr("an answer is under way; Esc stops it") }
        return state.settings.problem(state.sides)
    }

    static func send(_ state: inout State) -> [Effect] {
        let text = trimmed(state.prompt.text)
        guard !text.isEmpty, obstacle(state) == nil else { return [] }
        remember(text, &state)
        state.prompt.clear()
        let turn: Int
        if let old = state.rewrites {
            turn = state.tree.branch(
                beside: old, text, system: state.system, tools: state.tools)
        } else {
            turn = state.tree.ask(text, system: state.system, tools: state.tools)
        }
        state.rewrites = nil
        return ask(turn, state.sides, &state)
    }

    /// Asks the sides that have not answered yet; where all have, asks for an alternative with another seed.
    static func regenerate(_ state: inout State) -> [Effect] {
        guard let old = state.turn, obstacle(state) == nil else { return [] }
        let missing = state.sides.filter { state.tree[old].answers[$0]?.isVoid ?? true }
        if !missing.isEmpty, old == state.tree.last { return ask(old, missing, &state) }
        if !state.settings.sampling.isGreedy {
            // The same seed would draw the same answer again.
            let next = state.settings.sampling.seed &+ 1
            state.settings.sampling.seed = next > UInt64(Int.max) ? 0 : next
        }
        let turn = state.tree.branch(
            beside: old, state.tree[old].question, system: state.system, tools: state.tools)
        return ask(turn, state.sides, &state)
    }

    private static func ask(
        _ turn: Int, _ sides: [ChatSide], _ state: inout State
    ) -> [Effect] {
        var effects: [Effect] = []
        for side in sides {
            state.tree[turn].answers[side] = ChatAnswer()
            effects += request(turn, side, .answer, &state)
        }
        (state.isStopping, state.selected) = (false, nil)
        for side in state.sides { state.panes[side].view.end() }
        show(&state)
        return effects
    }

    private static func request(
        _ turn: Int, _ side: ChatSide, _ purpose: ChatRequest.Purpose, _ state: inout State
    ) -> [Effect] {
        guard let source = state.settings.requestSource(side) else { return [] }
        state.lastRequest += 1
        state.pending[state.lastRequest] = Asked(
            turn: turn, side: side, isScore: purpose != .answer)
        return [
            .chat(
                .ask(
                    ChatRequest(
                        id: state.lastRequest, modelPath: state.around.modelPath,
                        template: state.around.template, source: source,
                        messages: state.tree.messages(upTo: turn, side),
                        tools: state.tree[turn].tools, sampling: state.settings.sampling,
                        purpose: purpose)))
        ]
    }

    static func stop(_ state: inout State) -> [Effect] {
        guard state.isOpen, !state.isStopping else { return [] }
        state.isStopping = true
        return [.chat(.cancelChat)]
    }

    /// Asks both sides how likely they find a reference answer to the turn that is pointed at.
    static func score(_ reference: String, _ state: inout State) -> [Effect] {
        guard let turn = state.turn, obstacle(state) == nil else { return [] }
        state.tree[turn].reference = reference
        state.tree[turn].scores = Sided(nil)
        guard !reference.isEmpty else { return [] }
        state.isStopping = false
        return state.sides.flatMap { side in
            state.tree[turn].scores[side] = .waiting
            return request(turn, side, .score(reference: reference), &state)
        }
    }

    // MARK: - Turns

    /// Puts the question that is pointed at into the prompt.
    static func rewrite(_ state: inout State) {
        guard let turn = state.turn else { return }
        remember(state.prompt.text, &state)
        state.rewrites = turn
        state.prompt = TextArea.State(text: state.tree[turn].question)
        state.part = .prompt
    }

    static func moveTurn(by step: Int, _ state: inout State) {
        let path = state.tree.path
        guard let turn = state.turn, let index = path.firstIndex(of: turn) else { return }
        let next = path[min(max(0, index + step), path.count - 1)]
        state.selected = next == path.last ? nil : next
        show(&state)
        for side in state.sides {
            if state.selected == nil {
                state.panes[side].view.end()
            } else {
                state.panes[side].view.show(line: state.panes[side].starts[next] ?? 0)
            }
        }
    }

    static func moveAlternative(by step: Int, _ state: inout State) {
        guard let turn = state.turn else { return }
        let chosen = state.tree.turnOver(turn, by: step)
        state.selected = chosen == state.tree.last ? nil : chosen
        show(&state)
    }

    static func split(_ state: inout State) {
        state.isSplit.toggle()
        if state.isSplit {
            state.settings.oppose()
            state.panes.b.view.end()
        } else {
            state.focus = .a
        }
        show(&state)
    }

    /// Without its white space at both ends.
    static func trimmed(_ text: String) -> String {
        let start = text.drop(while: \.isWhitespace)
        let end = start.reversed().prefix(while: \.isWhitespace).count
        return String(start.dropLast(end))
    }
}
