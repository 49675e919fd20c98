// The named datasets of a folder: dataset_info.json as LLaMA-Factory writes it, and the way from a
// name or a typed path to files on disk. A name that leads out of the folder is told.

import Foundation

/// One dataset as the catalog describes it.
public struct DatasetEntry: Sendable, Equatable {
    /// Where the data is.
    public enum Source: Sendable, Equatable {
        /// A file or folder, below the dataset folder unless its path is absolute.
        case file(String)
        /// A path that the user typed; it may lie anywhere.
        case typedPath(String)
        /// A place that needs a download or a program first: the key and its value.
        case remote(key: String, value: String)
    }

    /// The name in the catalog, or the path that the user typed.
    public var name: String
    /// Where the data is.
    public var source: Source
    /// How records are read; nil when it is guessed from the first one.
    public var style: RecordStyle?
    /// The configuration name inside a hub repository; kept, not used for files.
    public var subset: String?
    /// The split; files have only "train".
    public var split: String
    /// The folder inside a hub repository; kept, not used for files.
    public var folder: String?
    /// How many records are drawn, with repetition beyond the size of the set.
    public var sampleCount: Int?
    /// Whether the entry has no word on how records are written, so that the defaults hold.
    public var saysNothingOfRecords = false
    /// What there is to tell of the entry: keys without effect.
    public var remarks: [Sentence] = []
}

/// The datasets that `dataset_info.json` defines.
public struct DatasetCatalog: Sendable, Equatable {
    /// The name of the file inside the dataset folder.
    public static let fileName = "dataset_info.json"

    /// The dataset folder.
    public let directory: String
    /// The entries in the order of the file; empty when the folder has no such file.
    public let entries: [DatasetEntry]
    /// Entries that cannot be read, by name; they are an error only when asked for.
    public let defects: [String: KernelError]

    /// A catalog of given entries.
    public init(
        directory: String, entries: [DatasetEntry], defects: [String: KernelError] = [:]
    ) {
        self.directory = directory
        self.entries = entries
        self.defects = defects
    }

    /// Reads the catalog of a folder; a folder without `dataset_info.json` has an empty one.
    public init(directory: String) throws(KernelError) {
        let path = Self.join(directory, Self.fileName)
        guard FileManager.default.fileExists(atPath: path) else {
            self.init(directory: directory, entries: [])
            return
        }
        var limits = JSONLimits()
        limits.bytes = 8 << 20
        limits.depth = 16
        let root = try JSONValue(contentsOf: path, limits: limits)
        guard let members = root.object else {
            throw KernelError(
                .badData, "cannot read the dataset catalog", at: path.escapedForDisplay,
                because: "expected an object of datasets, found \(root.kindName)")
        }
        var entries: [DatasetEntry] = []
        var defects: [String: KernelError] = [:]
        for (name, value) in members {
            do {
                entries.append(try DatasetEntry(name: name, definition: value, catalog: path))
            } catch {
                defects[name] = error
            }
        }
        self.init(directory: directory, entries: entries, defects: defects)
    }

    /// The names of a comma list, trimmed, without empty ones.
    public static func names(in list: String) -> [String] {
        list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }

    /// The entry of that name, or one for a typed path to a dataset file.
    public func entry(named name: String) throws(KernelError) -> DatasetEntry {
        if let entry = entries.first(where: { $0.name == name }) { return entry }
        if let defect = defects[name] { throw defect }
        if let path = typedPath(name) {
            return DatasetEntry(name: name, source: .typedPath(path), split: "train")
        }
        if let error = pathError(name) { throw error }
        let place = Self.join(directory, Self.fileName).escapedForDisplay
        let defined = entries.prefix(40).map(\.name.escapedForDisplay).joined(separator: ", ")
        throw KernelError(
            .missingInput, "undefined dataset \"\(name.escapedForDisplay)\"", at: place,
            because: entries.isEmpty
                ? "no dataset is defined there"
                : "defined are \(defined)\(entries.count > 40 ? ", …" : "")",
            hint: "Use a defined name, or the path of a .json or .jsonl file")
    }

    /// The data files of an entry, in the order in which they are read.
    public func files(of entry: DatasetEntry) throws(KernelError) -> [String] {
        switch entry.source {
        case .remote(let key, let value):
            throw KernelError(
                .unavailable, "the dataset \"\(entry.name.escapedForDisplay)\" needs a hub",
                at: Self.join(directory, Self.fileName).escapedForDisplay,
                because: "\(key) is \(value.escapedForDisplay), which is not a local file",
                hint: "Download the data into \(directory.escapedForDisplay) and give file_name")
        case .typedPath(let path): return try Self.expand(path)
        case .file(let name):
            guard entry.split == "train" else {
                throw KernelError(
                    .configuration,
                    "the dataset \"\(entry.name.escapedForDisplay)\" has no split "
                        + "\"\(entry.split.escapedForDisplay)\"",
                    because: "a local file has only the split train",
                    hint: "Remove split; num_samples or max_samples shorten a dataset")
            }
            return try Self.expand(try place(name, of: entry))
        }
    }

    // MARK: - Paths

    /// A name below a folder.
    static func join(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : directory + "/" + name
    }

    /// Why something that is spelled like a path cannot be read; nil for a plain name.
    private func pathError(_ text: String) -> KernelError? {
        let suffix = URL(fileURLWithPath: text).pathExtension.lowercased()
        let isKnown = RecordFile.extensions.contains(suffix)
        let isThere = !suffix.isEmpty && access(text, F_OK) == 0
        guard isKnown || isThere || text.contains("/") else { return nil }
        let what: Sentence = "cannot read the dataset file"
        guard access(text, F_OK) == 0 else {
            let code = errno
            var error = KernelError.system(what, path: text, code: code)
            error.hint = "Check the path, or use a name that \(Self.fileName) defines"
            return error
        }
        let kinds = RecordFile.extensions.map { "." + $0 }.joined(separator: ", ")
        return KernelError(
            .badData, what, at: text.escapedForDisplay,
            because: "its name does not end in one of \(kinds)",
            hint: "Convert it to JSON lines, or correct the name")
    }

    /// A typed path, as it stands or below the dataset folder, when it names a dataset file.
    private func typedPath(_ text: String) -> String? {
        let suffix = URL(fileURLWithPath: text).pathExtension.lowercased()
        guard RecordFile.extensions.contains(suffix) else { return nil }
        let candidates = text.hasPrefix("/") ? [text] : [text, Self.join(directory, text)]
        return candidates.first { FileManager.default.fileExists(atPath: $0) }
    }

    /// What to tell of an entry whose data lie outside of the dataset folder; nil for all others.
    func remark(onPlaceOf entry: DatasetEntry) -> Sentence? {
        guard case .file(let name) = entry.source else { return nil }
        let path = Self.path(name, in: directory)
        let root = URL(fileURLWithPath: directory).resolvingSymlinksInPath().path
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard target != root, !target.hasPrefix(root == "/" ? root : root + "/") else { return nil }
        return "The dataset \(entry.name.escapedForDisplay) lies outside of "
            + "\(directory.escapedForDisplay): \(target.escapedForDisplay)."
    }

    /// An absolute path as it stands, any other below the folder.
    private static func path(_ name: String, in directory: String) -> String {
        name.hasPrefix("/") ? name : join(directory, name)
    }

    /// The path of a file_name, which must exist.
    private func place(_ name: String, of entry: DatasetEntry) throws(KernelError) -> String {
        let path = Self.path(name, in: directory)
        guard !name.utf8.contains(0) else {
            throw KernelError(
                .badData,
                "the file_name of dataset \"\(entry.name.escapedForDisplay)\" is no path",
                at: Self.join(directory, Self.fileName).escapedForDisplay,
                because: "it holds a zero byte")
        }
        guard FileManager.default.fileExists(atPath: path) else {
            throw KernelError(
                .missingInput,
                "the file of dataset \"\(entry.name.escapedForDisplay)\" does not exist",
                at: path.escapedForDisplay, hint: "Copy the data there, or correct file_name")
        }
        return path
    }

    /// A file as itself; a folder as its data files by name, all of one extension.
    private static func expand(_ path: String) throws(KernelError) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw KernelError(
                .missingInput, "the dataset does not exist", at: path.escapedForDisplay)
        }
        guard isFolder.boolValue else { return [path] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw KernelError(
                .inputOutput, "cannot list the dataset folder", at: path.escapedForDisplay,
                because: "\(error.localizedDescription)")
        }
        let files = names.filter { !$0.hasPrefix(".") }.sorted()
        let kinds = Set(files.map { URL(fileURLWithPath: $0).pathExtension.lowercased() })
        guard let kind = kinds.first, kinds.count == 1, RecordFile.extensions.contains(kind) else {
            throw KernelError(
                .badData, "the dataset folder cannot be read", at: path.escapedForDisplay,
                because: files.isEmpty
                    ? "it is empty"
                    : "its files have the extensions \(kinds.sorted().joined(separator: ", "))",
                hint:
                    "Keep files of one kind in it: \(RecordFile.extensions.joined(separator: ", "))"
            )
        }
        return files.map { join(path, $0) }
    }
}
