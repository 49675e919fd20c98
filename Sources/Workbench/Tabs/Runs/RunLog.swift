// What happened during a run, line by line: checkpoints, evaluations, notices, failures. It follows
// the end until the user scrolls up. Lines are wrapped when drawn, and only those on screen.

import Panels

/// The events of a run and the place that is shown.
struct RunLog: Equatable, Sendable {
    /// What an entry is about.
    enum Kind: String, Sendable {
        case info, ckpt, eval, note, warn, fail
        /// An answer to a sample prompt.
        case reply
        /// Another learning rate.
        case rate = "lr"

        /// How it looks.
        var role: Role {
            switch self {
            case .info, .note: .text
            case .ckpt: .success
            case .eval: .plotEval
            case .reply: .speakerModel
            case .rate: .accent
            case .warn: .warning
            case .fail: .error
            }
        }
    }

    /// One thing that happened.
    struct Entry: Equatable, Sendable {
        var kind: Kind
        /// Seconds of training by then.
        var seconds: Double
        /// May hold several lines and any characters.
        var text: String
    }

    /// Entries that are kept; beyond it the oldest quarter goes.
    static let entriesMax = 4096

    private(set) var entries: [Entry] = []
    /// The first entry on screen; nil follows the end.
    private(set) var anchor: Int?
    /// Rows on screen, told on resize.
    var visibleRows = 5

    /// Adds an entry at the end.
    mutating func add(_ kind: Kind, at seconds: Double, _ text: String) {
        entries.append(Entry(kind: kind, seconds: seconds, text: text))
        guard entries.count > Self.entriesMax else { return }
        let excess = Self.entriesMax / 4
        entries.removeFirst(excess)
        anchor = anchor.map { max(0, $0 - excess) }
    }

    /// Scrolls by entries, down when positive; at the end following starts again.
    mutating func scroll(by count: Int) {
        let lowest = max(0, entries.count - max(1, visibleRows))
        let next = (anchor ?? lowest) + count
        anchor = next >= lowest ? nil : max(0, next)
    }

    /// Does what vertical movement keys mean; true when the key was one of them.
    mutating func handle(_ key: Key) -> Bool {
        let page = max(1, visibleRows - 1)
        switch key {
        case .up, .character("k"): scroll(by: -1)
        case .down, .character("j"): scroll(by: 1)
        case .pageUp: scroll(by: -page)
        case .pageDown: scroll(by: page)
        case .control("u"): scroll(by: -max(1, page / 2))
        case .control("d"): scroll(by: max(1, page / 2))
        case .home, .character("g"): scroll(by: -entries.count)
        case .end, .character("G"): anchor = nil
        case .mouse(let mouse) where mouse.kind == .wheelUp: scroll(by: -3)
        case .mouse(let mouse) where mouse.kind == .wheelDown: scroll(by: 3)
        default: return false
        }
        return true
    }

    /// Draws the rows around the anchor, or the last ones.
    func render(in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        guard !entries.isEmpty else {
            frame.put(tr("Nothing happened yet."), in: area.row(0), style: theme[.dim])
            return
        }
        var rows: [StyledLine] = []
        if let anchor {
            for entry in entries[min(anchor, entries.count - 1)...] where rows.count < area.height {
                rows += Self.rows(entry, width: area.width, theme: theme)
            }
            rows = Array(rows.prefix(area.height))
        } else {
            for entry in entries.reversed() where rows.count < area.height {
                rows = Self.rows(entry, width: area.width, theme: theme) + rows
            }
            rows = Array(rows.suffix(area.height))
        }
        for (index, row) in rows.enumerated() { frame.put(row, in: area.row(index)) }
        if anchor != nil {
            let mark: DisplayText = " " + tr("▼ more") + " "
            frame.put(mark, in: area.row(area.height - 1), style: theme[.badge], align: .right)
        }
    }

    /// Time and kind in front, the text wrapped behind them where there is room for that.
    private static func rows(_ entry: Entry, width: Int, theme: Theme) -> [StyledLine] {
        let time = DisplayText(NumberText.clock(entry.seconds))
        let lead = StyledLine([
            Span(
                "\(DisplayText(String(repeating: " ", count: max(0, 7 - time.width))))\(time)  ",
                theme[.dim]),
            Span(
                DisplayText(tr(entry.kind.rawValue)).padded(to: 6),
                theme[entry.kind.role].with(.bold)),
        ])
        let indent = width >= 40 ? lead.width : 0
        let text = theme[entry.kind == .warn || entry.kind == .fail ? entry.kind.role : .text]
        let lines = DisplayText.lines(entry.text, invisibles: .dropped)
            .flatMap { TextWrap.rows($0, width: max(1, width - indent)) }
        let blank = Span(DisplayText(String(repeating: " ", count: indent)))
        return lines.enumerated().map { index, line in
            let front = indent == 0 ? [] : index == 0 ? lead.spans : [blank]
            return StyledLine(front + [Span(line, text)])
        }
    }
}
