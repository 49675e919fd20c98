// One line of text that can be edited, with the keys of readline. The cursor stands between
// characters; long text scrolls. It does not check what is typed.

/// A one-line editor.
public struct TextField: Sendable {
    /// What stands in the empty field.
    public var placeholder: DisplayText
    /// Whether the keyboard belongs to the field; then the cursor is shown.
    public var isFocused: Bool

    /// A field.
    public init(placeholder: DisplayText = "", isFocused: Bool = true) {
        self.placeholder = placeholder
        self.isFocused = isFocused
    }

    /// Draws the text around the cursor.
    public func render(_ state: State, in area: Rect, on frame: inout Frame, theme: Theme) {
        guard !area.isEmpty else { return }
        let place = area.row(0)
        frame.fill(place, style: theme[.input])
        if state.characters.isEmpty {
            frame.put(
                placeholder, in: place, style: theme[.input].overlaid(with: theme[.placeholder]))
        }
        let before = DisplayText(String(state.characters[..<state.cursor])).width
        // The last column is for the cursor behind the text.
        let offset = max(0, before - (place.width - 1))
        let text = DisplayText(String(state.characters))
        frame.put(text, at: Point(place.x - offset, place.y), style: theme[.input], in: place)
        if isFocused { frame.cursor = Point(place.x + before - offset, place.y) }
    }

    /// The text and the cursor.
    public struct State: Equatable, Sendable {
        /// The text as characters, so that the cursor counts what the user sees.
        public private(set) var characters: [Character]
        /// Characters in front of the cursor.
        public private(set) var cursor: Int
        private var killed: [Character] = []
        /// Typed and pasted text does not make it longer than this.
        var charactersMax = 65_536
        /// At most this much of a paste is taken: the rest of the room is for typing behind it.
        static let pasteMax = 61_440

        /// A text with the cursor behind it.
        public init(text: String = "") {
            characters = Array(text)
            cursor = characters.count
        }

        /// The text.
        public var text: String { String(characters) }

        /// Replaces the text; the cursor goes behind it.
        public mutating func setText(_ text: String) {
            characters = Array(text)
            cursor = characters.count
        }

        /// Moves the cursor behind some characters.
        public mutating func moveCursor(to index: Int) {
            cursor = min(max(0, index), characters.count)
        }

        /// Inserts text at the cursor; line breaks become spaces.
        public mutating func insert(_ text: String) {
            let room = max(0, charactersMax - characters.count)
            let text = text.prefix(room)
            guard !text.isEmpty else { return }
            // Joining through String lets a combining mark find its letter.
            let line = String(text.map { $0.isNewline ? " " : $0 })
            let head = Array(String(characters[..<cursor]) + line)
            characters = head + characters[cursor...]
            cursor = head.count
        }

        /// Does what an editing key means; true when the key was one.
        public mutating func handle(_ key: Key) -> Bool {
            switch key {
            case .character(let character): insert(String(character))
            case .paste(let text): insert(String(text.prefix(Self.pasteMax)))
            case .left, .control("b"): cursor = max(0, cursor - 1)
            case .right, .control("f"): cursor = min(characters.count, cursor + 1)
            case .home, .control("a"): cursor = 0
            case .end, .control("e"): cursor = characters.count
            case .modified(_, .left), .alt("b"): cursor = wordStart
            case .modified(_, .right), .alt("f"): cursor = wordEnd
            case .backspace: delete(max(0, cursor - 1)..<cursor, keeps: false)
            case .delete, .control("d"):
                delete(cursor..<min(characters.count, cursor + 1), keeps: false)
            case .control("w"), .modified(.alt, .backspace): delete(wordStart..<cursor)
            case .control("u"): delete(0..<cursor)
            case .control("k"): delete(cursor..<characters.count)
            case .control("y"): insert(String(killed))
            default: return false
            }
            return true
        }

        private mutating func delete(_ range: Range<Int>, keeps: Bool = true) {
            if keeps && !range.isEmpty { killed = Array(characters[range]) }
            characters.removeSubrange(range)
            cursor = range.lowerBound
        }

        private var wordStart: Int {
            var index = cursor
            while index > 0 && characters[index - 1].isWhitespace { index -= 1 }
            while index > 0 && !characters[index - 1].isWhitespace { index -= 1 }
            return index
        }

        private var wordEnd: Int {
            var index = cursor
            while index < characters.count && characters[index].isWhitespace { index += 1 }
            while index < characters.count && !characters[index].isWhitespace { index += 1 }
            return index
        }
    }
}
