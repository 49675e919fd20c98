// What a run writes: logs, state, metrics and weights with the fields that LLaMA-Factory's users read.

import Foundation
import Testing

@testable import Kernel
import TestSupport

@Suite struct RunFilesTests {
    @Test func adapterRunWritesEverything() throws {
        let tiny = try TinyRun {
            $0.tuning.lora.rank = 4
            $0.tuning.lora.dropout = 0.1
            $0.logging.interval = .init(2)
        }
        tiny.evaluate(every: 4)
        let outcome = tiny.run()
        let result = try #require(outcome.result, "\(String(describing: outcome.error))")
        #expect(result.ending == .completed && result.steps == 8)
        #expect(outcome.savedSteps == [3, 6, 8])
        #expect(outcome.steps.map(\.step) == Array(1...8))
        // Three steps are an epoch: the same records, seen twice.
        let losses = outcome.steps.map(\.loss)
        #expect(losses[3..<6].reduce(0, +) < losses[0..<3].reduce(0, +), "\(losses)")
        #expect(outcome.events.last == .finished(result))
        let names = try Set(FileManager.default.contentsOfDirectory(atPath: tiny.folder))
        let expected = [
            ".lock", "training_args.yaml", "trainer_log.jsonl", "trainer_state.json",
            "train_results.json",
            "eval_results.json", "all_results.json", "adapter_config.json",
            "adapter_model.safetensors", "weights.manifest.json",
            "checkpoint-3", "checkpoint-6", "checkpoint-8", "workbench_run.json",
        ]
        #expect(names == Set(expected), "\(names.symmetricDifference(expected))")
        try checkLog(tiny, outcome)
        try checkState(tiny, outcome)
        try checkResults(tiny, outcome)
        try checkAdapter(tiny)
    }

    private func checkLog(_ tiny: TinyRun, _ outcome: RunOutcome) throws {
        let lines = try tiny.log()
        let training = lines.filter { $0["loss"] != nil }
        #expect(training.compactMap { $0["current_steps"]?.integer } == [2, 4, 6, 8])
        for line in training {
            let step = try line.count("current_steps")
            #expect(line["total_steps"] == 8 && line["eval_loss"] == nil)
            let mean = (outcome.steps[step - 2].loss + outcome.steps[step - 1].loss) / 2
            #expect(abs(try line.number("loss") - mean) < 1e-12)
            #expect(try line.number("lr") == outcome.steps[step - 1][.learningRate])
            #expect(abs(try line.number("percentage") - Double(step) * 12.5) < 0.006)
            #expect(try line.count("total_tokens") == outcome.steps[step - 1].tokensSeen)
            #expect(try line.number("throughput") > 0)
            for key in ["elapsed_time", "remaining_time"] {
                #expect(try line.text(key).wholeMatch(of: /\d+:\d\d:\d\d/) != nil)
            }
        }
        // Nine samples by two are five micro-batches; the epoch ends with step 3.
        #expect(try training[1].number("epoch") == 1 + 2.0 / 5)
        let evaluations = lines.filter { $0["eval_loss"] != nil }
        #expect(evaluations.compactMap { $0["current_steps"]?.integer } == [4, 8])
        #expect(
            try evaluations.map { try $0.number("eval_loss") } == outcome.evaluations.map(\.loss))
        #expect(evaluations.allSatisfy { $0["loss"] == nil && $0["total_steps"] == 8 })
    }

    private func checkState(_ tiny: TinyRun, _ outcome: RunOutcome) throws {
        let state = try tiny.json("run/trainer_state.json")
        let keys = [
            "best_global_step", "best_metric", "best_model_checkpoint", "epoch", "eval_steps",
            "global_step",
            "is_hyper_param_search", "is_local_process_zero", "is_world_process_zero",
            "log_history",
            "logging_steps", "max_steps", "num_input_tokens_seen", "num_train_epochs", "save_steps",
            "stateful_callbacks", "total_flos", "train_batch_size", "trial_name", "trial_params",
        ]
        #expect(state.object?.keys == keys)
        #expect(state["global_step"] == 8 && state["max_steps"] == 8 && state["logging_steps"] == 2)
        #expect(
            state["eval_steps"] == 4 && state["save_steps"] == 3 && state["train_batch_size"] == 2)
        #expect(try state.count("num_input_tokens_seen") == outcome.steps[7].tokensSeen)
        let best = try #require(outcome.evaluations.min { $0.loss < $1.loss })
        #expect(try state.count("best_global_step") == best.step)
        #expect(try state.number("best_metric") == best.loss)
        let history = try #require(state["log_history"]?.array)
        #expect(
            history.compactMap { $0["loss"] == nil ? nil : $0["step"]?.integer } == [2, 4, 6, 8])
        #expect(
            history.compactMap { $0["eval_loss"] == nil ? nil : $0["step"]?.integer } == [4, 8])
        for entry in history where entry["loss"] != nil {
            for key in ["epoch", "grad_norm", "learning_rate", "num_input_tokens_seen"] {
                #expect(entry[key] != nil, "\(key)")
            }
        }
        let early = try tiny.json("run/checkpoint-3/trainer_state.json")
        #expect(early["global_step"] == 3 && early["log_history"]?.array?.count == 1)
    }

    /// What another command put beside the results of a stopped run stays when the run has ended.
    @Test func resultsOfOtherCommandsStay() throws {
        let tiny = try TinyRun { $0.duration.stepsMax = 4 }
        tiny.run(stoppingAfter: 2)
        let path = tiny.path("run/all_results.json")
        try AtomicFile.write(Array(#"{"predict_bleu-4": 5, "train_loss": 99}"#.utf8), to: path)
        let notices = tiny.run().notices
        #expect(!notices.contains { $0.contains("all_results") })
        let all = try tiny.json("run/all_results.json")
        #expect(all["predict_bleu-4"] == 5 && all["total_steps"] == 4)
        #expect(try all.number("train_loss") < 99)
    }

    private func checkResults(_ tiny: TinyRun, _ outcome: RunOutcome) throws {
        let train = try tiny.json("run/train_results.json")
        let mean = outcome.steps.reduce(0) { $0 + $1.loss } / 8
        #expect(abs(try train.number("train_loss") - mean) < 1e-12)
        for key in ["train_runtime", "train_samples_per_second", "train_steps_per_second"] {
            #expect(try train.number(key) > 0, "\(key)")
        }
        #expect(try train.count("num_input_tokens_seen") == outcome.steps[7].tokensSeen)
        #expect(try train.number("epoch") == outcome.steps[7].epoch)
        let evaluation = try tiny.json("run/eval_results.json")
        let loss = try #require(outcome.evaluations.last).loss
        #expect(try evaluation.number("eval_loss") == loss)
        #expect(abs(try evaluation.number("eval_perplexity") - exp(loss)) < 1e-9 * exp(loss))
        #expect(try evaluation.number("eval_runtime") > 0)
        let all = try tiny.json("run/all_results.json")
        for results in [train, evaluation] {
            for (key, value) in try #require(results.object) {
                #expect(all[key] == value, "\(key)")
            }
        }
        let text = String(decoding: try tiny.bytes("run/train_results.json"), as: UTF8.self)
        #expect(text.hasPrefix("{\n    \"epoch\""))
        let plan = String(decoding: try tiny.bytes("run/training_args.yaml"), as: UTF8.self)
        #expect(plan == "model_name_or_path: tiny\n")
    }

    private func checkAdapter(_ tiny: TinyRun) throws {
        let config = try tiny.json("run/adapter_config.json")
        #expect(
            config["peft_type"] == "LORA" && config["task_type"] == "CAUSAL_LM" && config["r"] == 4)
        #expect(
            config["lora_alpha"] == 8 && config["lora_dropout"] == 0.1
                && config["use_rslora"] == false)
        #expect(try config.text("base_model_name_or_path") == tiny.plan.model.path)
        #expect(
            config["target_modules"]?.array?.count == 7 && config["modules_to_save"]?.isNull == true
        )
        let file = try SafetensorsFile(path: tiny.path("run/adapter_model.safetensors"))
        #expect(file.entries.count == 2 * 7 * 2)
        let name = "base_model.model.model.layers.1.mlp.down_proj.lora_A.weight"
        #expect(file.entry(named: name)?.shape == [4, 64])
        #expect(
            try tiny.bytes("run/adapter_model.safetensors")
                == tiny.bytes("run/checkpoint-8/adapter_model.safetensors"))
    }

    @Test func lossIsLoggedForTheFirstStepAndTheLast() throws {
        let tiny = try TinyRun {
            $0.logging.interval = .init(5)
            $0.logging.recordsFirstStep = true
        }
        let outcome = tiny.run()
        let lines = try tiny.log()
        #expect(lines.compactMap { $0["current_steps"]?.integer } == [1, 5, 8])
        // The mean since the last line: steps 2 … 5 and 6 … 8.
        let mean = outcome.steps[1...4].reduce(0) { $0 + $1.loss } / 4
        #expect(abs(try lines[1].number("loss") - mean) < 1e-12)
    }

    @Test func fullAndFreezeRunsWriteTheirWeights() throws {
        for method in [TrainingPlan.Tuning.Method.full, .freeze] {
            let tiny = try TinyRun {
                $0.tuning.method = method
                $0.tuning.freeze.layers = 1
                $0.duration.stepsMax = 2
            }
            let outcome = tiny.run()
            #expect(outcome.error == nil)
            // The whole model, so that others open it: a layer has seven matrices and two norms;
            // outside are embedding, norm and head.
            let file = try SafetensorsFile(path: tiny.path("run/model.safetensors"))
            #expect(file.entries.count == 2 * 9 + 3)
            let written = try ModelFolder(path: tiny.folder)
            #expect(try TokenizerLoader.load(modelAt: tiny.folder).tokenizer.vocabularySize > 0)
            #expect(written.mainDType == .f32)
            let base = try ModelFolder(path: tiny.plan.model.path)
            let changed = try file.entries.filter { entry in
                let before = try #require(base.weights.entry(named: entry.name))
                return !base.weights.bytes(of: before).elementsEqual(file.bytes(of: entry))
            }
            #expect(changed.count == (method == .full ? file.entries.count : 9))
            #expect(!tiny.exists("run/adapter_config.json"))
            let weights = try ModelWeights(ModelFolder(path: tiny.plan.model.path))
            let found = try Checkpoint.applied(tiny.folder, to: weights).method
            let model = TunedModel(weights, method: found, arena: Arena(reserving: 1 << 28))
            let before = model.parameters.values.values
            try Checkpoint.loadWeights(tiny.folder, into: model)
            #expect(model.parameters.values.values != before)
        }
    }

    @Test func clockReadsAsLLaMAFactory() {
        #expect(RunLogLine.clock(21) == "0:00:21")
        #expect(RunLogLine.clock(4 * 3600 + 62) == "4:01:02")
        #expect(RunLogLine.clock(86_400 + 7384) == "1 day, 2:03:04")
        #expect(RunLogLine.clock(3 * 86_400) == "3 days, 0:00:00")
        #expect(RunLogLine.clock(.infinity) == "0:00:00" && RunLogLine.clock(-5) == "0:00:00")
    }
}
