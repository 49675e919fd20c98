// Labelled fields in sections, each with its value, its issue and one line of help. The form shows
// values as text; what they mean and whether they are right is decided by the owner.

/// A form of sections and fields.
public struct Form: Sendable {
    /// How a field is edited.
    public enum Editor: Hashable, Sendable {
        /// Free text.
        case text(placeholder: String = "")
        /// A whole number within bounds; left and right count.
        case integer(ClosedRange<Int>)
        /// A number within bounds; left and right scale by a quarter.
        case real(ClosedRange<Double>)
        /// One of some words; left and right turn.
        case choice([String])
        /// `true` or `false`; space turns.
        case toggle
        /// No value but a heading over further fields, `true` while they are shown; right opens,
        /// left closes.
        case fold
        /// Several lines; the owner of the form edits them elsewhere when Enter is pressed.
        case lines(placeholder: String = "")
    }

    /// Something wrong or remarkable about a value.
    public struct Issue: Hashable, Sendable {
        /// In words.
        public let text: DisplayText
        /// `error`, `warning` or `dim`.
        public let role: Role

        /// An issue.
        public init(_ text: DisplayText, role: Role = .error) {
            self.text = text
            self.role = role
        }
    }

    /// One field.
    public struct Field: Hashable, Sendable {
        /// The name that outcomes carry.
        public var id: String
        /// The name that is shown.
        public var label: DisplayText
        /// How it is edited.
        public var editor: Editor
        /// The value as text; `true` or `false` for a toggle.
        public var value: String
        /// What is wrong with the value.
        public var issue: Issue?
        /// What the field means, for the last line.
        public var help: DisplayText
        /// A remark behind the value, such as a default.
        public var note: DisplayText
        /// Whether the value differs from the preset.
        public var isModified: Bool
        /// Why the field cannot be edited now.
        public var disabledReason: DisplayText?

        /// A field.
        public init(
            id: String, label: DisplayText, editor: Editor, value: String, issue: Issue? = nil,
            help: DisplayText = "", note: DisplayText = "", isModified: Bool = false,
            disabledReason: DisplayText? = nil
        ) {
            self.id = id
            self.label = label
            self.editor = editor
            self.value = value
            self.issue = issue
            self.help = help
            self.note = note
            self.isModified = isModified
            self.disabledReason = disabledReason
        }
    }

    /// Fields under one heading.
    public struct Section: Hashable, Sendable {
        /// The heading; empty for none.
        public var title: DisplayText
        /// The fields from top to bottom.
        public var fields: [Field]

        /// A section.
        public init(_ title: DisplayText, _ fields: [Field]) {
            self.title = title
            self.fields = fields
        }
    }

    /// The sections from top to bottom.
    public var sections: [Section]
    /// Whether the keyboard belongs to the form.
    public var isFocused: Bool

    /// A form.
    public init(_ sections: [Section], isFocused: Bool = true) {
        self.sections = sections
        self.isFocused = isFocused
    }

    /// All fields in order, headings that fold among them; the selection counts these.
    public var fields: [Field] { sections.flatMap(\.fields) }
}
