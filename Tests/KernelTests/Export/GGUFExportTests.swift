// GGUF files reopened by this program's reader: every family and type, metadata, row order.

import Foundation
import TestSupport
import Testing

@testable import Kernel

@Suite struct GGUFExportTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func export(
        _ model: TunedModel, _ base: ModelFolder, _ dtype: DType
    ) throws -> ExportResult {
        try GGUFExport.write(
            model, base: base, settings: ExportSupport.settings(dtype), to: folder.path + "/out")
    }

    @Test(arguments: [
        "llama", "llama-biases", "llama3-rope", "qwen2-tied", "qwen2-untied", "qwen3",
        "gguf/llama3-rope-F16.gguf", "mistral-window", "gemma2", "gguf/gemma2-F32.gguf",
    ])
    func fp32EqualsTheAdaptedModel(_ name: String) throws {
        let base = try ExportSupport.family(name)
        let model = try ExportSupport.adapted(base)
        let result = try export(model, base, .f32)
        let report = try ExportCheck.compare(
            model, withModelAt: result.modelPath, dtype: .f32, prompt: ExportSupport.prompt)
        #expect(report.passes, "\(report)")
        let file = try GGUFFile(path: result.modelPath)
        #expect(try file.metadata.integer("general.file_type") == 0)
        #expect(
            file.architecture == (name == "mistral-window" ? "llama" : base.config.modelType))
        #expect(
            result.notes.contains { $0.description.contains("window") }
                == (name == "mistral-window"))
    }

    /// The converter's own file of the same folder: equal tensors, byte by byte.
    @Test(arguments: [
        "llama-F32", "llama-Q8_0", "llama3-rope-F16", "qwen2-tied-Q8_0", "qwen3-Q8_0", "gemma2-F32",
    ])
    func tensorsEqualTheConverters(_ name: String) throws {
        let parts = name.split(separator: "-")
        let base = try ExportSupport.family(parts.dropLast().joined(separator: "-"))
        let dtype = try #require(DType(rawValue: parts.last?.lowercased() ?? ""))
        let kind: DType = parts.last == "F32" ? .f32 : parts.last == "F16" ? .f16 : dtype
        let result = try export(ExportSupport.plain(base), base, kind)
        let written = try GGUFFile(path: result.modelPath)
        let reference = try GGUFFile(path: Fixture.path("families/gguf/\(name).gguf"))
        #expect(written.entries.count == reference.entries.count)
        for entry in reference.entries {
            let copy = try #require(written.entry(named: entry.name), "\(entry.storedName)")
            #expect(copy.storedName == entry.storedName && copy.shape == entry.shape)
            #expect(copy.dtype == entry.dtype, "\(entry.storedName)")
            if entry.storedName == GGUFNames.rotaryFactors {
                // torch divides in fp32 where this code divides in Double: the last bit may differ.
                let factors = [written.bytes(of: copy), reference.bytes(of: entry)].map {
                    Array($0.bindMemory(to: Float.self))
                }
                #expect(firstMismatch(factors[0], factors[1], relative: 1e-6, absolute: 0) == nil)
            } else {
                #expect(
                    written.bytes(of: copy).elementsEqual(reference.bytes(of: entry)),
                    "\(entry.storedName)")
            }
        }
        for key in ["block_count", "attention.head_count_kv", "rope.freq_base", "context_length"] {
            let full = "\(reference.architecture).\(key)"
            #expect(written.metadata[full] == reference.metadata[full], "\(key)")
        }
    }

    /// hidden 64 is two blocks, inner 48 is none: down_proj falls back. The tied head keeps 8 bits.
    @Test func rowsThatAreNoBlocksFallBack() throws {
        let base = try ExportSupport.family("llama3-rope")
        try #require(base.config.intermediateSize == 48 && base.config.tiedEmbeddings)
        let model = try ExportSupport.adapted(base)
        let result = try export(model, base, .q4_0)
        let file = try GGUFFile(path: result.modelPath)
        func type(_ name: String) -> DType? { file.entry(named: name)?.dtype }
        #expect(type("model.layers.0.self_attn.q_proj.weight") == .q4_0)
        #expect(type("model.layers.0.mlp.down_proj.weight") == .f16)
        #expect(type("model.layers.0.input_layernorm.weight") == .f32)
        #expect(type("model.embed_tokens.weight") == .q8_0)
        #expect(type("rope_freqs.weight") == .f32)
        #expect(
            result.notes.contains {
                $0.description.contains("ffn_down") && $0.description.contains("f16")
            })
        let report = try ExportCheck.compare(
            model, withModelAt: result.modelPath, dtype: .q4_0, prompt: ExportSupport.prompt)
        #expect(report.budget == nil && report.passes && report.largestDifference > 0)
        #expect(result.files.map(\.name).contains("llama3-rope-Q4_0.gguf"))
    }

    @Test(arguments: [(DType.f16, 1), (.bf16, 32), (.q8_0, 7), (.q4_0, 2)])
    func typesAreDeclared(_ dtype: DType, _ number: Int) throws {
        let base = try ExportSupport.family("qwen3")
        let result = try export(ExportSupport.plain(base), base, dtype)
        let file = try GGUFFile(path: result.modelPath)
        #expect(try file.metadata.integer("general.file_type") == number)
        #expect(file.entry(named: "model.layers.0.mlp.up_proj.weight")?.dtype == dtype)
    }

    @Test func sizesAreSaidAsPeopleDo() {
        let cases = [
            (134_515_008, "135M"), (1_540_000_000, "1.5B"), (7_000_000_000, "7B"), (999, "999"),
        ]
        for (count, label) in cases { #expect(GGUFMetadata.sizeLabel(count) == label) }
    }
}
