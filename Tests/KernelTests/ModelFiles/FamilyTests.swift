// Tiny seeded models of every family against what transformers computes with them
// (Fixtures/families/README.md): logits, loss, gradients of every parameter, greedy decoding.

import Foundation
import Testing

@testable import Kernel
import TestSupport

private let folders = [
    "llama", "llama-sharded", "llama-bf16", "llama-biases", "llama3-rope", "mistral-window",
    "qwen2-tied",
    "qwen2-untied", "qwen3", "gemma2",
]

@Suite struct FamilyTests {
    private func weights(_ name: String) throws -> ModelWeights {
        try ModelWeights(ModelFolder(path: Fixture.path("families/" + name)))
    }

    private func reference(_ name: String) throws -> JSONValue {
        let own = "families/\(name)/reference.json"
        let plain = try Fixture.json("families/llama/reference.json")
        guard FileManager.default.fileExists(atPath: try Fixture.path(own)) else { return plain }
        // The rounded copy has logits of its own and shares the ids and labels.
        guard var object = plain.object, let overrides = try Fixture.json(own).object else {
            return plain
        }
        if name == "llama-bf16" { object = JSONObject() }
        object.merge(overrides) { _, new in new }
        for key in ["ids", "labels"] where object[key] == nil { object[key] = plain[key] }
        return .object(object)
    }

    private func batch(_ reference: JSONValue) throws -> PackedBatch {
        let (ids, labels) = (try reference.member("ids"), try reference.member("labels"))
        var batch = PackedBatch()
        for (sequence, label) in zip(ids.array ?? [], labels.array ?? []) {
            batch.append(ids: sequence.ids, labels: label.ids)
        }
        return batch
    }

    @Test(arguments: folders) func logitsEqualTransformers(_ name: String) throws {
        let reference = try reference(name)
        let model = TunedModel(try weights(name), method: .inference, arena: Arena())
        let batch = try batch(reference)
        let logits = model.decoder.logits(batch, rows: Array(batch.tokens.indices))
        let expected = (try reference.member("logits").array ?? []).flatMap {
            ($0.array ?? []).flatMap(\.floats)
        }
        #expect(firstMismatch(logits.values, expected, relative: 1e-5, absolute: 1e-4) == nil)
    }

    /// The copy that is rounded to bf16 has logits of its own alone; the others have all references.
    private static let complete = folders.filter { $0 != "llama-bf16" }

    @Test(arguments: complete, [false, true]) func gradientsEqualTransformers(
        _ name: String, recomputes: Bool
    ) throws {
        let reference = try reference(name)
        let gradients = try #require(reference["gradients"]?.array)
        let weights = try weights(name)
        let all = TuningMethod(trainableNames: Set(weights.allParameters.map(\.name)))
        let model = TunedModel(weights, method: all, arena: Arena())
        let batch = try batch(reference)
        let trained = try #require(reference["trained_tokens"]?.integer)
        #expect(batch.targets.count == trained)
        var pass = TrainingPass(gradientScale: 1 / Float(trained))
        pass.recomputes = recomputes
        let loss = model.decoder.trainLoss(batch, pass) / Double(trained)
        let expected = try #require(reference["loss"]?.double)
        #expect(abs(loss - expected) < 1e-5 * expected)
        #expect(gradients.count == model.parameters.parameters.count)
        for entry in gradients {
            let name = try #require(entry["name"]?.string)
            let parameter = try #require(model.parameters[name])
            let values = parameter.gradient.values
            let norm = values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            let expectedNorm = try #require(entry["norm"]?.double)
            #expect(
                abs(norm - expectedNorm) <= 1e-4 * expectedNorm,
                "\(parameter.name): \(norm) against \(expectedNorm)")
            let indices = try entry.member("indices").ids
            let sampled = indices.map { values[Int($0)] }
            let mismatch = firstMismatch(
                sampled, try entry.member("values").floats, relative: 1e-3,
                absolute: 1e-4 * expectedNorm / Double(values.count).squareRoot() + 1e-7)
            #expect(mismatch == nil, "\(parameter.name): \(mismatch ?? "")")
        }
    }

    @Test(arguments: complete) func greedyDecodingEqualsTransformers(_ name: String) throws {
        let greedy = try reference(name).member("greedy")
        let model = TunedModel(try weights(name), method: .inference, arena: Arena())
        var settings = SamplingSettings()
        settings.isGreedy = true
        let expected = try greedy.member("ids").ids
        settings.maxNewTokens = expected.count
        let generator = Generator(model.decoder, contextLimit: 4096) { 0 }
        let result = try generator.generate(try greedy.member("prompt").ids, settings, stopIDs: [])
        #expect(result.ids == expected)
    }

    @Test(arguments: [
        "llama-F32", "llama-Q8_0", "llama3-rope-F16", "qwen2-tied-F32", "qwen2-tied-Q8_0",
        "qwen3-Q8_0", "gemma2-F32",
    ])
    func ggufEqualsItsDecodedWeights(_ name: String) throws {
        let reference = try Fixture.json("families/gguf/\(name).json")
        let weights = try ModelWeights(
            ModelFolder(path: Fixture.path("families/gguf/\(name).gguf")))
        let model = TunedModel(weights, method: .inference, arena: Arena())
        var batch = PackedBatch()
        for sequence in try reference.member("ids").array ?? [] {
            batch.append(
                ids: sequence.ids, labels: [Int32](repeating: -100, count: sequence.ids.count))
        }
        let logits = model.decoder.logits(batch, rows: Array(batch.tokens.indices))
        let expected = (try reference.member("logits").array ?? []).flatMap {
            ($0.array ?? []).flatMap(\.floats)
        }
        #expect(firstMismatch(logits.values, expected, relative: 1e-5, absolute: 2e-4) == nil)
    }

    @Test func rotaryFrequenciesEqualTransformers() throws {
        let file = try Fixture.json("families/rotary.json")
        let reference = try #require(file.object)
        for (kind, entry) in reference where kind != "versions" && !kind.hasPrefix("dynamic") {
            guard let parameters = entry["rope_parameters"]?.object else { continue }
            // The configuration reader is part of what is tested: it meets the settings as files have them.
            let base = try Fixture.json("families/llama/config.json")
            var config = try #require(base.object)
            config["head_dim"] = entry["head_dim"]
            config["rope_parameters"] = .object(parameters)
            config["max_position_embeddings"] = entry["max_position_embeddings"]
            let parsed = try ModelConfig(json: .object(config), source: kind)
            let rotary = Rotary(
                headDimension: parsed.headDimension, theta: parsed.ropeTheta,
                scaling: parsed.ropeScaling)
            let expected = try entry.member("inverse_frequencies").floats
            let mismatch = firstMismatch(
                rotary.inverseFrequencies.map { Float($0) }, expected, relative: 2e-6, absolute: 0)
            #expect(mismatch == nil, "\(kind): \(mismatch ?? "")")
            #expect(
                abs(rotary.attentionFactor - (entry["attention_factor"]?.double ?? 1)) < 1e-6,
                "\(kind)")
        }
    }
}
