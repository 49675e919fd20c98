// Text in several styles: spans behind each other, and lines of them. The unit in which logs,
// chats and inspections are handed to the text view. It does not know how it is wrapped.

/// A piece of text in one style.
public struct Span: Hashable, Sendable {
    /// The text.
    public var text: DisplayText
    /// How it looks.
    public var style: Style

    /// A piece of text in one style.
    public init(_ text: DisplayText, _ style: Style = .plain) {
        self.text = text
        self.style = style
    }
}

/// One line of spans.
public struct StyledLine: Hashable, Sendable, ExpressibleByStringInterpolation {
    /// The pieces from left to right.
    public var spans: [Span]

    /// A line of spans.
    public init(_ spans: [Span]) { self.spans = spans }

    /// A line of one text.
    public init(_ text: DisplayText, _ style: Style = .plain) { spans = [Span(text, style)] }

    /// A line from a literal.
    public init(stringLiteral value: String) { self.init(DisplayText(value)) }

    /// Terminal columns that it takes.
    public var width: Int { spans.reduce(0) { $0 + $1.text.width } }

    /// The text without styles.
    public var string: String { spans.map(\.text.string).joined() }
}
