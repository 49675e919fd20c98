// A question over everything else: some lines, some buttons. Every button has a letter; the one
// that Enter means should be the harmless one. It does not act: the choice is handed back.

/// A question with buttons.
public struct Dialog: Equatable, Sendable {
    /// One answer.
    public struct Button: Hashable, Sendable {
        /// The letter that chooses it.
        public let key: Character
        /// What it does.
        public let title: DisplayText
        /// Whether it destroys something.
        public let isDestructive: Bool

        /// An answer.
        public init(key: Character, title: DisplayText, isDestructive: Bool = false) {
            self.key = key
            self.title = title
            self.isDestructive = isDestructive
        }
    }

    /// What a key did.
    public enum Outcome: Equatable, Sendable {
        /// The dialog goes on.
        case open
        /// The button of this index was chosen.
        case chosen(Int)
        /// Escape, or Control-C: nothing was chosen.
        case cancelled
    }

    /// The question.
    public var title: DisplayText
    /// What the user should know; long lines wrap.
    public var lines: [DisplayText]
    /// The answers from top to bottom.
    public var buttons: [Button]
    /// The answer that Enter means.
    public private(set) var selection: Int

    /// A question; `defaultButton` is what Enter means at first.
    public init(
        title: DisplayText, lines: [DisplayText], buttons: [Button], defaultButton: Int = 0
    ) {
        self.title = title
        self.lines = lines
        self.buttons = buttons
        selection = buttons.indices.contains(defaultButton) ? defaultButton : 0
    }

    /// A question that is answered by yes or no, no being the default.
    public static func confirm(
        title: DisplayText, lines: [DisplayText], yes: DisplayText, no: DisplayText? = nil
    ) -> Dialog {
        Dialog(
            title: title, lines: lines,
            buttons: [
                Button(key: "y", title: yes, isDestructive: true),
                Button(key: "n", title: no ?? Wording.of("cancel")),
            ], defaultButton: 1)
    }

    /// Does what a key means. Every key belongs to an open dialog.
    public mutating func handle(_ key: Key) -> Outcome {
        switch key {
        case .escape, .control("c"): return .cancelled
        case .enter: return buttons.isEmpty ? .cancelled : .chosen(selection)
        case .up, .left, .backtab: move(-1)
        case .down, .right, .tab: move(1)
        case .character(let letter):
            if let index = buttons.firstIndex(where: { $0.key == letter }) { return .chosen(index) }
            if letter == "q" { return .cancelled }
            if letter == "k" || letter == "h" { move(-1) }
            if letter == "j" || letter == "l" { move(1) }
        default: break
        }
        return .open
    }

    private mutating func move(_ step: Int) {
        guard !buttons.isEmpty else { return }
        selection = (selection + step + buttons.count) % buttons.count
    }

    /// Draws the dialog in the middle of an area.
    public func render(in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        frame.unmark()
        let labels = buttons.map { DisplayText(" \(String($0.key))  \($0.title) ") }
        let widest = (lines + labels + [title + "  "]).map(\.width).max() ?? 0
        let width = min(area.width, max(30, min(widest + 6, 72)))
        let wrapped = lines.flatMap { TextWrap.rows($0, width: max(1, width - 4)) }
        let place = area.centered(Size(width, wrapped.count + buttons.count + 3))
        frame.fill(place, style: theme[.text])
        let inner = Pane(title: title, isFocused: true)
            .render(in: place, on: &frame, theme: theme).inset(by: 1, 0)
        // The answers come first when there is no room for everything.
        let (text, answers) = inner.splitBottom(min(inner.height, buttons.count))
        for (index, line) in wrapped.prefix(text.height).enumerated() {
            frame.put(line, in: text.row(index), style: theme[.text])
        }
        for (index, button) in buttons.enumerated() where index < answers.height {
            let row = answers.row(index)
            frame.mark(row, [.character(button.key)])
            frame.put(
                labels[index], in: row, style: theme[button.isDestructive ? .warning : .text])
            frame.restyle(Rect(row.x + 1, row.y, min(1, row.width), 1)) {
                $0 = $0.overlaid(with: theme[.key])
            }
            if index == selection {
                Selection(isFocused: true).render(in: row, on: &frame, theme: theme)
            }
        }
    }
}
