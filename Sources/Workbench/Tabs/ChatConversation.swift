// A conversation as it is kept: turns, who answered them and how they ended. It says which messages
// the model gets and which lines the person sees. It asks nobody and draws nothing.

import Kernel
import Panels

/// The turns of one conversation.
struct ChatConversation: Equatable, Sendable {
    /// How an answer stands.
    enum Standing: Equatable, Sendable {
        /// Asked, with what the engine does before the first word.
        case waiting(String)
        case streaming
        case finished(GenerationResult)
        case failed(KernelError)
    }

    /// An answer under way or done.
    struct Answer: Equatable, Sendable {
        var text = ""
        /// Who answers, as the engine said.
        var stamp: String?
        var standing: Standing = .waiting("")

        /// Whether more may come.
        var isOpen: Bool {
            switch standing {
            case .waiting, .streaming: true
            case .finished, .failed: false
            }
        }
    }

    /// A question and what came of it.
    struct Turn: Equatable, Sendable {
        var question: String
        var answer = Answer()
    }

    /// A line to show, and what it is.
    struct Line: Equatable, Sendable {
        var text: DisplayText
        var role: Role
        var isStrong = false
    }

    private(set) var turns: [Turn] = []

    /// The last answer, which alone may be open.
    var last: Answer? { turns.last?.answer }
    /// Whether an answer is awaited.
    var isOpen: Bool { last?.isOpen ?? false }

    /// Adds a question without an answer.
    mutating func ask(_ question: String) { turns.append(Turn(question: question)) }

    /// Forgets the last answer, to ask for another.
    mutating func reopen() {
        guard !turns.isEmpty else { return }
        turns[turns.count - 1].answer = Answer()
    }

    /// Changes the last answer.
    mutating func changeLast(_ change: (inout Answer) -> Void) {
        guard !turns.isEmpty else { return }
        change(&turns[turns.count - 1].answer)
    }

    /// What the model gets: questions that were answered, and the last one.
    func messages(system: String) -> [ChatLine] {
        var messages: [ChatLine] = []
        if !system.isEmpty { messages.append(ChatLine(speaker: .system, text: system)) }
        for (index, turn) in turns.enumerated() {
            let isLast = index == turns.count - 1
            // A question without an answer would leave two questions behind each other.
            guard isLast || !turn.answer.text.isEmpty else { continue }
            messages.append(ChatLine(speaker: .user, text: turn.question))
            if !isLast { messages.append(ChatLine(speaker: .assistant, text: turn.answer.text)) }
        }
        return messages
    }

    // MARK: - What is shown

    /// All lines, a blank one between messages.
    func lines(system: String) -> [Line] {
        var lines: [Line] = []
        if !system.isEmpty {
            lines.append(Line(text: tr("system"), role: .speakerSystem, isStrong: true))
            lines += Self.text(system, role: .dim)
        }
        for turn in turns {
            if !lines.isEmpty { lines.append(Line(text: "", role: .text)) }
            lines.append(Line(text: tr("you"), role: .speakerUser, isStrong: true))
            lines += Self.text(turn.question, role: .text)
            lines.append(Line(text: "", role: .text))
            lines += Self.lines(of: turn.answer)
        }
        return lines
    }

    private static func lines(of answer: Answer) -> [Line] {
        let head = ([answer.stamp ?? tr("model")] + figures(of: answer)).joined(separator: " · ")
        var lines = [
            Line(text: DisplayText(head, invisibles: .dropped), role: .speakerModel, isStrong: true)
        ]
        if !answer.text.isEmpty { lines += text(answer.text, role: .text) }
        switch answer.standing {
        case .waiting(let stage):
            lines.append(
                Line(text: DisplayText(stage.isEmpty ? tr("asked…") : trFound(stage)), role: .dim))
        case .streaming:
            if answer.text.isEmpty {
                lines.append(Line(text: tr("reading the question…"), role: .dim))
            }
        case .finished(let result):
            if let remark = remark(on: result) {
                lines.append(Line(text: DisplayText(remark.text), role: remark.role))
            }
        case .failed(let error):
            for (index, line) in Readout.lines(of: error).enumerated() {
                lines += text(index == 0 ? "✗ \(line)" : line, role: index == 0 ? .error : .text)
            }
            lines.append(Line(text: tr("^G asks again."), role: .dim))
        }
        return lines
    }

    private static func figures(of answer: Answer) -> [String] {
        guard case .finished(let result) = answer.standing else { return [] }
        let count = result.ids.count
        let tokens = count == 1 ? tr("1 token") : tr("{1} tokens", Figures.count(count))
        guard result.tokensPerSecond > 0 else { return [tokens] }
        return [tokens, "\(Readout.rate(result.tokensPerSecond)) tok/s"]
    }

    /// What should be known of an ending that is not the model's own.
    private static func remark(on result: GenerationResult) -> (text: String, role: Role)? {
        switch result.ending {
        case .stopToken: result.ids.isEmpty ? (tr("(an empty answer)"), .dim) : nil
        case .length: (tr("(cut: the most new tokens that are allowed)"), .warning)
        case .cancelled: (tr("(stopped)"), .dim)
        case .contextFull: (tr("(cut: the context is full; ^N starts over)"), .warning)
        }
    }

    private static func text(_ text: String, role: Role) -> [Line] {
        DisplayText.lines(text, invisibles: .dropped).map { Line(text: $0, role: role) }
    }
}
