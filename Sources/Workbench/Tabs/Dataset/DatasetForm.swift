// A new entry of dataset_info.json as a form: a name, how records are written, and which of the file's
// fields mean what. It begins with what the file's records look like.

import Kernel
import Panels

/// What a file's records look like, and how they would be read.
struct DatasetProposal: Equatable, Sendable {
    /// The file as it was typed.
    var path: String
    /// The folder of the list that the entry goes into.
    var folder: String
    /// The file as the entry names it: below that folder.
    var fileName: String
    var records: Int
    /// Fields of the first records, in the order of the file.
    var fields: [String]
    /// How they would be read; nil when nothing fits.
    var style: RecordStyle?
    /// The first record: a line for each field with the beginning of its value.
    var sample: [String]
    /// Names that the list has already.
    var taken: [String]
}

/// An entry for dataset_info.json.
struct DatasetDefinition: Equatable, Sendable {
    var name: String
    var folder: String
    var fileName: String
    var style: RecordStyle
}

/// An entry while it is edited.
struct DatasetForm: Equatable, Sendable {
    let proposal: DatasetProposal
    var name: String
    var style: RecordStyle
    var form = FormState()
    /// Why it was not written.
    var fault: String?

    init(_ proposal: DatasetProposal) {
        self.proposal = proposal
        let file = PathText.lastPart(of: proposal.fileName)
        let stem = file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
        var (name, number) = (stem, 2)
        while proposal.taken.contains(name) {
            name = "\(stem)-\(number)"
            number += 1
        }
        self.name = name
        var blank = RecordStyle()
        (blank.columns, blank.tags) = (ColumnNames(), TagNames())
        style = proposal.style ?? blank
        // A column that no record has is not proposed.
        for (_, path) in Self.columns {
            if let column = style.columns[keyPath: path], !proposal.fields.contains(column) {
                style.columns[keyPath: path] = nil
            }
        }
    }

    typealias ColumnPath = WritableKeyPath<ColumnNames, String?> & Sendable
    typealias TagPath = WritableKeyPath<TagNames, String?> & Sendable

    /// The columns that can be trained on, with their keys in the list.
    static let columns: [(key: String, path: ColumnPath)] = [
        ("prompt", \.prompt), ("query", \.query), ("response", \.response),
        ("history", \.history), ("messages", \.messages), ("system", \.system),
    ]
    static let tags: [(key: String, path: TagPath)] = [
        ("role_tag", \.role), ("content_tag", \.content), ("user_tag", \.user),
        ("assistant_tag", \.assistant), ("system_tag", \.system),
    ]

    /// What stands for no field.
    private static let none = "—"

    /// The entry to write.
    var definition: DatasetDefinition {
        var style = style
        style.namedColumns = Self.columns.compactMap { style.columns[keyPath: $0.path] }
        return DatasetDefinition(
            name: name, folder: proposal.folder, fileName: proposal.fileName, style: style)
    }

    /// What is wrong, by the name of the field.
    var issues: [String: String] {
        var issues: [String: String] = [:]
        let isControl = name.unicodeScalars.contains { $0.properties.generalCategory == .control }
        if DatasetCatalog.names(in: name) != [name] || name.contains("/") || isControl {
            issues["name"] = tr("a name without comma, slash and blank ends is needed")
        } else if proposal.taken.contains(name) {
            issues["name"] = tr("the list has this name already")
        }
        if style.formatting == .alpaca {
            if style.columns.prompt == nil { issues["prompt"] = tr("name the field to learn from") }
        } else if style.columns.messages == nil {
            issues["messages"] = tr("name the field with the messages")
        }
        for (key, path) in Self.columns {
            if let column = style.columns[keyPath: path], !proposal.fields.contains(column) {
                issues[key] = tr("no record has the field {1}", column)
            }
        }
        return issues
    }

    /// The list that the entry goes into.
    private var list: String {
        let folder = proposal.folder
        return folder + (folder.hasSuffix("/") ? "" : "/") + DatasetCatalog.fileName
    }

    /// The form with what is proposed.
    var fields: Form {
        let issues = issues
        let isChat = style.formatting != .alpaca
        func field(
            _ id: String, _ label: String, _ editor: Form.Editor, _ value: String, _ help: String,
            off: Bool = false
        ) -> Form.Field {
            let reason: DisplayText? =
                off ? isChat ? tr("messages hold it") : tr("only for lists of messages") : nil
            return Form.Field(
                id: id, label: DisplayText(label), editor: editor, value: value,
                issue: off ? nil : issues[id].map { Form.Issue(DisplayText($0)) },
                help: DisplayText(help), note: reason ?? "", disabledReason: reason)
        }
        let choices = [Self.none] + proposal.fields
        let forMessages: Set = ["messages", "system"]
        let columns = Self.columns.map { key, path in
            field(
                key, key, .choice(choices), style.columns[keyPath: path] ?? Self.none,
                Self.help(key),
                off: isChat ? !forMessages.contains(key) : key == "messages")
        }
        let tags = Self.tags.map { key, path in
            field(
                key, key, .text(placeholder: Self.none), style.tags[keyPath: path] ?? "",
                Self.help(key), off: !isChat)
        }
        return Form([
            Form.Section(
                "",
                [
                    field(
                        "name", tr("Name"), .text(), name,
                        tr("what plans call it, in {1}", list)),
                    field(
                        "formatting", tr("Format"),
                        .choice(RecordStyle.Formatting.allCases.map(\.rawValue)),
                        style.formatting.rawValue,
                        tr("alpaca: fields of text · sharegpt, openai: a list of messages")),
                ] + columns + tags)
        ])
    }

    private static func help(_ key: String) -> String {
        switch key {
        case "prompt": tr("what is asked; without an answer, the text to go on with (pt)")
        case "query": tr("what is asked in addition")
        case "response": tr("the answer that is learned")
        case "history": tr("earlier turns, as pairs")
        case "messages": tr("the list of messages")
        case "system": tr("the system text")
        case "role_tag": tr("in a message, the field that says who speaks")
        case "content_tag": tr("in a message, the field with the text")
        default: tr("the word for who speaks")
        }
    }

    /// Does what a key means in the form.
    mutating func handle(_ key: Key) {
        guard case .changed(let id, let value) = form.handle(key, fields: fields.fields) else {
            return
        }
        fault = nil
        if id == "name" {
            name = value
        } else if id == "formatting" {
            turn(to: RecordStyle.Formatting(rawValue: value) ?? style.formatting)
        } else if let column = Self.columns.first(where: { $0.key == id }) {
            style.columns[keyPath: column.path] = value == Self.none ? nil : value
        } else if let tag = Self.tags.first(where: { $0.key == id }) {
            style.tags[keyPath: tag.path] = value.isEmpty ? nil : value
        }
    }

    /// Messages of another format have other words.
    private mutating func turn(to formatting: RecordStyle.Formatting) {
        guard formatting != style.formatting else { return }
        style.formatting = formatting
        style.tags = formatting == .openai ? .openAI : .standard
    }
}
