// Whole runs on a tiny model folder: a plan, a place on disk, and everything that was said.

import Foundation
import Testing

@testable import Kernel
import TestSupport

/// What a run left behind.
struct RunOutcome {
    var result: RunResult?
    var error: KernelError?
    var events: [TrainingEvent]

    var steps: [StepRecord] {
        events.compactMap { if case .stepFinished(let step) = $0 { step } else { nil } }
    }
    var evaluations: [EvaluationRecord] {
        events.compactMap { if case .evaluated(let record) = $0 { record } else { nil } }
    }
    var notices: [String] {
        events.compactMap { if case .notice(let text) = $0 { text.description } else { nil } }
    }
    var savedSteps: [Int] {
        events.compactMap { if case .checkpointSaved(_, let step) = $0 { step } else { nil } }
    }
    /// What a resumed run must repeat exactly; times are not among it.
    var losses: [Int: [Double]] {
        Dictionary(
            uniqueKeysWithValues: steps.map {
                ($0.step, [$0.loss, $0[.gradientNorm], $0[.learningRate]])
            })
    }
}

/// A tiny model, data and a plan in a temporary folder.
final class TinyRun {
    let root: TemporaryFolder
    /// The plan of all runs; `output.folder` is set by `run`.
    var plan = TrainingPlan()
    var folder: String { "\(root.path)/run" }
    /// The settings that a refused resume names.
    var settings: (TrainingPlan) -> [String: String] = { _ in [:] }
    /// Who hears the run behind the test itself.
    var observers: [any RunObserver] = []
    var host = RunHost.unknown
    var onFolderLocked: (String) -> (() -> Void) = { _ in {} }
    /// Judges answers in place of a program.
    var rewardProgram: RewardProgram?
    /// Hears of the model after each step.
    var publish: ((TunedModel, Int) -> Void)?

    /// Nine samples in micro-batches of two, two of them a step: three steps an epoch, the last one short.
    init(_ change: (inout TrainingPlan) -> Void = { _ in }) throws {
        root = try TemporaryFolder()
        try TinyModels.make(in: "\(root.path)/model")
        let words = [
            "red", "green", "blue", "one", "two", "three", "cat", "dog", "bird", "sun", "moon",
        ]
        try writeData("train.json", words.prefix(9).map { ("Say \($0)", "\($0) \($0)") })
        try writeData("eval.json", words.suffix(3).map { ("Say \($0)", "\($0) \($0)") })
        plan.model.path = "\(root.path)/model"
        plan.encoding.template = "chatml"
        plan.data.folder = root.path
        plan.data.names = ["\(root.path)/train.json"]
        plan.batching.microBatchSize = 2
        plan.batching.accumulationSteps = 2
        plan.duration.stepsMax = 8
        plan.optimizer.learningRate = 1e-2
        plan.logging.interval = .init(1)
        plan.checkpointing.interval = .init(3)
        change(&plan)
    }

    func writeData(_ name: String, _ pairs: [(question: String, answer: String)]) throws {
        let records = pairs.map { ["instruction": $0.question, "input": "", "output": $0.answer] }
        let data = try JSONSerialization.data(withJSONObject: records, options: .sortedKeys)
        try data.write(to: URL(fileURLWithPath: "\(root.path)/\(name)"))
    }

    /// Data of preference stages: nine pairs to train on and three held out, the same number of judged answers.
    func writePreferences() throws {
        let words = [
            "red", "green", "blue", "one", "two", "three", "cat", "dog", "bird", "sun", "sea",
        ]
        let pairs = (words + words).prefix(12).enumerated().map { index, word -> [String: Any] in
            [
                "instruction": "Say \(word)", "chosen": "\(word) \(index)",
                "rejected": words[(index + 3) % words.count],
            ]
        }
        let judged = pairs.enumerated().map { index, pair -> [String: Any] in
            [
                "instruction": pair["instruction"] ?? "", "label": index % 2 == 0,
                "output": pair[index % 2 == 0 ? "chosen" : "rejected"] ?? "",
            ]
        }
        var entries: [String: Any] = [:]
        func write(
            _ name: String, _ records: some Collection<[String: Any]>, _ entry: [String: Any]
        )
            throws
        {
            entries[name] = entry.merging(["file_name": "\(name).json"]) { $1 }
            try JSONSerialization.data(withJSONObject: Array(records), options: .sortedKeys)
                .write(to: URL(fileURLWithPath: path("\(name).json")))
        }
        let columns = ["prompt": "instruction", "chosen": "chosen", "rejected": "rejected"]
        let ranking: [String: Any] = ["ranking": true, "columns": columns]
        try write("pairs", pairs.prefix(9), ranking)
        try write("held", pairs.suffix(3), ranking)
        let marks: [String: Any] = [
            "columns": ["prompt": "instruction", "response": "output", "kto_tag": "label"]
        ]
        try write("judged", judged.prefix(9), marks)
        try write("heldJudged", judged.suffix(3), marks)
        try JSONSerialization.data(withJSONObject: entries, options: .sortedKeys)
            .write(to: URL(fileURLWithPath: path("dataset_info.json")))
    }

    /// Evaluates on `eval.json` every so many steps.
    func evaluate(every steps: Int) {
        plan.data.evaluationNames = ["\(root.path)/eval.json"]
        plan.evaluation.cadence = .steps
        plan.evaluation.interval = .init(Double(steps))
    }

    /// Runs the plan; an error is part of the outcome.
    @discardableResult
    func run(
        in name: String = "run", control: RunControl = RunControl(),
        availableBytes: Int? = nil, rest: @escaping () -> Void = {},
        hear: @escaping (TrainingEvent) -> Void = { _ in }
    ) -> RunOutcome {
        var plan = plan
        plan.output.folder = "\(root.path)/\(name)"
        var (events, clock): ([TrainingEvent], Double) = ([], 0)
        let listener = RunListener {
            events.append($0)
            hear($0)
        }
        var environment = TrainingRun.Environment(
            now: {
                clock += 0.001
                return clock
            }, idleWait: rest, observers: [listener] + observers,
            planText: "model_name_or_path: tiny\n")
        environment.onSnapshot = publish
        environment.onFolderLocked = onFolderLocked
        environment.host = host
        environment.availableBytes = { availableBytes }
        environment.settings = settings
        if let rewardProgram { environment.rewardProgram = rewardProgram }
        do throws(KernelError) {
            let result = try TrainingRun(plan, control: control, environment: environment).run()
            return RunOutcome(result: result, error: nil, events: events)
        } catch {
            return RunOutcome(result: nil, error: error, events: events)
        }
    }

    /// Runs until `step` is done, as if the user pressed stop then.
    @discardableResult
    func run(in name: String = "run", stoppingAfter step: Int) -> RunOutcome {
        let control = RunControl()
        return run(
            in: name, control: control,
            hear: { event in
                if case .stepFinished(let record) = event, record.step == step { control.stop() }
            })
    }

    // MARK: - Files

    func path(_ name: String) -> String { "\(root.path)/\(name)" }

    func bytes(_ name: String) throws -> [UInt8] { try contents(path(name)) }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    func json(_ name: String) throws -> JSONValue { try JSONValue(contentsOf: path(name)) }

    /// The lines of trainer_log.jsonl.
    func log(_ name: String = "run") throws -> [JSONValue] {
        try lines("\(name)/trainer_log.jsonl")
    }

    /// The lines of a file of JSON lines.
    func lines(_ name: String) throws -> [JSONValue] {
        let text = try String(contentsOfFile: path(name), encoding: .utf8)
        return try text.split(separator: "\n").map {
            try JSONValue(parsing: String($0), source: name)
        }
    }

    /// Flips one bit in the middle of a file.
    func damage(_ name: String) throws {
        var bytes = try bytes(name)
        bytes[bytes.count / 2] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    }

    func checkpoints(_ name: String = "run") -> [Int] {
        Checkpoint.list(in: path(name)).map(\.step).sorted()
    }
}
