// A checkpoint: a folder that holds everything an exact resume needs, complete or absent.
// Written under a temporary name, every file fsynced and listed with its SHA-256, then renamed.

import Foundation

/// Writes, lists, verifies and loads the checkpoints of a run folder.
public enum Checkpoint {
    static let manifestName = "manifest.json"
    static let stateName = "workbench_state.json"
    static let optimizerName = "optimizer.safetensors"
    static let trainedName = SafetensorsExport.singleFile

    /// A checkpoint's folder name: "checkpoint-40".
    public static func name(step: Int) -> String { "checkpoint-\(step)" }

    /// Writes `checkpoint-<step>` into the run folder. `extras` writes further files into the new folder.
    static func save(
        _ model: TunedModel, optimizer: any Optimizer, state: LoopState, identity: RunIdentity,
        in runFolder: String,
        modelOnly: Bool, extras: (String) throws(KernelError) -> Void
    ) throws(KernelError) -> String {
        let path = "\(runFolder)/\(name(step: state.step))"
        try AtomicFolder.write(to: path) { (folder) throws(KernelError) in
            try extras(folder)
            if !modelOnly {
                try TensorFile.write(optimizerItems(optimizer), to: "\(folder)/\(optimizerName)")
                let saved = SavedState(
                    state: state, optimizerSteps: optimizer.stepCount, identity: identity)
                try AtomicFile.write(try encode(saved), to: "\(folder)/\(stateName)")
            }
            try writeManifest(of: folder)
        }
        return path
    }

    /// Restores weights, optimizer and position. Every file is checked against the manifest first.
    static func load(
        _ path: String, into model: TunedModel, optimizer: any Optimizer, identity: RunIdentity
    ) throws(KernelError) -> LoopState {
        try verify(path)
        guard FileManager.default.fileExists(atPath: "\(path)/\(stateName)") else {
            throw KernelError(
                .configuration, "cannot go on from this checkpoint", at: path,
                because: "it holds weights only, no state of the optimizer: the run that wrote it "
                    + "had save_only_model set",
                hint: "Start a new run with another output_dir, or in this one with "
                    + "overwrite_output_dir: true."
            )
        }
        let saved: SavedState = try decode("\(path)/\(stateName)")
        try identity.checkResume(of: saved.identity, at: path)
        try loadWeights(path, into: model)
        try TensorFile.read(optimizerItems(optimizer), from: "\(path)/\(optimizerName)")
        optimizer.stepCount = saved.optimizerSteps
        return saved.state
    }

    /// Restores trained weights only: chat and export from a checkpoint.
    public static func loadWeights(_ path: String, into model: TunedModel) throws(KernelError) {
        if model.method.lora != nil {
            try AdapterFile.load(path, into: model)
        } else {
            // The file holds the whole model; freeze tuning trains a part of it.
            try TensorFile.read(
                trainedItems(model), from: "\(path)/\(trainedName)", allowsMore: true)
        }
    }

    private static func trainedItems(_ model: TunedModel) -> [TensorFile.Item] {
        model.parameters.parameters.map { .init($0, name: $0.name) }
    }

    private static func optimizerItems(_ optimizer: any Optimizer) -> [TensorFile.Item] {
        optimizer.state.flatMap { TensorFile.Item.pieces(of: $0.numbers, name: $0.name) }
    }

    // MARK: - Listing

    /// Checkpoint folders of a run, newest first, complete or not.
    public static func list(in runFolder: String) -> [(path: String, step: Int)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: runFolder)) ?? []
        return names.compactMap { name -> (String, Int)? in
            guard name.hasPrefix("checkpoint-"), let step = Int(name.dropFirst("checkpoint-".count))
            else { return nil }
            return ("\(runFolder)/\(name)", step)
        }.sorted { $0.1 > $1.1 }
    }

    /// The newest checkpoint whose files are all there and unchanged, and what was skipped and why.
    static func newestGood(in runFolder: String) -> (path: String?, skipped: [String]) {
        var skipped: [String] = []
        for (path, _) in list(in: runFolder) {
            do throws(KernelError) {
                try verify(path)
                return (path, skipped)
            } catch {
                skipped.append("\(path): \(error.why ?? error.what)")
            }
        }
        return (nil, skipped)
    }

    /// Deletes the oldest checkpoints beyond `limit` of those up to `step`, never `protected`. Later ones are
    /// damaged ones that a resume skipped: they must not count, or the good ones would be deleted.
    static func prune(in runFolder: String, keeping limit: Int, upTo step: Int, protected: String?)
    {
        let own = list(in: runFolder).filter { $0.step <= step }
        for (path, _) in own.dropFirst(max(1, limit)) where path != protected {
            // Renamed first, so that a crash in the middle leaves no folder that looks complete.
            let doomed = "\(runFolder)/.deleted-\((path as NSString).lastPathComponent)"
            if rename(path, doomed) == 0 { try? FileManager.default.removeItem(atPath: doomed) }
        }
    }

    // MARK: - Manifest

    private struct SavedState: Codable {
        var version = 1
        var state: LoopState
        var optimizerSteps: Int
        var identity: RunIdentity
    }

    private struct Manifest: Codable {
        struct Entry: Codable {
            var bytes: Int
            var sha256: String
        }
        var version = 1
        var files: [String: Entry]
    }

    private static func writeManifest(of folder: String) throws(KernelError) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var files: [String: Manifest.Entry] = [:]
        for name in names { files[name] = try entry(of: "\(folder)/\(name)") }
        try AtomicFile.write(try encode(Manifest(files: files)), to: "\(folder)/\(manifestName)")
    }

    private static func entry(of path: String) throws(KernelError) -> Manifest.Entry {
        let file = try MappedFile(path: path)
        return Manifest.Entry(
            bytes: file.bytes.count, sha256: SHA256.digest(of: file.bytes).description)
    }

    /// Throws naming the first file that is missing or differs from the manifest.
    static func verify(_ path: String) throws(KernelError) {
        let manifest: Manifest = try decode("\(path)/\(manifestName)")
        guard manifest.version == 1 else {
            throw KernelError(
                .badData, "the checkpoint is of another version", at: path,
                because: "version \(manifest.version)",
                hint: "Use the Workbench that wrote it.")
        }
        for (name, expected) in manifest.files.sorted(by: { $0.key < $1.key }) {
            guard !name.contains("/") else {
                throw KernelError(.badData, "bad file name in the manifest", at: path)
            }
            let found = try entry(of: "\(path)/\(name)")
            guard found.bytes == expected.bytes, found.sha256 == expected.sha256 else {
                throw KernelError(
                    .badData, "the checkpoint is damaged", at: "\(path)/\(name)",
                    because:
                        "expected \(expected.bytes) bytes with SHA-256 \(expected.sha256.prefix(12))…, "
                        + "found \(found.bytes) with \(found.sha256.prefix(12))…")
            }
        }
    }

    private static func encode(_ value: some Encodable) throws(KernelError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do {
            return Array(try encoder.encode(value))
        } catch {
            throw KernelError(
                .internalFault, "cannot write JSON", because: error.localizedDescription)
        }
    }

    private static func decode<Value: Decodable>(_ path: String) throws(KernelError) -> Value {
        let file = try MappedFile(path: path)
        guard file.bytes.count < 1 << 26 else {
            throw KernelError(.badData, "the file is too large", at: path)
        }
        do {
            return try JSONDecoder().decode(Value.self, from: Data(file.bytes))
        } catch {
            throw KernelError(
                .badData, "cannot read the checkpoint's JSON", at: path, because: "\(error)")
        }
    }
}

extension Checkpoint {
    /// What a run or checkpoint folder trained: an adapter, or weights of the base itself.
    public static func method(of folder: String, weights: ModelWeights) throws(KernelError)
        -> TuningMethod
    {
        if AdapterFile.exists(in: folder) {
            let description = try AdapterFile.describe(folder)
            return TuningMethod(
                lora: description.shape,
                trainedNames: try weights.trainedNames(modules: description.savedModules))
        }
        let path = "\(folder)/\(trainedName)"
        guard FileManager.default.fileExists(atPath: path) else {
            throw KernelError(
                .missingInput, "there is nothing trained in this folder", at: folder,
                because: "it has neither \(AdapterFile.configName) nor \(trainedName)")
        }
        let known = Set(weights.allParameters.map(\.name))
        let names = Set(try SafetensorsFile(path: path).entries.map(\.name))
        guard names.isSubset(of: known) else {
            throw KernelError(
                .badData, "the trained weights do not belong to this model", at: path,
                because: names.subtracting(known).min()?.escapedForDisplay)
        }
        return TuningMethod(trainedNames: names)
    }
}
