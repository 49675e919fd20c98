// config.json of every family: defaults, old and new spellings, and absurd values named by key.
import Foundation
@testable import Kernel
import Testing

/// A small valid config.json with these members changed; nil takes one away.
func configJSON(_ type: String, _ changes: [String: JSONValue?] = [:]) -> JSONValue {
    var members: JSONObject = [
        "model_type": .string(type), "vocab_size": 96, "hidden_size": 32, "intermediate_size": 48,
        "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
        "max_position_embeddings": 256, "rms_norm_eps": 1e-5, "rope_theta": 5000.0,
        "tie_word_embeddings": false, "bos_token_id": 1, "eos_token_id": 2,
    ]
    for (key, value) in changes { members[key] = value }
    return .object(members)
}

@Suite struct ModelConfigTests {
    private func config(
        _ type: String, _ changes: [String: JSONValue?] = [:]
    ) throws(KernelError) -> ModelConfig {
        try ModelConfig(json: configJSON(type, changes), source: "config.json")
    }

    @Test func readsEveryMember() throws {
        let config = try config("llama", ["head_dim": 16, "pad_token_id": 3])
        #expect(config.modelType == "llama")
        #expect(config.vocabularySize == 96)
        #expect(config.hiddenSize == 32)
        #expect(config.intermediateSize == 48)
        #expect(config.layerCount == 2)
        #expect(config.headCount == 4)
        #expect(config.keyValueHeadCount == 2)
        #expect(config.headDimension == 16)
        #expect(config.maximumPositions == 256)
        #expect(config.normEpsilon == 1e-5)
        #expect(config.ropeTheta == 5_000)
        #expect(config.ropeScaling == nil)
        #expect(!config.tiedEmbeddings)
        #expect(config.bosTokenID == 1)
        #expect(config.eosTokenIDs == [2])
        #expect(config.padTokenID == 3)
        #expect(config.rawJSON["head_dim"] == 16)
    }

    /// What each family's configuration class means by an absent key.
    @Test func absentKeysMeanTheFamilysDefaults() throws {
        let absent: [String: JSONValue?] = [
            "rms_norm_eps": nil, "rope_theta": nil, "tie_word_embeddings": nil,
            "max_position_embeddings": nil, "bos_token_id": nil,
            "eos_token_id": nil,
        ]
        let llama = try config("llama", absent)
        #expect(llama.normEpsilon == 1e-6)
        #expect(llama.ropeTheta == 10_000)
        #expect(llama.maximumPositions == 2_048)
        #expect(!llama.tiedEmbeddings && !llama.attentionBias && !llama.mlpBias)
        #expect(llama.headDimension == 8, "32 / 4")
        #expect(llama.eosTokenIDs.isEmpty && llama.bosTokenID == nil && llama.padTokenID == nil)
        let mistral = try config("mistral", absent)
        #expect(mistral.slidingWindow == 4_096)
        #expect(mistral.slidingWindowFirstLayer == 0)
        #expect(mistral.maximumPositions == 131_072)
        let qwen2 = try config("qwen2", absent)
        #expect(qwen2.attentionBias && !qwen2.attentionOutputBias && !qwen2.queryKeyNorm)
        #expect(qwen2.slidingWindow == nil)
        #expect(qwen2.maximumPositions == 32_768)
        let qwen3 = try config("qwen3", absent)
        #expect(qwen3.queryKeyNorm && !qwen3.attentionBias)
        #expect(qwen3.headDimension == 128)
    }

    @Test func keyHeadsDefaultToHeads() throws {
        #expect(try config("llama", ["num_key_value_heads": nil]).keyValueHeadCount == 4)
        #expect(try config("llama", ["num_key_value_heads": .null]).keyValueHeadCount == 4)
        let mistral = try config(
            "mistral", ["num_attention_heads": 16, "num_key_value_heads": nil])
        #expect(mistral.keyValueHeadCount == 8)
        let explicit = try config("mistral", ["num_key_value_heads": .null])
        #expect(explicit.keyValueHeadCount == 4)
    }

    @Test func biasesFollowTheFamily() throws {
        let llama = try config("llama", ["attention_bias": true, "mlp_bias": true])
        #expect(llama.attentionBias && llama.attentionOutputBias && llama.mlpBias)
        let names = Set(llama.layout.tensors.map(\.name))
        #expect(names.contains("model.layers.1.self_attn.o_proj.bias"))
        #expect(names.contains("model.layers.1.mlp.down_proj.bias"))
        let qwen2 = Set(try config("qwen2").layout.tensors.map(\.name))
        #expect(qwen2.contains("model.layers.0.self_attn.v_proj.bias"))
        #expect(!qwen2.contains("model.layers.0.self_attn.o_proj.bias"))
    }

    @Test func slidingWindows() throws {
        #expect(try config("mistral", ["sliding_window": .null]).slidingWindow == nil)
        #expect(try config("mistral", ["sliding_window": 64]).slidingWindow == 64)
        #expect(try config("qwen2", ["sliding_window": 64]).slidingWindow == nil)
        let used: [String: JSONValue?] = [
            "use_sliding_window": true, "sliding_window": 64, "max_window_layers": 1,
        ]
        let qwen2 = try config("qwen2", used)
        #expect(qwen2.slidingWindow == 64)
        #expect(qwen2.slidingWindowFirstLayer == 1)
        let none = used.merging(["max_window_layers": 2]) { $1 }
        #expect(try config("qwen2", none).slidingWindow == nil, "no layer is beyond the last one")
        let kinds = used.merging(["layer_types": ["sliding_attention", "sliding_attention"]]) { $1 }
        #expect(try config("qwen3", kinds).slidingWindowFirstLayer == 0)
        let mixed = used.merging(["layer_types": ["sliding_attention", "full_attention"]]) { $1 }
        #expect(
            try config("qwen3", mixed).network.layers.map(\.attention.shape.window) == [64, nil])
        let short = used.merging(["layer_types": ["sliding_attention"]]) { $1 }
        #expect(try error("qwen3", short).place == "config.json, key layer_types")
        // Gemma 2 has one in every second layer; a list goes before that.
        let gemma = try config("gemma2", ["num_hidden_layers": 3, "sliding_window": 64])
        #expect(gemma.network.layers.map(\.attention.shape.window) == [64, nil, 64])
        let listed = try config(
            "gemma2",
            ["sliding_window": 64, "layer_types": ["full_attention", "sliding_attention"]])
        #expect(listed.network.layers.map(\.attention.shape.window) == [nil, 64])
        let full = try config("gemma2", ["sliding_window": .null])
        #expect(full.network.window == nil && full.network.head.softCap == 30)
        #expect(
            try config("gemma2", ["final_logit_softcapping": .null]).network.head.softCap == nil)
    }

    @Test func endTokensAreOneOrSeveral() throws {
        #expect(try config("llama", ["eos_token_id": [5, 6, 5]]).eosTokenIDs == [5, 6])
        #expect(try config("llama", ["eos_token_id": .null]).eosTokenIDs == [])
        #expect(try config("llama", ["pad_token_id": -1]).padTokenID == nil)
    }

    // MARK: - Rotary positions

    @Test func rotarySettingsInBothSpellings() throws {
        let cases: [(JSONValue, RopeScaling?)] = [
            (.null, nil), (["rope_type": "default"], nil),
            (["type": "linear", "factor": 4], .linear(factor: 4)),
            (
                ["type": "dynamic", "factor": 2.0],
                .dynamic(factor: 2, originalMaximumPositions: 256)
            ),
            (
                [
                    "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                    "high_freq_factor": 4.0, "original_max_position_embeddings": 128,
                ],
                .llama3(
                    factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4,
                    originalMaximumPositions: 128)
            ),
            (
                ["type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64],
                .yarn(YarnScaling(factor: 4, originalMaximumPositions: 64))
            ),
            (
                [
                    "rope_type": "yarn", "factor": 4.0, "beta_fast": 16, "beta_slow": 2,
                    "truncate": false,
                    "attention_factor": 1.25, "mscale": 1.0, "mscale_all_dim": 0.5,
                ],
                .yarn(
                    YarnScaling(
                        factor: 4, originalMaximumPositions: 256, attentionFactor: 1.25,
                        betaFast: 16, betaSlow: 2, scaleMultiplier: 1,
                        scaleMultiplierAllDimensions: 0.5, truncatesBounds: false))
            ),
        ]
        for (settings, expected) in cases {
            let old = try config("llama", ["rope_scaling": settings])
            #expect(old.ropeScaling == expected)
            #expect(old.ropeTheta == 5_000)
            guard var members = settings.object else { continue }
            members["rope_theta"] = 70_000
            let new = try config(
                "llama", ["rope_parameters": .object(members), "rope_theta": nil])
            #expect(new.ropeScaling == expected)
            #expect(new.ropeTheta == 70_000)
        }
    }

    /// Llama 3.1's own settings; the values were computed with its published formula in Python.
    @Test func llama3FactorsFollowThePublishedFormula() throws {
        let scaling = RopeScaling.llama3(
            factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4,
            originalMaximumPositions: 8_192)
        let factors = try #require(scaling.frequencyFactors(headDimension: 128, theta: 500_000))
        #expect(factors.count == 64)
        // Wavelengths 2π·500000^(i/64) stay below 8192/4 up to i = 28 and pass 8192 from i = 35 on.
        #expect(factors[..<29].allSatisfy { $0 == 1 })
        #expect(factors[35...].allSatisfy { $0 == 8 })
        #expect(factors[29] > 1 && factors[34] < 8)
        for index in 29..<34 { #expect(factors[index] < factors[index + 1]) }
        // i = 32: wavelength 2π·√500000 = 4442.88, blend (8192/4442.88 − 1)/3 = 0.28128,
        // factor 1 / (0.71872/8 + 0.28128) = 2.69443.
        #expect(abs(factors[32] - 2.69443) < 1e-3)
        #expect(RopeScaling.linear(factor: 2).frequencyFactors(headDimension: 4, theta: 1e4) == nil)
    }

    // MARK: - Refusals

    private func error(_ type: String, _ changes: [String: JSONValue?]) throws -> KernelError {
        try #require(throws: KernelError.self) { try config(type, changes) }
    }

    private static let absurdValues: [(String, JSONValue)] = [
        ("vocab_size", 0), ("vocab_size", -5), ("vocab_size", 1e3),
        ("vocab_size", "96"),
        ("vocab_size", .null), ("vocab_size", 4_294_967_296), ("hidden_size", 0),
        ("hidden_size", .integer(.max)), ("hidden_size", true), ("hidden_size", []),
        ("intermediate_size", 0), ("intermediate_size", .integer(.max)), ("num_hidden_layers", 0),
        ("num_hidden_layers", 1_000_000_000), ("num_attention_heads", 0),
        ("num_attention_heads", 6), ("num_attention_heads", -4), ("num_attention_heads", 32),
        ("num_key_value_heads", 0), ("num_key_value_heads", 3), ("num_key_value_heads", 8),
        ("head_dim", 0), ("head_dim", -2), ("head_dim", 7), ("head_dim", 1_000_000),
        ("max_position_embeddings", 0),
        ("max_position_embeddings", .bigInteger("99999999999999999999")),
        ("rms_norm_eps", 0.0), ("rms_norm_eps", -1e-5), ("rms_norm_eps", 1e30),
        ("rms_norm_eps", "1e-5"),
        ("rope_theta", 0.0), ("rope_theta", -1.0), ("rope_theta", 1e300), ("rope_theta", false),
        ("tie_word_embeddings", 1), ("tie_word_embeddings", "true"), ("eos_token_id", "</s>"),
        ("pad_token_id", -2), ("hidden_act", "gelu"), ("hidden_act", 1),
        ("quantization_config", ["bits": 4]), ("partial_rotary_factor", 0.5),
        ("attention_bias", "no"), ("rope_scaling", "linear"), ("rope_parameters", 3),
    ]

    @Test(arguments: absurdValues)
    func absurdValuesAreNamedByKey(key: String, value: JSONValue) throws {
        let error = try error("llama", [key: value])
        #expect(error.kind == .badData)
        #expect(error.place == "config.json, key \(key)")
    }

    private static let absurdRotarySettings: [(String, JSONValue)] = [
        ("rope_type", ["rope_type": "longrope"]), ("type", ["type": "su"]),
        ("factor", ["type": "linear"]), ("factor", ["type": "linear", "factor": 0.5]),
        ("factor", ["type": "yarn", "factor": "4"]),
        ("low_freq_factor", ["rope_type": "llama3", "factor": 8]),
        (
            "high_freq_factor",
            ["rope_type": "llama3", "factor": 8, "low_freq_factor": 4, "high_freq_factor": 4]
        ),
        ("full_attention", ["full_attention": ["rope_type": "default"]]),
        (
            "original_max_position_embeddings",
            ["type": "dynamic", "factor": 2, "original_max_position_embeddings": 0]
        ),
    ]

    @Test(arguments: absurdRotarySettings)
    func absurdRotarySettingsAreNamedByKey(key: String, settings: JSONValue) throws {
        #expect(
            try error("llama", ["rope_scaling": settings]).place
                == "config.json, key rope_scaling.\(key)")
        #expect(
            try error("llama", ["rope_parameters": settings]).place
                == "config.json, key rope_parameters.\(key)")
    }

    @Test func otherModelTypesGetTheListOfSupportedOnes() throws {
        let error = try error("gpt_neox", [:])
        #expect(error.kind == .unavailable)
        #expect(error.why == "\"gpt_neox\" is not one of llama, mistral, qwen2, qwen3, gemma2")
        let missing = try self.error("llama", ["model_type": nil])
        #expect(missing.why == "it is missing; supported are llama, mistral, qwen2, qwen3, gemma2")
        #expect(throws: KernelError.self) { try ModelConfig(json: [1], source: "config.json") }
    }

    // MARK: - Tensors and writing

    @Test func countsParameters() throws {
        // Embedding and head 96·32 each; per layer q 32·32, k and v 16·32, o 32·32, three MLP
        // matrices 48·32 and two norms of 32; a final norm of 32.
        let layer = 1_024 + 2 * 512 + 1_024 + 3 * 1_536 + 64
        #expect(try config("llama").parameterCount == 2 * 3_072 + 2 * layer + 32)
        #expect(
            try config("llama", ["tie_word_embeddings": true]).parameterCount
                == 3_072 + 2 * layer + 32)
    }

    @Test(arguments: ModelConfig.supportedTypes)
    func aWrittenConfigReadsBackTheSame(type: String) throws {
        let scalings: [RopeScaling?] = [
            nil, .linear(factor: 2), .dynamic(factor: 2, originalMaximumPositions: 128),
            .llama3(
                factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4,
                originalMaximumPositions: 64),
            .yarn(YarnScaling(factor: 4, originalMaximumPositions: 64, attentionFactor: 1.5)),
        ]
        // Windows and biases where the family has them.
        let switches: [String: JSONValue?] = [
            "head_dim": 16, "num_hidden_layers": 3, "tie_word_embeddings": true,
            "attention_bias": true, "mlp_bias": true, "sliding_window": 64,
            "use_sliding_window": true, "max_window_layers": 1,
        ]
        for (scaling, eos) in zip(scalings, [[2, 5], [2], [], [2], [2]]) {
            let read = try self.config(type, switches)
            var network = read.network
            (network.rotary.scaling, network.rotary.theta, network.paddingID) = (scaling, 1e6, 0)
            let config = ModelConfig(
                modelType: type, network: network, maximumPositions: 512, bosTokenID: 1,
                eosTokenIDs: eos)
            let text = config.rawJSON.text(.pretty)
            let again = try ModelConfig(
                json: try JSONValue(parsing: text, source: "test"), source: "test")
            #expect(again == config)
        }
    }

    @Test func generationDefaults() throws {
        let json: JSONValue = [
            "do_sample": true, "temperature": 0.6, "top_k": 20, "top_p": 0.95,
            "repetition_penalty": 1.05, "eos_token_id": [2, 7], "transformers_version": "4.51.0",
        ]
        let defaults = try GenerationDefaults(json: json, source: "g.json", vocabularySize: 96)
        #expect(defaults.samples == true)
        #expect(defaults.temperature == 0.6)
        #expect(defaults.topK == 20)
        #expect(defaults.topP == 0.95)
        #expect(defaults.repetitionPenalty == 1.05)
        #expect(defaults.eosTokenIDs == [2, 7])
        #expect(
            try GenerationDefaults(json: [:], source: "g.json", vocabularySize: 96)
                == GenerationDefaults())
        let absurd: [String: JSONValue] = [
            "temperature": -1, "top_p": 1.5, "top_k": 0.5, "repetition_penalty": 0,
            "eos_token_id": "x",
        ]
        for (key, value) in absurd {
            let error = try #require(throws: KernelError.self) {
                try GenerationDefaults(
                    json: .object([key: value]), source: "g.json", vocabularySize: 96)
            }
            #expect(error.place == "g.json, key \(key)")
        }
    }
}
