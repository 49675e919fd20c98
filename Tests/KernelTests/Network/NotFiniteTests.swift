// NaN and infinite numbers in weights: found before an answer is given or a loss believed, and traced to
// the tensor that holds the first one.

import Foundation
import TestSupport
import Testing

@testable import Fuzzing
@testable import Kernel

struct NotFiniteTests {
    private func broken(_ name: String, _ value: Float, at place: Int = 70) throws -> ChangedModel {
        let model = try ChangedModel()
        try model.rewrite { items in
            let index = try #require(items.firstIndex { $0.spec.name == name })
            items[index].bytes.put(
                little: value.bitPattern, at: 4 * (place % (items[index].bytes.count / 4)))
        }
        return model
    }

    @Test(arguments: [
        ("model.embed_tokens.weight", Float.nan), ("model.layers.0.input_layernorm.weight", .nan),
        ("model.layers.1.mlp.up_proj.weight", .nan),
        ("model.layers.1.self_attn.v_proj.weight", .infinity),
        ("model.norm.weight", -.infinity), ("lm_head.weight", .nan),
    ])
    func theFirstTensorIsNamed(name: String, value: Float) throws {
        let model = try broken(name, value)
        let decoder = try ExportSupport.plain(model.open()).decoder
        let found = try #require(decoder.firstNotFinite())
        #expect(found.tensor == name)
        #expect(found.isNaN == value.isNaN)
        // Ids 2 and on stand in row 2 of the embedding, where the broken number is.
        let generator = Generator(decoder, contextLimit: 64) { 0 }
        var settings = SamplingSettings()
        (settings.isGreedy, settings.maxNewTokens) = (true, 4)
        let error = try #require(throws: KernelError.self) {
            try generator.generate([2, 2, 3], settings, stopIDs: [])
        }
        #expect(error.what == "the model computes NaN")
        #expect(error.place == "tensor \(name)")
    }

    @Test func aSoundModelHasNone() throws {
        let decoder = try ExportSupport.plain(ChangedModel().open()).decoder
        #expect(decoder.firstNotFinite() == nil)
        for (count, place) in [(1, 0), (7, 6), (8, 0), (9, 8), (64, 31)] {
            var values = [Float](repeating: -3e38, count: count)
            #expect(values.withUnsafeBufferPointer { $0.areFinite })
            values[place] = .infinity
            #expect(!values.withUnsafeBufferPointer { $0.areFinite })
        }
    }

    @Test func aTrainingBlamesTheBaseAtStepOne() throws {
        let run = try TinyRun { $0.duration.stepsMax = 2 }
        let model = try broken("model.layers.1.mlp.up_proj.weight", .nan)
        run.plan.model.path = model.path
        let outcome = run.run()
        #expect(outcome.error?.what == "the model computes NaN before anything was trained")
        #expect(outcome.error?.place == "tensor model.layers.1.mlp.up_proj.weight")
        #expect(outcome.error?.hint?.description.contains("learning_rate") == false)
    }

    @Test func aHeldOutLossIsNotBelieved() throws {
        let model = try broken("model.layers.1.mlp.up_proj.weight", .nan)
        let decoder = try ExportSupport.plain(model.open()).decoder
        let example = EncodedExample(ids: [1, 2, 3, 4], labels: [-100, 2, 3, 4])
        let heldOut = EvaluationPass(examples: [example], batchSize: 1)
        #expect(throws: KernelError.self) {
            try heldOut.measure(ObjectiveModel(decoder), RunControl()) { 0 }
        }
    }
}
