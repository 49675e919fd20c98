// Opening models: folders, shards, GGUF files, and every way in which a path is not a model.
import Foundation
import Testing

@testable import Fuzzing
@testable import Kernel

@Suite struct ModelFolderTests {
    /// Writes a tensor file that fits `config`, minus or with some tensors.
    private func writeWeights(
        _ config: ModelConfig, to path: String, without: Set<String> = [],
        extra: [WeightSpec] = [], reshaped: [String: [Int]] = [:]
    ) throws {
        let specs =
            config.layout.tensors.filter { !without.contains($0.name) }.map {
                WeightSpec(name: $0.name, dtype: .bf16, shape: reshaped[$0.name] ?? $0.shape)
            } + extra
        try AtomicFile.write(to: path) { (sink) throws(KernelError) in
            let writer = try SafetensorsWriter(to: sink, tensors: specs)
            for spec in specs {
                let zeros = [UInt8](repeating: 0, count: spec.byteCount)
                try zeros.withUnsafeBytes { units in
                    Result { () throws(KernelError) in try writer.write(units, of: spec.name) }
                }.get()
            }
            writer.finish()
        }
    }

    private func model(
        _ changes: [String: JSONValue?] = [:]
    ) throws -> (folder: TemporaryFolder, config: ModelConfig) {
        let folder = try TemporaryFolder()
        let json = configJSON("llama", changes)
        _ = try folder.file("config.json", json.text(.pretty))
        return (folder, try ModelConfig(json: json, source: "test"))
    }

    @Test func opensAFolder() throws {
        let (folder, config) = try model()
        try writeWeights(config, to: "\(folder.path)/model.safetensors")
        _ = try folder.file(
            "generation_config.json", #"{"temperature":0.5,"eos_token_id":[2,3]}"#)
        _ = try folder.file("tokenizer_config.json", #"{"chat_template":"from json"}"#)
        for path in [folder.path, folder.path + "/"] {
            let opened = try ModelFolder(path: path)
            #expect(opened.config == config)
            #expect(opened.generation.temperature == 0.5)
            #expect(opened.eosTokenIDs == [2, 3])
            #expect(opened.chatTemplate == "from json")
            #expect(opened.unexpectedTensors.isEmpty)
            #expect(opened.parameterCount == config.parameterCount)
            #expect(opened.totalBytes == 2 * config.parameterCount)
            #expect(opened.mainDType == .bf16)
            #expect(opened.summary == "llama, 2 layers, 0.0 M parameters, 0.0 MB (bf16)")
            guard case .folder(folder.path) = opened.tokenizerSource else {
                Issue.record("\(opened.tokenizerSource)")
                return
            }
        }
        _ = try folder.file("chat_template.jinja", "from jinja")
        #expect(try ModelFolder(path: folder.path).chatTemplate == "from jinja")
    }

    @Test func theDefaultAmongNamedTemplatesIsTaken() throws {
        let (folder, config) = try model()
        try writeWeights(config, to: "\(folder.path)/model.safetensors")
        _ = try folder.file(
            "tokenizer_config.json",
            #"{"chat_template":[{"name":"tools","template":"t"},{"name":"default","template":"d"}]}"#
        )
        #expect(try ModelFolder(path: folder.path).chatTemplate == "d")
    }

    @Test func opensShards() throws {
        let (folder, config) = try model()
        try writeWeights(config, to: "\(folder.path)/model-00001-of-00001.safetensors")
        let map = config.layout.tensors.map {
            "\"\($0.name)\":\"model-00001-of-00001.safetensors\""
        }
        _ = try folder.file(
            "model.safetensors.index.json", "{\"weight_map\":{\(map.joined(separator: ","))}}")
        let opened = try ModelFolder(path: folder.path)
        #expect(opened.weights is ShardedWeights)
        #expect(opened.weights.entries.count == config.layout.tensors.count)
    }

    @Test func aTiedHeadMayBeStoredOrNot() throws {
        let (folder, config) = try model(["tie_word_embeddings": true])
        let path = "\(folder.path)/model.safetensors"
        try writeWeights(config, to: path)
        #expect(try ModelFolder(path: folder.path).unexpectedTensors.isEmpty)
        let head = WeightSpec(name: "lm_head.weight", dtype: .bf16, shape: [96, 32])
        try writeWeights(config, to: path, extra: [head])
        #expect(try ModelFolder(path: folder.path).unexpectedTensors.isEmpty)
    }

    @Test func unexpectedTensorsAreListedAndTolerated() throws {
        let (folder, config) = try model()
        let table = WeightSpec(
            name: "model.layers.0.self_attn.rotary_emb.inv_freq", dtype: .f32, shape: [4])
        try writeWeights(config, to: "\(folder.path)/model.safetensors", extra: [table])
        #expect(try ModelFolder(path: folder.path).unexpectedTensors == [table.name])
    }

    @Test func missingAndMisshapenTensorsAreAllNamed() throws {
        let (folder, config) = try model()
        try writeWeights(
            config, to: "\(folder.path)/model.safetensors",
            without: ["lm_head.weight", "model.norm.weight"],
            extra: [WeightSpec(name: "surplus", dtype: .f32, shape: [1])],
            reshaped: ["model.layers.1.mlp.up_proj.weight": [32, 48]])
        let error = try #require(throws: KernelError.self) { try ModelFolder(path: folder.path) }
        #expect(error.kind == .badData)
        #expect(
            error.why
                == "model.layers.1.mlp.up_proj.weight is [32, 48], expected [48, 32]; "
                + "missing: model.norm.weight, lm_head.weight; unexpected: surplus")
    }

    @Test(arguments: [DType.i8, .i64, .bool, .f64])
    func typesThatNoWeightIsReadFromAreNamed(_ type: DType) throws {
        let (folder, config) = try model()
        try writeWeights(
            config, to: "\(folder.path)/model.safetensors", without: ["model.norm.weight"],
            extra: [WeightSpec(name: "model.norm.weight", dtype: type, shape: [32])])
        let error = try #require(throws: KernelError.self) { try ModelFolder(path: folder.path) }
        #expect(error.place == folder.path)
        #expect(
            error.why == "model.norm.weight is stored as \(type.rawValue); read are f32, f16, bf16 "
                + "and packed types")
        #expect(error.hint?.description.hasPrefix("Convert the weights to float32") == true)
    }

    // MARK: - What is not a model

    private func refusal(_ path: String) throws -> KernelError {
        try #require(throws: KernelError.self) { try ModelFolder(path: path) }
    }

    @Test func pathsThatDoNotExist() throws {
        for path in ["/nowhere/model", ""] {
            let error = try refusal(path)
            #expect(error.kind == .missingInput)
            #expect(
                error.hint
                    == "Give a folder with config.json and model.safetensors, or a .gguf file")
        }
    }

    @Test(arguments: [
        "pytorch_model.bin", "pytorch_model-00001-of-00002.bin", "consolidated.00.pth",
    ])
    func picklesAreRefusedWithAReason(name: String) throws {
        let (folder, _) = try model()
        let path = try folder.file(name, "pickle")
        for path in [folder.path, path] {
            let error = try refusal(path)
            #expect(error.what == "the model's weights are Python pickles")
            #expect(error.hint?.description.contains("safetensors") == true)
        }
    }

    @Test func foldersWithoutAModel() throws {
        let folder = try TemporaryFolder()
        #expect(try refusal(folder.path).why == "there is no config.json")
        _ = try folder.file("adapter_config.json", "{}")
        #expect(try refusal(folder.path).what == "the folder holds an adapter, not a model")
        let (noWeights, _) = try model()
        let error = try refusal(noWeights.path)
        #expect(error.kind == .missingInput)
        #expect(error.what == "the model folder has no weights")
    }

    @Test func filesThatAreNotModels() throws {
        let folder = try TemporaryFolder()
        let weights = try folder.file("model.safetensors", safetensors("{}"))
        #expect(try refusal(weights).hint == "Give the folder that the file is in")
        let text = try folder.file("notes.txt", "x")
        #expect(try refusal(text).hint == "Give a model folder or a .gguf file")
        _ = try folder.file("a.gguf", "x")
        #expect(try refusal(folder.path).what == "cannot read the GGUF file")
        _ = try folder.file("b.gguf", "x")
        #expect(try refusal(folder.path).why == "a.gguf, b.gguf")
    }
}

@Suite struct ModelGGUFTests {
    /// A model in a GGUF file: tensors of zeros, metadata as changed.
    private func write(
        _ architecture: String, to path: String, changes: [String: GGUFValue?] = [:],
        tied: Bool = true, bias: Bool = false, extra: [WeightSpec] = []
    ) throws {
        var metadata = GGUFMetadata()
        let values: [(String, GGUFValue)] = [
            ("general.architecture", .string(architecture)),
            ("\(architecture).block_count", .uint32(2)),
            ("\(architecture).context_length", .uint32(256)),
            ("\(architecture).embedding_length", .uint32(32)),
            ("\(architecture).feed_forward_length", .uint32(64)),
            ("\(architecture).attention.head_count", .uint32(4)),
            ("\(architecture).attention.head_count_kv", .uint32(2)),
            ("\(architecture).attention.layer_norm_rms_epsilon", .float32(1e-5)),
            ("\(architecture).rope.freq_base", .float32(70_000)),
            ("tokenizer.ggml.bos_token_id", .uint32(1)),
            ("tokenizer.ggml.eos_token_id", .uint32(2)),
            ("tokenizer.ggml.eot_token_id", .uint32(5)),
            ("tokenizer.ggml.padding_token_id", .uint32(.max)),
            ("tokenizer.chat_template", .string("{{ x }}")),
        ]
        for (key, value) in values where !changes.keys.contains(key) { metadata.set(key, value) }
        for (key, value) in changes {
            if let value { metadata.set(key, value) }
        }
        let config = ModelConfig(
            modelType: architecture, vocabularySize: 96, hiddenSize: 32, intermediateSize: 64,
            layerCount: 2, headCount: 4, keyValueHeadCount: 2, headDimension: 8,
            maximumPositions: 256, tiedEmbeddings: tied, attentionBias: bias,
            queryKeyNorm: architecture == "qwen3")
        let slots = config.layout.slotsByTensor()
        let specs =
            config.layout.tensors.map { tensor in
                WeightSpec(
                    name: slots[tensor.name]?.ggufName(ofTensor: tensor.name) ?? tensor.name,
                    dtype: tensor.shape.count == 2 ? .q8_0 : .f32, shape: tensor.shape)
            } + extra
        try AtomicFile.write(to: path) { (sink) throws(KernelError) in
            let writer = try GGUFWriter(to: sink, metadata: metadata, tensors: specs)
            for spec in specs {
                // 0x3F80… makes every float 1, as rotary factors must be positive.
                let ones = [UInt8](
                    (0..<spec.byteCount).map { [0x00, 0x00, 0x80, 0x3F][$0 % 4] })
                try ones.withUnsafeBytes { units in
                    Result { () throws(KernelError) in try writer.write(units, of: spec.name) }
                }.get()
            }
            writer.finish()
        }
    }

    @Test func opensAFile() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/m.gguf"
        try write("llama", to: path)
        for path in [path, folder.path] {
            let model = try ModelFolder(path: path)
            let config = model.config
            #expect(config.modelType == "llama")
            #expect(config.vocabularySize == 96)
            #expect(config.layerCount == 2)
            #expect(config.headDimension == 8)
            #expect(config.keyValueHeadCount == 2)
            #expect(config.intermediateSize == 64)
            #expect(config.maximumPositions == 256)
            #expect(config.normEpsilon == 1e-5)
            #expect(config.ropeTheta == 70_000)
            #expect(config.tiedEmbeddings)
            #expect(config.bosTokenID == 1)
            #expect(config.eosTokenIDs == [2, 5])
            #expect(config.padTokenID == nil, "2^32 - 1 stands for none")
            #expect(model.chatTemplate == "{{ x }}")
            #expect(model.mainDType == .q8_0)
            #expect(model.unexpectedTensors.isEmpty)
            let query = try #require(
                model.weights.entry(named: "model.layers.1.self_attn.k_proj.weight"))
            #expect(query.rowPermutation == RowPermutation(headDimension: 8))
        }
    }

    @Test func switchesFollowFromTheTensors() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/m.gguf"
        try write("qwen2", to: path, tied: false, bias: true)
        let qwen2 = try ModelFolder(path: path).config
        #expect(!qwen2.tiedEmbeddings && qwen2.attentionBias && !qwen2.attentionOutputBias)
        try write("qwen3", to: path)
        let qwen3 = try ModelFolder(path: path)
        #expect(qwen3.config.queryKeyNorm && qwen3.config.tiedEmbeddings)
        #expect(qwen3.weights.entries.allSatisfy { $0.rowPermutation == nil })
        let config = try ModelConfig(json: qwen3.config.rawJSON, source: "made")
        #expect(config == qwen3.config)
    }

    @Test func rotaryFactorsAreRead() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/m.gguf"
        let factors = { (count: Int) in
            [WeightSpec(name: "rope_freqs.weight", dtype: .f32, shape: [count])]
        }
        try write("llama", to: path, extra: factors(4))
        let model = try ModelFolder(path: path)
        #expect(model.config.ropeScaling == .frequencyFactors([1, 1, 1, 1]))
        #expect(model.unexpectedTensors.isEmpty && model.notes.isEmpty)
        try write("llama", to: path, extra: factors(5))
        #expect(throws: KernelError.self) { try ModelFolder(path: path) }
    }

    @Test func rotaryScalingIsRead() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/m.gguf"
        let key = "llama.rope.scaling"
        try write(
            "llama", to: path,
            changes: [
                "\(key).type": .string("yarn"), "\(key).factor": .float32(4),
                "\(key).original_context_length": .uint32(64),
            ])
        #expect(
            try ModelFolder(path: path).config.ropeScaling
                == .yarn(YarnScaling(factor: 4, originalMaximumPositions: 64)))
        try write(
            "llama", to: path,
            changes: ["\(key).type": .string("linear"), "\(key).factor": .float32(2)])
        #expect(try ModelFolder(path: path).config.ropeScaling == .linear(factor: 2))
        try write("llama", to: path, changes: ["\(key).type": .string("none")])
        #expect(try ModelFolder(path: path).config.ropeScaling == nil)
    }

    private static let absurdMetadata: [(String, GGUFValue?)] = [
        ("llama.block_count", nil), ("llama.block_count", .uint32(0)),
        ("llama.block_count", .uint32(.max)), ("llama.block_count", .uint64(.max)),
        ("llama.block_count", .string("2")), ("llama.context_length", nil),
        ("llama.context_length", .uint32(0)), ("llama.embedding_length", nil),
        ("llama.embedding_length", .float32(32)), ("llama.embedding_length", .int32(-32)),
        ("llama.embedding_length", .uint32(34)), ("llama.feed_forward_length", nil),
        ("llama.attention.head_count_kv", .uint32(4)),
        ("llama.attention.head_count_kv", .uint32(0)),
        ("llama.attention.head_count_kv", .array(.int32([2, 4]))),
        ("llama.attention.key_length", .uint32(7)),
        ("llama.attention.value_length", .uint32(16)),
        ("llama.rope.dimension_count", .uint32(4)), ("llama.vocab_size", .uint32(97)),
        ("llama.attention.layer_norm_rms_epsilon", .float32(.nan)),
        ("llama.attention.layer_norm_rms_epsilon", .float32(0)),
        ("llama.attention.layer_norm_rms_epsilon", .uint32(1)),
        ("llama.rope.freq_base", .float32(.infinity)), ("llama.rope.freq_base", .float32(0)),
        ("llama.rope.scaling.type", .string("longrope")),
        ("llama.rope.scaling.type", .uint32(1)),
        ("llama.rope.scaling.type", .string("yarn")), ("llama.expert_count", .uint32(8)),
        ("general.architecture", nil), ("general.architecture", .string("gemma2")),
        ("general.architecture", .uint32(1)), ("split.count", .uint16(2)),
        ("tokenizer.chat_template", .uint32(1)), ("tokenizer.ggml.eos_token_id", .string("2")),
    ]

    @Test(arguments: absurdMetadata)
    func absurdMetadataAreRefused(key: String, value: GGUFValue?) throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/m.gguf"
        try write("llama", to: path, changes: [key: value])
        let error = try #require(throws: KernelError.self) { try ModelFolder(path: path) }
        #expect(error.place != nil)
        if key == "split.count" { #expect(error.hint?.description.contains("--merge") == true) }
    }
}
