// manifest.json of a checkpoint: size and SHA-256 of each file, and weights.manifest.json of a result: of its
// weights alone. Code that uses weights of a folder with one asks it first. It knows no formats: what a kind of
// folder must hold is told by its reader.

import Foundation
import Synchronization

/// The list of a folder's files, with what they must be.
struct FolderManifest: Equatable {
    /// One file's size and digest.
    struct Entry: Equatable {
        var bytes: Int
        var sha256: String
    }

    static let name = "manifest.json"
    /// The list of a result's weights. Other files of a result are people's to change.
    static let resultName = "weights.manifest.json"
    private static let bytesMax = 1 << 26

    var files: [String: Entry]

    /// The manifest of all plain files that lie in a folder now.
    init(of folder: String) throws(KernelError) {
        files = [:]
        for name in try DiskCalls.names(in: folder)
        where name != Self.name && name != Self.resultName {
            files[name] = try Self.entry(of: "\(folder)/\(name)")
        }
    }

    /// The manifest of the weights that lie in a folder now.
    init(ofWeightsIn folder: String) throws(KernelError) {
        files = [:]
        for name in try DiskCalls.names(in: folder)
        where name.hasSuffix(".safetensors") || name.hasSuffix(".safetensors.index.json") {
            files[name] = try Self.entry(of: "\(folder)/\(name)")
        }
    }

    /// Reads the manifest of a folder; anything unknown in it is refused, since it would go unchecked.
    init(reading folder: String) throws(KernelError) {
        try self.init(try Self.json(folder, Self.name), path: "\(folder)/\(Self.name)")
    }

    private init(_ json: JSONValue, path: String) throws(KernelError) {
        func bad(_ why: Sentence) -> KernelError {
            KernelError(.badData, "cannot read the manifest", at: path, because: why)
        }
        guard let members = json.object else { throw bad("expected an object") }
        guard let version = json["version"]?.integer else { throw bad("version is no integer") }
        guard version == 1 else {
            throw KernelError(
                .badData, "the checkpoint is of another version", at: path,
                because: "version \(version)", hint: "Use the Workbench that wrote it.")
        }
        guard let entries = json["files"]?.object else { throw bad("files is no object") }
        if let key = members.keys.first(where: { $0 != "version" && $0 != "files" }) {
            throw bad("unknown key \(key.escapedForDisplay)")
        }
        files = [:]
        for (name, value) in entries {
            guard !name.isEmpty, name != ".", name != "..", name != Self.name,
                !name.contains("/"), !name.utf8.contains(0)
            else { throw bad("bad file name \(name.escapedForDisplay)") }
            guard let bytes = value["bytes"]?.integer, bytes >= 0,
                let digest = value["sha256"]?.string, digest.utf8.count == 64,
                digest.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }),
                value.object?.count == 2
            else { throw bad("bad entry of \(name.escapedForDisplay)") }
            files[name] = Entry(bytes: bytes, sha256: digest)
        }
    }

    private static func json(
        _ folder: String, _ name: String
    ) throws(KernelError) -> JSONValue {
        var limits = JSONLimits()
        limits.bytes = bytesMax
        return try JSONValue(contentsOf: "\(folder)/\(name)", limits: limits)
    }

    /// The bytes of manifest.json.
    var text: String {
        let entries = files.sorted { $0.key < $1.key }.map { name, entry in
            let value: JSONValue = [
                "bytes": .integer(entry.bytes), "sha256": .string(entry.sha256),
            ]
            return (name, value)
        }
        let json: JSONValue = [
            "files": .object(JSONObject(uniqueKeysWithValues: entries)), "version": 1,
        ]
        return json.text(.pretty) + "\n"
    }

    // MARK: - Checks

    /// Throws naming the first of these files that is missing or differs; nil: of all.
    func check(_ folder: String, only names: [String]? = nil) throws(KernelError) {
        for name in (names ?? Array(files.keys)).sorted() {
            let path = "\(folder)/\(name)"
            guard let expected = files[name] else {
                throw KernelError(
                    .badData, "the checkpoint is damaged", at: path,
                    because: "its manifest does not list the file", hint: Self.hint)
            }
            let found = try Self.entry(of: path)
            guard found == expected else {
                throw KernelError(
                    .badData, "the checkpoint is damaged", at: path,
                    because:
                        "expected \(expected.bytes) bytes with SHA-256 \(expected.sha256.prefix(12))…, "
                        + "found \(found.bytes) with \(found.sha256.prefix(12))…",
                    hint: Self.hint)
            }
        }
    }

    private static let hint: Sentence =
        "Use another checkpoint, or bring the file back from a copy. If it was changed on purpose, move "
        + "manifest.json away: the folder then counts as one of another program."

    /// Throws naming the first of these weights that differs from what their run wrote.
    private func checkResult(_ folder: String, _ names: [String]) throws(KernelError) {
        for name in names.sorted() {
            guard let expected = files[name] else {
                // What is no weight is not listed, and people's to change.
                guard name.hasSuffix(".safetensors") else { continue }
                throw KernelError(
                    .badData, "the weights are not those that their run wrote",
                    at: "\(folder)/\(name)", because: "\(Self.resultName) does not list the file",
                    hint: "If it was put there on purpose, move \(Self.resultName) away.")
            }
            let found = try Self.entry(of: "\(folder)/\(name)")
            guard found == expected else {
                throw KernelError(
                    .badData, "the weights are not those that their run wrote",
                    at: "\(folder)/\(name)",
                    because:
                        "expected \(expected.bytes) bytes with SHA-256 \(expected.sha256.prefix(12))…, "
                        + "found \(found.bytes) with \(found.sha256.prefix(12))…",
                    hint:
                        "Use the newest checkpoint of the run, or bring the file back from a copy. If "
                        + "it was changed on purpose, move \(Self.resultName) away.")
            }
        }
    }

    /// Checks files of a folder that has a manifest of ours, before anything of them is used; folders
    /// without one, and those of other programs, pass.
    static func checkIfThere(
        _ folder: String, _ names: (FolderManifest) -> [String]
    ) throws(KernelError) {
        if try DiskCalls.isThere("\(folder)/\(resultName)") {
            let json = try Self.json(folder, resultName)
            let manifest = try FolderManifest(json, path: "\(folder)/\(resultName)")
            try manifest.checkResult(folder, names(manifest))
        }
        guard try DiskCalls.isThere("\(folder)/\(name)") else { return }
        let json = try Self.json(folder, name)
        // Another program's file of that name knows neither of the two.
        if let object = json.object, object["files"] == nil, object["version"] == nil { return }
        let manifest = try FolderManifest(json, path: "\(folder)/\(name)")
        try manifest.check(folder, only: names(manifest))
    }

    // MARK: - Files

    /// What a file is now. A part that the disk does not give is an error of the disk, no damage.
    private static func entry(of path: String) throws(KernelError) -> Entry {
        let file = try MappedFile(path: path)
        if let known = Digests.of(path, file) { return known }
        let entry = Entry(bytes: file.bytes.count, sha256: digest(of: file).description)
        try file.checkUnchanged()
        Digests.keep(entry, of: path, file)
        return entry
    }

    /// The digest of a file, whose pages are given back as they were read: the weights that a run has just written
    /// are as large as the model.
    private static func digest(of file: MappedFile) -> SHA256.Digest {
        var hash = SHA256()
        for start in stride(from: 0, to: file.bytes.count, by: piece) {
            let range = start..<min(start + piece, file.bytes.count)
            hash.update(UnsafeRawBufferPointer(rebasing: file.bytes[range]))
            file.letGo(of: range)
        }
        return hash.finish()
    }

    /// Bytes that are read before their pages are given back.
    private static let piece = 1 << 20

    /// Digests of large files that this process has read and that did not change since: a model of gigabytes
    /// is read once, not for each chat and export.
    private enum Digests {
        private struct State: Equatable {
            var stamp: [Int]
            var entry: Entry
        }
        private static let known = Mutex<[String: State]>([:])
        private static let bytesMin = 1 << 25

        static func of(_ path: String, _ file: MappedFile) -> Entry? {
            guard file.bytes.count >= bytesMin, let stamp = stamp(path) else { return nil }
            return known.withLock { $0[path].flatMap { $0.stamp == stamp ? $0.entry : nil } }
        }

        static func keep(_ entry: Entry, of path: String, _ file: MappedFile) {
            guard file.bytes.count >= bytesMin, let stamp = stamp(path) else { return }
            known.withLock { $0[path] = State(stamp: stamp, entry: entry) }
        }

        private static func stamp(_ path: String) -> [Int]? {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            return [
                Int(truncatingIfNeeded: status.st_dev), Int(truncatingIfNeeded: status.st_ino),
                Int(status.st_size), Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec),
                Int(status.st_ctim.tv_sec), Int(status.st_ctim.tv_nsec),
            ]
        }
    }
}
