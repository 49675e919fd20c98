// The last lines of the screen: what is going on, which keys matter here, and short messages.
// It does not decide which hints matter; the rows say so.

/// A line of key hints, with a status in front or alone.
public struct StatusBar: Sendable {
    /// What is going on; empty for hints only.
    public var status: StyledLine
    /// The keys that matter here.
    public var hints: [KeyHint]

    /// A status and hints.
    public init(status: StyledLine = StyledLine([]), hints: [KeyHint] = []) {
        self.status = status
        self.hints = hints
    }

    /// Draws both in one row, or the status above the hints when there are two rows.
    public func render(in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        frame.fill(area, style: theme[.status])
        let last = area.row(area.height - 1)
        var x = last.x + min(1, last.width)
        if area.height > 1 {
            frame.put(status, in: area.row(0))
        } else if !status.spans.isEmpty {
            x = min(last.right, frame.put(status, in: last) + 2)
        }
        for hint in hints where hint.isHint && hint.disabledReason == nil {
            let key = DisplayText(hint.keys.first ?? "")
            let help = DisplayText(" " + hint.help)
            // A hint that does not fit is left out as a whole.
            guard x + key.width + help.width <= last.right else { continue }
            if let press = hint.press {
                frame.mark(Rect(x, last.y, key.width + help.width, 1), [press])
            }
            x = frame.put(key, at: Point(x, last.y), style: theme[.key], in: last)
            x = frame.put(help, at: Point(x, last.y), style: theme[.status], in: last) + 2
        }
    }
}

/// A short message at the right edge.
public struct Toast: Sendable {
    /// The message.
    public var text: DisplayText
    /// What kind of message it is.
    public var role: Role

    /// A message.
    public init(_ text: DisplayText, role: Role = .badge) {
        self.text = text
        self.role = role
    }

    /// Draws the message in the last row of an area, at the right.
    public func render(in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        let shown = DisplayText(" \(text) ").truncated(to: area.width)
        frame.put(
            shown, in: area.row(area.height - 1), style: theme[role].with(.bold), align: .right)
    }
}
