// A question that is answered by a line of text. Every key belongs to it until it is answered or
// put away; what is wrong with an answer is shown under the field. It does not check by itself.

/// A question with a text field.
public struct InputDialog: Equatable, Sendable {
    /// What a key did.
    public enum Outcome: Equatable, Sendable {
        /// The dialog goes on.
        case open
        /// Enter: this text.
        case accepted(String)
        /// Escape, or Control-C.
        case cancelled
    }

    /// The question.
    public var title: DisplayText
    /// What the user should know; long lines wrap.
    public var lines: [DisplayText]
    /// What stands in the empty field.
    public var placeholder: DisplayText
    /// What is wrong with the text that was entered last.
    public var problem: DisplayText?
    private var field: TextField.State

    /// A question; `text` stands in the field at first.
    public init(
        title: DisplayText, lines: [DisplayText], text: String = "", placeholder: DisplayText = ""
    ) {
        self.title = title
        self.lines = lines
        self.placeholder = placeholder
        field = TextField.State(text: text)
    }

    /// The text in the field.
    public var text: String { field.text }

    /// Does what a key means.
    public mutating func handle(_ key: Key) -> Outcome {
        switch key {
        case .escape, .control("c"): return .cancelled
        case .enter: return .accepted(field.text)
        default:
            if field.handle(key) { problem = nil }
            return .open
        }
    }

    /// Draws the dialog in the middle of an area; the field comes first where room is short.
    public func render(in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        frame.unmark()
        let widest = (lines + [title + "  "]).map(\.width).max() ?? 0
        let width = min(area.width, max(44, min(widest + 6, 72)))
        let wrapped = lines.flatMap { TextWrap.rows($0, width: max(1, width - 4)) }
        let place = area.centered(Size(width, wrapped.count + 5))
        frame.fill(place, style: theme[.text])
        let inner = Pane(title: title, isFocused: true)
            .render(in: place, on: &frame, theme: theme).inset(by: 1, 0)
        let (text, rest) = inner.splitBottom(min(inner.height, 3))
        for (index, line) in wrapped.prefix(text.height).enumerated() {
            frame.put(line, in: text.row(index), style: theme[.text])
        }
        TextField(placeholder: placeholder)
            .render(field, in: rest.row(0), on: &frame, theme: theme)
        if let problem {
            frame.put(problem, in: rest.row(1), style: theme[.error])
        }
        frame.put(Wording.of("Enter accepts, Esc gives up"), in: rest.row(2), style: theme[.dim])
    }
}
