// A value out of a settings file before its meaning is known, with the line it stands on.
// YAML, JSON and the command line all become this; it knows no keys.

/// One value of a settings file: a scalar's text, a list or a mapping.
struct SettingNode: Sendable, Equatable {
    /// What the value is made of.
    enum Content: Sendable, Equatable {
        case null
        case scalar(String)
        case list([SettingNode])
        case mapping([SettingEntry])
    }

    /// What the value is made of.
    var content: Content
    /// The line it starts on, from 1; nil for the command line and for JSON.
    var line: Int?

    init(content: Content, line: Int? = nil) {
        self.content = content
        self.line = line
    }

    /// How a message names the value: shortened, with its kind.
    var summary: String {
        switch content {
        case .null: "nothing"
        case .scalar(let text): "\"\(text.count > 40 ? text.prefix(40) + "…" : text)\""
        case .list(let items): "a list of \(items.count)"
        case .mapping(let entries): "a mapping of \(entries.count) keys"
        }
    }
}

/// A key with its value.
struct SettingEntry: Sendable, Equatable {
    var key: String
    var node: SettingNode
}

/// A value of the wrong kind: what the key takes, and what was found.
struct SettingMismatch: Error, Equatable {
    /// What the key takes: "a whole number".
    var expected: String
    /// What was found instead.
    var found: String

    init(expected: String, found: String) {
        self.expected = expected
        self.found = found
    }

    init(expected: String, found node: SettingNode) {
        self.init(expected: expected, found: node.summary)
    }
}
