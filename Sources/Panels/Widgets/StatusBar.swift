// The last lines of the screen: what is going on, which keys matter here, and short messages.
// It does not decide which hints matter; the rows say so: room is kept for the essential ones, the others
// are left out from the last on.

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
        for hint in Self.fitting(hints, width: last.right - x) {
            if let press = hint.press {
                frame.mark(Rect(x, last.y, Self.width(of: hint), 1), [press])
            }
            let (key, help) = Self.texts(of: hint)
            x = frame.put(key, at: Point(x, last.y), style: theme[.key], in: last)
            x = frame.put(help, at: Point(x, last.y), style: theme[.status], in: last) + 2
        }
    }

    /// The hints that have room side by side, in their order: the essential ones as far as they fit, then
    /// the others up to the first that does not.
    private static func fitting(_ hints: [KeyHint], width: Int) -> [KeyHint] {
        let shown = hints.enumerated().filter {
            $0.element.isHint && $0.element.disabledReason == nil
        }
        var kept: Set<Int> = []
        // Two columns stand between hints, none behind the last.
        var room = width + 2
        for isEssential in [true, false] {
            for (index, hint) in shown where hint.isEssential == isEssential {
                let wanted = Self.width(of: hint) + 2
                guard wanted <= room else { break }
                room -= wanted
                kept.insert(index)
            }
        }
        return shown.filter { kept.contains($0.offset) }.map(\.element)
    }

    private static func texts(of hint: KeyHint) -> (key: DisplayText, help: DisplayText) {
        (DisplayText(hint.keys.first ?? ""), DisplayText(" " + hint.help))
    }

    private static func width(of hint: KeyHint) -> Int {
        let (key, help) = texts(of: hint)
        return key.width + help.width
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
