// Adds records to a JSON lines file, and the file to dataset_info.json of its folder, so that it can be
// trained on at once. Both are replaced whole: a torn line or a broken list never stands on the disk.

import Foundation
import Kernel

/// A folder of training data that grows by single records.
enum RecordFolder {
    private static let bytesMax = 256 << 20
    private static let listBytesMax = 4 << 20

    /// Adds one record.
    static func add(_ record: JSONValue, to path: String) throws(KernelError) -> AddedRecord {
        guard path.hasSuffix(".jsonl") else {
            throw KernelError(
                .usage, "records are added to JSON lines", at: path,
                hint: "Choose a name that ends in .jsonl.")
        }
        let folder = (path as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(
                atPath: folder.isEmpty ? "." : folder, withIntermediateDirectories: true)
        } catch {
            throw KernelError(
                .cannotCreate, "cannot make the folder", at: folder,
                because: Sentence(verbatim: error.localizedDescription))
        }
        var bytes: [UInt8] = []
        if FileManager.default.fileExists(atPath: path) {
            bytes = try BoundedFile.read(path, limit: bytesMax)
            // What another program left without a line end must not run into the record.
            if let last = bytes.last, last != UInt8(ascii: "\n") {
                bytes.append(UInt8(ascii: "\n"))
            }
        }
        bytes += Array((record.text() + "\n").utf8)
        try AtomicFile.write(bytes, to: path)
        let lines = bytes.split(separator: UInt8(ascii: "\n")).count
        let (name, missing) = register(path, in: folder.isEmpty ? "." : folder)
        return AddedRecord(count: lines, dataset: name, missingEntry: missing)
    }

    /// Names the file in dataset_info.json; returns its name and, if that failed, what to write there.
    private static func register(_ path: String, in folder: String) -> (String, String?) {
        let file = (path as NSString).lastPathComponent
        let name = String(file.dropLast(".jsonl".count))
        let entry: JSONValue = [
            "file_name": .string(file), "formatting": "sharegpt",
            "columns": ["messages": "messages"],
            "tags": [
                "role_tag": "role", "content_tag": "content", "user_tag": "user",
                "assistant_tag": "assistant", "system_tag": "system",
            ],
        ]
        let byHand = "\"\(name)\": \(entry.text())"
        let list = "\(folder)/\(DatasetCatalog.fileName)"
        do throws(KernelError) {
            var entries = JSONObject()
            if FileManager.default.fileExists(atPath: list) {
                let bytes = try BoundedFile.read(list, limit: listBytesMax)
                let value = try JSONValue(
                    parsing: String(decoding: bytes, as: UTF8.self), source: list)
                guard let object = value.object else { return (name, byHand) }
                // An existing entry for the file stays: there may be reasons for how it is read.
                if let known = object.first(where: { $0.value["file_name"]?.string == file }) {
                    return (known.key, nil)
                }
                guard object[name] == nil else { return (name, byHand) }
                entries = object
            }
            entries[name] = entry
            try AtomicFile.write(
                Array((JSONValue.object(entries).text(.pretty) + "\n").utf8), to: list)
            return (name, nil)
        } catch {
            return (name, byHand)
        }
    }
}
