// How the chat tab looks: the conversation above, the message below, one line of measurements. The
// settings stand beside the conversation where there is room, else over it.

import Kernel
import Panels

extension ChatTab {
    /// The parts of the tab on a screen of some size.
    struct Places {
        let transcript: Rect
        /// The settings; empty while they are closed.
        let settings: Rect
        let prompt: Rect
        let status: Rect

        init(_ state: State, in area: Rect) {
            let hasFrames = area.height >= 10
            let (body, status) = area.splitBottom(area.height >= 6 ? 1 : 0)
            let wanted = TextArea().height(state.prompt, width: max(1, area.width - 4))
            let rows = min(max(1, wanted), max(1, body.height / 3))
            let (upper, prompt) = body.splitBottom(hasFrames ? rows + 2 : min(rows, 2))
            let isOpen = state.part == .settings
            if isOpen && area.width >= 100 {
                (transcript, settings) = upper.splitRight(46)
            } else {
                transcript = upper
                settings = isOpen ? upper : Rect(upper.x, upper.y, 0, 0)
            }
            (self.prompt, self.status) = (prompt, status)
        }

        /// The text inside the frame of the conversation.
        var text: Rect { transcript.height >= 5 ? transcript.inset(by: 2, 1) : transcript }
        /// The text inside the frame of the message.
        var message: Rect { prompt.height >= 3 ? prompt.inset(by: 2, 1) : prompt }
    }

    static func view(_ state: State, in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        let places = Places(state, in: area)
        let coversText = state.part == .settings && places.settings == places.transcript
        if !coversText { viewTranscript(state, places, on: &frame, theme: theme) }
        viewPrompt(state, places, on: &frame, theme: theme)
        viewStatus(state, in: places.status, on: &frame, theme: theme)
        if state.part == .settings {
            let inner = Pane(title: tr("Settings"), note: tr("Esc closes"), isFocused: true)
                .render(in: places.settings, on: &frame, theme: theme)
            state.settings.form(isFocused: true)
                .render(state.form, in: inner, on: &frame, theme: theme)
        }
        if state.part == .system { viewSystem(state, in: area, on: &frame, theme: theme) }
        if let question = state.question {
            frame.cursor = nil
            question.render(in: area, on: &frame, theme: theme)
        }
    }

    // MARK: - Parts

    private static func viewTranscript(
        _ state: State, _ places: Places, on frame: inout Frame, theme: Theme
    ) {
        if state.part == .prompt, !state.conversation.isOpen {
            frame.mark(places.transcript, [.tab])
        }
        if places.text != places.transcript {
            let note: DisplayText =
                state.isStopping
                ? tr("stopping…")
                : state.conversation.isOpen
                    ? tr("answering") : state.transcript.follows ? "" : tr("G: to the end")
            Pane(title: tr("Conversation"), note: note, isFocused: state.part == .transcript)
                .render(in: places.transcript, on: &frame, theme: theme)
        }
        guard !state.looks.isEmpty else {
            let lines: [DisplayText] =
                state.modelPath.isEmpty
                ? [tr("No model is chosen yet."), tr("Choose one in the first tab (Alt-1).")]
                : [
                    tr("Ask {1} something.", answerer(state)),
                    tr("Nothing leaves this machine."),
                ]
            let rows = lines.flatMap { TextWrap.rows($0, width: places.text.width) }
            for (row, line) in rows.prefix(places.text.height).enumerated() {
                frame.put(line, in: places.text.row(row), style: theme[.dim])
            }
            return
        }
        var shown = state.transcript
        shown.setLines(
            state.looks.map {
                StyledLine($0.text, $0.isStrong ? theme[$0.role].with(.bold) : theme[$0.role])
            })
        TextView().render(shown, in: places.text, on: &frame, theme: theme)
    }

    private static func viewPrompt(
        _ state: State, _ places: Places, on frame: inout Frame, theme: Theme
    ) {
        let isFocused = state.part == .prompt
        if state.part == .transcript { frame.mark(places.prompt, [.character("i")]) }
        if places.message != places.prompt {
            let count = state.prompt.lines.count
            Pane(
                title: tr("Message to {1}", answerer(state)),
                note: count > 1 ? tr("{1} lines", count) : "", isFocused: isFocused
            ).render(in: places.prompt, on: &frame, theme: theme)
        }
        TextArea(
            placeholder: isFocused
                ? tr("Enter sends, Alt-Enter starts a line") : tr("i or Enter to write"),
            isFocused: isFocused && state.question == nil
        ).render(state.prompt, in: places.message, on: &frame, theme: theme)
    }

    /// Who would answer now, as far as this tab knows.
    private static func answerer(_ state: State) -> String {
        let model = Readout.lastPart(of: state.modelPath)
        guard !model.isEmpty else { return tr("no model") }
        return switch state.settings.source {
        case .base: model
        case .adapter: model + " + " + Readout.lastPart(of: state.settings.adapterPath)
        case .currentRun: tr("{1} + the current run", model)
        }
    }

    /// Who answered and how fast, how full the context is, how words are drawn.
    private static func viewStatus(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        var parts: [(DisplayText, Role)] = []
        if let problem = state.modelPath.isEmpty ? nil : state.settings.problem {
            parts.append((DisplayText(problem), .warning))
        }
        if let answer = state.conversation.last, let stamp = answer.stamp {
            parts.append((DisplayText(stamp, invisibles: .dropped), .speakerModel))
            if case .finished(let result) = answer.standing {
                parts.append((DisplayText("\(Readout.rate(result.tokensPerSecond)) tok/s"), .value))
                parts.append(
                    (
                        DisplayText(tr("first token {1}", Readout.latency(result.prefillSeconds))),
                        .value
                    ))
            }
        }
        if let context = state.context {
            let isTight = context.tokens * 10 >= context.limit * 9
            parts.append(
                (
                    DisplayText(tr("context {1}/{2}", context.tokens, context.limit)),
                    isTight ? .warning : .value
                ))
        }
        parts.append((DisplayText(samplingText(state.settings.sampling)), .dim))
        var x = area.x + 1
        for (text, role) in parts {
            // A part that does not fit is left out as a whole, the first one is cut.
            guard x == area.x + 1 || x + text.width + 3 <= area.right else { continue }
            if x > area.x + 1 {
                x = frame.put(" · ", at: Point(x, area.y), style: theme[.dim], in: area)
            }
            let shown = text.truncated(to: area.right - x)
            x = frame.put(shown, at: Point(x, area.y), style: theme[role], in: area)
        }
    }

    private static func samplingText(_ sampling: SamplingSettings) -> String {
        if sampling.isGreedy || sampling.temperature == 0 { return tr("greedy") }
        return "T \(Figures.setting(sampling.temperature)) top-p \(Figures.setting(sampling.topP)) "
            + "top-k \(sampling.topK) seed \(sampling.seed)"
    }

    private static func viewSystem(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let rows = TextArea().height(state.systemEditor, width: max(1, min(area.width, 76) - 4))
        let place = area.centered(Size(76, max(6, min(rows, 12) + 3)))
        frame.fill(place, style: theme[.text])
        let inner = Pane(
            title: tr("System prompt"), note: tr("counts from the next question"), isFocused: true
        )
        .render(in: place, on: &frame, theme: theme).inset(by: 1, 0)
        let (text, hint) = inner.splitBottom(inner.height > 1 ? 1 : 0)
        TextArea(placeholder: tr("what the model should know and how it should answer"))
            .render(state.systemEditor, in: text, on: &frame, theme: theme)
        frame.put(
            tr("Enter takes it · Alt-Enter starts a line · Esc leaves it as it was"), in: hint,
            style: theme[.dim])
    }
}
