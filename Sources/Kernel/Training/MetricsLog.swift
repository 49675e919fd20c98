// trainer_log.jsonl and trainer_state.json with the fields of LLaMA-Factory and transformers,
// and the metrics files at the end. It does not decide when to log; it is told every event. How a log that is
// there already is taken up is RunLogRepair's work.

import Foundation

/// Keeps the log files of one run folder.
final class MetricsLog {
    static let name = "trainer_log.jsonl"
    static let stateName = "trainer_state.json"

    private let folder: String
    private let interval: Int
    private let firstStepToo: Bool
    private let lines: LineQueue
    private var history: [JSONValue] = []
    private(set) var lossesSinceLog: [Double] = []
    private var totalSteps = 0
    /// What the user should know of the log that was found.
    private(set) var notes: [String] = []

    /// `interval` is `logging_steps`. A resumed run goes on with the log it finds, cut back to its step and
    /// compared with the history in the verified `checkpoint`.
    init(
        folder: String, interval: Int, firstStepToo: Bool, resumedAt start: LoopState,
        from checkpoint: String? = nil
    ) throws(KernelError) {
        self.folder = folder
        self.interval = max(1, interval)
        self.firstStepToo = firstStepToo
        lines = LineQueue("\(folder)/\(Self.name)", what: "the log")
        lossesSinceLog = start.unloggedLosses
        try takeUp(at: start.step, checkpoint)
    }

    func record(_ event: TrainingEvent) throws(KernelError) {
        switch event {
        case .stepFinished(let step): try record(step)
        case .evaluated(let evaluation): try record(evaluation)
        case .rateChanged(let change): try record(change)
        default: break
        }
    }

    private func record(_ step: StepRecord) throws(KernelError) {
        totalSteps = step.totalSteps
        lossesSinceLog.append(step.loss)
        let due =
            step.step % interval == 0 || step.step == step.totalSteps
            || (firstStepToo && step.step == 1)
        guard due else { return }
        let loss = lossesSinceLog.reduce(0, +) / Double(lossesSinceLog.count)
        lossesSinceLog = []
        history.append([
            "epoch": .number(step.epoch), "grad_norm": .number(step.gradientNorm),
            "learning_rate": .number(step.learningRate), "loss": .number(loss),
            "num_input_tokens_seen": .integer(step.tokensSeen), "step": .integer(step.step),
            "trained_tokens": .integer(step.trainedTokens),
        ])
        var line: JSONObject = [
            "current_steps": .integer(step.step), "total_steps": .integer(step.totalSteps),
            "loss": .number(loss),
            "lr": .number(step.learningRate), "epoch": .number(step.epoch),
            "percentage": .number(
                (Double(step.step) / Double(max(1, step.totalSteps)) * 10_000).rounded() / 100),
            "elapsed_time": .string(Self.clock(step.elapsedSeconds)),
            "remaining_time": .string(Self.clock(step.remainingSeconds ?? 0)),
            "throughput": .number(Double(step.tokensSeen) / max(1e-9, step.elapsedSeconds)),
            "total_tokens": .integer(step.tokensSeen), "grad_norm": .number(step.gradientNorm),
            "tokens_per_second": .number(step.tokensPerSecond),
            "trained_tokens": .integer(step.trainedTokens),
        ]
        if let bytes = step.memoryBytes { line["memory_bytes"] = .integer(bytes) }
        try append(line)
    }

    private func record(_ evaluation: EvaluationRecord) throws(KernelError) {
        history.append([
            "epoch": .number(evaluation.epoch), "eval_loss": .number(evaluation.loss),
            "eval_runtime": .number(evaluation.seconds), "step": .integer(evaluation.step),
        ])
        try append([
            "current_steps": .integer(evaluation.step), "total_steps": .integer(totalSteps),
            "eval_loss": .number(evaluation.loss), "epoch": .number(evaluation.epoch),
            "percentage": .number(
                (Double(evaluation.step) / Double(max(1, totalSteps)) * 10_000).rounded() / 100),
        ])
    }

    /// A change has a line of its own, under the first step that it counts for.
    private func record(_ change: RateRecord) throws(KernelError) {
        history.append([
            "event": "learning_rate", "factor": .number(change.factor),
            "learning_rate": .number(change.rate), "peak_lr": .number(change.peak),
            "step": .integer(change.firstStep),
        ])
        let total = Double(max(1, change.totalSteps))
        try append([
            "event": "learning_rate", "current_steps": .integer(change.firstStep),
            "total_steps": .integer(change.totalSteps), "factor": .number(change.factor),
            "peak_lr": .number(change.peak), "lr": .number(change.rate),
            "percentage": .number((Double(change.firstStep) / total * 10_000).rounded() / 100),
        ])
    }

    /// trainer_state.json for a folder (the run's or a checkpoint's).
    func writeState(_ state: LoopState, plan: TrainingPlan, epoch: Double, to folder: String)
        throws(KernelError)
    {
        let best = state.bestStep.map {
            JSONValue.string("\(plan.output.folder)/\(Checkpoint.name(step: $0))")
        }
        let json: JSONObject = [
            "best_global_step": state.bestStep.map { .integer($0) } ?? .null,
            "best_metric": state.bestEvaluationLoss.map { .number($0) } ?? .null,
            "best_model_checkpoint": best ?? .null, "epoch": .number(epoch),
            "eval_steps": plan.evaluation.cadence == .never
                ? .null : .integer(plan.evaluationInterval(totalSteps: totalSteps)),
            "global_step": .integer(state.step), "is_hyper_param_search": false,
            "is_local_process_zero": true,
            "is_world_process_zero": true, "log_history": .array(history),
            "logging_steps": .integer(interval),
            "max_steps": .integer(totalSteps), "num_input_tokens_seen": .integer(state.tokensSeen),
            "num_train_epochs": .number(plan.duration.epochs),
            "save_steps": .integer(plan.checkpointing.interval.steps(of: totalSteps)),
            "stateful_callbacks": [:], "total_flos": 0,
            "train_batch_size": .integer(plan.batching.microBatchSize), "trial_name": .null,
            "trial_params": .null,
        ]
        try ResultFile.write(json, as: Self.stateName, to: folder)
    }

    /// train_results.json, eval_results.json and all_results.json. `step` is the one whose weights
    /// are the result: what was measured there is reported, else the newest measure. What other commands put
    /// into all_results.json stays there. Returns what the user should know.
    func writeResults(
        _ state: LoopState, epoch: Double, examples: Int, of step: Int
    ) throws(KernelError) -> [String] {
        let steps = max(1, state.step)
        var results: JSONObject = [
            "epoch": .number(epoch), "num_input_tokens_seen": .integer(state.tokensSeen),
            "total_steps": .integer(state.step),
            "train_loss": .number(state.lossSum / Double(steps)),
            "train_runtime": .number(state.elapsedSeconds),
            "train_samples_per_second": .number(
                Double(examples) * epoch / max(1e-9, state.elapsedSeconds)),
            "train_steps_per_second": .number(Double(state.step) / max(1e-9, state.elapsedSeconds)),
            "train_tokens_per_second": .number(
                Double(state.tokensSeen) / max(1e-9, state.elapsedSeconds)),
        ]
        try ResultFile.write(results, as: "train_results.json", to: folder)
        let measured = history.filter { $0["eval_loss"] != nil }
        if let evaluation = measured.last(where: { $0["step"]?.integer == step }) ?? measured.last,
            let loss = evaluation["eval_loss"]?.double
        {
            let values = Self.evaluationResults(
                loss: loss, epoch: epoch, seconds: evaluation["eval_runtime"]?.double)
            try ResultFile.write(values, as: "eval_results.json", to: folder)
            for (key, value) in values { results[key] = value }
        }
        return try ResultFile.addToAll(results, in: folder)
    }

    /// eval_results.json of a run that only evaluates, and the same numbers beside those of an
    /// earlier training in all_results.json. Returns what the user should know.
    static func writeEvaluation(
        _ record: EvaluationRecord, more: JSONObject = [:], to folder: String
    ) throws(KernelError) -> [String] {
        var values = evaluationResults(loss: record.loss, epoch: nil, seconds: record.seconds)
        for (key, value) in more { values[key] = value }
        return try ResultFile.add(values, as: "eval_results.json", to: folder)
    }

    private static func evaluationResults(
        loss: Double, epoch: Double?, seconds: Double?
    ) -> JSONObject {
        var values: JSONObject = [
            "eval_loss": .number(loss), "eval_perplexity": .number(exp(loss)),
        ]
        if let epoch { values["epoch"] = .number(epoch) }
        if let seconds { values["eval_runtime"] = .number(seconds) }
        return values
    }

    // MARK: - Files

    private func append(_ line: JSONObject) throws(KernelError) { try lines.append(line) }

    /// Writes the lines that could not be written before.
    func flush() throws(KernelError) { try lines.flush() }

    /// Brings the lines written so far to the disk, so that a checkpoint never knows more than the log.
    func synchronize() throws(KernelError) { try lines.synchronize() }

    /// A run that begins anew begins the log anew; one that goes on keeps its lines up to the step.
    private func takeUp(at step: Int, _ checkpoint: String?) throws(KernelError) {
        let path = "\(folder)/\(Self.name)"
        guard step > 0 else { return try DiskCalls.current.remove(path) }
        let (recorded, total) = try Self.recorded(checkpoint)
        let file: MappedFile?
        do throws(KernelError) {
            file = try MappedFile(path: path)
        } catch {
            // Only a log that is not there has no lines. Any other is left as it is.
            guard error.kind == .missingInput else { throw error }
            file = nil
        }
        let bytes = file?.bytes ?? UnsafeRawBufferPointer(start: nil, count: 0)
        let log = RunLogRepair(bytes, upTo: step, recorded: recorded, total: total)
        try file?.checkUnchanged()
        totalSteps = log.totalSteps ?? 0
        history = log.history(recorded, upTo: step)
        notes = log.notes(path)
        guard log.hasChanged else { return }
        try AtomicFile.write(to: path) { (sink) throws(KernelError) in
            for line in log.text { try sink.write(line) }
        }
    }

    /// The history and the number of steps in a checkpoint's trainer_state.json.
    private static func recorded(
        _ checkpoint: String?
    ) throws(KernelError) -> (history: [JSONObject], total: Int?) {
        guard let checkpoint, try DiskCalls.isThere("\(checkpoint)/\(stateName)") else {
            return ([], nil)
        }
        let json = try JSONValue(contentsOf: "\(checkpoint)/\(stateName)")
        return ((json["log_history"]?.array ?? []).compactMap(\.object), json["max_steps"]?.integer)
    }

    /// "h:mm:ss", with days in front beyond 24 hours, as LLaMA-Factory writes it.
    static func clock(_ seconds: Double) -> String {
        let whole = Int(max(0, seconds.isFinite ? seconds : 0).rounded())
        let rest = String(
            format: "%d:%02d:%02d", whole % 86_400 / 3600, whole % 3600 / 60, whole % 60)
        switch whole / 86_400 {
        case 0: return rest
        case 1: return "1 day, " + rest
        case let days: return "\(days) days, " + rest
        }
    }
}
