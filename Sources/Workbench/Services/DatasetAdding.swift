// Proposes how a file of records is read, and writes the user's choice into dataset_info.json. Only
// the first records are parsed; other entries of the list stay as they are.

import Foundation
import Kernel

/// Adds files of records to the list of their folder.
enum DatasetAdding {
    /// Records whose fields are looked at.
    private static let recordsLooked = 100
    /// Fields that are offered for a column.
    private static let fieldsMax = 64
    private static let sampleMax = 200
    private static let listBytesMax = 8 << 20

    /// What a file would be in the list of `folder`, or of its own folder when it lies elsewhere.
    static func proposal(path: String, folder: String) throws(KernelError) -> DatasetProposal {
        let file = try RecordFile(path: HomePath.expanded(path))
        var fields: [String] = []
        var sample: [String] = []
        var style: RecordStyle?
        var fault: RecordFault?
        for index in 0..<min(file.count, recordsLooked) {
            do throws(RecordFault) {
                let record = try file.record(at: index)
                for key in record.fields.keys.prefix(fieldsMax)
                where fields.count < fieldsMax && !fields.contains(key) { fields.append(key) }
                if sample.isEmpty { sample = lines(of: record.fields) }
                if style == nil { style = RecordStyle.guessed(from: record.fields) }
            } catch {
                fault = fault ?? error
            }
        }
        guard !fields.isEmpty else {
            throw KernelError(
                .badData, "the dataset has no readable record", at: path,
                because: fault?.detail ?? "the file is empty")
        }
        if style?.isRanking == true { style = nil }
        let (list, name) = place(of: HomePath.expanded(path), in: HomePath.expanded(folder))
        let shown = list == HomePath.expanded(folder) ? folder : list
        return DatasetProposal(
            path: path, folder: shown, fileName: name, records: file.count, fields: fields,
            style: style, sample: sample,
            taken: try entries(of: list).keys)
    }

    /// The fields of a record, a line each.
    private static func lines(of fields: JSONObject) -> [String] {
        fields.prefix(fieldsMax).map { name, value in
            let text = value.string ?? value.text(.compact)
            let shown = text.prefix(sampleMax).split(whereSeparator: \.isNewline)
            return name.prefix(sampleMax) + ": " + shown.joined(separator: " ⏎ ")
        }
    }

    /// Writes an entry; one of the same name is never replaced.
    static func write(_ definition: DatasetDefinition) throws(KernelError) {
        let folder = HomePath.expanded(definition.folder)
        let list = "\(folder)/\(DatasetCatalog.fileName)"
        var entries = try entries(of: folder)
        guard entries[definition.name] == nil else {
            throw KernelError(
                .cannotCreate, "the list has this name already", at: list,
                because: Sentence(verbatim: definition.name))
        }
        entries[definition.name] = json(definition)
        try AtomicFile.write(
            Array((JSONValue.object(entries).text(.pretty) + "\n").utf8), to: list)
    }

    /// The entry as the list has it.
    static func json(_ definition: DatasetDefinition) -> JSONValue {
        var entry = JSONObject()
        entry["file_name"] = .string(definition.fileName)
        let style = definition.style
        if style.formatting != .alpaca { entry["formatting"] = .string(style.formatting.rawValue) }
        var columns = JSONObject()
        for (key, path) in DatasetForm.columns {
            let isUsed =
                style.formatting == .alpaca
                ? key != "messages" : ["messages", "system"].contains(key)
            if isUsed, let name = style.columns[keyPath: path] { columns[key] = .string(name) }
        }
        entry["columns"] = .object(columns)
        if style.formatting != .alpaca {
            var tags = JSONObject()
            for (key, path) in DatasetForm.tags {
                if let word = style.tags[keyPath: path] { tags[key] = .string(word) }
            }
            if let word = style.tags.observation { tags["observation_tag"] = .string(word) }
            if let word = style.tags.function { tags["function_tag"] = .string(word) }
            entry["tags"] = .object(tags)
        }
        return .object(entry)
    }

    private static func entries(of folder: String) throws(KernelError) -> JSONObject {
        let list = "\(folder)/\(DatasetCatalog.fileName)"
        guard FileManager.default.fileExists(atPath: list) else { return JSONObject() }
        let bytes = try BoundedFile.read(list, limit: listBytesMax)
        let value = try JSONValue(
            parsing: String(decoding: bytes, as: UTF8.self), source: list)
        guard let object = value.object else {
            throw KernelError(
                .badData, "cannot read the dataset catalog", at: list,
                because: "expected an object of datasets, found \(value.kindName)")
        }
        return object
    }

    /// The list's folder and the name of the file below it: an entry never leads out of its folder.
    private static func place(of path: String, in folder: String) -> (String, String) {
        let file = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let root = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
        if file.hasPrefix(root + "/") { return (folder, String(file.dropFirst(root.count + 1))) }
        return ((file as NSString).deletingLastPathComponent, (file as NSString).lastPathComponent)
    }
}
