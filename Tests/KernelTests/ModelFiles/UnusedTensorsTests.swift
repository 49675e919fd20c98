// Tensors without a place in the model: told, or refused where llama.cpp would compute with them; a head
// beside tied embeddings; two sets of weights in one folder.

import Foundation
import TestSupport
import Testing

@testable import Fuzzing
@testable import Kernel

struct UnusedTensorsTests {
    private static func zeros(_ name: String, _ shape: [Int]) -> ChangedModel.Item {
        .init(name, shape, [Float](repeating: 0.5, count: shape.reduce(1, *)))
    }

    @Test func moreLayersAndBiasesAreTold() throws {
        let model = try ChangedModel()
        let plain = try ChangedModel.logits(model.open())
        try model.rewrite {
            $0 += [
                Self.zeros("model.layers.2.mlp.up_proj.weight", [64, 32]),
                Self.zeros("model.layers.3.mlp.up_proj.weight", [64, 32]),
                Self.zeros("model.layers.0.self_attn.q_proj.bias", [32]),
                Self.zeros("score.weight", [2, 32]),
                Self.zeros("model.layers.0.self_attn.rotary_emb.inv_freq", [4]),
            ]
        }
        let opened = try model.open()
        #expect(
            opened.notes.map(\.description).sorted() == [
                "The file holds biases where the configuration has none, which are not used: "
                    + "model.layers.0.self_attn.q_proj.bias",
                "The file holds layers beyond the 2 of the configuration, which are not used: 2, 3",
                "The file holds tensors that are not used: score.weight",
            ])
        #expect(try ChangedModel.logits(opened) == plain)
    }

    /// safetensors has types that no weight of this program has; beside the weights they are harmless.
    @Test(arguments: [
        ("F8_E4M3", "[0]", 0), ("U32", "[1]", 4), ("C64", "[1]", 8), ("F99", "[2]", 6),
    ])
    func unreadTypesStopNothingThatDoesNotNeedThem(type: String, shape: String, bytes: Int) throws {
        let model = try ChangedModel()
        let file = try contents("\(model.path)/model.safetensors")
        let length = Int(
            file.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) })
        let header = String(decoding: file[8..<8 + length], as: UTF8.self)
        let data = Array(file[(8 + length)...])
        func write(_ header: String, _ data: [UInt8]) throws {
            var out: [UInt8] = []
            out.append(little: UInt64(header.utf8.count))
            try AtomicFile.write(
                out + Array(header.utf8) + data, to: "\(model.path)/model.safetensors")
        }
        let entry =
            "\"scaled_fp8\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":"
            + "[\(data.count),\(data.count + bytes)]}"
        let text = header.reversed().drop { $0 != "}" }.dropFirst().reversed()
        try write(String(text) + "," + entry + "}", data + [UInt8](repeating: 0, count: bytes))
        let opened = try model.open()
        #expect(opened.notes == ["The file holds tensors that are not used: scaled_fp8"])
        #expect(opened.unexpectedTensors == ["scaled_fp8"])
        // The same type where a weight is needed is refused by name.
        if type == "C64" {
            try write(
                header.replacingOccurrences(
                    of: "\"model.norm.weight\":{\"dtype\":\"F32\",\"shape\":[32]",
                    with: "\"model.norm.weight\":{\"dtype\":\"C64\",\"shape\":[16]"), data)
            #expect(
                try model.refusal().why?.description.contains(
                    "model.norm.weight is of the type C64, which is not supported") == true)
        }
    }

    // MARK: - Tied heads

    /// transformers 5 takes the head of the file and warns.
    @Test func aHeadThatDiffersFromTheTiedEmbeddingIsUsedAndTold() throws {
        let model = try ChangedModel()
        let untied = try ChangedModel.logits(model.open())
        try model.change("config.json", ["tie_word_embeddings": true])
        let opened = try model.open()
        #expect(!opened.config.tiedEmbeddings)
        #expect(
            opened.notes.count == 1 && opened.notes[0].description.contains("that head is used"))
        #expect(try ChangedModel.logits(opened) == untied)
        // What is written of it says the same.
        let result = try SafetensorsExport.write(
            ExportSupport.plain(opened), base: opened, to: "\(model.root.path)/out")
        let again = try ModelFolder(path: result.folder)
        #expect(again.notes.isEmpty && !again.config.tiedEmbeddings)
        #expect(again.config.rawJSON["tie_word_embeddings"] == false)
        #expect(try ChangedModel.logits(again) == untied)
        let gguf = try ModelFolder(path: model.gguf())
        #expect(!gguf.config.tiedEmbeddings)
    }

    @Test func aHeadThatIsTheEmbeddingOnceMoreIsSilent() throws {
        let model = try ChangedModel(["tie_word_embeddings": true])
        try model.rewrite { items in
            let embedding = try #require(
                items.first { $0.spec.name == "model.embed_tokens.weight" })
            let place = try #require(items.firstIndex { $0.spec.name == "lm_head.weight" })
            items[place].bytes = embedding.bytes
        }
        let opened = try model.open()
        #expect(opened.config.tiedEmbeddings && opened.notes.isEmpty)
        // In another type, but the same numbers.
        try model.rewrite { items in
            for (place, item) in items.enumerated() where item.spec.shape == [264, 32] {
                let rounded = item.bytes.indices.map { $0 % 4 < 2 ? 0 : item.bytes[$0] }
                items[place].bytes = rounded
                guard item.spec.name == "lm_head.weight" else { continue }
                items[place].bytes = rounded.indices.filter { $0 % 4 >= 2 }.map { rounded[$0] }
                items[place].spec = WeightSpec(
                    name: item.spec.name, dtype: .bf16, shape: [264, 32])
            }
        }
        #expect(try model.open().config.tiedEmbeddings)
    }

    /// The same model for transformers 5, which ties either name to the other.
    @Test func theTableOfATiedModelMayLieUnderTheHeadsName() throws {
        let model = try ChangedModel(["tie_word_embeddings": true])
        try model.rewrite { items in items.removeAll { $0.spec.name == "lm_head.weight" } }
        let usual = try ChangedModel.logits(model.open())
        try model.rewrite { items in
            let place = try #require(
                items.firstIndex { $0.spec.name == "model.embed_tokens.weight" })
            items[place].spec = WeightSpec(
                name: "lm_head.weight", dtype: items[place].spec.dtype,
                shape: items[place].spec.shape)
        }
        let opened = try model.open()
        #expect(opened.config.tiedEmbeddings && opened.notes.isEmpty)
        #expect(opened.unexpectedTensors.isEmpty)
        #expect(try ChangedModel.logits(opened) == usual)
        // Exports have the usual name.
        let result = try SafetensorsExport.write(
            ExportSupport.plain(opened), base: opened, to: "\(model.root.path)/out")
        let again = try ModelFolder(path: result.folder)
        #expect(again.weights.entry(named: "lm_head.weight") == nil)
        #expect(try ChangedModel.logits(again) == usual)
        #expect(try ChangedModel.logits(ModelFolder(path: model.gguf())) == usual)
        // Without the tie there is no embedding.
        try model.change("config.json", ["tie_word_embeddings": false])
        #expect(
            try model.refusal().why?.description.contains("missing: model.embed_tokens.weight")
                == true)
    }

    // MARK: - Two sets of weights

    @Test func aSingleFileGoesBeforeAnIndexAndIsTold() throws {
        let model = try ChangedModel()
        let own = try ChangedModel.logits(model.open())
        func index(_ shard: String) throws {
            let map = try model.items().map { ($0.spec.name, JSONValue.string(shard)) }
            let json: JSONValue = ["weight_map": .object(JSONObject(uniqueKeysWithValues: map))]
            try AtomicFile.write(
                Array(json.text().utf8), to: "\(model.path)/model.safetensors.index.json")
        }
        try model.rewrite(as: "model-00001-of-00001.safetensors") { items in
            for place in items.indices { items[place].bytes[3] ^= 0x80 }
        }
        try index("model-00001-of-00001.safetensors")
        let opened = try model.open()
        #expect(
            opened.notes == [
                "model.safetensors and model.safetensors.index.json are both there: the weights are "
                    + "taken from model.safetensors"
            ])
        #expect(try ChangedModel.logits(opened) == own)
        // A stale index whose shards are gone does not stop the folder either.
        try index("gone.safetensors")
        #expect(try ChangedModel.logits(model.open()) == own)
        // An index of the one file that there is says nothing else.
        try index("model.safetensors")
        #expect(try model.open().notes.isEmpty)
    }

    @Test func pointersOfGitLFSAreNamed() throws {
        let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
        for name in ["model.safetensors", "config.json", "tokenizer.json", "chat_template.jinja"] {
            let model = try ChangedModel()
            try AtomicFile.write(Array(pointer.utf8), to: "\(model.path)/\(name)")
            let error = try #require(throws: KernelError.self) {
                try PreparedModel(path: model.path, template: "chatml")
            }
            #expect(error.what == "the file is a Git LFS pointer, not the file itself")
            #expect(error.place == "\(model.path)/\(name)")
            #expect(error.hint?.description.contains("git lfs pull") == true)
        }
        let folder = try TemporaryFolder()
        let path = try folder.file("m.gguf", pointer)
        #expect(throws: KernelError.self) { try GGUFFile(path: path) }
    }
}
