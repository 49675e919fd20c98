// A run on disk: one folder, one owner at a time. Decides whether it is new, resumed or refused.

import Foundation

/// The folder of one run, locked for this process while it lives.
public final class RunFolder {
    /// The file that keeps the plan.
    public static let planName = "training_args.yaml"

    public let path: String
    private let lock: Int32

    /// Opens or makes the folder. A folder of another run is refused unless the plan overwrites or resumes.
    public init(_ path: String, for purpose: RunLock.Purpose = .trains) throws(KernelError) {
        self.path = path
        try DiskCalls.makeFolder(
            path, what: "cannot create the run's folder", hint: "Choose another output_dir.")
        lock = open("\(path)/\(RunLock.name)", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard lock >= 0 else {
            throw KernelError.system("cannot lock the run's folder", path: path, code: errno)
        }
        guard RunLock.take(lock, for: purpose) else {
            let owner = RunLock.holder(of: path)?.process.map(String.init) ?? "?"
            close(lock)
            throw KernelError(
                .temporary, "another process is training in this folder", at: path,
                because: "process \(owner) holds it",
                hint: "Wait for it, or choose another output_dir.")
        }
        removeLeftovers()
    }

    deinit { close(lock) }

    /// The checkpoint to go on from, or nil for a fresh run; throws when the folder holds something else.
    /// `planText` is the plan as the folder keeps it.
    func startingPoint(
        _ plan: TrainingPlan, planText: String, notice: (String) -> Void
    ) throws(KernelError) -> String? {
        let asked = plan.checkpointing.resumesFrom
        if asked == "true" {
            try Self.checkResume(plan)
            return try newest(notice)
        }
        if let asked, asked != "false" {
            guard FileManager.default.fileExists(atPath: asked) else {
                throw KernelError(
                    .missingInput, "the checkpoint to resume from is not there", at: asked)
            }
            return asked
        }
        if plan.output.overwrites { return nil }
        let checkpoints = Checkpoint.list(in: path)
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
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let weights = names.filter { $0.hasSuffix(".safetensors") || $0 == "trainer_log.jsonl" }
        if weights == ["trainer_log.jsonl"], keepsPlan(planText) {
            notice("The earlier run in \(path) ended before its first checkpoint: it begins anew.")
            return nil
        }
        guard weights.isEmpty else {
            throw KernelError(
                .cannotCreate, "the folder holds another run", at: path,
                because: "found \(weights.sorted().joined(separator: ", "))",
                hint: "Choose another output_dir, or set overwrite_output_dir: true.")
        }
        return nil
    }

    /// Throws where a plan demands a checkpoint and its folder has none. It makes no folder.
    static func checkResume(_ plan: TrainingPlan) throws(KernelError) {
        guard plan.checkpointing.resumesFrom == "true",
            Checkpoint.list(in: plan.output.folder).isEmpty
        else { return }
        throw KernelError(
            .missingInput, "no valid checkpoint is in the output folder", at: plan.output.folder,
            because: "resume_from_checkpoint is true, and there is none to go on from",
            hint: "Check output_dir, name the checkpoint's folder in resume_from_checkpoint, or "
                + "leave that key out to begin a new run.")
    }

    /// Whether the folder's last run had the same plan; then its log alone is nothing to protect.
    private func keepsPlan(_ text: String) -> Bool {
        (try? String(contentsOfFile: "\(path)/\(Self.planName)", encoding: .utf8)) == text
    }

    private func newest(_ notice: (String) -> Void) throws(KernelError) -> String? {
        let (found, skipped) = Checkpoint.newestGood(in: path)
        for reason in skipped { notice("Skipped a damaged checkpoint: \(reason)") }
        guard found != nil || skipped.isEmpty else {
            throw KernelError(
                .badData, "no checkpoint of this run is whole", at: path,
                because: "\(skipped.count) are damaged",
                hint: "Start anew with overwrite_output_dir: true.")
        }
        return found
    }

    /// Removes what a process that was killed while it saved left half done.
    private func removeLeftovers() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for name in names
        where name.wholeMatch(of: /\..+\.\d+-\d+\.tmp|\.deleted-checkpoint-\d+/) != nil {
            try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
        }
    }

    /// Removes what a run writes; other files of the user stay. Called once everything that the new run
    /// needs is loaded, so that a plan that cannot start leaves the old run whole.
    func clear() throws(KernelError) {
        for (checkpoint, _) in Checkpoint.list(in: path) { try remove(checkpoint) }
        let names = [
            "trainer_log.jsonl", SampleLog.name, "trainer_state.json", "train_results.json",
            "eval_results.json",
            "all_results.json", RunStatusFile.name,
            "adapter_config.json", "adapter_model.safetensors", SafetensorsExport.singleFile,
            "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json",
            "special_tokens_map.json", "vocab.json", "merges.txt", "chat_template.jinja",
            "README.md",
        ]
        for name in names where FileManager.default.fileExists(atPath: "\(path)/\(name)") {
            try remove("\(path)/\(name)")
        }
    }

    private func remove(_ item: String) throws(KernelError) {
        do {
            try FileManager.default.removeItem(atPath: item)
        } catch {
            throw KernelError(
                .inputOutput, "cannot remove the old run", at: item,
                because: error.localizedDescription)
        }
    }
}
