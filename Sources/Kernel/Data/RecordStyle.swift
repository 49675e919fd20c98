// How the fields of a dataset's records are named: the columns and tags of dataset_info.json,
// their defaults, and the guess for a file that has no entry there. Converts nothing.

/// The names of columns; nil means that the dataset has no such column.
public struct ColumnNames: Sendable, Equatable {
    /// What is asked, or the text of pre-training.
    public var prompt: String?
    /// What is asked in addition.
    public var query: String?
    /// The answer.
    public var response: String?
    /// Earlier turns as pairs.
    public var history: String?
    /// The list of messages.
    public var messages: String?
    /// The system text.
    public var system: String?
    /// The tool descriptions.
    public var tools: String?
    /// Pictures, which are refused.
    public var images: String?
    /// Films, which are refused.
    public var videos: String?
    /// Recordings, which are refused.
    public var audios: String?
    /// The preferred answer.
    public var chosen: String?
    /// The answer to avoid.
    public var rejected: String?
    /// Whether the answer is a good one.
    public var ktoTag: String?

    /// No column at all.
    public init() {}

    /// What holds when an entry names no column at all.
    public static let standard: ColumnNames = {
        var names = ColumnNames()
        names.prompt = "instruction"
        names.query = "input"
        names.response = "output"
        names.messages = "conversations"
        return names
    }()

    /// The keys of `columns` in dataset_info.json with the fields they set.
    static var keys: [(String, WritableKeyPath<ColumnNames, String?>)] {
        [
            ("prompt", \.prompt), ("query", \.query), ("response", \.response),
            ("history", \.history), ("messages", \.messages), ("system", \.system),
            ("tools", \.tools), ("images", \.images), ("videos", \.videos),
            ("audios", \.audios), ("chosen", \.chosen), ("rejected", \.rejected),
            ("kto_tag", \.ktoTag),
        ]
    }
}

/// The names inside one message and the words for roles; nil means that a role does not occur.
public struct TagNames: Sendable, Equatable {
    /// The field of the role.
    public var role: String?
    /// The field of the content.
    public var content: String?
    /// The word for what a user says.
    public var user: String?
    /// The word for an answer.
    public var assistant: String?
    /// The word for what a tool answers.
    public var observation: String?
    /// The word for a call of a tool.
    public var function: String?
    /// The word for the system text.
    public var system: String?

    /// No tag at all.
    public init() {}

    /// What holds when an entry names no tag at all.
    public static let standard: TagNames = {
        var names = TagNames()
        names.role = "from"
        names.content = "value"
        names.user = "human"
        names.assistant = "gpt"
        names.observation = "observation"
        names.function = "function_call"
        names.system = "system"
        return names
    }()

    /// The tags of messages as chat programming interfaces write them.
    public static let openAI: TagNames = {
        var names = TagNames()
        names.role = "role"
        names.content = "content"
        names.user = "user"
        names.assistant = "assistant"
        names.observation = "tool"
        names.function = "function"
        names.system = "system"
        return names
    }()

    /// The keys of `tags` in dataset_info.json with the fields they set.
    static var keys: [(String, WritableKeyPath<TagNames, String?>)] {
        [
            ("role_tag", \.role), ("content_tag", \.content), ("user_tag", \.user),
            ("assistant_tag", \.assistant), ("observation_tag", \.observation),
            ("function_tag", \.function), ("system_tag", \.system),
        ]
    }
}

/// Everything needed to understand the records of one dataset.
public struct RecordStyle: Sendable, Equatable {
    /// The three ways conversations are written.
    public enum Formatting: String, Sendable, CaseIterable {
        case alpaca, sharegpt, openai
    }

    /// How conversations are written.
    public var formatting: Formatting
    /// The names of columns.
    public var columns: ColumnNames
    /// The names inside messages.
    public var tags: TagNames
    /// Whether records hold a chosen and a rejected answer.
    public var isRanking: Bool
    /// Columns that the entry names itself, in the order of the file: each must exist.
    public var namedColumns: [String]
    /// Whether the style was told from the records instead of being said by an entry.
    public var isGuessed = false

    /// A style; alpaca with its standard columns unless given.
    public init(
        formatting: Formatting = .alpaca, columns: ColumnNames = .standard,
        tags: TagNames = .standard, isRanking: Bool = false, namedColumns: [String] = []
    ) {
        self.formatting = formatting
        self.columns = columns
        self.tags = tags
        self.isRanking = isRanking
        self.namedColumns = namedColumns
    }

    /// How records are written, in a word or two: "alpaca", "sharegpt pairs", "text".
    public var name: String {
        // A question without any kind of answer is a text to continue.
        let isText =
            formatting == .alpaca && !isRanking && columns.response == nil && columns.ktoTag == nil
        let kind = isRanking ? " pairs" : columns.ktoTag == nil ? "" : " with marks"
        return (isText ? "text" : formatting.rawValue) + kind
    }

    /// The column with the messages of a conversation, and that of the answers to them where they stand apart. TRL's
    /// form has lists of messages as prompt and as answers, or answers that repeat their whole conversation.
    private static func conversation(
        in fields: JSONObject, isRanking: Bool
    ) -> (messages: String, answers: String?)? {
        func isList(_ name: String) -> Bool { fields[name]?.array != nil }
        if isRanking, let chosen = fields["chosen"]?.array, chosen.count > 1 {
            return ("chosen", nil)
        }
        if let name = ["messages", "conversations"].first(where: isList) { return (name, nil) }
        guard isList("prompt") else { return nil }
        let answers = ["completion", "response"].first(where: isList)
        return isRanking || answers != nil ? ("prompt", isRanking ? nil : answers) : nil
    }

    /// The style of a file without an entry, guessed from its first record; nil when unknown.
    public static func guessed(from fields: JSONObject) -> RecordStyle? {
        var style = RecordStyle()
        style.isGuessed = true
        style.columns = ColumnNames()
        // Optional columns may first appear in a later record.
        style.columns.system = "system"
        style.columns.tools = "tools"
        style.isRanking = fields.keys.contains("chosen") && fields.keys.contains("rejected")
        if style.isRanking {
            style.columns.chosen = "chosen"
            style.columns.rejected = "rejected"
        } else {
            style.columns.ktoTag = ["kto_tag", "label"].first { fields[$0]?.bool != nil }
        }
        if let (name, answers) = conversation(in: fields, isRanking: style.isRanking) {
            style.formatting = .sharegpt
            style.columns.messages = name == "chosen" ? nil : name
            style.columns.response = answers
            let messages = fields[name]?.array ?? []
            if messages.first?["role"] != nil {
                style.formatting = .openai
                style.tags = .openAI
            } else if messages.contains(where: {
                ["user", "assistant"].contains($0["from"]?.string)
            }) {
                // The words of chat programming interfaces in ShareGPT's fields.
                style.tags = .openAI
                (style.tags.role, style.tags.content) = (
                    TagNames.standard.role, TagNames.standard.content
                )
            }
            return style
        }
        let answered = [
            ("instruction", "output"), ("prompt", "response"), ("prompt", "completion"),
            ("question", "answer"), ("instruction", "response"), ("query", "response"),
        ]
        for (prompt, response) in answered where fields.keys.contains(prompt) {
            guard style.isRanking || fields.keys.contains(response) else { continue }
            style.columns.prompt = prompt
            style.columns.response = style.isRanking ? nil : response
            style.columns.query = "input"
            style.columns.history = "history"
            return style
        }
        guard fields.keys.contains("text") else { return nil }
        style.columns.ktoTag = nil
        style.columns.prompt = "text"
        return style
    }
}
