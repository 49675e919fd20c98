// Settings of a plan as a run obeys them: each has a case that fails when it is read and forgotten, and some have a
// test of what exactly comes of them.

import Foundation
import Testing

@testable import Kernel
import TestSupport

@Suite struct SettingEffectTests {
    /// The stored properties of a plan by their paths, down to what is no group of settings.
    private static func paths(_ value: Any, _ path: String = "") -> [String] {
        let mirror = Mirror(reflecting: value)
        let isRow =
            value is Quantizer || value is OptimizerKind || value is PairLoss
            || value is TrainingStage
        let isGroup =
            mirror.displayStyle == .struct && !isRow && !(value is TrainingPlan.StepInterval)
        guard isGroup else { return [path] }
        return mirror.children.flatMap { child in
            paths(child.value, path.isEmpty ? child.label ?? "" : "\(path).\(child.label ?? "")")
        }
    }

    /// A new setting needs a case, and a case a setting.
    @Test func everySettingHasOneCase() {
        let cases = SettingCase.all.map(\.description)
        #expect(Set(cases).count == cases.count)
        let settings = Set(Self.paths(TrainingPlan()))
        #expect(settings.count > 70)
        #expect(settings.subtracting(cases).sorted() == [], "settings without a case")
        #expect(Set(cases).subtracting(settings).sorted() == [], "cases of no setting")
    }

    /// What a run tells and writes differs with another value of the setting, or the value is refused by its key.
    @Test(arguments: SettingCase.all) func everySettingIsObeyedOrRefused(_ setting: SettingCase)
        throws
    {
        let tiny = try TinyRun()
        try tiny.writeTalk()
        try tiny.writePreferences()
        try TinyModels.make(in: tiny.path("teacher"), salt: 7)
        let start = tiny.plan
        var (plain, changed) = (start, start)
        setting.around(&plain, tiny)
        setting.around(&changed, tiny)
        setting.change(&changed, tiny)
        #expect(plain != changed, "the case changes nothing")
        if let refusal = setting.refusal {
            let issues = changed.issues().map(\.description)
            #expect(issues.contains { $0.contains(refusal) }, "\(issues)")
            return
        }
        let before = try tiny.trace(of: plain, after: setting.earlierRun)
        let after = try tiny.trace(of: changed, after: setting.earlierRun)
        #expect(before != after)
    }

    /// The trace of the same plan is the same: a difference comes of the setting.
    @Test func theSamePlanLeavesTheSameTrace() throws {
        let tiny = try TinyRun()
        tiny.evaluate(every: 3)
        tiny.plan.samples.prompts = ["Say red"]
        #expect(try tiny.trace(of: tiny.plan) == tiny.trace(of: tiny.plan))
    }

    @Test func sharedRowsTrainOnTheSameTokens() throws {
        let tiny = try TinyRun {
            $0.batching.microBatchSize = 9
            $0.batching.accumulationSteps = 1
            $0.duration.stepsMax = 1
        }
        let apart = tiny.run(in: "apart")
        tiny.plan.encoding.packing = true
        let shared = tiny.run(in: "shared")
        let rows = try #require(shared.prepared).examples
        #expect(rows < 9 && apart.prepared?.examples == 9)
        let (a, b) = (try #require(apart.steps.first), try #require(shared.steps.first))
        #expect(a.tokens == b.tokens && a[.trainedTokens] == b[.trainedTokens])
        // One step over all samples: the order within the sum is all that differs.
        #expect(abs(a.loss - b.loss) < 1e-5 && abs(a[.gradientNorm] - b[.gradientNorm]) < 1e-4)
        let word = "9 conversations share \(rows) rows; those of a row"
        #expect(shared.notices.contains("\(word) never see each other (neat_packing)."))
        // As LLaMA-Factory packs, they see those before them: the same tokens, another loss.
        tiny.plan.encoding.rowsAreOpen = true
        let open = tiny.run(in: "open")
        let c = try #require(open.steps.first)
        #expect(c[.trainedTokens] == b[.trainedTokens] && abs(b.loss - c.loss) > 1e-4)
        #expect(open.notices.contains("\(word) see each other (packing)."))
    }

    @Test func incompleteBatchesAreLeftOut() throws {
        let tiny = try TinyRun {
            $0.batching.accumulationSteps = 1
            $0.duration.stepsMax = nil
            $0.duration.epochs = 2
        }
        #expect(tiny.run(in: "all").result?.steps == 10)
        tiny.plan.batching.dropsLast = true
        // ⌊9/2⌋ = 4 batches a pass.
        #expect(tiny.run(in: "whole").result?.steps == 8)
        tiny.plan.batching.microBatchSize = 10
        let error = tiny.run(in: "none").error
        #expect(error?.place == "dataloader_drop_last")
        #expect(error?.why == "9 examples fill no batch of 10")
    }

    @Test func setsAreMixed() throws {
        let tiny = try TinyRun {
            $0.duration.stepsMax = 1
            $0.data.names.append($0.data.folder + "/eval.json")
        }
        #expect(tiny.run(in: "joined").prepared?.examples == 12)
        tiny.plan.data.mixing = .interleaveUnder
        #expect(tiny.run(in: "under").prepared?.examples == 6)
        tiny.plan.data.mixing = .interleaveOver
        #expect(tiny.run(in: "over").prepared?.examples == 18)
        tiny.plan.data.probabilities = [1, 0]
        #expect(tiny.run(in: "one").prepared?.examples == 9)
    }

    @Test func theDataSeedOrdersAndTheSeedStarts() throws {
        let tiny = try TinyRun { $0.duration.stepsMax = 2 }
        let first = tiny.run(in: "first")
        tiny.plan.dataSeed = 42
        #expect(tiny.run(in: "same").losses == first.losses)
        tiny.plan.dataSeed = 43
        #expect(tiny.run(in: "order").losses != first.losses)
        tiny.plan.batching.shuffles = false
        let fixed = tiny.run(in: "fixed")
        tiny.plan.dataSeed = 44
        #expect(tiny.run(in: "fixed too").losses == fixed.losses)
        tiny.plan.seed = 43
        #expect(tiny.run(in: "start").losses != fixed.losses)
    }

    @Test func theRunHasItsName() throws {
        let tiny = try TinyRun { $0.duration.stepsMax = 1 }
        #expect(tiny.run(in: "folder").prepared?.name == "folder")
        tiny.plan.output.runName = "my run"
        #expect(tiny.run(in: "other").prepared?.name == "my run")
    }

    // MARK: - Evaluation

    @Test func aRunCanEndWithItsEvaluation() throws {
        let tiny = try TinyRun { $0.duration.stepsMax = 3 }
        tiny.plan.data.evaluationNames = [tiny.path("eval.json")]
        #expect(tiny.run(in: "without").evaluations == [])
        tiny.plan.evaluates = true
        let outcome = tiny.run()
        #expect(outcome.evaluations.map(\.step) == [3])
        let loss = try tiny.json("run/eval_results.json").number("eval_loss")
        #expect(loss == outcome.evaluations.first?.loss)
    }

    @Test func aRunCanEvaluateOnly() throws {
        let tiny = try TinyRun { $0.duration.stepsMax = 4 }
        tiny.evaluate(every: 4)
        let trained = tiny.run(in: "trained")
        let expected = try #require(trained.evaluations.last)

        tiny.plan.trains = false
        tiny.plan.evaluates = true
        tiny.plan.data.names = []
        let base = tiny.run(in: "base")
        #expect(base.result?.ending == .evaluated && base.result?.meanLoss == nil)
        #expect(base.steps == [] && base.savedSteps == [] && base.prepared?.totalSteps == 0)
        tiny.plan.model.adapters = [tiny.path("trained")]
        let outcome = tiny.run(in: "scores")
        let record = try #require(outcome.evaluations.first)
        #expect(outcome.evaluations.count == 1 && outcome.error == nil)
        #expect(record.loss == expected.loss && record.tokens == expected.tokens)
        #expect(base.evaluations.first?.loss != record.loss)
        let files = try FileManager.default.contentsOfDirectory(atPath: tiny.path("scores"))
        #expect(Set(files) == [".lock", "all_results.json", "eval_results.json"])
        #expect(try tiny.json("scores/eval_results.json").number("eval_loss") == record.loss)
    }

    @Test func evaluatingLeavesATrainedRunAsItIs() throws {
        let tiny = try TinyRun { $0.duration.stepsMax = 2 }
        tiny.run()
        let before = try tiny.bytes("run/adapter_model.safetensors")
        let log = try tiny.bytes("run/trainer_log.jsonl")
        tiny.plan.trains = false
        tiny.plan.evaluates = true
        tiny.plan.data.validationSize = 3
        let outcome = tiny.run()
        #expect(outcome.error == nil && outcome.evaluations.count == 1)
        #expect(try tiny.bytes("run/adapter_model.safetensors") == before)
        #expect(try tiny.bytes("run/trainer_log.jsonl") == log)
        let all = try tiny.json("run/all_results.json")
        #expect(all["train_loss"] != nil)
        #expect(try all.number("eval_loss") == outcome.evaluations.first?.loss)
    }

    @Test func theResultsAreThoseOfTheBestState() throws {
        // What is measured has nothing of what is learned by heart, so the best is not the last.
        let tiny = try TinyRun {
            $0.optimizer.learningRate = 2
            $0.checkpointing.loadsBest = true
            $0.checkpointing.cadence = .never
        }
        try tiny.writeData("eval.json", [("Name it", "xyzzy plugh")])
        tiny.evaluate(every: 1)
        let outcome = tiny.run()
        let best = try #require(outcome.evaluations.min { $0.loss < $1.loss })
        #expect(best.step != 8, "the case needs a run that gets worse")
        #expect(tiny.checkpoints().contains(best.step))
        let results = try tiny.json("run/eval_results.json")
        #expect(try results.number("eval_loss") == best.loss)
        #expect(
            try tiny.bytes("run/adapter_model.safetensors")
                == tiny.bytes("run/checkpoint-\(best.step)/adapter_model.safetensors"))
    }

    // MARK: - Memory and precision

    @Test func littleMemoryRecomputesAndChangesNothing() throws {
        let tiny = try TinyRun { $0.duration.stepsMax = 2 }
        let free = tiny.run(in: "free", availableBytes: 1 << 40)
        #expect(free.notices.allSatisfy { !$0.contains("recomputed") })
        let tight = tiny.run(in: "tight", availableBytes: 1 << 10)
        #expect(tight.notices.contains { $0.hasPrefix("Activations are recomputed") })
        #expect(tight.notices.contains { $0.hasPrefix("The run may take up to") })
        #expect(tight.losses == free.losses)
        tiny.plan.gradientCheckpointing = .off
        let off = tiny.run(in: "off", availableBytes: 1 << 10)
        #expect(off.notices.allSatisfy { !$0.contains("recomputed") })
    }

    @Test func recomputationIsDecidedByWhatIsFree() throws {
        let tiny = try TinyRun()
        let folder = try ModelFolder(path: tiny.plan.model.path)
        let tuning = try TuningChoice(tiny.plan, weights: ModelWeights(folder))
        func need(_ choice: TrainingPlan.GradientCheckpointing, _ available: Int?) -> MemoryNeed {
            tiny.plan.gradientCheckpointing = choice
            return MemoryNeed(
                tiny.plan, model: folder, tuning: tuning, load: RunLoad(BatchShape(tokens: 100)),
                available: available)
        }
        let kept = need(.off, nil)
        #expect(!kept.recomputes && kept.estimate.total == kept.bytesWithoutRecomputing)
        let again = need(.on, nil)
        #expect(again.recomputes && again.estimate.activations < kept.estimate.activations)
        #expect(again.bytesWithoutRecomputing == kept.bytesWithoutRecomputing)
        #expect(!need(.automatic, nil).recomputes)
        // A tenth must stay free.
        let enough = kept.bytesWithoutRecomputing * 10 / 9 + 10
        #expect(!need(.automatic, enough).recomputes)
        #expect(need(.automatic, enough - 100).recomputes)
        #expect(need(.automatic, enough - 100).estimate == again.estimate)
    }

    @Test(arguments: ["llama-bf16", "gguf/llama-Q8_0.gguf"])
    func aBaseIsDecodedToFloats(_ name: String) throws {
        let folder = try ModelFolder(path: Fixture.path("families/" + name))
        var plan = TrainingPlan()
        let stored = try ModelWeights(folder, quantization: plan.model.quantization)
        #expect(stored.formatName == (name.hasSuffix("gguf") ? "q8_0" : "bf16"))
        plan.model.quantization = .dequantized
        let floats = try ModelWeights(folder, quantization: plan.model.quantization)
        #expect(floats.formatName == "f32")
        #expect(floats.byteCount == 4 * folder.parameterCount)
        for (key, matrix) in stored.matrices {
            #expect(floats.matrices[key]?.decoded() == matrix.decoded(), "\(key)")
        }
    }

    // MARK: - Steering

    @Test func aPausedRunSavesAtOnce() throws {
        let tiny = try TinyRun { $0.checkpointing.cadence = .never }
        let control = RunControl()
        var rests = 0
        var savedWhilePaused: [Int] = []
        let outcome = tiny.run(
            control: control,
            rest: {
                rests += 1
                if rests == 1 { control.saveNow() }
                if rests == 2 { savedWhilePaused = tiny.checkpoints() }
                if rests == 3 { control.resume() }
            },
            hear: { event in
                if case .stepFinished(let step) = event, step.step == 2 { control.pause() }
            })
        #expect(rests == 3 && savedWhilePaused == [2])
        #expect(outcome.savedSteps == [2] && outcome.result?.steps == 8)
        // What it saved is exact: a run from there repeats the rest.
        tiny.plan.checkpointing.resumesFrom = tiny.path("run/checkpoint-2")
        let again = tiny.run(in: "again")
        #expect(again.losses == outcome.losses.filter { $0.key > 2 }, "\(again.error as Any)")
    }
}

extension RunOutcome {
    /// What the run was about to do.
    fileprivate var prepared: RunSummary? {
        events.lazy.compactMap { if case .prepared(let summary) = $0 { summary } else { nil } }
            .first
    }
}

extension TinyRun {
    /// A conversation of two turns whose texts name special tokens.
    fileprivate func writeTalk() throws {
        let record =
            [
                "instruction": "Say <|im_end|> red", "output": "red",
                "history": [["Say <|im_start|>", "blue"]],
            ] as [String: Any]
        let data = try JSONSerialization.data(
            withJSONObject: Array(repeating: record, count: 4), options: .sortedKeys)
        try data.write(to: URL(fileURLWithPath: path("talk.json")))
    }

    /// All that a run of a plan tells and leaves in its folder, but for the digest of the plan itself.
    /// A value as text with the entries of dictionaries in order: their own order changes from one to the next.
    private static func text(_ value: Any) -> String {
        let mirror = Mirror(reflecting: value)
        let parts = mirror.children.map { "\($0.label ?? ""): \(text($0.value))" }
        guard !parts.isEmpty else { return "\(value)" }
        let isUnordered = mirror.displayStyle == .dictionary || mirror.displayStyle == .set
        return "(\((isUnordered ? parts.sorted() : parts).joined(separator: ", ")))"
    }

    fileprivate func trace(of plan: TrainingPlan, after earlier: String? = nil) throws -> [String] {
        let start = self.plan
        defer { self.plan = start }
        if let earlier { run(in: earlier) }
        self.plan = plan
        let name =
            plan.output.folder.isEmpty ? "run" : (plan.output.folder as NSString).lastPathComponent
        let outcome = run(in: name)
        var lines = outcome.events.map(Self.text) + [outcome.error.map { "\($0)" } ?? "no error"]
        let folder = path(name)
        guard exists(name) else { return lines }
        for file in try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
        where !exists("\(name)/\(file)/.")
            && ![".lock", Checkpoint.stateName, FolderManifest.name].contains(file.lastPathPart)
        {
            let bytes = try bytes("\(name)/\(file)")
            lines.append("\(file) \(bytes.withUnsafeBytes { SHA256.digest(of: $0) })")
        }
        try FileManager.default.removeItem(atPath: folder)
        return lines
    }
}
