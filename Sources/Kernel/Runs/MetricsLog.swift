// trainer_log.jsonl and trainer_state.json with the fields of LLaMA-Factory and transformers,
// and the metrics files at the end. It does not decide when to log; it is told every event. How a log that is
// there already is taken up is RunLogRepair's work.

import Foundation

/// Keeps the log files of one run folder.
final class MetricsLog: RunObserver {
    static let name = RunLogLine.fileName
    static let stateName = "trainer_state.json"
    private static let evaluationReader = MetricReader(of: .evaluation, except: ["eval_runtime"])

    private let folder: String
    private var cadence: LogCadence
    private let lines: AppendQueue
    private var history: [JSONValue] = []
    private var totalSteps = 0
    /// What the steps without a line measured.
    var unlogged: [MetricKey: [Double]] { cadence.unlogged }
    /// What the user should know of the log that was found.
    private(set) var notes: [Sentence] = []

    /// A resumed run continues with the log it finds, cut back to the step of `start` and compared with the history
    /// in the verified `checkpoint`.
    init(
        folder: String, cadence: LogCadence, resumedAt start: LoopState,
        from checkpoint: String? = nil
    ) throws(KernelError) {
        self.folder = folder
        self.cadence = cadence
        lines = AppendQueue("\(folder)/\(Self.name)", what: "the log")
        try takeUp(at: start.step, checkpoint)
    }

    func observe(_ event: TrainingEvent) throws(KernelError) {
        switch event {
        case .stepFinished(let step): try record(step)
        case .evaluated(let evaluation): try record(evaluation)
        case .rateChanged(let change): try record(change)
        case .finished, .failed: try lines.flush()
        default: break
        }
    }

    private func record(_ step: StepRecord) throws(KernelError) {
        totalSteps = step.totalSteps
        guard let values = cadence.take(step) else { return }
        history.append(.object(RunLogLine.entry(step, values)))
        try lines.append(RunLogLine.line(step, values))
    }

    private func record(_ evaluation: EvaluationRecord) throws(KernelError) {
        history.append(.object(RunLogLine.entry(evaluation)))
        try lines.append(RunLogLine.line(evaluation, totalSteps: totalSteps))
    }

    private func record(_ change: RateRecord) throws(KernelError) {
        history.append(.object(RunLogLine.entry(change)))
        try lines.append(RunLogLine.line(change))
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
            "logging_steps": .integer(cadence.interval),
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
        _ state: LoopState, epoch: Double, examples: Int, of step: Int, hasPerplexity: Bool = true
    ) throws(KernelError) -> [Sentence] {
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
        let measured = history.filter { $0[RunLogLine.evaluationMark] != nil }
        if let entry = measured.last(where: { $0["step"]?.integer == step }) ?? measured.last,
            let body = entry.object
        {
            let values = Self.evaluationResults(
                Self.evaluationReader.values(in: body), epoch: epoch,
                seconds: body["eval_runtime"]?.double, hasPerplexity: hasPerplexity)
            try ResultFile.write(values, as: "eval_results.json", to: folder)
            for (key, value) in values { results[key] = value }
        }
        return try ResultFile.addToAll(results, in: folder)
    }

    /// eval_results.json of a run that only evaluates, and the same numbers beside those of an
    /// earlier training in all_results.json. Returns what the user should know.
    static func writeEvaluation(
        _ record: EvaluationRecord, more: JSONObject = [:], hasPerplexity: Bool = true,
        to folder: String
    ) throws(KernelError) -> [Sentence] {
        var values = evaluationResults(
            record.values, epoch: nil, seconds: record.seconds, hasPerplexity: hasPerplexity)
        for (key, value) in more { values[key] = value }
        return try ResultFile.add(values, as: "eval_results.json", to: folder)
    }

    private static func evaluationResults(
        _ measured: [MetricKey: Double], epoch: Double?, seconds: Double?, hasPerplexity: Bool
    ) -> JSONObject {
        var values: JSONObject = [:]
        for row in Metrics.rows(of: measured.keys) {
            values[row.evaluationName] = measured[row.key].map(row.json)
            if hasPerplexity, row.key == .loss, let loss = measured[.loss] {
                values["eval_perplexity"] = .number(exp(loss))
            }
        }
        if let epoch { values["epoch"] = .number(epoch) }
        if let seconds { values["eval_runtime"] = .number(seconds) }
        return values
    }

    // MARK: - Files

    /// Brings the lines written so far to the disk, so that a checkpoint never knows more than the log.
    func synchronize() throws(KernelError) { try lines.synchronize() }

    /// A run that begins anew begins the log anew; one that continues keeps its lines up to the step.
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
}
