// What the export tests share: tiny tuned models, and a tiny folder with a real tokenizer.

import Foundation
import TestSupport
import Testing

@testable import Kernel

/// Models to export.
enum ExportSupport {
    static let prompt: [Int32] = [70, 107, 51, 20, 141, 141, 25, 42, 23, 68, 117, 42]

    static func family(_ name: String) throws -> ModelFolder {
        try ModelFolder(path: Fixture.path("families/" + name))
    }

    /// The base with nothing tuned.
    static func plain(_ base: ModelFolder) throws -> TunedModel {
        try TunedModel(ModelWeights(base), method: .inference, arena: Arena())
    }

    /// A LoRA over all projections with both factors filled.
    static func adapted(_ base: ModelFolder, rank: Int = 3) throws -> TunedModel {
        let shape = AdapterShape(
            rank: rank, alpha: 0.7 * Double(rank), modules: Set(LinearModule.allCases))
        let model = try TunedModel(
            ModelWeights(base), method: TuningMethod(adapter: shape), arena: Arena())
        for (salt, parameter) in model.parameters.parameters.enumerated() {
            let values = patternFill(parameter.value.count, salt: salt, scale: 0.1)
            for (i, value) in values.enumerated() { parameter.value.pointer[i] = value }
        }
        return model
    }

    /// All weights trained, each moved a little.
    static func fullyTrained(_ base: ModelFolder) throws -> TunedModel {
        let weights = try ModelWeights(base)
        let names = Set(weights.allParameters.map(\.name))
        let model = TunedModel(weights, method: TuningMethod(trainableNames: names), arena: Arena())
        let values = model.parameters.values
        for i in 0..<values.count { values.pointer[i] *= i % 3 == 0 ? 1.25 : 0.875 }
        return model
    }

    static func logits(_ model: TunedModel, _ ids: [Int32] = prompt) -> [Float] {
        var batch = PackedBatch()
        batch.append(ids: ids, labels: [Int32](repeating: -100, count: ids.count))
        return model.decoder.logits(batch, rows: Array(ids.indices)).values
    }

    static func settings(
        _ dtype: DType?, _ change: (inout ExportSettings) -> Void = { _ in }
    ) -> ExportSettings {
        var settings = ExportSettings()
        settings.dtype = dtype
        change(&settings)
        return settings
    }

    /// A one-layer llama with the tokenizer `name` of Fixtures/text and some rows without a token.
    static func folder(tokenizer name: String, in parent: String) throws -> ModelFolder {
        let path = "\(parent)/\(name)-base"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let file = try TextFixtures.url("\(name).tokenizer.json").path
        try FileManager.default.copyItem(atPath: file, toPath: "\(path)/tokenizer.json")
        let definition = try TokenizerLoader.definition(modelAt: file)
        let config = ModelConfig(
            modelType: "llama", vocabularySize: definition.vocabulary.count + 5, hiddenSize: 32,
            intermediateSize: 48, layerCount: 1, headCount: 4, keyValueHeadCount: 2,
            headDimension: 8, maximumPositions: 512, tiedEmbeddings: true, bosTokenID: 0,
            eosTokenIDs: [2], padTokenID: 2)
        try AtomicFile.write(Array(config.rawJSON.text().utf8), to: "\(path)/config.json")
        let tokens: JSONValue = [
            "bos_token": "<|endoftext|>", "eos_token": ["content": "<|im_end|>"],
            "pad_token": "<|im_end|>",
            "chat_template": "{{ messages[0]['content'] }}<|im_start|>",
        ]
        try AtomicFile.write(Array(tokens.text().utf8), to: "\(path)/tokenizer_config.json")
        let arena = Arena()
        let items = config.layout.tensors.enumerated().map { salt, tensor in
            let count = tensor.shape.reduce(1, *)
            let values = patternFill(count, salt: salt, scale: 0.3)
            return TensorFile.Item(
                name: tensor.name, shape: tensor.shape,
                tensor: Tensor(values, rows: 1, columns: count, in: arena))
        }
        try TensorFile.write(items, to: "\(path)/model.safetensors")
        return try ModelFolder(path: path)
    }
}
