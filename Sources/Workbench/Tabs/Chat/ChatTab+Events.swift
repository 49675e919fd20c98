// How the chat tab takes what the engine reports, and how its lines follow: while an answer streams in
// only the lines of the last answer are made anew.

import Kernel
import Panels

extension ChatTab {
    static func take(_ id: Int, _ event: ChatEvent, _ state: inout State) {
        // An event of a forgotten conversation is dropped.
        guard let asked = state.pending[id] else { return }
        switch event {
        case .finished, .failed, .stopped, .scored:
            state.pending[id] = nil
            if !state.isOpen { state.isStopping = false }
        case .preparing, .noted, .answering, .text: break
        }
        if asked.isScore {
            takeScore(event, asked, &state)
            show(&state)
            return
        }
        var answer = state.tree[asked.turn].answers[asked.side] ?? ChatAnswer()
        switch event {
        case .preparing(let stage): answer.standing = .waiting(stage)
        case .answering(let stamp): (answer.stamp, answer.standing) = (stamp, .streaming)
        case .text(let text):
            answer.text += text
            answer.standing = .streaming
        case .finished(let figures): answer.standing = .finished(figures)
        case .stopped: answer.standing = .stopped
        case .failed(let error): answer.standing = .failed(error)
        case .noted(let text): answer.notes.append(text)
        case .scored: break
        }
        state.tree[asked.turn].answers[asked.side] = answer
        if case .text = event, asked.turn == state.tree.last {
            grow(asked.side, &state)
            // A side without an answer of its own shows the other side's.
            let other = asked.side.other
            if state.tree[asked.turn].answers[other] == nil { grow(other, &state) }
        } else {
            show(&state)
        }
    }

    private static func takeScore(_ event: ChatEvent, _ asked: Asked, _ state: inout State) {
        switch event {
        case .scored(let score): state.tree[asked.turn].scores[asked.side] = .done(score)
        case .failed(let error): state.tree[asked.turn].scores[asked.side] = .failed(error)
        case .stopped: state.tree[asked.turn].scores[asked.side] = nil
        case .noted(let text): state.tree[asked.turn].answers[asked.side]?.notes.append(text)
        case .preparing, .answering, .text, .finished: break
        }
    }

    // MARK: - Lines

    /// Writes all lines anew.
    static func show(_ state: inout State) {
        for side in ChatSide.allCases {
            let (head, starts) = transcript(side, state).head()
            state.panes[side].looks = head
            (state.panes[side].headCount, state.panes[side].starts) = (head.count, starts)
            grow(side, &state)
        }
    }

    /// Writes the lines of the last answer anew.
    private static func grow(_ side: ChatSide, _ state: inout State) {
        let last = transcript(side, state).last()
        state.panes[side].looks.removeSubrange(state.panes[side].headCount...)
        state.panes[side].looks += last
        state.panes[side].view.setLines(state.panes[side].looks.map { StyledLine($0.text) })
    }

    private static func transcript(_ side: ChatSide, _ state: State) -> ChatTranscript {
        ChatTranscript(
            tree: state.tree, side: side, selected: state.selected, unfolds: state.unfolds,
            system: state.system)
    }
}
