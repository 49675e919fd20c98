// trainer_log.jsonl and trainer_state.json with the fields of LLaMA-Factory and transformers,
// and the metrics files at the end. It does not decide when to log; it is told every event.

import Foundation

/// Keeps the log files of one run folder.
final class MetricsLog {
    private let folder: String
    private let interval: Int
    private let firstStepToo: Bool
    private var history: [JSONValue] = []
    private(set) var lossesSinceLog: [Double] = []
    private var totalSteps = 0

    /// `interval` is `logging_steps`. A resumed run goes on with the log it finds, cut back to its step.
    init(folder: String, interval: Int, firstStepToo: Bool, resumedAt start: LoopState)
        throws(KernelError)
    {
        self.folder = folder
        self.interval = max(1, interval)
        self.firstStepToo = firstStepToo
        lossesSinceLog = start.unloggedLosses
        try cutBack(to: start.step)
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
        let json: JSONValue = [
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
        try Self.write(json, to: "\(folder)/trainer_state.json")
    }

    /// train_results.json, eval_results.json and all_results.json. `step` is the one whose weights
    /// are the result: what was measured there is reported, else the newest measure.
    func writeResults(
        _ state: LoopState, epoch: Double, examples: Int, of step: Int
    ) throws(KernelError) {
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
        try Self.write(.object(results), to: "\(folder)/train_results.json")
        let measured = history.filter { $0["eval_loss"] != nil }
        if let evaluation = measured.last(where: { $0["step"]?.integer == step }) ?? measured.last,
            let loss = evaluation["eval_loss"]?.double
        {
            let values = Self.evaluationResults(
                loss: loss, epoch: epoch, seconds: evaluation["eval_runtime"]?.double)
            try Self.write(.object(values), to: "\(folder)/eval_results.json")
            for (key, value) in values { results[key] = value }
        }
        try Self.write(.object(results), to: "\(folder)/all_results.json")
    }

    /// eval_results.json of a run that only evaluates, and the same numbers beside those of an
    /// earlier training in all_results.json.
    static func writeEvaluation(
        _ record: EvaluationRecord, more: JSONObject = [:], to folder: String
    ) throws(KernelError) {
        var values = evaluationResults(loss: record.loss, epoch: nil, seconds: record.seconds)
        for (key, value) in more { values[key] = value }
        try writeResults(values, as: "eval_results.json", to: folder)
    }

    /// A file of results of its own, and the same numbers among all_results.json.
    static func writeResults(
        _ values: JSONObject, as name: String, to folder: String
    ) throws(KernelError) {
        try write(.object(values), to: "\(folder)/\(name)")
        let path = "\(folder)/all_results.json"
        var all = (try? JSONValue(contentsOf: path))?.object ?? JSONObject()
        for (key, value) in values { all[key] = value }
        try write(.object(all), to: path)
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

    private func append(_ line: JSONObject) throws(KernelError) {
        try LineFile.append(line, to: "\(folder)/trainer_log.jsonl", what: "the log")
    }

    /// Drops lines of steps after `step` and a torn last line; remembers the rest as history.
    private func cutBack(to step: Int) throws(KernelError) {
        let path = "\(folder)/trainer_log.jsonl"
        guard step > 0, let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            unlink(path)
            return
        }
        var kept = ""
        for line in text.split(separator: "\n") {
            guard let json = try? JSONValue(parsing: String(line), source: path),
                let at = json["current_steps"]?.integer, at <= step
            else { continue }
            kept += line + "\n"
            totalSteps = json["total_steps"]?.integer ?? totalSteps
            guard json["event"] == nil else { continue }
            var entry: JSONObject = ["step": .integer(at)]
            let names = [
                ("loss", "loss"), ("lr", "learning_rate"), ("epoch", "epoch"),
                ("grad_norm", "grad_norm"), ("total_tokens", "num_input_tokens_seen"),
                ("eval_loss", "eval_loss"),
            ]
            for (from, to) in names { if let value = json[from] { entry[to] = value } }
            history.append(.object(entry))
        }
        try AtomicFile.write(Array(kept.utf8), to: path)
    }

    private static func write(_ json: JSONValue, to path: String) throws(KernelError) {
        try AtomicFile.write(
            Array((json.text(JSONStyle(indent: 4, sortsKeys: true)) + "\n").utf8), to: path)
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
