// Whole GGUF files: one by the reference implementation, names, permuted rows, round trips.
import Foundation
import Testing

@testable import Fuzzing
@testable import Kernel

@Suite struct GGUFFileTests {
    private func reference() throws -> GGUFFile {
        try GGUFFile(path: try fixture("reference.gguf"))
    }

    @Test(arguments: [0, 23, 100, 200])
    func aCutHeaderHintsAtTheCut(length: Int) throws {
        let folder = try TemporaryFolder()
        let path = try folder.file(
            "cut.gguf", Array(try contents(try fixture("reference.gguf")).prefix(length)))
        let error = try #require(throws: KernelError.self) { try GGUFFile(path: path) }
        #expect(error.kind == .badData)
        #expect(error.hint?.description.contains("cut off") == true, "\(error)")
    }

    @Test func readsMetadataOfEveryType() throws {
        let file = try reference()
        let metadata = file.metadata
        #expect(file.version == 3)
        #expect(file.alignment == 32)
        #expect(file.architecture == "llama")
        let expected: [String: GGUFValue] = [
            "general.name": .string("reference"), "llama.context_length": .uint32(64),
            "llama.attention.layer_norm_rms_epsilon": .float32(1e-5), "test.u8": .uint8(200),
            "test.i8": .int8(-100), "test.u16": .uint16(60_000), "test.i16": .int16(-30_000),
            "test.i32": .int32(.min), "test.u64": .uint64(.max), "test.i64": .int64(.min),
            "test.f64": .float64(0.1), "test.bool": .bool(true),
            "test.strings": .array(.string(["a", "", "é"])),
            "test.floats": .array(.float32([0.5, 1.5])),
            "test.integers": .array(.int32([1, -2, 3])),
        ]
        for (key, value) in expected { #expect(metadata[key] == value, "\(key)") }
        #expect(metadata.pairs.count == expected.count + 4)
        #expect(metadata["absent"] == nil)
    }

    @Test func aValueOfAnotherTypeIsAnErrorThatNamesTheKey() throws {
        let metadata = try reference().metadata
        #expect(try metadata.integer("test.i8") == -100)
        #expect(try metadata.integer("absent") == nil)
        #expect(try metadata.strings("test.strings") == ["a", "", "é"])
        #expect(try metadata.floats("test.floats") == [0.5, 1.5])
        #expect(try metadata.integers("test.integers") == [1, -2, 3])
        let error = try #require(throws: KernelError.self) { try metadata.floats("test.integers") }
        #expect(error.place == "test.integers")
        #expect(throws: KernelError.self) { try metadata.string("test.u8") }
        #expect(throws: KernelError.self) { try metadata.integer("test.u64") }
        #expect(throws: KernelError.self) { try metadata.integer("test.f64") }
        #expect(throws: KernelError.self) { try metadata.bool("test.u8") }
    }

    @Test func shapesAreRowMajorAndNamesAreHuggingFaces() throws {
        let file = try reference()
        let embedding = try #require(file.entry(named: "model.embed_tokens.weight"))
        #expect(embedding.storedName == "token_embd.weight")
        #expect(embedding.shape == [3, 32])
        #expect(embedding.dtype == .f16)
        #expect(embedding.rowPermutation == nil)
        let last = file.bytes(of: embedding).loadUnaligned(fromByteOffset: 190, as: UInt16.self)
        #expect(last == 0x55F0, "95 = 1.484375 · 2^6: exponent 21, mantissa 496")
        let up = try #require(file.entry(named: "model.layers.0.mlp.up_proj.weight"))
        #expect(up.dtype == .q8_0)
        #expect(up.shape == [2, 32])
        #expect(up.byteRange.count == 68)
    }

    /// The fixture was permuted by the converter's own formula; HF row r holds r in all columns.
    @Test func theRowPermutationFindsHuggingFacesRows() throws {
        let file = try reference()
        let query = try #require(file.entry(named: "model.layers.0.self_attn.q_proj.weight"))
        let permutation = try #require(query.rowPermutation)
        #expect(permutation.headDimension == 4)
        let bytes = file.bytes(of: query)
        for row in 0..<8 {
            let stored = permutation.storedRow(of: row)
            #expect(bytes.loadUnaligned(fromByteOffset: stored * 128, as: Float.self) == Float(row))
            #expect(permutation.row(storedAt: stored) == row)
        }
        // Halves {0, 1} and {2, 3} of the first head lie interleaved as 0, 2, 1, 3.
        #expect((0..<4).map(permutation.row(storedAt:)) == [0, 2, 1, 3])
    }

    @Test(arguments: [2, 4, 6, 64, 128])
    func thePermutationIsABijectionWithinHeads(dimension: Int) {
        let permutation = RowPermutation(headDimension: dimension)
        let rows = 3 * dimension
        #expect(Set((0..<rows).map(permutation.storedRow(of:))) == Set(0..<rows))
        for row in 0..<rows {
            #expect(permutation.row(storedAt: permutation.storedRow(of: row)) == row)
            #expect(permutation.storedRow(of: row) / dimension == row / dimension)
        }
    }

    private func copy(_ file: GGUFFile, to path: String) throws {
        let specs = file.entries.map {
            WeightSpec(name: $0.storedName, dtype: $0.dtype, shape: $0.shape)
        }
        let planned = try GGUFWriter.fileBytes(metadata: file.metadata, tensors: specs)
        try AtomicFile.write(to: path, plannedBytes: planned) { (sink) throws(KernelError) in
            let writer = try GGUFWriter(to: sink, metadata: file.metadata, tensors: specs)
            for entry in file.entries {
                let bytes = file.bytes(of: entry)
                let half = bytes.count / 2
                try writer.write(
                    UnsafeRawBufferPointer(rebasing: bytes[..<half]), of: entry.storedName)
                try writer.write(
                    UnsafeRawBufferPointer(rebasing: bytes[half...]), of: entry.storedName)
            }
            writer.finish()
        }
    }

    @Test func savingTheReferenceFileGivesItsVeryBytes() throws {
        let folder = try TemporaryFolder()
        let path = try fixture("reference.gguf")
        try copy(try GGUFFile(path: path), to: "\(folder.path)/a.gguf")
        #expect(try contents("\(folder.path)/a.gguf") == contents(path))
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func savingARandomFileGivesItsVeryBytes(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        var numbers = SeededNumbers(seed: seed)
        var recipe = GGUFRecipe(&numbers)
        if seed % 2 == 1 {
            recipe.add("general.alignment", 4, GGUFRecipe.little(UInt32(128)))
            recipe.alignment = 128
        }
        var bytes = recipe.bytes()
        let path = try folder.file("a.gguf", bytes)
        let file = try GGUFFile(path: path)
        try copy(file, to: "\(folder.path)/b.gguf")
        // The recipe fills the padding between tensors with noise, the writer with zeros.
        for entry in file.entries {
            let end = entry.byteRange.upperBound
            let next = min(
                (end + recipe.alignment - 1) / recipe.alignment * recipe.alignment, bytes.count)
            for index in end..<next { bytes[index] = 0 }
        }
        #expect(try contents("\(folder.path)/b.gguf") == bytes)
    }

    @Test func rowsThatDoNotDivideIntoHeadsAreRefused() throws {
        let folder = try TemporaryFolder()
        for heads: UInt32 in [0, 3, 8, .max] {
            var numbers = SeededNumbers(seed: 3)
            var recipe = GGUFRecipe(&numbers)
            recipe.add("general.architecture", 8, GGUFRecipe.string("llama"))
            recipe.add("llama.attention.head_count", 4, GGUFRecipe.little(heads))
            recipe.tensors.append(
                GGUFRecipe.Tensor(
                    name: Array("blk.0.attn_k.weight".utf8), dimensions: [4, 8], type: 0,
                    byteCount: 128))
            let path = try folder.file("a.gguf", recipe.bytes())
            let error = try #require(throws: KernelError.self) { try GGUFFile(path: path) }
            #expect(error.place?.contains("blk.0.attn_k.weight") == true)
        }
    }

    @Test func theWriterNamesWhatItCannotHold() throws {
        let cases: [(WeightSpec, String)] = [
            (WeightSpec(name: "w", dtype: .u8, shape: [1]), "GGUF has no element type u8"),
            (WeightSpec(name: "w", dtype: .f32, shape: [0]), "GGUF cannot hold the shape [0]"),
            (
                WeightSpec(name: "w", dtype: .f32, shape: [1, 1, 1, 1, 1]),
                "GGUF cannot hold the shape [1, 1, 1, 1, 1]"
            ),
            (
                WeightSpec(name: String(repeating: "n", count: 65), dtype: .f32, shape: [1]),
                "the name is longer than 64 bytes"
            ),
        ]
        for (spec, reason) in cases {
            let error = try #require(throws: KernelError.self) {
                try GGUFWriter.fileBytes(metadata: GGUFMetadata(), tensors: [spec])
            }
            #expect(error.why?.description == reason)
        }
    }
}

@Suite struct WeightNamesTests {
    private static let pairs = [
        ("token_embd.weight", "model.embed_tokens.weight"),
        ("output_norm.weight", "model.norm.weight"),
        ("output.weight", "lm_head.weight"),
        ("blk.0.attn_norm.weight", "model.layers.0.input_layernorm.weight"),
        ("blk.12.ffn_norm.weight", "model.layers.12.post_attention_layernorm.weight"),
        ("blk.3.attn_q.weight", "model.layers.3.self_attn.q_proj.weight"),
        ("blk.3.attn_q.bias", "model.layers.3.self_attn.q_proj.bias"),
        ("blk.3.attn_k.weight", "model.layers.3.self_attn.k_proj.weight"),
        ("blk.3.attn_v.bias", "model.layers.3.self_attn.v_proj.bias"),
        ("blk.3.attn_output.weight", "model.layers.3.self_attn.o_proj.weight"),
        ("blk.3.attn_q_norm.weight", "model.layers.3.self_attn.q_norm.weight"),
        ("blk.3.attn_k_norm.weight", "model.layers.3.self_attn.k_norm.weight"),
        ("blk.99.ffn_gate.weight", "model.layers.99.mlp.gate_proj.weight"),
        ("blk.99.ffn_up.weight", "model.layers.99.mlp.up_proj.weight"),
        ("blk.99.ffn_down.weight", "model.layers.99.mlp.down_proj.weight"),
    ]

    @Test(arguments: pairs)
    func namesTranslateBothWays(gguf: String, huggingFace: String) throws {
        let found = WeightNames.llama.huggingFaceTensor(ofGGUF: gguf)
        #expect(found?.name == huggingFace)
        let names = WeightNames.llama.paths(
            try #require(found?.role),
            layer: gguf.split(separator: ".").compactMap { Int($0) }.first)
        #expect(huggingFace.hasPrefix(names.huggingFace + ".") && gguf.hasPrefix(names.gguf + "."))
    }

    @Test(arguments: [
        "rope_freqs.weight", "blk.0.attn_q", "blk..attn_q.weight", "blk.x.attn_q.weight",
        "blk.01.attn_q.weight",
        "blk.-1.attn_q.weight", "blk.0.output.weight", "attn_q.weight", "blk.0.attn_q.weight.x", "",
        ".",
        "blk.9999999.attn_q.weight", "model.embed_tokens.weight", "blk.0.attn_rot_embd.weight",
    ])
    func otherNamesHaveNoCounterpart(name: String) {
        #expect(WeightNames.llama.huggingFaceTensor(ofGGUF: name)?.name == nil)
    }

    @Test func onlyTheLlamaArchitecturePermutes() {
        func permuted(_ type: String) -> [String] {
            let config = ModelConfig(
                modelType: type, vocabularySize: 96, hiddenSize: 32, intermediateSize: 64,
                layerCount: 2, headCount: 4, keyValueHeadCount: 2, headDimension: 8,
                maximumPositions: 256)
            return config.layout.slots.filter { $0.ggufPermutation?.headDimension == 8 }
                .map(\.ggufPath)
        }
        let heads = ["blk.0.attn_q", "blk.0.attn_k", "blk.1.attn_q", "blk.1.attn_k"]
        #expect(permuted("llama") == heads && permuted("mistral") == heads)
        #expect(permuted("qwen2").isEmpty && permuted("qwen3").isEmpty)
    }
}
