// Rows that say which keys do what. Dispatch, hints and the help overlay all come from the same
// rows. A row that cannot act now says why. It does not act: the action is handed back.

/// Keys, what they do in words, and the action that they stand for.
public struct KeyBinding<Action> {
    /// Keys that mean the same; the first is shown.
    public let keys: [Key]
    /// What happens, in a few words.
    public let help: String
    /// The action.
    public let action: Action
    /// Why the action is not possible now; nil when it is.
    public let disabledReason: String?
    /// Whether the row appears among the hints of the last line.
    public let isHint: Bool
    /// Whether the last line keeps room for it before all others.
    public let isEssential: Bool

    /// A row for several keys.
    public init(
        _ keys: [Key], _ help: String, _ action: Action, disabledReason: String? = nil,
        isHint: Bool = true, isEssential: Bool = false
    ) {
        self.keys = keys
        self.help = help
        self.action = action
        self.disabledReason = disabledReason
        self.isHint = isHint
        self.isEssential = isEssential
    }

    /// A row for one key.
    public init(
        _ key: Key, _ help: String, _ action: Action, disabledReason: String? = nil,
        isHint: Bool = true, isEssential: Bool = false
    ) {
        self.init(
            [key], help, action, disabledReason: disabledReason, isHint: isHint,
            isEssential: isEssential)
    }

    /// The row without its action, for hints and help.
    public var hint: KeyHint {
        KeyHint(
            keys: keys.map(\.label), help: help, disabledReason: disabledReason, isHint: isHint,
            isEssential: isEssential, press: keys.first)
    }
}

extension KeyBinding: Sendable where Action: Sendable {}

/// A binding as it is shown.
public struct KeyHint: Hashable, Sendable {
    /// Labels of the keys.
    public let keys: [String]
    /// What happens.
    public let help: String
    /// Why it is not possible now.
    public let disabledReason: String?
    /// Whether it is worth a place in the last line.
    public let isHint: Bool
    /// Whether the last line keeps room for it before all others.
    public let isEssential: Bool
    /// The key that a click stands for.
    public let press: Key?

    /// A row to show.
    public init(
        keys: [String], help: String, disabledReason: String? = nil, isHint: Bool = true,
        isEssential: Bool = false, press: Key? = nil
    ) {
        self.isEssential = isEssential
        self.press = press
        self.keys = keys
        self.help = help
        self.disabledReason = disabledReason
        self.isHint = isHint
    }
}

/// Bindings in order of precedence.
public struct KeyMap<Action> {
    /// What a key means.
    public enum Match {
        /// The action to take.
        case action(Action)
        /// The key is known but cannot act now, for this reason.
        case disabled(String)
    }

    /// The rows; earlier rows win.
    public let bindings: [KeyBinding<Action>]

    /// A map of rows.
    public init(_ bindings: [KeyBinding<Action>]) { self.bindings = bindings }

    /// What a key means here; nil when it means nothing.
    public func match(_ key: Key) -> Match? {
        guard let row = bindings.first(where: { $0.keys.contains(key) }) else { return nil }
        return row.disabledReason.map(Match.disabled) ?? .action(row.action)
    }

    /// The rows as they are shown.
    public var hints: [KeyHint] { bindings.map(\.hint) }

    /// Keys that two rows claim; a map without mistakes has none.
    public var duplicates: [Key] {
        var seen: Set<Key> = []
        return bindings.flatMap(\.keys).filter { !seen.insert($0).inserted }
    }

    /// Keys that a plain terminal cannot send apart from others, such as Control with M.
    public var indistinguishable: [Key] {
        let confused: Set<Key> = [
            .control("m"), .control("i"), .control("["), .control("h"), .control("s"),
            .control("q"),
        ]
        return bindings.flatMap(\.keys).filter(confused.contains)
    }
}

extension KeyMap: Sendable where Action: Sendable {}
