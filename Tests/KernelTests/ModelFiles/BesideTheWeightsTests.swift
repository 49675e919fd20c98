// What lies in a model's folder beside or instead of the weights that are looked for: told, or named in
// the error with what helps.

import Foundation
import TestSupport
import Testing

@testable import Kernel

struct BesideTheWeightsTests {
    private static func without(_ model: ChangedModel) throws -> [UInt8] {
        let path = "\(model.path)/model.safetensors"
        let bytes = try contents(path)
        try FileManager.default.removeItem(atPath: path)
        return bytes
    }

    @Test func weightsUnderOtherNamesAreNamed() throws {
        let model = try ChangedModel()
        let bytes = try Self.without(model)
        try AtomicFile.write(bytes, to: "\(model.path)/model.fp16.safetensors")
        var error = try model.refusal()
        #expect(error.why?.description.hasSuffix("the folder holds model.fp16.safetensors") == true)
        #expect(error.hint?.description.contains("rename it to model.safetensors") == true)
        try AtomicFile.write(bytes, to: "\(model.path)/model-00001-of-00002.safetensors")
        error = try model.refusal()
        #expect(error.hint?.description.contains("model.safetensors.index.json") == true)
    }

    @Test func aGGUFBesideAConfigurationIsTheModel() throws {
        let model = try ChangedModel()
        let file = try contents(model.gguf())
        _ = try Self.without(model)
        try AtomicFile.write(file, to: "\(model.path)/m.Q4.gguf")
        // Neither part is a model.
        try AtomicFile.write([0], to: "\(model.path)/mmproj-model-f16.gguf")
        try AtomicFile.write([0], to: "\(model.path)/imatrix.gguf")
        #expect(try model.open().path.hasSuffix("/m.Q4.gguf"))
        try AtomicFile.write(file, to: "\(model.path)/m.Q8.gguf")
        #expect(try model.refusal().what == "the folder holds several models")
        let parts = try TemporaryFolder()
        for part in 1...2 { _ = try parts.file("m-0000\(part)-of-00002.gguf", file) }
        let error = try model.refusal(parts.path)
        #expect(error.what == "the folder holds a model in several parts")
        #expect(error.hint?.description.contains("llama-gguf-split --merge") == true)
    }

    @Test func anAdapterBesideTheModelAndFurtherTemplatesAreTold() throws {
        let model = try ChangedModel()
        #expect(try model.open().notes.isEmpty)
        try AtomicFile.write(Array("{}".utf8), to: "\(model.path)/adapter_config.json")
        try AtomicFile.write(
            Array(
                #"{"chat_template":[{"name":"default","template":"d"},{"name":"tool_use","template":"t"}]}"#
                    .utf8), to: "\(model.path)/tokenizer_config.json")
        try? FileManager.default.removeItem(atPath: "\(model.path)/chat_template.jinja")
        let notes = try model.open().notes
        #expect(
            notes.contains {
                $0.description.hasPrefix("The folder holds an adapter beside the model")
            })
        #expect(
            notes.contains(
                "tokenizer_config.json holds several chat templates; not used: tool_use"))
    }

    /// transformers takes from an index which files there are, and all tensors that they hold.
    @Test func tensorsThatTheIndexForgetsAreJudgedAsAllOthers() throws {
        let model = try ChangedModel(["tie_word_embeddings": true])
        let names = try model.items().map(\.spec.name)
        let (one, two) = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
        try model.rewrite(as: one) {
            $0 += [.init("model.layers.2.mlp.up_proj.weight", [1], [1])]
        }
        try model.rewrite(as: two) { $0 = $0.filter { $0.spec.name == "model.norm.weight" } }
        _ = try Self.without(model)
        let map = names.filter { $0 != "lm_head.weight" }.map {
            ($0, JSONValue.string($0 == "model.norm.weight" ? two : one))
        }
        let json: JSONValue = ["weight_map": .object(JSONObject(uniqueKeysWithValues: map))]
        try AtomicFile.write(
            Array(json.text().utf8), to: "\(model.path)/model.safetensors.index.json")
        let notes = try model.open().notes
        #expect(notes.contains { $0.description.hasSuffix("that head is used") })
        #expect(
            notes.contains { $0.description.contains("layers beyond the 2 of the configuration") })
        #expect(
            notes.contains(
                "Tensors that lie in several shards are taken from the one that "
                    + "model.safetensors.index.json names: model.norm.weight"))
    }

    @Test func aWebPageInsteadOfAFileIsNamed() throws {
        for name in ["model.safetensors", "config.json", "tokenizer.json"] {
            let model = try ChangedModel()
            try AtomicFile.write(
                Array("\n<!DOCTYPE html><html>Access denied".utf8), to: "\(model.path)/\(name)")
            let error = try #require(throws: KernelError.self) {
                try PreparedModel(path: model.path, template: "chatml")
            }
            #expect(error.what == "the file is a web page, not the file itself")
            #expect(error.place == "\(model.path)/\(name)")
        }
        // A text to train on may be one.
        let folder = try TemporaryFolder()
        let page = try folder.file("page.txt", "<html>A text.\n")
        #expect(try RecordFile(path: page).count == 1)
    }

    @Test func weightsInFloat64AreNamedWithWhatHelps() throws {
        let model = try ChangedModel()
        try model.rewrite { items in
            let place = try #require(items.firstIndex { $0.spec.name == "model.norm.weight" })
            items[place].spec = WeightSpec(name: "model.norm.weight", dtype: .f64, shape: [32])
            items[place].bytes += items[place].bytes
        }
        let error = try model.refusal()
        #expect(
            error.why
                == "model.norm.weight is stored as f64; read are f32, f16, bf16 and packed types")
        #expect(error.hint?.description.hasPrefix("Convert the weights to float32") == true)
    }

    @Test func headsThatDifferBetweenLayersAreNamedByTheirKey() throws {
        let model = try ChangedModel()
        let file = try model.gguf(["llama.attention.head_count": .array(.uint32([4, 2]))])
        let error = try model.refusal(file)
        #expect(error.place?.hasSuffix("key llama.attention.head_count") == true)
        #expect(error.why == "values that differ between layers are not supported")
        #expect(error.hint != nil)
    }
}
