// How the chat tab takes what the engine reports, and how its lines grow while an answer streams in:
// only the last line is looked at again.

import Kernel
import Panels

extension ChatTab {
    static func take(_ event: ChatEvent, _ state: inout State) {
        if state.isDraining {
            switch event {
            case .finished, .failed: state.isDraining = false
            case .preparing, .answering, .text: break
            }
            return
        }
        guard state.conversation.isOpen else { return }
        switch event {
        case .preparing(let stage):
            state.conversation.changeLast { $0.standing = .waiting(stage) }
            show(&state)
        case .answering(let stamp, _, _):
            state.conversation.changeLast {
                $0.stamp = stamp
                $0.standing = .streaming
            }
            show(&state)
        case .text(let text): grow(by: text, &state)
        case .finished(let result, let tokens, let limit):
            state.conversation.changeLast { $0.standing = .finished(result) }
            state.context = Context(tokens: tokens, limit: limit)
            state.isStopping = false
            show(&state)
        case .failed(let error):
            state.conversation.changeLast { $0.standing = .failed(error) }
            state.isStopping = false
            show(&state)
        }
    }

    /// Writes all lines anew.
    static func show(_ state: inout State) {
        state.looks = state.conversation.lines(system: state.system)
        state.transcript.setLines(state.looks.map { StyledLine($0.text) })
        state.tail = lastLine(of: state.conversation.last?.text ?? "")
    }

    /// Adds a piece of the answer.
    private static func grow(by text: String, _ state: inout State) {
        let before = state.conversation.last?.text ?? ""
        state.conversation.changeLast {
            $0.text += text
            $0.standing = .streaming
        }
        // A line feed may belong to the carriage return before it: then the lines are not known yet.
        guard !before.isEmpty, before.unicodeScalars.last != "\r" else {
            show(&state)
            return
        }
        let raw = state.tail + text
        let lines = DisplayText.lines(raw, invisibles: .dropped)
        for (index, line) in lines.enumerated() {
            let look = ChatConversation.Line(text: line, role: .text)
            if index == 0 {
                state.looks[state.looks.count - 1] = look
                state.transcript.replaceLast(with: StyledLine(line))
            } else {
                state.looks.append(look)
                state.transcript.append(StyledLine(line))
            }
        }
        state.tail = lastLine(of: raw)
    }

    private static func lastLine(of text: String) -> String {
        String(text.reversed().prefix { !$0.isNewline }.reversed())
    }
}
