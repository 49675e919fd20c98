// Runs whose files were damaged, or cannot be read for a while: nothing that is good is lost, and every
// message says what is wrong.

import Foundation
import Testing

@testable import Kernel
import TestSupport

@Suite struct DamagedRunTests {
    /// A run that was killed after step 6 of 8, with a checkpoint after every second one.
    private func killed() throws -> TinyRun {
        let tiny = try TinyRun { $0.checkpointing.interval = .init(2) }
        tiny.evaluate(every: 2)
        tiny.run(in: "whole")
        tiny.run()
        for name in try FileManager.default.contentsOfDirectory(atPath: tiny.folder) {
            let isOfTheEnd =
                name == "checkpoint-8" || name.hasSuffix(".safetensors")
                || name.hasSuffix("results.json") || name == "trainer_state.json"
            if isOfTheEnd { try FileManager.default.removeItem(atPath: "\(tiny.folder)/\(name)") }
        }
        return tiny
    }

    private func expectTheSameEnd(_ tiny: TinyRun, _ outcome: RunOutcome) throws {
        #expect(outcome.error == nil, "\(outcome.error?.description ?? "")")
        #expect(try Picture(tiny.path("run")) == Picture(tiny.path("whole")))
    }

    // MARK: - The log

    @Test(arguments: [0, 3, 12]) func oneDamagedLineCostsNoOther(line: Int) throws {
        let tiny = try killed()
        let path = tiny.path("run/trainer_log.jsonl")
        var lines = try contents(path).split(separator: 0x0A).map(Array.init)
        let index = min(line, lines.count - 1)
        lines[index][30] ^= 0x80
        try Data(lines.joined(separator: [0x0A]) + [0x0A]).write(to: URL(fileURLWithPath: path))
        let outcome = tiny.run()
        try expectTheSameEnd(tiny, outcome)
        if index < 9 {
            #expect(outcome.notices.contains { $0.contains("line \(index + 1)") })
            #expect(outcome.notices.contains { $0.contains("restored from the checkpoint") })
        }
    }

    @Test func aChangedDigitOfTheLogIsPutRight() throws {
        let tiny = try killed()
        let path = tiny.path("run/trainer_log.jsonl")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let digit = try #require(text.range(of: "\"loss\":"))
        var changed = text
        let old = text[digit.upperBound]
        changed.replaceSubrange(
            digit.upperBound...digit.upperBound, with: old == "7" ? "6" : "7")
        try Data(changed.utf8).write(to: URL(fileURLWithPath: path))
        let outcome = tiny.run()
        try expectTheSameEnd(tiny, outcome)
        #expect(outcome.notices.contains { $0.hasPrefix("1 line of the log was restored") })
    }

    @Test func aMissingLogComesBackFromTheCheckpoint() throws {
        let tiny = try killed()
        try FileManager.default.removeItem(atPath: tiny.path("run/trainer_log.jsonl"))
        try expectTheSameEnd(tiny, tiny.run())
    }

    @Test(arguments: [EIO, EACCES, EMFILE]) func aLogThatCannotBeReadStopsTheRun(code: Int32) throws
    {
        let tiny = try killed()
        let before = try tiny.bytes("run/trainer_log.jsonl")
        let outcome = DiskCalls.refusing("trainer_log.jsonl", code).during { tiny.run() }
        let error = try #require(outcome.error)
        #expect(error.kind == [EIO: .inputOutput, EACCES: .permission, EMFILE: .temporary][code])
        #expect(error.place == tiny.path("run/trainer_log.jsonl"))
        #expect(try tiny.bytes("run/trainer_log.jsonl") == before)
        try expectTheSameEnd(tiny, tiny.run())
    }

    @Test func anInterruptedCallIsMadeAgain() throws {
        let tiny = try killed()
        for call in DiskCall.allCases where call != .close {
            try FileManager.default.copyItem(atPath: tiny.folder, toPath: tiny.path("kept"))
            let counter = NthCall(call, 0, 0, part: "/run")
            DiskCalls.hasty.failing(counter.fate).during { _ = tiny.run() }
            for number in stride(from: 1, through: counter.calls, by: 3) {
                try FileManager.default.removeItem(atPath: tiny.folder)
                try FileManager.default.copyItem(atPath: tiny.path("kept"), toPath: tiny.folder)
                let failure = NthCall(call, number, EINTR, part: "/run")
                let outcome = DiskCalls.hasty.failing(failure.fate).during { tiny.run() }
                #expect(failure.hasStruck)
                try expectTheSameEnd(tiny, outcome)
            }
            try FileManager.default.removeItem(atPath: tiny.folder)
            try FileManager.default.moveItem(atPath: tiny.path("kept"), toPath: tiny.folder)
        }
    }

    @Test func resultsOfAnotherCommandStay() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("all_results.json", #"{"train_loss": 1.5}"#)
        let record = EvaluationRecord(step: 0, epoch: 0, loss: 2, tokens: 1, seconds: 1)
        let error = #expect(throws: KernelError.self) {
            try DiskCalls.refusing("all_results.json", EIO).during {
                _ = try MetricsLog.writeEvaluation(record, to: folder.path)
            }
        }
        #expect(error?.kind == .inputOutput)
        #expect(try contents(path) == Array(#"{"train_loss": 1.5}"#.utf8))
        #expect(try MetricsLog.writeEvaluation(record, to: folder.path).isEmpty)
        #expect(try JSONValue(contentsOf: path)["train_loss"] == 1.5)
        // Damaged: kept under another name, and told.
        try Data("{\"train_lo".utf8).write(to: URL(fileURLWithPath: path))
        let notes = try MetricsLog.writeEvaluation(record, to: folder.path)
        #expect(notes.first?.description.contains("all_results.json.damaged") == true)
        #expect(try contents("\(path).damaged") == Array("{\"train_lo".utf8))
        #expect(try JSONValue(contentsOf: path)["eval_loss"] == 2.0)
    }

    // MARK: - Checkpoints

    @Test(arguments: [EACCES, EIO, EMFILE, ENOMEM])
    func aCheckpointThatCannotBeReadIsNotDamaged(code: Int32) throws {
        let tiny = try killed()
        for file in ["manifest.json", "optimizer.safetensors", "adapter_config.json"] {
            let calls = DiskCalls.refusing("run/checkpoint-6/\(file)", code)
            let outcome = calls.during { tiny.run() }
            let error = try #require(outcome.error)
            let kinds: [Int32: KernelError.Kind] = [EACCES: .permission, EIO: .inputOutput]
            #expect(error.kind == kinds[code] ?? .temporary)
            #expect(error.place == tiny.path("run/checkpoint-6/\(file)"))
            #expect(error.why?.description == KernelError.reason(of: code))
            #expect(outcome.notices.allSatisfy { !$0.contains("damaged") })
            #expect(!error.description.contains("overwrite_output_dir"))
            #expect(tiny.checkpoints() == [2, 4, 6])
        }
        try expectTheSameEnd(tiny, tiny.run())
    }

    @Test func damagedCheckpointsAreNoReasonToDelete() throws {
        let tiny = try killed()
        for step in [2, 4, 6] { try tiny.damage("run/checkpoint-\(step)/optimizer.safetensors") }
        let error = try #require(tiny.run().error)
        #expect(error.kind == .badData && error.why == "3 are damaged")
        #expect(!error.description.contains("overwrite_output_dir"))
        #expect(tiny.checkpoints() == [2, 4, 6])
    }

    @Test func theManifestIsAskedWhereverWeightsAreUsed() throws {
        let tiny = try killed()
        let folder = tiny.path("run/checkpoint-6")
        let weights = try ModelWeights(ModelFolder(path: tiny.plan.model.path))
        func use() throws(KernelError) {
            let applied = try Checkpoint.applied(folder, to: weights)
            let model = TunedModel(
                applied.weights, method: applied.method, arena: Arena(reserving: 1 << 28))
            try Checkpoint.loadWeights(folder, into: model)
        }
        try use()
        let good = try contents("\(folder)/adapter_model.safetensors")
        // The last bytes are a weight: the file is as valid as before.
        var bad = good
        bad[bad.count - 3] ^= 1
        try Data(bad).write(to: URL(fileURLWithPath: "\(folder)/adapter_model.safetensors"))
        for attempt in [{ try use() }, { _ = try weights.folding(adapter: folder) }] {
            let error = #expect(throws: KernelError.self) { try attempt() }
            #expect(error?.what == "the checkpoint is damaged")
            #expect(error?.place == "\(folder)/adapter_model.safetensors")
        }
        var onward = tiny.plan
        onward.model.adapters = [folder]
        swap(&onward, &tiny.plan)
        #expect(tiny.run(in: "onward").error?.what == "the checkpoint is damaged")
        swap(&onward, &tiny.plan)
        try Data(good).write(to: URL(fileURLWithPath: "\(folder)/adapter_model.safetensors"))
        // A manifest that lists nothing protects nothing.
        try Data(#"{"files": {}, "version": 1}"#.utf8)
            .write(to: URL(fileURLWithPath: "\(folder)/manifest.json"))
        let error = #expect(throws: KernelError.self) { try use() }
        #expect(error?.why == "its manifest does not list the file")
        #expect(tiny.run().notices.contains { $0.hasPrefix("Skipped a damaged checkpoint") })
        // Without a manifest, and beside another program's, it is an adapter like any other.
        try FileManager.default.removeItem(atPath: "\(folder)/manifest.json")
        try use()
        try Data(#"{"layers": []}"#.utf8)
            .write(to: URL(fileURLWithPath: "\(folder)/manifest.json"))
        try use()
    }

    /// The result is checked as a checkpoint is; what people may change in it is not.
    @Test func aDamagedResultIsNotUsed() throws {
        let tiny = try TinyRun()
        #expect(tiny.run().error == nil)
        let folder = tiny.folder
        let weights = try ModelWeights(ModelFolder(path: tiny.plan.model.path))
        func use() throws(KernelError) {
            let applied = try Checkpoint.applied(folder, to: weights)
            let model = TunedModel(
                applied.weights, method: applied.method, arena: Arena(reserving: 1 << 28))
            try Checkpoint.loadWeights(folder, into: model)
        }
        try use()
        let config = "\(folder)/adapter_config.json"
        let text = try String(contentsOfFile: config, encoding: .utf8)
        try text.replacing("base_model_name_or_path\": \"", with: "base_model_name_or_path\": \"/x")
            .write(toFile: config, atomically: true, encoding: .utf8)
        try use()
        let path = "\(folder)/adapter_model.safetensors"
        let good = try contents(path)
        var bad = good
        bad[bad.count - 3] ^= 1
        try Data(bad).write(to: URL(fileURLWithPath: path))
        for attempt in [{ try use() }, { _ = try weights.folding(adapter: folder) }] {
            let error = #expect(throws: KernelError.self) { try attempt() }
            #expect(error?.what == "the weights are not those that their run wrote")
            #expect(
                error?.place == path
                    && error?.hint?.description.contains("weights.manifest.json") == true)
        }
        // Moved away, the folder is an adapter like any other; brought back, it counts again.
        let list = "\(folder)/weights.manifest.json"
        try FileManager.default.moveItem(atPath: list, toPath: list + ".old")
        try use()
        try FileManager.default.moveItem(atPath: list + ".old", toPath: list)
        try Data(good).write(to: URL(fileURLWithPath: path))
        try use()
        // A new run over it begins without it.
        tiny.plan.output.overwrites = true
        tiny.plan.optimizer.learningRate *= 2
        #expect(tiny.run().error == nil)
        #expect(try contents(path) != good)
        try use()
    }

    @Test func aDamagedResultOfAFullRunIsNotOpened() throws {
        let tiny = try TinyRun {
            $0.tuning.method = .full
            $0.duration.stepsMax = 3
        }
        #expect(tiny.run().error == nil)
        _ = try PreparedModel(path: tiny.folder, template: "chatml")
        // Settings of answers are people's to change.
        try Data(#"{"temperature": 0.5}"#.utf8).write(
            to: URL(fileURLWithPath: tiny.path("run/generation_config.json")))
        _ = try PreparedModel(path: tiny.folder, template: "chatml")
        try tiny.damage("run/model.safetensors")
        let error = #expect(throws: KernelError.self) {
            try PreparedModel(path: tiny.folder, template: "chatml")
        }
        #expect(error?.what == "the weights are not those that their run wrote")
    }

    @Test func aDamagedWholeModelIsNotOpened() throws {
        let tiny = try TinyRun {
            $0.tuning.method = .full
            $0.duration.stepsMax = 3
        }
        #expect(tiny.run().error == nil)
        let folder = tiny.path("run/checkpoint-3")
        #expect(try PreparedModel(path: folder, template: "chatml").templateName == "chatml")
        try tiny.damage("run/checkpoint-3/model.safetensors")
        #expect(throws: KernelError.self) { try PreparedModel(path: folder, template: "chatml") }
    }

    @Test func theBestCheckpointIsCheckedBeforeItIsTheResult() throws {
        let tiny = try TinyRun {
            $0.checkpointing.loadsBest = true
            $0.optimizer.learningRate = 0.3
            $0.checkpointing.interval = .init(1)
        }
        tiny.evaluate(every: 1)
        let whole = tiny.run(in: "whole")
        let best = try #require(whole.evaluations.min { $0.loss < $1.loss }?.step)
        try #require(best < 8)
        let outcome = tiny.run(hear: { event in
            if case .stepFinished(let step) = event, step.step == 8 {
                try? tiny.damage("run/checkpoint-\(best)/adapter_model.safetensors")
            }
        })
        #expect(outcome.error?.what == "cannot load the best checkpoint")
        #expect(
            outcome.error?.place?.hasSuffix("checkpoint-\(best)/adapter_model.safetensors") == true)
        #expect(!tiny.exists("run/adapter_model.safetensors"))
    }

    // MARK: - State

    @Test(arguments: [
        ("\"step\" : 6", "\"step\" : -1"), ("\"step\" : 6", "\"step\" : 100"),
        ("\"optimizerSteps\" : 6", "\"optimizerSteps\" : 9223372036854775807"),
        ("\"tokensSeen\" : ", "\"tokensSeen\" : 9223372036854775807, \"was\" : "),
        ("\"elapsedSeconds\" : ", "\"elapsedSeconds\" : 1e308, \"was\" : "),
        ("\"rateFactor\" : null", "\"rateFactor\" : -1"),
        ("\"bestStep\" : ", "\"bestStep\" : 7, \"was\" : "),
        ("\"bestEvaluationLoss\" : ", "\"was\" : "), ("\"evaluatedStep\" : ", "\"was\" : "),
        ("\"version\" : 2", "\"version\" : 3"), ("\"schema\" : 2", "\"schema\" : 1"),
    ])
    func aStateThatNoRunReachedIsRefused(change: (old: String, new: String)) throws {
        let tiny = try killed()
        let folder = tiny.path("run/checkpoint-6")
        let path = "\(folder)/\(Checkpoint.stateName)"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains(change.old), "\(text)")
        try Data(text.replacing(change.old, with: change.new).utf8)
            .write(to: URL(fileURLWithPath: path))
        // The stranger's manifest is in order.
        let manifest = try FolderManifest(of: folder)
        try Data(manifest.text.utf8).write(to: URL(fileURLWithPath: "\(folder)/manifest.json"))
        let error = try #require(tiny.run().error)
        #expect(error.kind == .badData && error.place == path, "\(error)")
        #expect(tiny.checkpoints() == [2, 4, 6])
    }

    /// What a list shows of a run that goes on comes from its checkpoint, not from the list's own file.
    @Test(arguments: ["", "{", "[1]", "{\"best_step\": 2, \"best_eval_loss\": -5}"])
    func aDamagedStatusFileLosesNoBest(text: String) throws {
        let whole = try killed()
        #expect(whole.run().error == nil)
        let wanted = try JSONValue(contentsOf: whole.path("run/\(RunStatusFile.name)"))
        #expect(wanted["best_step"]?.integer != nil)
        let tiny = try killed()
        try Data(text.utf8)
            .write(to: URL(fileURLWithPath: tiny.path("run/\(RunStatusFile.name)")))
        #expect(tiny.run().error == nil)
        let found = try JSONValue(contentsOf: tiny.path("run/\(RunStatusFile.name)"))
        for key in ["best_step", "best_eval_loss", "saved_step", "state"] {
            #expect(found[key] == wanted[key], "\(key)")
        }
    }

    @Test func statesOfEarlierVersionsAreRead() throws {
        let tiny = try killed()
        let folder = tiny.path("run/checkpoint-6")
        let path = "\(folder)/\(Checkpoint.stateName)"
        var text = try String(contentsOfFile: path, encoding: .utf8)
        for (old, new) in [
            ("\"version\" : 2", "\"version\" : 1"), ("\"schema\" : 2,", ""),
            ("\"rateChangedAfter\" : null,", ""), ("\"rateFactor\" : null,", ""),
        ] { text = text.replacing(old, with: new) }
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        let manifest = try FolderManifest(of: folder)
        try Data(manifest.text.utf8).write(to: URL(fileURLWithPath: "\(folder)/manifest.json"))
        #expect(tiny.run().steps.map(\.step) == [7, 8])
        let name = "adapter_model.safetensors"
        #expect(try tiny.bytes("run/\(name)") == tiny.bytes("whole/\(name)"))
    }

    // MARK: - After a kill

    @Test func theListKnowsTheCheckpointThatARunStartsFrom() throws {
        let tiny = try killed()
        let path = tiny.path("run/workbench_run.json")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        // Killed between the save of step 6 and the list's file.
        try Data(
            text.replacing("\"saved_step\": 8", with: "\"saved_step\": 4")
                .replacing("\"done\"", with: "\"training\"").utf8
        ).write(to: URL(fileURLWithPath: path))
        #expect(RunRecord(folder: tiny.folder)?.savedStep == 6)
        tiny.plan.checkpointing.cadence = .never
        tiny.run()
        #expect(RunRecord(folder: tiny.folder)?.savedStep == 6)
    }

    @Test func oneCheckpointTooManyGoesWhenTheRunGoesOn() throws {
        let tiny = try killed()
        tiny.plan.checkpointing.keptMax = 1
        tiny.plan.checkpointing.cadence = .never
        let best = try tiny.json("run/checkpoint-6/trainer_state.json")["best_global_step"]?.integer
        #expect(tiny.run().error == nil)
        #expect(tiny.checkpoints() == [best, 6].compactMap(\.self).sorted())
    }

    @Test func aCheckpointThatCannotBeDeletedIsTold() throws {
        let tiny = try TinyRun {
            $0.checkpointing.keptMax = 1
            $0.checkpointing.interval = .init(2)
        }
        let calls = DiskCalls.hasty.failing { call, path in
            call == .unlink && path.contains(".deleted-checkpoint-2") ? EPERM : 0
        }
        let outcome = calls.during { tiny.run() }
        #expect(outcome.error == nil)
        #expect(
            outcome.notices.contains {
                $0.contains("was not removed") && $0.contains("checkpoint-2")
                    && $0.contains("not permitted")
            }, "\(outcome.notices)")
    }
}
