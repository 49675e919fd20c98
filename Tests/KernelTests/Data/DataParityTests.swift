// Whole datasets with the real tokenizer, against ids and labels made by transformers.

import Foundation
import Testing

@testable import Kernel

@Suite struct DataParityTests {
    private func fixture(_ name: String) throws -> String {
        try #require(
            Bundle.module.url(forResource: "Fixtures/data/\(name)", withExtension: nil)
        ).path
    }

    private func encoder() throws -> ExampleEncoder {
        let loaded = try TokenizerLoader.load(modelAt: try TestModel.path())
        var template = try BuiltinTemplates.named("smollm2")
        // The model's own template ends this sentence without a full stop.
        template.defaultSystem =
            "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
        return try ExampleEncoder(
            ChatEncoder(template, loaded.tokenizer), options: EncodingOptions())
    }

    @Test func alpacaRecordsMatchTransformers() throws {
        let path = try fixture("alpaca48.json")
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let loaded = try DatasetLoader(encoder: encoder()).load(
            DatasetSelection(directory: folder, training: ["alpaca48.json"]))
        let reference = try #require(
            JSONValue(contentsOf: fixture("alpaca48.encoded.json")).array)
        #expect(loaded.training.examples.count == 48 && reference.count == 48)
        for (example, expected) in zip(loaded.training.examples, reference) {
            let ids = (expected["ids"]?.array ?? []).compactMap(\.integer).map { Int32($0) }
            let masked = expected["masked"]?.integer ?? 0
            #expect(example.ids == ids)
            #expect(
                example.labels == [Int32](repeating: -100, count: masked) + ids.dropFirst(masked))
        }
        #expect(loaded.training.inspection.problems.count == 0)
    }
}
