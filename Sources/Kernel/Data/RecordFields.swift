// The fields of one record as they are read: it remembers which were asked for, so that what nothing
// read is a fact and can be told. It knows no columns' meaning, only names that never matter.

/// One record whose fields are read by name.
final class RecordFields {
    /// The fields that can be read.
    let object: JSONObject
    /// Whether all values are texts, as in a CSV file.
    let isText: Bool
    private let unreadable: [String: RecordFault]
    private let emptyWords: [String: String]
    private var read: Set<String> = []
    /// Names below messages that hold something and were not read, in the order of finding.
    private(set) var unreadBelow: [String] = []

    /// The fields of a record.
    init(_ record: DataRecord) {
        (object, isText) = (record.fields, record.isText)
        unreadable = record.unreadable
        emptyWords = record.emptyWords
    }

    /// Fields without a file.
    init(_ object: JSONObject) {
        self.object = object
        isText = false
        unreadable = [:]
        emptyWords = [:]
    }

    /// The names of all fields, readable or not.
    var names: [String] { object.keys + unreadable.keys.sorted() }

    /// The value of a field, nil when it is absent; throws where it stands in the file broken.
    func value(_ name: String) throws(RecordFault) -> JSONValue? {
        read.insert(name)
        if let fault = unreadable[name] { throw fault }
        return object[name]
    }

    /// The word for which a field counts as one without a value; nil where it is not so.
    func emptyWord(of name: String) -> String? { emptyWords[name] }

    /// A word for which a field that was read counts as one without a value.
    var readEmptyWord: String? {
        emptyWords.isEmpty
            ? nil : names.lazy.filter(read.contains).compactMap { self.emptyWords[$0] }.first
    }

    /// Notes the members of a message that were not read.
    func note(unreadIn message: JSONObject, below column: String, read: Set<String>) {
        for (key, value) in message where !read.contains(key) {
            let name = "\(column).\(key)"
            if Self.matters(key, value), !unreadBelow.contains(name) { unreadBelow.append(name) }
        }
    }

    /// Fields that hold something, matter, and were not read, in the order of the record; those of
    /// messages as "messages.name".
    var unread: [String] {
        object.filter { !read.contains($0.key) && Self.matters($0.key, $0.value) }.map(\.key)
            + unreadable.keys.sorted().filter { !read.contains($0) && !Self.isHarmless($0) }
            + unreadBelow
    }

    // MARK: - What never matters

    private static func matters(_ name: String, _ value: JSONValue) -> Bool {
        value.holdsSomething && !isHarmless(name)
    }

    private static func isHarmless(_ name: String) -> Bool {
        harmless.contains(name.lowercased())
    }

    /// Names that say where a record is from or how it was counted, and nothing to learn.
    private static let harmless: Set<String> = [
        "id", "ids", "_id", "idx", "index", "uid", "uuid", "guid", "key", "hash", "md5", "sha1",
        "sha256", "row", "row_id", "record_id", "sample_id", "example_id", "question_id",
        "conversation_id", "conv_id", "message_id", "parent_id", "thread_id", "session_id",
        "prompt_id", "doc_id", "user_id", "name", "title", "source", "src", "sources", "origin",
        "dataset", "dataset_name", "data_source", "subset", "split", "channel", "category",
        "categories", "topic", "topics", "domain", "subject", "task", "task_name", "task_type",
        "task_id", "tag", "tags", "keywords", "lang", "language", "locale", "license", "author",
        "creator", "annotator", "contributor", "url", "urls", "link", "path", "file", "file_name",
        "filename", "model", "model_name", "generator", "engine", "version", "revision", "date",
        "time", "timestamp", "created", "created_at", "updated_at", "length", "len", "num_tokens",
        "token_count", "n_tokens", "num_turns", "turns", "word_count", "meta", "metadata", "info",
        "avatar", "__index_level_0__",
    ]
}

extension JSONValue {
    /// Whether it says anything: neither null nor empty.
    var holdsSomething: Bool {
        switch self {
        case .null: false
        case .string(let text): !text.isEmpty
        case .array(let list): !list.isEmpty
        case .object(let members): !members.isEmpty
        default: true
        }
    }
}

/// A field that nothing read, and how many records have it.
public struct UnusedColumn: Sendable, Equatable {
    /// The name of the field; "messages.name" below a list of messages.
    public var name: String
    /// In how many records it holds something.
    public var records: Int

    /// A field of so many records.
    public init(name: String, records: Int) { (self.name, self.records) = (name, records) }
}
