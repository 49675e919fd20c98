// Direct preference optimization: steps against torch and PEFT on the real model, gradients against differences of the
// loss, and pairs from the file to the batch.

import Foundation
import TestSupport
import Testing

@testable import Kernel

@Suite(.serialized) struct PreferenceTests {
    // MARK: - Parity

    private static let metrics: [MetricKey] = [
        "loss", "rewards/chosen", "rewards/rejected", "rewards/margins", "accuracy",
        "logps/chosen", "logps/rejected", "logits/chosen", "logits/rejected",
    ]

    /// Losses within 1e-4 of float64, absolute for what begins at zero.
    private func check(
        _ key: String, of reference: JSONValue, _ settings: PreferenceSettings, count: Int
    ) throws {
        let rows = try Fixture.json("parity/sample-rows.json").encodedRows()
        let pairs = ObjectiveChecks.pairs(rows, 10, apart: 20)
        let model = try SampleModel.adapted(reference)
        try ObjectiveChecks.stepsEqual(
            reference, key, count: count, of: pairs, size: 2, PreferenceLoss(settings),
            Self.metrics,
            on: model)
    }

    @Test func fiveStepsEqualPEFT() throws {
        let reference = try Fixture.json("parity/sample-dpo.json")
        var settings = PreferenceSettings()
        settings.beta = try reference.number("beta")
        try check("steps", of: reference, settings, count: 5)
        settings.loss = .hinge
        try check("hinge_steps", of: reference, settings, count: 2)
        settings.loss = .sigmoid
        settings.labelSmoothing = try reference.number("label_smoothing")
        settings.supervisedWeight = try reference.number("ftx")
        try check("smoothed_steps", of: reference, settings, count: 2)
    }

    // MARK: - Gradients

    /// The loss falls along its gradient as the gradient says, also where the base itself trains.
    @Test(arguments: ["lora", "full"], PairLoss.allCases)
    func gradientsFollowTheLoss(_ method: String, _ loss: PairLoss) throws {
        let weights = try TinyModel.weights("llama-biases")
        let model = method == "full" ? TinyModel.full(weights) : TinyModel.adapted(weights)
        var settings = PreferenceSettings()
        (settings.loss, settings.beta, settings.supervisedWeight) = (loss, 0.4, 0.3)
        settings.labelSmoothing = loss.smoothsLabels ? 0.1 : 0
        (settings.targetMargin, settings.modulation, settings.excessWeight) = (0.2, 0.5, 0.4)
        settings.classifierWeight = 0.6
        let batch = PackedBatch(ObjectiveChecks.pairs(try TinyModel.rows(), 3, apart: 3))
        let reference = model.reference()
        // The reference stays where the base is.
        if method == "full" { ObjectiveChecks.disturb(model) }
        // After so many pairs these do not move the mean that rewards are seen from.
        var past = Measures()
        for key in [MetricKey.chosenReward, .rejectedReward] {
            past.add(key, 0.2e9, weight: 1_000_000_000)
        }
        func measure() -> Measures {
            model.parameters.gradients.fill(0)
            return PreferenceLoss(settings).measure(
                batch,
                on: ObjectiveModel(
                    model.decoder, reference: reference, past: past,
                    training: TrainingPass(gradientScale: 1 / 3)))
        }
        #expect(abs(measure().values[.rewardMargin] ?? 0) > 1e-3)
        // Of a large loss a small change would be lost in the rounding of logits.
        let loss = try #require(measure().values[.loss])
        try ObjectiveChecks.gradientFollows(model, change: 1e-2 * max(1, loss / 10)) {
            try #require(measure().values[.loss])
        }
    }

    /// Adapters drop out nothing: a pair is compared with the reference under the same circumstances.
    @Test func dropoutTakesNoPart() throws {
        let weights = try TinyModel.weights("llama-biases")
        let batch = PackedBatch(ObjectiveChecks.pairs(try TinyModel.rows(), 2, apart: 3))
        let results = [Float(0), 0.5].map { dropout in
            let model = TinyModel.adapted(weights, dropout: dropout)
            var pass = TrainingPass(gradientScale: 0.5)
            pass.dropoutSeed = 3
            model.parameters.gradients.fill(0)
            let measures = PreferenceLoss(PreferenceSettings()).measure(
                batch,
                on: ObjectiveModel(
                    model.decoder, reference: model.reference(), training: pass))
            return (measures, model.parameters.gradients.values)
        }
        #expect(results[0].0 == results[1].0 && results[0].1 == results[1].1)
    }

    // MARK: - Data

    /// LLaMA-Factory's rule: the longer answer decides what is left of the prompt, and both have the same.
    @Test(arguments: [
        (20, 4, 6, 2, 2), (5, 2, 3, 2, 3), (12, 4, 6, 2, 4), (4, 4, 3, 9, 3), (10, 5, 9, 9, 5),
    ])
    func cutsBothAnswersAlike(
        cutoff: Int, prompt: Int, chosen: Int, rejected: Int, keptChosen: Int
    ) throws {
        func turn(_ first: Int32, _ response: Int) -> TurnTokens {
            TurnTokens(
                prompt: (0..<Int32(prompt)).map { $0 },
                response: (0..<Int32(response)).map { first + $0 })
        }
        let encoded = Encoding.pair(
            chosen: turn(100, chosen), rejected: turn(200, rejected), cutoff: cutoff)
        let parts = encoded.example.parts
        #expect(parts.count == 2 && encoded.example.arrangement == .pair)
        let (_, kept) = Encoding.keptLengths(
            prompt: prompt, response: max(chosen, rejected), cutoff: cutoff)
        let promptKept = encoded.turns[0].promptKept
        #expect(encoded.turns[1].promptKept == promptKept)
        #expect(encoded.turns.map(\.responseKept) == [min(kept, chosen), min(kept, rejected)])
        #expect(parts.allSatisfy { $0.count <= cutoff })
        for (part, first) in zip(parts, [Int32(100), 200]) {
            let ids = encoded.example.ids[part]
            #expect(Array(ids.prefix(promptKept)) == (0..<Int32(promptKept)).map { $0 })
            #expect(ids.dropFirst(promptKept).first == first)
            let labels = encoded.example.labels[part]
            #expect(labels.prefix(promptKept).allSatisfy { $0 == EncodedExample.ignoredLabel })
            #expect(Array(labels.dropFirst(promptKept)) == Array(ids.dropFirst(promptKept)))
        }
    }

    /// A whole run: metrics in its log and of what is held out, and a resumed one that ends with the same bits.
    @Test(arguments: [TrainingPlan.Tuning.Method.lora, .full])
    func runsAndResumes(_ method: TrainingPlan.Tuning.Method) throws {
        let tiny = try TinyRun {
            $0.stage = .directPreference
            $0.tuning.method = method
            $0.optimizer.learningRate = 2e-3
            $0.preference.beta = 1
        }
        try tiny.writePreferences()
        tiny.plan.data.names = ["pairs"]
        tiny.evaluate(every: 4)
        tiny.plan.data.evaluationNames = ["held"]
        let whole = tiny.run(in: "whole")
        #expect(whole.error == nil, "\(whole.error?.description ?? "")")
        #expect(whole.steps.count == 8)
        // Before the first update nothing differs from the reference.
        let first = try #require(whole.steps.first)
        #expect(abs(first.loss - 0.6931471805599453) < 1e-6 && first["rewards/margins"] == 0)
        let last = try #require(whole.steps.last)
        #expect(last.loss < 0.6 && last["accuracy"] == 1 && last["rewards/margins"] > 0.1)
        let held = try #require(whole.evaluations.last)
        #expect(held["accuracy"] >= 0 && held["rewards/margins"].isFinite)
        let line = try #require(try tiny.log("whole").last { $0["loss"] != nil })
        #expect(line["accuracy"]?.double != nil && line["rewards/margins"]?.double != nil)
        tiny.run(in: "parts", stoppingAfter: 5)
        let rest = tiny.run(in: "parts")
        #expect(rest.error == nil && (rest.steps.first?.step ?? 0) > 3)
        for step in rest.steps {
            #expect(step.values[.loss] == whole.steps[step.step - 1].values[.loss])
        }
        let weights = method == .lora ? "adapter_model.safetensors" : "model.safetensors"
        #expect(try tiny.bytes("whole/\(weights)") == tiny.bytes("parts/\(weights)"))
    }

    /// The mean that rewards are seen from goes on over the steps of a run, and over a stop.
    @Test(arguments: [PairLoss.bco, .hinge])
    func meanRewardGoesOn(_ loss: PairLoss) throws {
        let tiny = try TinyRun {
            $0.stage = .directPreference
            $0.optimizer.learningRate = 2e-3
            ($0.preference.beta, $0.preference.loss) = (1, loss)
            $0.preference.classifierWeight = loss == .hinge ? 0.5 : 0
        }
        try tiny.writePreferences()
        tiny.plan.data.names = ["pairs"]
        let whole = tiny.run(in: "whole")
        #expect(whole.error == nil, "\(whole.error?.description ?? "")")
        tiny.run(in: "parts", stoppingAfter: 5)
        // Nine pairs in steps of four.
        let saved = try tiny.json("parts/checkpoint-5/workbench_state.json")["state"]
        let sum = try #require(saved?["remembered"]?.array?.first)
        let seen: [Double] = whole.steps.prefix(5).map { $0["rewards/chosen"] }
        let all = zip(seen, [4, 4, 1, 4, 4]).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(sum["metric"]?.string == "rewards/chosen" && sum["weight"]?.integer == 17)
        #expect(abs(try sum.number("sum") - all) < 1e-9)
        let rest = tiny.run(in: "parts")
        #expect(rest.error == nil)
        for step in rest.steps {
            #expect(step.values[.loss] == whole.steps[step.step - 1].values[.loss])
        }
        let weights = "adapter_model.safetensors"
        #expect(try tiny.bytes("whole/\(weights)") == tiny.bytes("parts/\(weights)"))
    }

    /// Pairs need a data set of pairs, and other stages one without.
    @Test func otherDataAreRefused() throws {
        let tiny = try TinyRun { $0.stage = .directPreference }
        try tiny.writePreferences()
        #expect(tiny.run().error?.why?.description.contains("holds no preference pairs") == true)
        tiny.plan.stage = .supervised
        tiny.plan.data.names = ["pairs"]
        #expect(tiny.run().error?.why?.description.contains("holds preference pairs") == true)
    }
}
