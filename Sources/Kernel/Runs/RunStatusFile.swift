// workbench_run.json: what a run is and how it goes, for lists of runs. Written when something changes that
// the log does not tell: the beginning, pauses, checkpoints, new bests, the end. Never at every step.

/// How a run is known to go; what its file says, checked against its lock.
public enum RunState: String, Sendable, Codable, CaseIterable {
    case training, paused
    /// A finished run's held-out loss is being measured.
    case evaluating
    case done, stopped, failed
    /// The process died: the run can be resumed from its last checkpoint.
    case lost
    /// It went when last heard of, and whether a process works on it cannot be told: its lock cannot be asked.
    case unknown

    /// Whether a process works on it.
    public var isLive: Bool { self == .training || self == .paused || self == .evaluating }
}

/// Keeps `workbench_run.json` of a folder that this process has locked.
final class RunStatusFile: RunObserver {
    static let name = "workbench_run.json"

    private let path: String
    private var facts: JSONObject = ["version": 1]
    private var hasBegun = false

    init(folder: String, plan: TrainingPlan, process: Int32) {
        path = "\(folder)/\(Self.name)"
        facts["stage"] = .string(plan.stage.rawValue)
        facts["method"] = .string(plan.tuning.method.rawValue)
        facts["process"] = .integer(Int(process))
    }

    /// Takes note of an event. Before `prepared` nothing is written: a run that cannot start leaves the
    /// state of the one before it.
    func observe(_ event: TrainingEvent) throws(KernelError) {
        switch event {
        case .prepared(let summary): try begin(summary)
        case .paused(let step): try write(.paused, step: step)
        case .resumed(let step): try write(.training, step: step)
        case .checkpointSaved(_, let step):
            facts["saved_step"] = .integer(step)
            try write(nil, step: step)
        case .evaluated(let record):
            guard record.loss < facts["best_eval_loss"]?.double ?? .infinity else { return }
            facts["best_eval_loss"] = .number(record.loss)
            facts["best_step"] = .integer(record.step)
            try write(nil, step: record.step)
        case .finished(let result):
            try write(result.ending == .stopped ? .stopped : .done, step: result.steps)
        case .failed(let error):
            facts["error"] = .string(error.description)
            facts["error_parts"] = error.sentence.json
            try write(.failed, step: nil)
        case .preparing, .stepFinished, .sampled, .checkpointFailed, .rateChanged, .notice: break
        }
    }

    private func begin(_ summary: RunSummary) throws(KernelError) {
        hasBegun = true
        facts["name"] = .string(summary.name)
        facts["model"] = .string(summary.modelName)
        facts["total_steps"] = .integer(summary.totalSteps)
        facts["first_step"] = .integer(summary.firstStep)
        if summary.firstStep > 0 {
            // Where it starts from is on the disk, also when the last process died before it said so.
            facts["saved_step"] = .integer(summary.firstStep)
            // A resumed run continues with the best that its checkpoint knows, whatever became of this file. One of
            // an earlier version does not know; of a step that was lost it comes again.
            if let best = summary.bestStep, let loss = summary.bestEvaluationLoss {
                facts["best_eval_loss"] = .number(loss)
                facts["best_step"] = .integer(best)
            } else if let old = try? JSONValue(contentsOf: path),
                let best = old["best_step"]?.integer, (0...summary.firstStep).contains(best)
            {
                for key in ["best_eval_loss", "best_step"] { facts[key] = old[key] }
            }
        }
        try write(.training, step: summary.firstStep)
    }

    private func write(_ state: RunState?, step: Int?) throws(KernelError) {
        guard hasBegun else { return }
        if let state { facts["state"] = .string(state.rawValue) }
        if let step { facts["step"] = .integer(step) }
        let text = JSONValue.object(facts).text(.pretty) + "\n"
        try AtomicFile.write(Array(text.utf8), to: path)
    }
}
