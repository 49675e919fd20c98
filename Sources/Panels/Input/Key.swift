// A decoded key, paste or mouse event. Equal values mean equal keys, whatever bytes the terminal
// sent. It does not know what a key does.

/// What the user did at the keyboard or with the mouse.
public enum Key: Hashable, Sendable {
    /// A printable character; space is `" "`.
    case character(Character)
    /// Control with a letter or one of `@[\]^_`, in lower case.
    case control(Character)
    /// Alt (or Escape before) with a character.
    case alt(Character)
    case enter, tab, backtab, escape, backspace, delete, insert
    case up, down, left, right, home, end, pageUp, pageDown
    /// F1 … F12.
    case function(Int)
    /// A named key with modifiers, such as Control with Right.
    case modified(Modifiers, Named)
    /// Text that was pasted as a whole; line feeds inside are `\n`.
    case paste(String)
    /// A click, a wheel turn or a movement.
    case mouse(Mouse)
    /// A row of the list or the form that has the keyboard was pointed at.
    case row(Int)
    /// The terminal reports the colour behind the text.
    case background(red: UInt8, green: UInt8, blue: UInt8)
    /// The terminal got or lost the focus.
    case focus(Bool)

    /// Keys that modifiers change.
    public enum Named: String, Hashable, Sendable {
        case up, down, left, right, home, end, pageUp, pageDown, insert, delete, enter, tab,
            backspace
    }

    /// Keys that are held down.
    public struct Modifiers: OptionSet, Hashable, Sendable {
        /// One bit per key, as terminals code them.
        public let rawValue: Int
        /// Takes the bits.
        public init(rawValue: Int) { self.rawValue = rawValue }
        /// Shift.
        public static let shift = Modifiers(rawValue: 1)
        /// Alt.
        public static let alt = Modifiers(rawValue: 2)
        /// Control.
        public static let control = Modifiers(rawValue: 4)
    }
}

/// A mouse event at a cell.
public struct Mouse: Hashable, Sendable {
    /// What happened.
    public enum Kind: Hashable, Sendable {
        case press, release, drag, move, wheelUp, wheelDown
    }

    /// What happened.
    public let kind: Kind
    /// Where.
    public let at: Point
    /// The pane that the wheel turns over, as its owner numbers it; nil while that is not looked up.
    public var pane: Int?

    /// An event at a cell.
    public init(_ kind: Kind, at point: Point) {
        self.kind = kind
        self.at = point
    }
}

extension Key {
    /// How the key is written in hints: `^S`, `Alt-x`, `PgUp`.
    public var label: String {
        switch self {
        case .character(" "): "Space"
        case .character(let character): String(character)
        case .control(let character): "^" + String(character).uppercased()
        case .alt(let character): "Alt-" + String(character)
        case .enter: "Enter"
        case .tab: "Tab"
        case .backtab: "Shift-Tab"
        case .escape: "Esc"
        case .backspace: "Backspace"
        case .delete: "Del"
        case .insert: "Ins"
        case .up: "↑"
        case .down: "↓"
        case .left: "←"
        case .right: "→"
        case .home: "Home"
        case .end: "End"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .function(let number): "F\(number)"
        case .modified(let modifiers, let named): modifiers.label + named.label
        case .paste: "paste"
        case .mouse: "mouse"
        case .row(let index): "row \(index + 1)"
        case .background: "background"
        case .focus: "focus"
        }
    }

    /// The character to type into a field, if this key is one.
    public var typed: Character? {
        if case .character(let character) = self { character } else { nil }
    }
}

extension Key.Modifiers {
    fileprivate var label: String {
        (contains(.control) ? "^" : "") + (contains(.alt) ? "Alt-" : "")
            + (contains(.shift) ? "Shift-" : "")
    }
}

extension Key.Named {
    fileprivate var label: String {
        switch self {
        case .up: "↑"
        case .down: "↓"
        case .left: "←"
        case .right: "→"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .delete: "Del"
        case .insert: "Ins"
        default: rawValue.prefix(1).uppercased() + rawValue.dropFirst()
        }
    }
}
