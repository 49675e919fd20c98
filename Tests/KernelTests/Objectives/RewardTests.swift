// Reward models: steps against torch and PEFT on the real model, gradients against differences of the loss, and the
// file of the value head through runs, resumes and evaluations.

import Foundation
import TestSupport
import Testing

@testable import Kernel

@Suite(.serialized) struct RewardTests {
    private static let metrics: [MetricKey] = [
        "loss", "scores/chosen", "scores/rejected", "scores/margins", "ranking_accuracy",
    ]

    @Test func fiveStepsEqualPEFT() throws {
        let reference = try Fixture.json("parity/sample-rm.json")
        let rows = try Fixture.json("parity/sample-rows.json").encodedRows()
        let pairs = ObjectiveChecks.pairs(rows, 10, apart: 20)
        let model = try SampleModel.adapted(reference) { $0.hasValueHead = true }
        let head = try #require(model.decoder.valueHead)
        for j in 0..<head.weight.columns {
            head.weight.value.pointer[j] = Float(0.02 * sin(0.3 + 0.11 * Double(j)))
        }
        head.bias.value.pointer[0] = 0.0625
        try ObjectiveChecks.stepsEqual(
            reference, count: 5, of: pairs, size: 2, RewardLoss(), Self.metrics, on: model)
    }

    /// Also with dropout, whose choice is a function of the seed.
    @Test(arguments: ["lora", "full"], [UInt64?.none, 5])
    func gradientsFollowTheLoss(_ method: String, _ seed: UInt64?) throws {
        let weights = try TinyModel.weights("llama-biases")
        var tuning =
            method == "full"
            ? TuningMethod(trainableNames: Set(weights.allParameters.map(\.name)))
            : TinyModel.adapted(weights).method
        tuning.hasValueHead = true
        let model = TunedModel(weights, method: tuning, seed: 3, arena: Arena())
        let batch = PackedBatch(ObjectiveChecks.pairs(try TinyModel.rows(), 3, apart: 3))
        func measure() throws -> Double {
            model.parameters.gradients.fill(0)
            var pass = TrainingPass(gradientScale: 1 / 3)
            pass.dropoutSeed = seed
            let measures = RewardLoss().measure(
                batch, on: ObjectiveModel(model.decoder, training: pass))
            return try #require(measures.values[.loss])
        }
        _ = try measure()
        try ObjectiveChecks.gradientFollows(model, loss: measure)
    }

    // MARK: - Runs

    /// A whole run, its files, a resumed one with the same bits, and the evaluation of what it left.
    @Test(arguments: [TrainingPlan.Tuning.Method.lora, .full])
    func runsResumesAndIsEvaluated(_ method: TrainingPlan.Tuning.Method) throws {
        let tiny = try TinyRun {
            $0.stage = .rewardModel
            $0.tuning.method = method
            $0.optimizer.learningRate = 5e-3
        }
        try tiny.writePreferences()
        tiny.plan.data.names = ["pairs"]
        tiny.evaluate(every: 4)
        tiny.plan.data.evaluationNames = ["held"]
        let whole = tiny.run(in: "whole")
        #expect(whole.error == nil, "\(whole.error?.description ?? "")")
        let (first, last) = (try #require(whole.steps.first), try #require(whole.steps.last))
        #expect(whole.steps.count == 8 && last.loss < first.loss)
        #expect(last["ranking_accuracy"] == 1 && last["scores/margins"] > 0.5)
        let held = try #require(whole.evaluations.last)
        #expect(held["ranking_accuracy"] >= 0 && held["scores/chosen"].isFinite)
        let state = try JSONValue(contentsOf: tiny.path("whole/trainer_state.json"))
        let history = state["log_history"]?.array ?? []
        #expect(history.contains { $0["eval_accuracy"]?.double == held["ranking_accuracy"] })
        // A loss of pairs is no perplexity.
        let results = try JSONValue(contentsOf: tiny.path("whole/eval_results.json"))
        #expect(results["eval_loss"] != nil && results["eval_perplexity"] == nil)
        // The head lies in a file of its own, as TRL and LLaMA-Factory have it.
        let file = try SafetensorsFile(path: tiny.path("whole/value_head.safetensors"))
        #expect(
            Set(file.entries.map(\.name)) == ["v_head.summary.weight", "v_head.summary.bias"])
        #expect(file.entry(named: "v_head.summary.weight")?.shape.first == 1)
        let weights = method == .lora ? "adapter_model.safetensors" : "model.safetensors"
        let names = try SafetensorsFile(path: tiny.path("whole/\(weights)")).entries.map(\.name)
        #expect(!names.contains { $0.contains("v_head") })
        tiny.run(in: "parts", stoppingAfter: 5)
        let rest = tiny.run(in: "parts")
        #expect(rest.error == nil && (rest.steps.first?.step ?? 0) > 3)
        for name in [weights, "value_head.safetensors"] {
            #expect(try tiny.bytes("whole/\(name)") == tiny.bytes("parts/\(name)"), "\(name)")
        }
        try exports(tiny, method)
        // A run that only evaluates takes the head from where the weights are.
        if method == .lora {
            tiny.plan.model.adapters = [tiny.path("whole")]
        } else {
            tiny.plan.model.path = tiny.path("whole")
        }
        tiny.plan.trains = false
        tiny.plan.evaluates = true
        let measured = tiny.run(in: "measured")
        #expect(measured.error == nil, "\(measured.error?.description ?? "")")
        let record = try #require(measured.evaluations.last)
        let alone = try JSONValue(contentsOf: tiny.path("measured/eval_results.json"))
        #expect(alone["eval_accuracy"] != nil && alone["eval_perplexity"] == nil)
        #expect(abs(record["scores/margins"] - held["scores/margins"]) < 1e-5)
        try FileManager.default.removeItem(atPath: tiny.path("whole/value_head.safetensors"))
        #expect(tiny.run(in: "measured").error?.place?.contains("value_head") == true)
    }

    /// Exports carry the head along, byte for byte.
    private func exports(_ tiny: TinyRun, _ method: TrainingPlan.Tuning.Method) throws {
        let folder = tiny.path("whole")
        let base = try ModelFolder(path: tiny.plan.model.path)
        let weights = try ModelWeights(base)
        let applied = try Checkpoint.applied(folder, to: weights)
        let model = TunedModel(applied.weights, method: applied.method, arena: Arena())
        try Checkpoint.loadWeights(folder, into: model)
        var settings = ExportSettings()
        settings.valueHeadFolder = folder
        try SafetensorsExport.write(model, base: base, settings: settings, to: tiny.path("merged"))
        var written = ["merged"]
        if method == .lora {
            try AdapterExport.write(model, base: base, settings: settings, to: tiny.path("alone"))
            written.append("alone")
        }
        for name in written {
            #expect(
                try tiny.bytes("\(name)/value_head.safetensors")
                    == tiny.bytes("whole/value_head.safetensors"))
        }
    }

    /// Training goes on with the head of the adapter that it goes on with.
    @Test func theHeadGoesOn() throws {
        let tiny = try TinyRun {
            $0.stage = .rewardModel
            $0.optimizer.learningRate = 5e-3
        }
        try tiny.writePreferences()
        tiny.plan.data.names = ["pairs"]
        let first = tiny.run(in: "first")
        tiny.plan.model.adapters = [tiny.path("first")]
        let second = tiny.run(in: "second")
        #expect(second.error == nil, "\(second.error?.description ?? "")")
        let (end, start) = (try #require(first.steps.last), try #require(second.steps.first))
        #expect(start["scores/margins"] > 0.5 * end["scores/margins"])
    }
}
