// The folder an export makes: checked before the first byte, filled under a temporary name, renamed.
// It does not know what the files mean.

import Foundation

/// A small file of an export, beside the weights.
struct SideFile {
    var name: String
    var content: Content

    enum Content {
        case bytes([UInt8])
        case copy(MappedFile)
    }

    init(_ name: String, text: String) {
        self.name = name
        content = .bytes(Array(text.utf8))
    }

    init(_ name: String, json: JSONValue) {
        self.init(name, text: json.text(.ofModels) + "\n")
    }

    init(copying path: String) throws(KernelError) {
        name = path.lastPathPart
        content = .copy(try MappedFile(path: path))
    }

    var byteCount: Int {
        switch content {
        case .bytes(let bytes): bytes.count
        case .copy(let file): file.bytes.count
        }
    }

    func write(into folder: String) throws(KernelError) {
        switch content {
        case .bytes(let bytes): try AtomicFile.write(bytes, to: "\(folder)/\(name)")
        case .copy(let file):
            try AtomicFile.write(to: "\(folder)/\(name)", plannedBytes: file.bytes.count) {
                (sink) throws(KernelError) in try sink.write(file.bytes)
            }
        }
    }
}

/// Makes the folder of an export.
enum ExportFolder {
    /// Looks at the files of an export before they get their name; throwing leaves everything as it was.
    typealias Check = (_ folder: String, [ExportResult.File]) throws(KernelError) -> Void

    /// What was made.
    struct Made {
        var files: [ExportResult.File]
        /// For the user: what could not be removed.
        var notes: [Sentence] = []
    }

    /// Fills a new folder through `body`, lets `check` look at it, and gives it the name `path`; on failure
    /// nothing changes. What killed exports left beside it is removed.
    ///
    /// - Parameter sources: paths that the export reads, which it must not replace.
    static func write(
        to path: String, sources: [String], mayReplace: Bool, plannedBytes: Int, check: Check,
        _ body: (_ folder: String) throws(KernelError) -> Void
    ) throws(KernelError) -> Made {
        let path = try checkedTarget(path, sources: sources, mayReplace: mayReplace)
        let parent = path.parentFolder
        try DiskCalls.makeFolder(
            parent, what: "cannot create the folder", hint: "Choose another export_dir.")
        var notes = LeftoverFolders.sweep(parent)
        if let free = DiskCalls.current.freeBytes(parent), plannedBytes > free {
            throw DiskCalls.full(path: path, needed: plannedBytes, free: free)
        }
        let tell = { (old: String) in
            notes.append("The replaced folder could not be removed: \(old.escapedForDisplay)")
        }
        let files = try AtomicFolder.write(to: path, stayed: tell) { (folder) throws(KernelError) in
            try body(folder)
            let files = Self.files(in: folder)
            try check(folder, files)
            return files
        }
        return Made(files: files, notes: notes)
    }

    private static func files(in folder: String) -> [ExportResult.File] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().map { name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            let bytes = (attributes?[.size] as? NSNumber)?.intValue ?? 0
            return ExportResult.File(name: name, bytes: bytes)
        }
    }

    // MARK: - Target

    /// Throws when replacing `path` would destroy what is no earlier export.
    private static func checkedTarget(
        _ path: String, sources: [String], mayReplace: Bool
    ) throws(KernelError) -> String {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        guard !path.isEmpty else {
            throw KernelError(.usage, "the export has no folder to write", at: "export_dir")
        }
        try DiskCalls.refuseNUL(path)
        let target = resolved(path)
        for source in sources.map(resolved) where source == target || isInside(source, target) {
            throw KernelError(
                .usage, "the export would replace what it reads", at: path.escapedForDisplay,
                because: "\(source.escapedForDisplay) is there", hint: "Choose another folder")
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return path
        }
        guard isFolder.boolValue else {
            throw KernelError(
                .cannotCreate, "cannot create the export's folder", at: path.escapedForDisplay,
                because: "a file of that name is there", hint: "Choose another folder")
        }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw KernelError(
                .permission, "cannot list the export's folder", at: path.escapedForDisplay,
                because: Sentence(verbatim: error.localizedDescription))
        }
        guard !names.isEmpty else { return path }
        let foreign = names.first { !isExported($0) }
        guard mayReplace, foreign == nil else {
            throw KernelError(
                .cannotCreate, "the export's folder is not empty", at: path.escapedForDisplay,
                because: "it holds \((foreign ?? names[0]).escapedForDisplay)",
                hint: foreign == nil
                    ? "Allow replacing it (--overwrite), or choose another folder"
                    : "Choose another folder")
        }
        return path
    }

    private static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }

    private static func isInside(_ path: String, _ folder: String) -> Bool {
        path.hasPrefix(folder == "/" ? "/" : folder + "/")
    }

    /// Whether a file of this name may come from an earlier export.
    private static func isExported(_ name: String) -> Bool {
        let own = [
            "config.json", "generation_config.json", "README.md", "Modelfile",
            "model.safetensors", "model.safetensors.index.json", "adapter_config.json",
            "adapter_model.safetensors", ValueHeadFile.name,
        ]
        return own.contains(name) || TokenizerFiles.names.contains(name) || name.hasSuffix(".gguf")
            || (name.hasPrefix("model-") && name.hasSuffix(".safetensors"))
    }
}
