// Several lines of text that can be edited: a prompt. Lines wrap at the width that is drawn; up
// and down move by lines of the text. It does not know what the text is for.

/// An editor of several lines.
public struct TextArea: Sendable {
    /// What stands in the empty area.
    public var placeholder: DisplayText
    /// Whether the keyboard belongs to the area.
    public var isFocused: Bool

    /// An area.
    public init(placeholder: DisplayText = "", isFocused: Bool = true) {
        self.placeholder = placeholder
        self.isFocused = isFocused
    }

    /// Draws the rows around the cursor.
    public func render(_ state: State, in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        frame.fill(
            area, style: theme[.input].attributes.contains(.underline) ? .plain : theme[.input])
        if state.isEmpty {
            frame.put(placeholder, in: area.row(0), style: theme[.placeholder])
        }
        let (rows, cursor) = layout(state, width: area.width)
        let top = max(0, min(cursor.y - area.height + 1, rows.count - area.height))
        for line in 0..<min(area.height, rows.count - top) {
            frame.put(
                rows[top + line], at: Point(area.x, area.y + line), style: theme[.text], in: area)
        }
        if isFocused {
            frame.cursor = Point(
                area.x + min(cursor.x, area.width - 1), area.y + cursor.y - top)
        }
    }

    /// Rows that the text takes at a width.
    public func height(_ state: State, width: Int) -> Int { layout(state, width: width).rows.count }

    /// The wrapped rows and where the cursor stands among them. Rows break between characters, so
    /// that nothing moves while a word grows.
    private func layout(_ state: State, width: Int) -> (rows: [DisplayText], cursor: Point) {
        var rows: [DisplayText] = []
        var cursor = Point(0, 0)
        for (index, line) in state.lines.enumerated() {
            var row: [Character] = []
            var used = 0
            for (offset, character) in line.enumerated() {
                let columns = Self.columns(of: character)
                if used + columns > max(1, width) && !row.isEmpty {
                    rows.append(DisplayText(String(row)))
                    row = []
                    used = 0
                }
                if index == state.line && offset == state.column {
                    cursor = Point(used, rows.count)
                }
                row.append(character)
                used += columns
            }
            if index == state.line && state.column == line.count {
                // Behind a full row the cursor stands at the start of the next.
                if used >= max(1, width) {
                    rows.append(DisplayText(String(row)))
                    row = []
                    used = 0
                }
                cursor = Point(used, rows.count)
            }
            rows.append(DisplayText(String(row)))
        }
        return (rows, cursor)
    }

    /// Columns of a character; most are printable ASCII and need no look.
    private static func columns(of character: Character) -> Int {
        if let value = character.asciiValue, value >= 0x20, value < 0x7F { return 1 }
        return DisplayText(String(character)).width
    }

    /// The lines and the cursor.
    public struct State: Equatable, Sendable {
        /// The lines as characters, at least one.
        public private(set) var lines: [[Character]]
        /// The line of the cursor.
        public private(set) var line: Int
        /// Characters in front of the cursor in its line.
        public private(set) var column: Int
        /// What stood here before each change, the latest last.
        private var past: [Past] = []

        private struct Past: Equatable, Sendable {
            var lines: [[Character]]
            var line: Int
            var column: Int
            /// Whether single letters were typed behind it, which are taken back together.
            var isTyping: Bool
        }

        private static let pastMax = 200

        /// A text with the cursor behind it.
        public init(text: String = "") {
            lines = Self.split(text)
            line = lines.count - 1
            column = lines[line].count
        }

        /// The text.
        public var text: String { lines.map { String($0) }.joined(separator: "\n") }
        /// True when nothing was typed.
        public var isEmpty: Bool { lines.count == 1 && lines[0].isEmpty }

        /// Removes everything.
        public mutating func clear() { self = State() }

        /// Inserts text at the cursor; line feeds start lines.
        public mutating func insert(_ text: String) {
            let tail = lines[line][column...]
            var added = Self.split(String(lines[line][..<column]) + text)
            let (lastLine, lastColumn) = (added.count - 1, added[added.count - 1].count)
            added[lastLine] += tail
            lines.replaceSubrange(line...line, with: added)
            line += lastLine
            column = lastColumn
        }

        /// Does what an editing key means; true when the key was one. Enter is left to the owner:
        /// Alt-Enter and Control-J start a line, Control-_ takes the last change back.
        public mutating func handle(_ key: Key) -> Bool {
            if key == .control("_") {
                undo()
                return true
            }
            let before = Past(lines: lines, line: line, column: column, isTyping: false)
            guard edit(key) else { return false }
            note(before, after: key)
            return true
        }

        /// Takes the last change back; letters typed behind each other count as one, up to a blank.
        public mutating func undo() {
            guard let last = past.popLast() else { return }
            (lines, line, column) = (last.lines, last.line, last.column)
        }

        private mutating func note(_ before: Past, after key: Key) {
            guard before.lines != lines else {
                // Moving the cursor begins something new.
                if !past.isEmpty { past[past.count - 1].isTyping = false }
                return
            }
            if let letter = key.typed, !letter.isWhitespace {
                if past.last?.isTyping == true { return }
                past.append(before)
                past[past.count - 1].isTyping = true
            } else {
                past.append(before)
            }
            if past.count > Self.pastMax { past.removeFirst(past.count - Self.pastMax) }
        }

        private mutating func edit(_ key: Key) -> Bool {
            switch key {
            case .character(let character): insert(String(character))
            case .paste(let text): insert(text)
            case .modified(_, .enter), .control("j"): insert("\n")
            case .up where line > 0: moveLine(by: -1)
            case .down where line < lines.count - 1: moveLine(by: 1)
            case .left where column == 0 && line > 0:
                line -= 1
                column = lines[line].count
            case .right where column == lines[line].count && line < lines.count - 1:
                line += 1
                column = 0
            case .backspace where column == 0:
                guard line > 0 else { return true }
                column = lines[line - 1].count
                lines[line - 1] += lines.remove(at: line)
                line -= 1
            default: return editLine(key)
            }
            return true
        }

        /// Within one line the keys are those of a field.
        private mutating func editLine(_ key: Key) -> Bool {
            var field = TextField.State(text: String(lines[line]))
            // An area may hold whole pages in a line.
            field.charactersMax = .max
            field.moveCursor(to: column)
            guard field.handle(key) else { return false }
            lines[line] = field.characters
            column = field.cursor
            return true
        }

        private mutating func moveLine(by step: Int) {
            line += step
            column = min(column, lines[line].count)
        }

        private static func split(_ text: String) -> [[Character]] {
            text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(
                Array.init)
        }
    }
}
