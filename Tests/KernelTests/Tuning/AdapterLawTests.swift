// What must hold of adapters whatever their values: switched off they are not there, fresh they do
// nothing, folded in they do the same.

import Testing

@testable import Kernel
import TestSupport

@Suite struct AdapterLawTests {
    private func batch() throws -> PackedBatch { PackedBatch(try TinyModel.rows().prefix(4)) }

    @Test func switchedOffIsTheBaseBitForBit() throws {
        let weights = try TinyModel.weights()
        let (base, adapted) = (TinyModel.base(weights), TinyModel.adapted(weights))
        let batch = try batch()
        let expected = base.allLogits(batch)
        #expect(adapted.allLogits(batch, usesAdapter: false) == expected)
        #expect(adapted.allLogits(batch) != expected)
        let tokens = Array(batch.tokens.prefix(5))
        let one = base.decoder.advance(tokens, base.decoder.makeCache()).values
        let off = adapted.decoder.advance(tokens, adapted.decoder.makeCache(), usesAdapter: false)
            .values
        #expect(one == off)
        #expect(
            base.decoder.evaluationLoss(batch)
                == adapted.decoder.evaluationLoss(batch, usesAdapter: false))
    }

    @Test func freshIsTheBase() throws {
        let weights = try TinyModel.weights()
        let fresh = TinyModel.adapted(weights, filled: false)
        #expect(fresh.allLogits(try batch()) == TinyModel.base(weights).allLogits(try batch()))
        // A is uniform in ±1/√K; all-zero values would never train.
        for parameter in fresh.parameters.parameters where parameter.name.contains("lora_A") {
            let bound = 1 / Float(parameter.value.columns).squareRoot()
            let largest = parameter.value.values.map(abs).max() ?? 0
            #expect(
                largest <= bound && largest > 0.8 * bound,
                "\(parameter.name): \(largest) of \(bound)")
        }
    }

    @Test func freshValuesFollowTheSeed() throws {
        let weights = try TinyModel.weights()
        func values(_ seed: UInt64) -> [Float] {
            TinyModel.adapted(weights, filled: false, seed: seed).parameters.values.values
        }
        #expect(values(7) == values(7))
        #expect(values(7) != values(8))
    }

    /// Float rows, blocks of a GGUF file, and our own four-bit rows.
    @Test(arguments: ["llama", "llama-bf16", "gguf/llama-Q8_0.gguf", "int4"])
    func foldedInIsTheSame(_ name: String) throws {
        let weights =
            name == "int4"
            ? try ModelWeights(
                ModelFolder(path: Fixture.path("families/llama")), quantization: .int4)
            : try TinyModel.weights(name)
        let adapted = TinyModel.adapted(weights)
        let folder = try TemporaryFolder()
        try AdapterFile.save(
            adapted, baseModel: name, to: folder.path)
        let folded = TinyModel.base(try weights.folding(adapter: folder.path))
        let batch = try batch()
        #expect(
            firstMismatch(
                folded.allLogits(batch), adapted.allLogits(batch), relative: 1e-4, absolute: 1e-4)
                == nil)
        // One token takes the path without decoded panels.
        let one = folded.decoder.advance([5], folded.decoder.makeCache()).values
        let other = adapted.decoder.advance([5], adapted.decoder.makeCache()).values
        #expect(firstMismatch(one, other, relative: 1e-4, absolute: 1e-4) == nil)
    }

    @Test func savedAndLoadedIsTheSameBitForBit() throws {
        let weights = try TinyModel.weights()
        let adapted = TinyModel.adapted(weights, dropout: 0.1)
        let folder = try TemporaryFolder()
        try AdapterFile.save(
            adapted, baseModel: "llama", to: folder.path)
        let description = try AdapterFile.describe(folder.path)
        #expect(try description.applied(to: weights).method.adapter == adapted.method.adapter)
        #expect(description.dropout == 0.1)
        let loaded = TinyModel.adapted(weights, filled: false, seed: 3)
        try AdapterFile.load(folder.path, into: loaded)
        #expect(loaded.parameters.values.values == adapted.parameters.values.values)
    }
}
