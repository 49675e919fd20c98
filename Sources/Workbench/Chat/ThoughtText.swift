// An answer of a model that thinks aloud, taken apart: what stands between <think> and </think>, and
// the rest. It draws nothing.

/// The thought in front of an answer, and the answer.
struct ThoughtText: Equatable, Sendable {
    private static let (start, end) = ("<think>", "</think>")

    /// What was thought; nil when nothing was.
    var thought: String?
    /// Whether the thought has not ended yet.
    var isOpen = false
    /// The answer itself.
    var answer: String

    /// Takes a text apart. Some templates open the thought themselves: then the text has its end only.
    init(_ text: String) {
        let trimmed = text.drop(while: \.isWhitespace)
        let hasStart = trimmed.hasPrefix(Self.start)
        let body = hasStart ? trimmed.dropFirst(Self.start.count) : text[...]
        if let close = body.firstRange(of: Self.end),
            hasStart || !body[..<close.lowerBound].contains(Self.start)
        {
            thought = Self.trimmed(body[..<close.lowerBound])
            answer = String(body[close.upperBound...].drop(while: \.isWhitespace))
        } else if hasStart {
            (thought, isOpen, answer) = (Self.trimmed(body), true, "")
        } else {
            (thought, answer) = (nil, text)
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop(while: \.isWhitespace)
        let end = start.reversed().prefix(while: \.isWhitespace).count
        return String(start.dropLast(end))
    }
}
