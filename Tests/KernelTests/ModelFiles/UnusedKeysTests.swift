// Keys that nobody reads: harmless ones are silent, others are told once, and what would change the
// result is refused by name.

import Foundation
import TestSupport
import Testing

@testable import Kernel

struct KeyTableTests {
    private let table = KeyTable([
        .harmless("version", "note.*"),
        .told("dropout", "noise", unless: [0, false], "nothing is dropped"),
        .refused("mode", unless: ["plain"], "only plain is known"),
    ])

    private func findings(_ members: [(key: String, value: JSONValue)]) -> KeyTable.Findings {
        table.findings(members, source: "f.json")
    }

    @Test func harmlessKeysAndValuesAreSilent() {
        let found = findings([
            ("version", 3), ("note.author", "me"), ("dropout", 0.0), ("noise", false),
            ("mode", "plain"),
        ])
        #expect(found.notes.isEmpty)
        #expect(found.refusal == nil)
    }

    @Test func keysWithTheSameWordsShareALine() {
        let found = findings([("dropout", 0.5), ("noise", true), ("new", 1), ("newer", [])])
        #expect(
            found.notes == [
                "f.json: dropout 0.5, noise true: nothing is dropped",
                "f.json: not known here and not used: new, newer",
            ])
    }

    @Test func aRefusalNamesTheKey() {
        let found = findings([("mode", "fast")])
        #expect(found.refusal?.key == "mode")
        #expect(found.refusal?.reason == "\"fast\": only plain is known")
    }
}

struct UnusedKeysTests {
    private func notes(
        _ type: String, _ changes: [String: JSONValue?]
    ) throws -> [String] {
        var notes: [Sentence] = []
        _ = try ModelConfig(json: configJSON(type, changes), source: "m/config.json", notes: &notes)
        return notes.map(\.description)
    }

    /// What published models of the four families carry.
    @Test func publishedConfigurationsAreSilent() throws {
        let llama: [String: JSONValue?] = [
            "_name_or_path": "x", "architectures": ["LlamaForCausalLM"], "attention_bias": false,
            "attention_dropout": 0.0, "hidden_act": "silu", "initializer_range": 0.02,
            "mlp_bias": false, "pretraining_tp": 1, "torch_dtype": "bfloat16",
            "transformers_version": "4.42.3", "use_cache": true,
            "rope_scaling": .null, "unsloth_version": "2024.9",
        ]
        #expect(try notes("llama", llama) == [])
        let qwen: [String: JSONValue?] = [
            "architectures": ["Qwen2ForCausalLM"], "attention_dropout": 0.0, "hidden_act": "silu",
            "initializer_range": 0.02, "max_window_layers": 21, "sliding_window": 32_768,
            "use_sliding_window": false, "rope_scaling": .null, "use_cache": true,
            "dtype": "float32",
            "layer_types": ["full_attention", "full_attention"],
        ]
        #expect(try notes("qwen2", qwen) == [])
        #expect(try notes("qwen3", qwen) == [])
        #expect(try notes("mistral", ["sliding_window": 64, "attention_dropout": 0.0]) == [])
    }

    @Test func whatIsNotDoneIsTold() throws {
        #expect(
            try notes("llama", ["attention_dropout": 0.1, "qk_layernorm": true]) == [
                "config.json: attention_dropout 0.1: nothing is dropped out in training here",
                "config.json: not known here and not used: qk_layernorm",
            ])
        #expect(
            try notes("mistral", ["sliding_window": 64, "mlp_bias": true])
                == ["config.json: mlp_bias true: this family has no use for it"])
        #expect(
            try notes("llama", ["rope_scaling": ["type": "linear", "factor": 2, "mscale": 0.7]])
                == ["config.json: not known here and not used: rope_scaling.mscale"])
        #expect(
            try notes("llama", ["architectures": ["LlamaForSequenceClassification"]])[0]
                .contains("its weights are used as a language model's"))
    }

    private static let otherNetworks: [(String, JSONValue)] = [
        ("is_causal", false), ("use_bidirectional_attention", true),
        ("is_encoder_decoder", true), ("per_layer_config", ["0": ["hidden_size": 8]]),
        ("pruned_heads", ["1": [0]]), ("layer_types", ["sliding_attention", "full_attention"]),
        ("layer_types", ["chunked_attention", "full_attention"]),
    ]

    @Test(arguments: otherNetworks)
    func anotherNetworkIsRefusedByName(key: String, value: JSONValue) throws {
        let error = try #require(throws: KernelError.self) { try notes("llama", [key: value]) }
        #expect(error.place == "m/config.json, key \(key)")
    }

    @Test func twoScalingsThatDifferAreRefused() throws {
        let new: JSONValue = ["rope_type": "default", "rope_theta": 5000.0]
        let yarn: JSONValue = ["type": "yarn", "factor": 4.0]
        let error = try #require(throws: KernelError.self) {
            try notes("llama", ["rope_parameters": new, "rope_scaling": yarn])
        }
        #expect(error.place == "m/config.json, key rope_scaling")
        // The same under both names, as transformers 4 and 5 read it.
        let both = ["rope_type": "yarn", "factor": 4.0, "rope_theta": 5000.0] as JSONValue
        #expect(try notes("llama", ["rope_parameters": both, "rope_scaling": yarn]) == [])
    }

    /// The length beside the settings goes before the one in them, as in transformers.
    @Test func theOriginalLengthBesideTheSettingsIsUsed() throws {
        let config = try ModelConfig(
            json: configJSON(
                "llama",
                [
                    "original_max_position_embeddings": 32,
                    "rope_scaling": [
                        "type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64,
                    ],
                ]), source: "c")
        #expect(
            config.ropeScaling == .yarn(YarnScaling(factor: 4, originalMaximumPositions: 32)))
    }

    @Test func idsOutsideOfTheVocabularyAreToldAndAbsent() throws {
        var notes: [Sentence] = []
        let config = try ModelConfig(
            json: configJSON(
                "llama", ["eos_token_id": [2, 96], "bos_token_id": 1_000, "pad_token_id": -1]),
            source: "config.json", notes: &notes)
        #expect(config.eosTokenIDs == [2])
        #expect(config.bosTokenID == nil && config.padTokenID == nil)
        #expect(
            notes.map(\.description).sorted() == [
                "config.json: bos_token_id 1000 is outside of the vocabulary of 96 and is not used",
                "config.json: eos_token_id 96 is outside of the vocabulary of 96 and is not used",
            ])
    }

    @Test func qwensKeyHeadsDefaultAsInTransformers() throws {
        for type in ["qwen2", "qwen3"] {
            let config = try ModelConfig(
                json: configJSON(
                    type, ["num_key_value_heads": nil, "num_attention_heads": 32, "head_dim": 2]),
                source: "c")
            #expect(config.keyValueHeadCount == 32)
        }
    }

    @Test func generationSettingsThatNobodyFollowsAreTold() throws {
        var notes: [Sentence] = []
        _ = try GenerationDefaults(
            json: [
                "temperature": 0.6, "top_k": 50, "suppress_tokens": [1, 2], "num_beams": 4,
                "no_repeat_ngram_size": 0, "max_length": 4096, "forced_bos_token_id": 7,
                "brand_new": true,
            ], source: "m/generation_config.json", vocabularySize: 96, notes: &notes)
        #expect(
            notes == [
                "generation_config.json: recommends temperature 0.6; answers follow this program's "
                    + "own settings",
                "generation_config.json: suppress_tokens [1,2], forced_bos_token_id 7: not used here",
                "generation_config.json: num_beams 4: one answer is followed at a time here",
                "generation_config.json: not known here and not used: brand_new",
            ])
    }

    /// Python writes them; they stop nothing where nobody reads them.
    @Test func infinityInAnUnreadKeyStopsNoFile() throws {
        let model = try ChangedModel()
        let text = try String(contentsOfFile: "\(model.path)/config.json", encoding: .utf8)
        func write(_ members: String) throws {
            try AtomicFile.write(
                Array(("{" + members + "," + text.drop { $0 != "{" }.dropFirst()).utf8),
                to: "\(model.path)/config.json")
        }
        try write(#""a": Infinity, "b": [-Infinity, NaN], "c": 1e999"#)
        let folder = try model.open()
        #expect(folder.notes == ["config.json: not known here and not used: a, b, c"])
        // An export hands them on as they were.
        let result = try SafetensorsExport.write(
            ExportSupport.plain(folder), base: folder, to: "\(model.root.path)/out")
        let written = try String(contentsOfFile: "\(result.folder)/config.json", encoding: .utf8)
        #expect(written.contains("\"a\": Infinity"))
        #expect(written.contains("-Infinity") && written.contains("NaN"))
        try write(#""router_aux_loss_coef": NaN, "partial_rotary_factor": Infinity"#)
        #expect(
            try model.refusal().place == "\(model.path)/config.json, key partial_rotary_factor")
    }
}
