// A conversation as lines on the screen, for one side: questions with their alternatives, answers with
// their stamps, thoughts folded, scores. It wraps and draws nothing.

import Kernel
import Panels

/// Makes the lines of a transcript.
struct ChatTranscript {
    /// A line to show, and what it is.
    struct Line: Equatable, Sendable {
        var text: DisplayText
        var role: Role
        var isStrong = false
    }

    let tree: ConversationTree
    let side: ChatSide
    /// The turn that is pointed at.
    let selected: Int?
    let unfolds: Bool
    /// The system text of the next question.
    let system: String

    /// All lines in front of the last answer, and the line at which each turn begins.
    func head() -> (lines: [Line], starts: [Int: Int]) {
        let path = tree.path
        var lines: [Line] = []
        var starts: [Int: Int] = [:]
        var told = ""
        for turn in path {
            if !lines.isEmpty { lines.append(Line(text: "", role: .text)) }
            if tree[turn].system != told {
                told = tree[turn].system
                lines += systemLines(told) + [Line(text: "", role: .text)]
            }
            starts[turn] = lines.count
            lines.append(questionHead(turn))
            lines += Self.text(tree[turn].question, role: .text)
            lines.append(Line(text: "", role: .text))
            if turn != path.last { lines += answer(turn) }
        }
        if path.isEmpty, !system.isEmpty { lines += systemLines(system) }
        return (lines, starts)
    }

    /// The lines of the last answer.
    func last() -> [Line] { tree.last.map(answer) ?? [] }

    private func systemLines(_ text: String) -> [Line] {
        [Line(text: tr("system"), role: .speakerSystem, isStrong: true)]
            + (text.isEmpty
                ? [Line(text: tr("(none any more)"), role: .dim)] : Self.text(text, role: .dim))
    }

    private func questionHead(_ turn: Int) -> Line {
        let all = tree.alternatives(of: turn)
        var words = (turn == selected ? "▸ " : "") + tr("you")
        if all.count > 1 {
            words += " ‹\((all.firstIndex(of: turn) ?? 0) + 1)/\(all.count)›"
        }
        if !tree[turn].tools.isEmpty { words += " · " + tr("with tools") }
        return Line(text: DisplayText(words), role: .speakerUser, isStrong: true)
    }

    // MARK: - Answers

    private func answer(_ turn: Int) -> [Line] {
        guard let answer = tree.answer(turn, side) else {
            return [Line(text: tr("(not asked)"), role: .dim)] + reference(turn)
        }
        let title: String = answer.stamp?.title ?? tr("model")
        var lines = [
            Line(
                text: DisplayText(title, invisibles: .dropped), role: .speakerModel, isStrong: true)
        ]
        if let stamp = answer.stamp {
            lines.append(Line(text: DisplayText(stamp.details, invisibles: .dropped), role: .dim))
        }
        for note in answer.notes {
            lines += Self.text(tr("note: {1}", tr(note)), role: .warning)
        }
        if !answer.text.isEmpty { lines += said(answer) }
        return lines + standing(of: answer) + reference(turn)
    }

    /// Thought and answer; a folded thought is shown by its length.
    private func said(_ answer: ChatAnswer) -> [Line] {
        let parts = ThoughtText(answer.text)
        guard let thought = parts.thought else { return Self.text(answer.text, role: .text) }
        let count = NumberText.count(thought.count)
        let isUnfinished = parts.isOpen && answer.isOpen
        let head =
            isUnfinished
            ? tr("thinking… {1} characters", count) : tr("thought, {1} characters", count)
        var lines = [Line(text: DisplayText((unfolds ? "▾ " : "▸ ") + head), role: .accent)]
        if unfolds, !thought.isEmpty {
            lines += Self.text(thought, role: .dim) + [Line(text: "", role: .text)]
        }
        if !parts.answer.isEmpty { lines += Self.text(parts.answer, role: .text) }
        return lines
    }

    private func standing(of answer: ChatAnswer) -> [Line] {
        switch answer.standing {
        case .waiting(let stage):
            return [
                Line(
                    text: DisplayText(stage == "" ? tr("asked…") : tr(stage)), role: .dim)
            ]
        case .streaming:
            guard answer.text.isEmpty else { return [] }
            return [Line(text: tr("reading the question…"), role: .dim)]
        case .finished(let figures):
            return remark(on: figures, isEmpty: answer.text.isEmpty)
                + [Line(text: DisplayText(Self.words(of: figures)), role: .dim)]
        case .stopped:
            // A conversation from another program has no data on its answers.
            return answer.text.isEmpty ? [Line(text: tr("(stopped)"), role: .warning)] : []
        case .failed(let error):
            let lines = ErrorText.lines(of: error).enumerated().flatMap { index, line in
                Self.text(index == 0 ? "✗ \(line)" : line, role: index == 0 ? .error : .text)
            }
            return lines + [Line(text: tr("^G asks again."), role: .dim)]
        }
    }

    /// What should be known of an ending that is not the model's own.
    private func remark(on figures: AnswerFigures, isEmpty: Bool) -> [Line] {
        let text: String? =
            switch figures.ending {
            case .stopToken, .stopText: isEmpty ? tr("(an empty answer)") : nil
            case .length: tr("(cut: the most new tokens that are allowed)")
            case .cancelled: tr("(cut: stopped)")
            case .contextFull:
                tr("(cut: the context is full; ^N starts over, e rewrites an earlier question)")
            }
        return text.map { [Line(text: DisplayText($0), role: .warning)] } ?? []
    }

    private static func words(of figures: AnswerFigures) -> String {
        let count = figures.tokens
        var words = [count == 1 ? tr("1 token") : tr("{1} tokens", NumberText.count(count))]
        if figures.tokensPerSecond > 0 {
            words.append("\(NumberText.rate(figures.tokensPerSecond)) tok/s")
        }
        if figures.secondsToFirst > 0 {
            words.append(tr("first token {1}", NumberText.latency(figures.secondsToFirst)))
        }
        return words.joined(separator: " · ")
    }

    // MARK: - Scores

    private func reference(_ turn: Int) -> [Line] {
        let reference = tree[turn].reference
        guard !reference.isEmpty else { return [] }
        var lines = [
            Line(text: "", role: .text),
            Line(text: tr("reference"), role: .heading, isStrong: true),
        ]
        lines += Self.text(reference, role: .dim)
        switch tree[turn].scores[side] {
        case nil: lines.append(Line(text: tr("(not scored on this side)"), role: .dim))
        case .waiting: lines.append(Line(text: tr("scoring…"), role: .dim))
        case .done(let found):
            lines.append(
                Line(
                    text: tr(
                        "{1} nats a token, perplexity {2}", NumberText.loss(found.score.mean),
                        NumberText.number(found.score.perplexity)), role: .value, isStrong: true))
            let by = tr("{1} tokens by {2}", found.score.tokens, found.stamp.title)
            let mark = found.stamp.tuned.map { " · #" + $0.fingerprint } ?? ""
            lines.append(Line(text: DisplayText(by + mark, invisibles: .dropped), role: .dim))
        case .failed(let error):
            for line in ErrorText.lines(of: error) { lines += Self.text(line, role: .error) }
        }
        return lines
    }

    private static func text(_ text: String, role: Role) -> [Line] {
        DisplayText.lines(text, invisibles: .dropped).map { Line(text: $0, role: role) }
    }
}
