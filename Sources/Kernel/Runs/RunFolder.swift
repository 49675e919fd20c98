// A run on disk: one folder, one owner at a time. Decides whether it is new, resumed or refused.

import Foundation

/// The folder of one run, locked for this process while it lives.
public final class RunFolder {
    /// The file that keeps the plan.
    public static let planName = "training_args.yaml"

    public let path: String
    /// What the user should know of the folder: a file system without locks, leftovers that stay.
    public private(set) var notes: [Sentence] = []
    private let lock: Int32

    /// Opens or makes the folder. A folder of another run is refused unless the plan overwrites or resumes.
    public init(_ path: String, for purpose: RunLock.Purpose = .trains) throws(KernelError) {
        self.path = path
        try DiskCalls.makeFolder(
            path, what: "cannot create the run's folder", hint: "Choose another output_dir.")
        lock = try RunLock.open(in: path)
        switch RunLock.take(lock, for: purpose) {
        case .taken: break
        case .held:
            let holder = RunLock.holder(of: path)
            let owner = holder?.process.map(String.init) ?? "?"
            close(lock)
            throw KernelError(
                .temporary,
                holder?.purpose == .evaluates
                    ? "another process is evaluating in this folder"
                    : "another process is training in this folder", at: path,
                because: "process \(owner) holds it",
                hint: "Wait for it, or choose another output_dir.")
        case .unsupported(let reason):
            notes.append(
                "The file system of \(path) has no locks (\(reason)): take care that no other process "
                    + "trains in this folder.")
        case .failed(let code):
            close(lock)
            throw KernelError.system(
                "cannot lock the run's folder", path: "\(path)/\(RunLock.name)", code: code)
        }
        do throws(KernelError) {
            try removeLeftovers()
        } catch {
            notes.append("What an earlier process left half done stays: \(error)")
        }
    }

    deinit { RunLock.release(lock) }

    /// The checkpoint to resume from, or nil for a fresh run; throws when the folder holds something else.
    /// `planText` is the plan as the folder keeps it.
    func startingPoint(
        _ plan: TrainingPlan, planText: String, notice: (Sentence) -> Void
    ) throws(KernelError) -> String? {
        let asked = plan.checkpointing.resumesFrom
        if asked == "true" {
            try Self.checkResume(plan)
            return try newest(notice)
        }
        if let asked, asked != "false" {
            guard try DiskCalls.isThere(asked) else {
                let there = try Checkpoint.listing(of: path).map(\.path.lastPathPart)
                throw KernelError(
                    .missingInput, "the checkpoint to resume from is not there",
                    at: asked.escapedForDisplay,
                    because: there.isEmpty
                        ? "the path does not exist, and \(path) holds no checkpoint"
                        : "the path does not exist; \(path) holds \(KeyTable.list(there))",
                    hint: there.isEmpty
                        ? "Check the path, or leave resume_from_checkpoint out to begin."
                        : "Name one of those with its folder, or leave resume_from_checkpoint out to go on "
                            + "from the newest.")
            }
            return asked
        }
        if plan.output.overwrites { return nil }
        let checkpoints = try Checkpoint.listing(of: path)
        if !checkpoints.isEmpty, asked == "false" {
            throw KernelError(
                .cannotCreate, "the folder holds another run", at: path,
                because: "resume_from_checkpoint is false, and \(checkpoints.count) of its "
                    + "checkpoints are there",
                hint: "Choose another output_dir, or leave resume_from_checkpoint out to go on.")
        }
        if !checkpoints.isEmpty {
            let found = try newest(notice)
            if let found {
                notice(
                    "Resuming from \(found). To start anew, change output_dir or set overwrite_output_dir: true."
                )
            }
            return found
        }
        let names = try DiskCalls.names(in: path)
        let weights = names.filter { $0.hasSuffix(".safetensors") || $0 == MetricsLog.name }
        guard !weights.isEmpty else { return nil }
        let remains = RunRemains(folder: path, weights: Set(weights))
        if try remains.belong(to: plan, text: planText) {
            notice("The earlier run in \(path) ended before its first checkpoint: it begins anew.")
            return nil
        }
        throw KernelError(
            .cannotCreate, "the folder holds another run", at: path,
            because: "found \(weights.sorted().joined(separator: ", "))",
            hint: "Choose another output_dir, or set overwrite_output_dir: true.")
    }

    /// Throws where a plan demands a checkpoint and its folder has none. It makes no folder.
    static func checkResume(_ plan: TrainingPlan) throws(KernelError) {
        guard plan.checkpointing.resumesFrom == "true" else { return }
        let folder = plan.output.folder
        if try DiskCalls.isThere(folder), try !Checkpoint.listing(of: folder).isEmpty { return }
        throw KernelError(
            .missingInput, "no valid checkpoint is in the output folder", at: folder,
            because: "resume_from_checkpoint is true, and there is none to go on from",
            hint: "Check output_dir, name the checkpoint's folder in resume_from_checkpoint, or "
                + "leave that key out to begin a new run.")
    }

    private func newest(_ notice: (Sentence) -> Void) throws(KernelError) -> String? {
        let (found, skipped) = try Checkpoint.newestGood(in: path)
        for reason in skipped { notice("Skipped a damaged checkpoint: \(reason)") }
        guard found != nil || skipped.isEmpty else {
            throw KernelError(
                .badData, "no checkpoint of this run is whole", at: path,
                because: "\(skipped.count) \(skipped.count == 1 ? "is" : "are") damaged",
                hint:
                    "Bring the named file back from a copy and give the same command, or start anew in "
                    + "another output_dir: nothing here was changed.")
        }
        return found
    }

    /// Removes what a process that was killed while it saved left half done.
    private func removeLeftovers() throws(KernelError) {
        for name in try DiskCalls.names(in: path)
        where name.wholeMatch(of: /\..+\.\d+-\d+\.tmp|\.deleted-checkpoint-\d+/) != nil {
            try DiskCalls.current.remove("\(path)/\(name)")
        }
    }

    /// Removes what a run writes; other files of the user stay. Called once everything that the new run
    /// needs is loaded, so that a plan that cannot start leaves the old run whole.
    func clear() throws(KernelError) {
        for (checkpoint, _) in try Checkpoint.listing(of: path) { try remove(checkpoint) }
        let names = [
            MetricsLog.name, SampleLog.name, MetricsLog.stateName, "train_results.json",
            "eval_results.json",
            ResultFile.allName, RunStatusFile.name,
            AdapterFile.configName, AdapterFile.weightsName, SafetensorsExport.singleFile,
            ValueHeadFile.name,
            "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json",
            "special_tokens_map.json", "vocab.json", "merges.txt", "chat_template.jinja",
            "README.md", FolderManifest.resultName,
        ]
        for name in names { try remove("\(path)/\(name)") }
    }

    private func remove(_ item: String) throws(KernelError) {
        do throws(KernelError) {
            try DiskCalls.current.remove(item)
        } catch {
            throw KernelError(
                error.kind, "cannot remove the old run", at: error.place ?? item,
                because: error.why ?? error.what)
        }
    }
}
