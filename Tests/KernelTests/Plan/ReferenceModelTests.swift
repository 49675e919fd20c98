// A reference of its own: the same numbers where it is the base, its own where it is another model or has adapters, and
// the refusals.

import Foundation
import TestSupport
import Testing

@testable import Kernel

@Suite(.serialized) struct ReferenceModelTests {
    private func tiny(_ stage: TrainingStage = .directPreference) throws -> TinyRun {
        let tiny = try TinyRun {
            $0.stage = stage
            $0.optimizer.learningRate = 2e-3
            $0.preference.beta = 0.5
            $0.data.names = [stage == .kto ? "judged" : "pairs"]
        }
        try tiny.writePreferences()
        try TinyModels.make(in: tiny.path("other"), salt: 3)
        return tiny
    }

    @Test(arguments: [TrainingStage.directPreference, .kto])
    func theBaseByItsNameIsTheSame(_ stage: TrainingStage) throws {
        let tiny = try tiny(stage)
        let plain = tiny.run(in: "plain")
        tiny.plan.preference.referencePath = tiny.plan.model.path
        let named = tiny.run(in: "named")
        #expect(named.error == nil, "\(named.error?.description ?? "")")
        #expect(named.losses == plain.losses && plain.losses.count == 8)
    }

    /// At the first step rewards are β times how the models differ.
    @Test func anotherModelIsComparedWith() throws {
        let tiny = try tiny()
        let plain = tiny.run(in: "plain")
        // What the other model says of the same pairs, as the policy of a run.
        let base = tiny.plan.model.path
        tiny.plan.model.path = tiny.path("other")
        let other = tiny.run(in: "swapped")
        tiny.plan.model.path = base
        tiny.plan.preference.referencePath = tiny.path("other")
        let run = tiny.run(in: "run")
        #expect(run.error == nil, "\(run.error?.description ?? "")")
        let first = try #require(run.steps.first)
        let (here, there) = (try #require(plain.steps.first), try #require(other.steps.first))
        for side in ["chosen", "rejected"] {
            let (logp, reward) = (
                MetricKey(rawValue: "logps/\(side)"), MetricKey(rawValue: "rewards/\(side)")
            )
            #expect(first[logp] == here[logp])
            #expect(abs(first[reward] - 0.5 * (here[logp] - there[logp])) < 1e-6)
        }
        #expect(first["rewards/margins"] != 0)
        // A resumed run compares with the same.
        tiny.run(in: "parts", stoppingAfter: 5)
        let rest = tiny.run(in: "parts")
        #expect(rest.error == nil)
        #expect(
            try tiny.bytes("run/adapter_model.safetensors")
                == tiny.bytes("parts/adapter_model.safetensors"))
    }

    /// The base seen from an adapter is the adapter seen from the base, turned round; whatever the adapter is.
    @Test(arguments: [TrainingPlan.Tuning.Method.lora, .full])
    func adaptersLieOverIt(_ method: TrainingPlan.Tuning.Method) throws {
        let tiny = try tiny()
        tiny.plan.tuning.method = method
        let first = tiny.run(in: "first")
        #expect(first.error == nil)
        tiny.plan.trains = false
        tiny.plan.evaluates = true
        tiny.plan.data.evaluationNames = ["held"]
        let base = tiny.plan.model.path
        if method == .lora {
            tiny.plan.model.adapters = [tiny.path("first")]
        } else {
            tiny.plan.model.path = tiny.path("first")
        }
        tiny.plan.preference.referencePath = base
        let ahead = try #require(tiny.run(in: "ahead").evaluations.last)
        (tiny.plan.model.adapters, tiny.plan.model.path) = ([], base)
        tiny.plan.preference.referenceAdapters = [tiny.path("first")]
        let back = tiny.run(in: "back")
        #expect(back.error == nil, "\(back.error?.description ?? "")")
        let record = try #require(back.evaluations.last)
        for key: MetricKey in ["rewards/chosen", "rewards/rejected", "rewards/margins"] {
            #expect(abs(record[key]) > 1e-3)
            #expect(abs(record[key] + ahead[key]) < 1e-5, "\(key.rawValue)")
        }
    }

    @Test func itsWeightsMayBeQuantized() throws {
        let tiny = try tiny()
        tiny.plan.preference.referencePath = tiny.plan.model.path
        tiny.plan.preference.referenceQuantization = .int8
        let first = try #require(tiny.run().steps.first)
        // The same model but for rounding.
        #expect(first["rewards/chosen"] != 0 && abs(first["rewards/chosen"]) < 0.5)
    }

    @Test func itsMemoryIsCounted() throws {
        let tiny = try tiny()
        let folder = try ModelFolder(path: tiny.plan.model.path)
        let tuning = try TuningChoice(tiny.plan, weights: ModelWeights(folder))
        func base() throws -> Int {
            MemoryNeed(
                tiny.plan, model: folder, tuning: tuning, reference: try ReferenceModel(tiny.plan),
                load: RunLoad(BatchShape(tokens: 100)), available: nil
            ).estimate.base
        }
        let alone = try base()
        tiny.plan.preference.referencePath = tiny.path("other")
        #expect(try base() == 2 * alone)
        // ORPO compares with nothing.
        tiny.plan.preference.loss = .orpo
        #expect(try base() == alone)
        #expect(tiny.plan.issues().contains { $0.field == "ref_model" && $0.severity == .note })
    }

    // MARK: - Refusals

    @Test func anotherTokenizerIsRefused() throws {
        let tiny = try tiny()
        tiny.plan.preference.referencePath = tiny.path("other")
        let path = tiny.path("other/tokenizer.json")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let swapped = text.replacing("\"A\" :", with: "\"\u{1}\" :")
            .replacing("\"B\" :", with: "\"A\" :").replacing("\"\u{1}\" :", with: "\"B\" :")
        #expect(swapped != text)
        try swapped.write(toFile: path, atomically: true, encoding: .utf8)
        let error = try #require(tiny.run().error)
        #expect(error.what == "the reference reads other tokens than the model")
        #expect(error.place?.hasPrefix("ref_model") == true)
    }

    @Test func aChangedReferenceIsNotGoneOnWith() throws {
        let tiny = try tiny()
        tiny.plan.preference.referencePath = tiny.path("other")
        tiny.run(stoppingAfter: 5)
        try FileManager.default.removeItem(atPath: tiny.path("other"))
        try TinyModels.make(in: tiny.path("other"), salt: 4)
        let error = try #require(tiny.run().error)
        #expect(error.why?.description.contains("of the reference") == true, "\(error)")
    }

    @Test func whatIsNotThereIsNamed() throws {
        let tiny = try tiny()
        tiny.plan.preference.referencePath = tiny.path("gone")
        #expect(tiny.run().error?.description.contains("gone") == true)
    }
}
