// How the chat tab looks: one or two conversations above, the message below, one line of measurements.
// The settings stand beside a single conversation where there is room, else over it.

import Kernel
import Panels

extension ChatTab {
    /// What scrolls.
    enum WheelPane: Int {
        case a, b, settings

        init(_ side: ChatSide) { self = side == .a ? .a : .b }

        /// The conversation that it is; nil for the settings.
        var side: ChatSide? {
            switch self {
            case .a: .a
            case .b: .b
            case .settings: nil
            }
        }
    }

    /// The parts of the tab on a screen of some size.
    struct Places {
        /// A side's transcript with its frame.
        struct PanePlace {
            let side: ChatSide
            let area: Rect
            /// The text inside the frame.
            var text: Rect { area.height >= 5 ? area.inset(by: 2, 1) : area }
        }

        /// The least columns of two panes side by side.
        static let splitWidth = 76

        let panes: [PanePlace]
        /// Whether the settings lie over the conversation.
        let coversText: Bool
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
            var transcripts = upper
            if state.part == .settings {
                let isBeside = area.width >= 100
                coversText = !isBeside
                settings = isBeside ? upper.splitRight(46).right : upper
                if isBeside { transcripts = upper.splitRight(46).rest }
            } else {
                coversText = false
                settings = Rect(upper.x, upper.y, 0, 0)
            }
            if state.isSplit, transcripts.width >= Self.splitWidth {
                let (left, right) = transcripts.splitLeft((transcripts.width + 1) / 2)
                panes = [PanePlace(side: .a, area: left), PanePlace(side: .b, area: right)]
            } else {
                panes = [PanePlace(side: state.isSplit ? state.focus : .a, area: transcripts)]
            }
            (self.prompt, self.status) = (prompt, status)
        }

        /// The text inside the frame of the message.
        var message: Rect { prompt.height >= 3 ? prompt.inset(by: 2, 1) : prompt }
    }

    static func view(_ state: State, in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        let places = Places(state, in: area)
        if !places.coversText {
            for pane in places.panes {
                viewPane(state, pane, isAlone: places.panes.count == 1, on: &frame, theme: theme)
            }
        }
        viewPrompt(state, places, on: &frame, theme: theme)
        viewStatus(state, in: places.status, on: &frame, theme: theme)
        switch state.part {
        case .settings: viewSettings(state, places, on: &frame, theme: theme)
        case .editor(let editor): viewEditor(editor, state, in: area, on: &frame, theme: theme)
        case .prompt, .transcript: break
        }
        state.overlay?.render(in: area, on: &frame, theme: theme)
    }

    // MARK: - Parts

    private static func viewPane(
        _ state: State, _ place: Places.PanePlace, isAlone: Bool, on frame: inout Frame,
        theme: Theme
    ) {
        let isFocused = state.part == .transcript && (isAlone || state.focus == place.side)
        let pane = state.panes[place.side]
        if state.part == .prompt, !state.isOpen {
            frame.mark(place.area, [place.side == .b && !isAlone ? .backtab : .tab])
        } else if state.part == .transcript, !isFocused {
            frame.mark(place.area, [place.side == .a ? .left : .right])
        }
        frame.markWheel(place.area, WheelPane(place.side))
        if place.text != place.area {
            let isOpen = state.pending.values.contains { $0.side == place.side }
            let note: DisplayText =
                isOpen
                ? (state.isStopping ? tr("stopping…") : tr("answering"))
                : pane.view.follows ? "" : tr("G: to the end")
            Pane(title: title(place.side, state, isAlone), note: note, isFocused: isFocused)
                .render(in: place.area, on: &frame, theme: theme)
        }
        guard !pane.looks.isEmpty else {
            viewEmpty(state, place, on: &frame, theme: theme)
            return
        }
        var shown = pane.view
        shown.setLines(
            pane.looks.map {
                StyledLine($0.text, $0.isStrong ? theme[$0.role].with(.bold) : theme[$0.role])
            })
        TextView().render(shown, in: place.text, on: &frame, theme: theme)
    }

    private static func title(
        _ side: ChatSide, _ state: State, _ isAlone: Bool
    ) -> DisplayText {
        guard state.isSplit else { return tr("Conversation") }
        let title = "\(side.letter) \(state.settings.shortName(side))"
        return DisplayText(isAlone ? tr("{1} (of two)", title) : title, invisibles: .dropped)
    }

    private static func viewEmpty(
        _ state: State, _ place: Places.PanePlace, on frame: inout Frame, theme: Theme
    ) {
        let name = state.settings.name(place.side, model: state.around.modelPath)
        let lines: [DisplayText] =
            state.around.modelPath.isEmpty
            ? [tr("No model is chosen yet."), tr("Choose one in the first tab (Alt-1).")]
            : [tr("Ask {1} something.", name), tr("Nothing leaves this machine.")]
        let rows = lines.flatMap { TextWrap.rows($0, width: place.text.width) }
        for (row, line) in rows.prefix(place.text.height).enumerated() {
            frame.put(line, in: place.text.row(row), style: theme[.dim])
        }
    }

    private static func viewPrompt(
        _ state: State, _ places: Places, on frame: inout Frame, theme: Theme
    ) {
        let isFocused = state.part == .prompt
        if state.part == .transcript { frame.mark(places.prompt, [.character("i")]) }
        if places.message != places.prompt {
            let count = state.prompt.lines.count
            let title: DisplayText =
                state.rewrites != nil
                ? tr("The question rewritten")
                : state.isSplit
                    ? tr("Message to both")
                    : tr(
                        "Message to {1}", state.settings.name(.a, model: state.around.modelPath))
            Pane(title: title, note: count > 1 ? tr("{1} lines", count) : "", isFocused: isFocused)
                .render(in: places.prompt, on: &frame, theme: theme)
        }
        TextArea(
            placeholder: isFocused
                ? tr("Enter sends, Alt-Enter starts a line") : tr("i or Enter to write"),
            isFocused: isFocused && state.overlay == nil
        ).render(state.prompt, in: places.message, on: &frame, theme: theme)
    }

    private static func viewSettings(
        _ state: State, _ places: Places, on frame: inout Frame, theme: Theme
    ) {
        frame.markWheel(places.settings, WheelPane.settings)
        let inner = Pane(title: tr("Settings"), note: tr("Esc closes"), isFocused: true)
            .render(in: places.settings, on: &frame, theme: theme)
        let plain = state.settings.form(isFocused: true, sides: state.sides)
        var draft: (id: String, text: String)?
        if let text = state.form.draft?.text, plain.fields.indices.contains(state.form.selection) {
            draft = (plain.fields[state.form.selection].id, text)
        }
        state.settings.form(isFocused: true, sides: state.sides, draft: draft)
            .render(state.form, in: inner, on: &frame, theme: theme)
    }

    private static func viewEditor(
        _ editor: Editor, _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let rows = TextArea().height(state.editor, width: max(1, min(area.width, 76) - 4))
        let place = area.centered(Size(76, max(6, min(rows, area.height - 6) + 3)))
        frame.fill(place, style: theme[.text])
        let (title, note, placeholder): (DisplayText, DisplayText, DisplayText) =
            switch editor {
            case .system:
                (
                    tr("System prompt"), tr("counts from the next question"),
                    tr("what the model should know and how it should answer")
                )
            case .tools:
                (
                    tr("Tools"), tr("counts from the next question"),
                    "[{\"name\": \"…\", \"description\": \"…\", \"parameters\": {…}}]"
                )
            case .reference:
                (
                    tr("Reference answer"), tr("to the question that is pointed at"),
                    tr("what a good answer would be")
                )
            }
        let inner = Pane(title: title, note: note, isFocused: true)
            .render(in: place, on: &frame, theme: theme).inset(by: 1, 0)
        let (text, hint) = inner.splitBottom(inner.height > 1 ? 1 : 0)
        TextArea(placeholder: placeholder)
            .render(state.editor, in: text, on: &frame, theme: theme)
        if let problem = editorProblem(state) {
            frame.put(DisplayText(problem), in: hint, style: theme[.error])
        } else {
            frame.put(
                tr("Enter takes it · Alt-Enter starts a line · Esc leaves it as it was"), in: hint,
                style: theme[.dim])
        }
    }
}
