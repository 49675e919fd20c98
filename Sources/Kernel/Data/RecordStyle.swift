// How the fields of a dataset's records are named: the columns and tags of dataset_info.json,
// their defaults, and the guess for a file that has no entry there. Converts nothing.

/// The names of columns; nil means that the dataset has no such column.
public struct ColumnNames: Sendable, Equatable {
    public var prompt: String?
    public var query: String?
    public var response: String?
    public var history: String?
    public var messages: String?
    public var system: String?
    public var tools: String?
    public var images: String?
    public var videos: String?
    public var audios: String?
    public var chosen: String?
    public var rejected: String?
    public var ktoTag: String?

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
    public var role: String?
    public var content: String?
    public var user: String?
    public var assistant: String?
    public var observation: String?
    public var function: String?
    public var system: String?

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

    public var formatting: Formatting
    public var columns: ColumnNames
    public var tags: TagNames
    /// Whether records hold a chosen and a rejected answer.
    public var isRanking: Bool
    /// Columns that the entry names itself, in the order of the file: each must exist.
    public var namedColumns: [String]

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

    /// The style of a file without an entry, guessed from its first record; nil when unknown.
    public static func guessed(from fields: JSONObject) -> RecordStyle? {
        var style = RecordStyle()
        style.columns = ColumnNames()
        // Optional columns may first appear in a later record.
        style.columns.system = "system"
        style.columns.tools = "tools"
        style.isRanking = fields.keys.contains("chosen") && fields.keys.contains("rejected")
        if style.isRanking {
            style.columns.chosen = "chosen"
            style.columns.rejected = "rejected"
        }
        for name in ["messages", "conversations"] where fields[name]?.array != nil {
            style.formatting = .sharegpt
            style.columns.messages = name
            if fields[name]?.array?.first?["role"] != nil {
                style.formatting = .openai
                style.tags = .openAI
            }
            return style
        }
        let answered = [
            ("instruction", "output"), ("prompt", "response"), ("prompt", "completion"),
            ("question", "answer"), ("instruction", "response"),
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
        style.columns.prompt = "text"
        return style
    }
}
