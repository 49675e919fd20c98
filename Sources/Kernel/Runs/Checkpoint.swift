// A checkpoint: a folder that holds everything an exact resume needs, complete or absent.
// Written under a temporary name, every file fsynced and listed with its SHA-256, then renamed.

import Foundation

/// Writes, lists, verifies and loads the checkpoints of a run folder.
public enum Checkpoint {
    static let stateName = "workbench_state.json"
    static let optimizerName = "optimizer.safetensors"
    static let trainedName = SafetensorsExport.singleFile

    /// Whether a file of a checkpoint serves going on only, and no model that is opened.
    static func isOfTraining(_ name: String) -> Bool {
        [optimizerName, stateName, MetricsLog.stateName].contains(name)
    }

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
                try TensorFile.write(optimizer.stateItems, to: "\(folder)/\(optimizerName)")
                let saved = SavedState(
                    state: state, optimizerSteps: optimizer.stepCount, identity: identity)
                try AtomicFile.write(try encode(saved), to: "\(folder)/\(stateName)")
            }
            let manifest = try FolderManifest(of: folder)
            try AtomicFile.write(
                Array(manifest.text.utf8), to: "\(folder)/\(FolderManifest.name)")
        }
        return path
    }

    /// Restores weights, optimizer and position. Every file is checked against the manifest first.
    static func load(
        _ path: String, into model: TunedModel, optimizer: any Optimizer, identity: RunIdentity,
        totalSteps: Int, updatesPerStep: Int = 1
    ) throws(KernelError) -> LoopState {
        let manifest = try verify(path)
        guard manifest.files[stateName] != nil else {
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
        if let fault = fault(
            of: saved, in: path, totalSteps: totalSteps, updatesPerStep: updatesPerStep)
        {
            throw KernelError(
                .badData, "the checkpoint's state cannot be right", at: "\(path)/\(stateName)",
                because: fault,
                hint: "Use another checkpoint, or bring this one back from a copy.")
        }
        try loadWeights(path, into: model)
        try loadState(of: optimizer, from: "\(path)/\(optimizerName)")
        optimizer.stepCount = saved.optimizerSteps
        return saved.state
    }

    /// Restores trained weights only: chat and export from a checkpoint.
    public static func loadWeights(_ path: String, into model: TunedModel) throws(KernelError) {
        try ValueHeadFile.load(path, into: model)
        if model.method.adapter != nil {
            try AdapterFile.load(path, into: model)
        } else {
            try FolderManifest.checkIfThere(path) { _ in [trainedName] }
            // The file holds the whole model; freeze tuning trains a part of it.
            try TensorFile.read(
                trainedItems(model), from: "\(path)/\(trainedName)", allowsMore: true)
        }
    }

    private static func trainedItems(_ model: TunedModel) -> [TensorFile.Item] {
        model.bodyParameters.map { .init($0, name: $0.name) }
    }

    /// Fills an optimizer's state; throws naming what the file lacks of it or has besides.
    static func loadState(
        of optimizer: any Optimizer, from path: String
    ) throws(KernelError) {
        let items = optimizer.stateItems
        let wanted = Set(items.map(\.name))
        let found = Set(try SafetensorsFile(path: path).entries.map(\.name))
        guard wanted == found else {
            let (missing, more) = (wanted.subtracting(found), found.subtracting(wanted))
            let names = (missing.isEmpty ? more : missing).sorted().joined(separator: ", ")
            throw KernelError(
                .badData, "the checkpoint has the state of another optimizer", at: path,
                because: missing.isEmpty
                    ? "it also holds \(names.escapedForDisplay)"
                    : "it lacks \(names.escapedForDisplay)",
                hint: "Use another checkpoint, or bring this one back from a copy.")
        }
        try TensorFile.read(items, from: path)
    }

    // MARK: - Listing

    /// Checkpoint folders of a run, newest first, complete or not; none where the folder cannot be listed.
    public static func list(in runFolder: String) -> [(path: String, step: Int)] {
        (try? listing(of: runFolder)) ?? []
    }

    /// The same for callers that must tell "cannot be listed" from "has none".
    static func listing(of runFolder: String) throws(KernelError) -> [(path: String, step: Int)] {
        try DiskCalls.names(in: runFolder).compactMap { name -> (String, Int)? in
            guard let step = step(ofFolder: name) else { return nil }
            return ("\(runFolder)/\(name)", step)
        }.sorted { $0.1 > $1.1 }
    }

    /// The step in a checkpoint's folder name; nil for any other name.
    private static func step(ofFolder name: String) -> Int? {
        guard name.hasPrefix("checkpoint-"), let step = Int(name.dropFirst("checkpoint-".count)),
            step >= 0, Self.name(step: step) == name
        else { return nil }
        return step
    }

    /// The newest checkpoint whose files are all there and unchanged, and what was skipped and why. One
    /// that cannot be read is not damaged: the error of the system is thrown, and nothing is skipped.
    static func newestGood(
        in runFolder: String
    ) throws(KernelError) -> (path: String?, skipped: [String]) {
        var skipped: [String] = []
        for (path, _) in try listing(of: runFolder) {
            do throws(KernelError) {
                try verify(path)
                return (path, skipped)
            } catch {
                guard isDamage(error) else {
                    throw KernelError(
                        error.kind, "cannot read the newest checkpoint", at: error.place ?? path,
                        because: error.why ?? error.what,
                        hint:
                            "Nothing was skipped or removed. Make the file readable, then give the "
                            + "same command again.")
                }
                skipped.append("\(error.place ?? path): \(error.why ?? error.what)")
            }
        }
        return (nil, skipped)
    }

    /// Whether an error tells of bytes that are wrong or gone, not of a system that does not give them.
    static func isDamage(_ error: KernelError) -> Bool {
        error.kind == .badData || error.kind == .missingInput
    }

    /// Deletes the oldest checkpoints beyond `limit` of those up to `step`, never `protected`. Later ones are
    /// damaged ones that a resume skipped: they must not count, or the good ones would be deleted.
    /// Returns what could not be deleted and why.
    static func prune(
        in runFolder: String, keeping limit: Int, upTo step: Int, protected: String?
    ) -> [Sentence] {
        var notes: [Sentence] = []
        do throws(KernelError) {
            let own = try listing(of: runFolder).filter { $0.step <= step }
            let doomed = own.dropFirst(max(1, limit)).map(\.path).filter { $0 != protected }
            let calls = DiskCalls.current
            for path in doomed {
                // Renamed first, so that a crash in the middle leaves no folder that looks complete.
                let hidden = "\(runFolder)/\(hiddenPrefix)\(path.lastPathPart)"
                if DiskCalls.repeating({ calls.rename(path, hidden) }) != 0 {
                    notes.append(
                        KernelError.system("cannot remove the checkpoint", path: path, code: errno)
                            .sentence)
                }
            }
            // What fails once would stay until the next start: it is tried again, now and after the next save.
            do throws(KernelError) {
                try removeHidden(in: runFolder)
            } catch {
                try removeHidden(in: runFolder)
            }
        } catch {
            notes.append("An old checkpoint was not removed: \(error)")
        }
        return notes
    }

    /// Before the names of checkpoints that are about to be removed.
    private static let hiddenPrefix = ".deleted-"

    private static func removeHidden(in runFolder: String) throws(KernelError) {
        let names = try DiskCalls.names(in: runFolder).filter {
            $0.hasPrefix(hiddenPrefix)
                && step(ofFolder: String($0.dropFirst(hiddenPrefix.count))) != nil
        }
        guard !names.isEmpty else { return }
        // Without this a power cut could bring the name back and not the files.
        try DiskCalls.current.synchronize(folder: runFolder)
        for name in names { try DiskCalls.current.remove("\(runFolder)/\(name)") }
    }

    // MARK: - State

    private struct SavedState: Codable {
        var version = 2
        var state: LoopState
        var optimizerSteps: Int
        var identity: RunIdentity
    }

    /// What cannot be in a state that this program wrote; nil when nothing is.
    private static func fault(
        of saved: SavedState, in path: String, totalSteps: Int, updatesPerStep: Int
    ) -> Sentence? {
        guard (1...2).contains(saved.version), saved.version == (saved.state.isComplete ? 2 : 1)
        else { return "version \(saved.version) is not known" }
        if let step = step(ofFolder: path.lastPathPart), step != saved.state.step {
            return "step is \(saved.state.step), and the folder says \(step)"
        }
        guard saved.optimizerSteps == saved.state.step &* updatesPerStep else {
            return "optimizerSteps is \(saved.optimizerSteps), and step is \(saved.state.step)"
        }
        return saved.state.fault(totalSteps: totalSteps)
    }

    // MARK: - Manifest

    /// Throws naming the first file that is missing or differs from the manifest, or what the manifest
    /// does not list though a checkpoint has it.
    @discardableResult
    static func verify(_ path: String) throws(KernelError) -> FolderManifest {
        let manifest = try FolderManifest(reading: path)
        let adapter = [AdapterFile.configName, AdapterFile.weightsName]
        let state = [optimizerName, stateName]
        var wanted =
            [adapter, [trainedName]].first { !manifest.files.keys.filter($0.contains).isEmpty }
            ?? adapter
        // Both or none: weights alone are what save_only_model leaves.
        let present = try DiskCalls.names(in: path)
        if state.contains(where: { manifest.files[$0] != nil || present.contains($0) }) {
            wanted += state
        }
        wanted += present.filter {
            (adapter + [trainedName, MetricsLog.stateName, ValueHeadFile.name]).contains($0)
        }
        if let missing = wanted.first(where: { manifest.files[$0] == nil }) {
            throw KernelError(
                .badData, "the checkpoint is damaged", at: "\(path)/\(FolderManifest.name)",
                because: "it does not list \(missing)")
        }
        try manifest.check(path)
        return manifest
    }

    private static func encode(_ value: some Encodable) throws(KernelError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do {
            return Array(try encoder.encode(value))
        } catch {
            throw KernelError(
                .internalFault, "cannot write JSON",
                because: Sentence(verbatim: error.localizedDescription))
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
                .badData, "cannot read the checkpoint's JSON", at: path,
                because: Sentence(verbatim: "\(error)"))
        }
    }
}

extension Checkpoint {
    /// What a run or checkpoint folder trained: an adapter, or weights of the base itself.
    public static func applied(
        _ folder: String, to weights: ModelWeights
    ) throws(KernelError) -> AppliedAdapter {
        if AdapterFile.exists(in: folder) {
            return try AdapterFile.describe(folder).applied(to: weights)
        }
        let path = "\(folder)/\(trainedName)"
        guard try DiskCalls.isThere(path) else {
            let isThere = try DiskCalls.isThere(folder)
            throw KernelError(
                .missingInput, "there is nothing trained in this folder",
                at: folder.escapedForDisplay,
                because: isThere
                    ? "it has neither \(AdapterFile.configName) nor \(trainedName)"
                    : "the path does not exist",
                hint: folder.lowercased().hasSuffix(".gguf")
                    ? "Adapters are read as PEFT writes them, not from GGUF files: give that folder"
                    : "Give the folder of a run, of a checkpoint, or of an adapter as PEFT writes it"
            )
        }
        let known = Set(weights.allParameters.map(\.name))
        let names = Set(try SafetensorsFile(path: path).entries.map(\.name))
        guard names.isSubset(of: known) else {
            throw KernelError(
                .badData, "the trained weights do not belong to this model", at: path,
                because: (names.subtracting(known).min()?.escapedForDisplay).map(
                    Sentence.init(verbatim:)))
        }
        return AppliedAdapter(
            weights: weights, method: TuningMethod(trainableNames: names), notes: [])
    }
}
