// A GGUF file means what llama.cpp computes from it: arrays of heads, scaling without a type, YaRN's
// attention, ids that stand for none; what is not computed here is refused or told.

import Foundation
import TestSupport
import Testing

@testable import Kernel

struct GGUFMeaningTests {
    private let model: ChangedModel

    init() throws { model = try ChangedModel() }

    private func opened(
        _ changes: [String: GGUFValue?], more: [ChangedModel.Item] = []
    ) throws -> ModelFolder {
        try ModelFolder(path: model.gguf(changes, more: more))
    }

    private func difference(_ one: [Float], _ other: [Float]) -> Float {
        zip(one, other).map { abs($0 - $1) }.max() ?? .infinity
    }

    /// Converters of some models write a number for each layer; the rows of k lie as with one number.
    @Test func keyHeadsMayBeAnArray() throws {
        let plain = try ChangedModel.logits(opened([:]))
        #expect(difference(plain, try ChangedModel.logits(model.open())) < 1e-5)
        let arrays = try opened([
            "llama.attention.head_count_kv": .array(.int32([2, 2])),
            "llama.attention.head_count": .array(.uint32([4, 4])),
            "llama.feed_forward_length": .array(.uint32([64, 64])),
        ])
        #expect(try ChangedModel.logits(arrays) == plain)
        let mixed = try model.gguf(["llama.attention.head_count_kv": .array(.int32([2, 1]))])
        #expect(
            try model.refusal(mixed).place?.hasSuffix("llama.attention.head_count_kv") == true)
    }

    @Test func aFactorWithoutATypeIsLinear() throws {
        let file = try opened(["llama.rope.scaling.factor": .float32(4)])
        #expect(file.config.ropeScaling == .linear(factor: 4))
        #expect(try opened(["llama.rope.scaling.factor": .float32(0)]).config.ropeScaling == nil)
        #expect(
            try opened(["llama.rope.scale_linear": .float32(2)]).config.ropeScaling
                == .linear(factor: 2))
        let none = try opened([
            "llama.rope.scaling.factor": .float32(4), "llama.rope.scaling.type": .string("none"),
        ])
        #expect(none.config.ropeScaling == nil)
    }

    /// llama.cpp multiplies what YaRN does to the attention by the key: 1.37 there is transformers'
    /// attention_factor 1.37 · (0.1 · ln 4 + 1).
    @Test func yarnsAttentionFactorIsOnTopOfItsOwn() throws {
        let yarn: [String: GGUFValue?] = [
            "llama.rope.scaling.type": .string("yarn"), "llama.rope.scaling.factor": .float32(4),
            "llama.rope.scaling.original_context_length": .uint32(128),
        ]
        #expect(
            try opened(yarn).config.ropeScaling
                == .yarn(YarnScaling(factor: 4, originalMaximumPositions: 128)))
        var more = yarn
        more["llama.rope.scaling.attn_factor"] = .float32(1.37)
        guard case .yarn(let read)? = try opened(more).config.ropeScaling else {
            Issue.record("no yarn")
            return
        }
        #expect(abs(read.effectiveAttentionFactor - 1.37 * 1.138_629_436) < 1e-6)
        more["llama.rope.scaling.type"] = .string("linear")
        let path = try model.gguf(more)
        #expect(try model.refusal(path).place?.hasSuffix("llama.rope.scaling.attn_factor") == true)
    }

    @Test func settingsThatLlamaDoesNotReadAreTold() throws {
        let file = try opened([
            "llama.rope.scaling.type": .string("yarn"), "llama.rope.scaling.factor": .float32(4),
            "llama.rope.scaling.yarn_beta_fast": .float32(16),
            "llama.rope.scaling.yarn_beta_slow": .float32(1),
            "llama.attention.scale": .float32(0.25), "llama.brand_new": .bool(true),
            "tokenizer.ggml.add_eos_token": .bool(true), "general.sampling.temp": .float32(0.5),
            "general.author": .string("me"), "quantize.imatrix.file": .string("x"),
        ])
        let notes = file.notes.map { String($0.description.drop { $0 != ":" }.dropFirst(2)) }
        #expect(
            Set(notes) == [
                "llama.attention.scale 0.25, llama.rope.scaling.yarn_beta_fast 16.0: not used, as "
                    + "llama.cpp does not use it for this architecture",
                "tokenizer.ggml.add_eos_token true: no text gets that token here",
                "general.sampling.temp 0.5: answers follow this program's own settings",
                "not known here and not used: llama.brand_new",
            ])
    }

    @Test func theConvertersOwnKeysAreSilent() throws {
        #expect(try opened([:]).notes.isEmpty)
        for name in ["llama-F32", "llama3-rope-F16", "qwen2-tied-Q8_0", "qwen3-Q8_0"] {
            let path = try Fixture.path("families/gguf/\(name).gguf")
            #expect(try ModelFolder(path: path).notes == [], "\(name)")
        }
    }

    @Test(arguments: [
        ("llama.attention.causal", GGUFValue.bool(false)),
        ("llama.attention.layer_norm_rms_epsilon", nil),
        ("llama.expert_used_count", .uint32(2)),
    ])
    func otherNetworksAreRefusedByName(key: String, value: GGUFValue?) throws {
        #expect(try model.refusal(model.gguf([key: value])).place?.hasSuffix("key \(key)") == true)
    }

    @Test func aCausalFileSaysNothingElse() throws {
        #expect(try opened(["llama.attention.causal": .bool(true)]).notes.isEmpty)
    }

    /// llama.cpp computes with these wherever a file has them.
    @Test(arguments: [
        "blk.0.attn_q.scale", "blk.1.ffn_up.input_scale", "rope_factors_long.weight",
        "rope_factors_short.weight", "blk.1.attn_k.bias", "blk.0.ffn_norm.bias", "output.bias",
    ])
    func tensorsThatChangeTheResultAreRefused(name: String) throws {
        let path = try model.gguf(more: [.init(name, [4], [1, 1, 1, 1])])
        let error = try model.refusal(path)
        let known = WeightNames.llama.huggingFaceTensor(ofGGUF: name)?.name ?? name
        #expect(error.why?.description.contains(known) == true, "\(error)")
    }

    @Test func otherTensorsAreTold() throws {
        let file = try opened(
            [:],
            more: [
                .init("blk.2.attn_q.weight", [32, 32], [Float](repeating: 0, count: 1_024)),
                .init("v.patch_embd", [4], [0, 0, 0, 0]),
            ])
        #expect(
            file.notes == [
                "The file holds layers beyond the 2 of the configuration, which are not used: 2",
                "The file holds tensors that are not used: v.patch_embd",
            ])
    }

    @Test func factorsBesideAScalingAreRefused() throws {
        let path = try model.gguf(
            ["llama.rope.scaling.factor": .float32(4)],
            more: [.init("rope_freqs.weight", [4], [1, 1, 2, 4])])
        #expect(try model.refusal(path).place?.hasSuffix("llama.rope.scaling.type") == true)
    }

    // MARK: - Ids

    /// Converters wrote 2^32 − 1 for "none", or an id that the vocabulary does not have.
    @Test func specialIDsOutsideOfTheVocabularyCountAsAbsent() throws {
        let key = "tokenizer.ggml.padding_token_id"
        for (value, isTold) in [
            (GGUFValue.uint32(.max), false), (.int32(-1), false), (.uint32(264), true),
        ] {
            let path = try model.gguf([key: value])
            let prepared = try PreparedModel(path: path, template: "chatml")
            #expect(prepared.tokenizer.padID == nil && prepared.folder.config.padTokenID == nil)
            let told = prepared.notes.filter { $0.description.contains(key) }
            #expect(told.count == (isTold ? 1 : 0), "\(prepared.notes)")
        }
        let start = try PreparedModel(
            path: model.gguf(["tokenizer.ggml.bos_token_id": .uint32(9_999)]), template: "chatml")
        #expect(start.tokenizer.bosID == nil && !start.tokenizer.addsBOS)
    }

    /// llama.cpp ends an answer at the end of a message as well.
    @Test func theEndOfAMessageEndsAnAnswer() throws {
        let file = try opened(["tokenizer.ggml.eom_token_id": .uint32(256)])
        #expect(file.eosTokenIDs == [258, 256])
    }

    @Test func aFolderWithOneGGUFIsThatFile() throws {
        let folder = "\(model.root.path)/only"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: model.gguf(), toPath: "\(folder)/m.gguf")
        let prepared = try PreparedModel(path: folder, template: "chatml")
        #expect(prepared.tokenizer.encode("hi", allowSpecial: false) == [104, 105])
        #expect(try TokenizerLoader.load(modelAt: folder).tokenizer.vocabularySize == 264)
    }
}

struct VocabularyGapTests {
    /// The row of a missing id is there, and no text reaches it.
    @Test func anIDWithoutATokenIsARowThatNoTextReaches() throws {
        let model = try ChangedModel()
        var json = try #require(try JSONValue(contentsOf: "\(model.path)/tokenizer.json").object)
        var bpe = try #require(json["model"]?.object)
        var vocabulary = try #require(bpe["vocab"]?.object)
        let gone = try #require(vocabulary.first { $0.value == 100 }).key
        vocabulary[gone] = nil
        bpe["vocab"] = .object(vocabulary)
        json["model"] = .object(bpe)
        try AtomicFile.write(
            Array(JSONValue.object(json).text().utf8), to: "\(model.path)/tokenizer.json")
        let tokenizer = try TokenizerLoader.load(modelAt: model.path).tokenizer
        #expect(tokenizer.vocabularySize == 259)
        #expect(tokenizer.encode("hello", allowSpecial: false) == [104, 101, 108, 108, 111])
        #expect(tokenizer.decode([104, 100, 105], skipSpecial: false) == "hi")
        #expect(tokenizer.id(of: "") == nil)
        // A GGUF file needs a text for every row.
        let gguf = try GGUFFile(path: model.gguf())
        let tokens = try #require(try gguf.metadata.strings("tokenizer.ggml.tokens"))
        #expect(tokens[100] == "[PAD100]" && tokens[259] == "[PAD259]")
        let types = try #require(try gguf.metadata.integers("tokenizer.ggml.token_type"))
        #expect(types[100] == 5 && types[99] == 1)
        #expect(
            try TokenizerLoader.load(modelAt: gguf.path).tokenizer.encode(
                "hello", allowSpecial: false) == [104, 101, 108, 108, 111])
    }
}
