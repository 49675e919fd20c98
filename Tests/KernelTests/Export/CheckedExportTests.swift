// What an export promises: nothing that failed its check has a name, nothing is written that the format
// cannot say, leftovers of the dead go, and the metadata are the converter's.

import Foundation
import TestSupport
import Testing

@testable import Kernel

@Suite struct CheckedExportTests {
    private let model: ChangedModel
    private var out: String { "\(model.root.path)/out" }

    init() throws { model = try ChangedModel() }

    private func gguf(
        _ change: (inout ExportSettings) -> Void = { _ in },
        check: @escaping ExportVerdict = { _ in }
    ) throws -> ExportResult {
        let base = try model.open()
        return try GGUFExport.write(
            ExportSupport.plain(base), base: base, settings: ExportSupport.settings(.f32, change),
            to: out, check: check)
    }

    /// The check sees whole files under a hidden name; when it throws, nothing is left and nothing changed.
    @Test func whatFailsItsCheckHasNoName() throws {
        let base = try model.open()
        let tuned = try ExportSupport.adapted(base)
        let plain = try ExportSupport.plain(base)
        let fail: ExportVerdict = { (written) throws(KernelError) in
            #expect(written.folder != self.out && !written.files.isEmpty)
            #expect(FileManager.default.fileExists(atPath: written.modelPath))
            #expect(!FileManager.default.fileExists(atPath: self.out))
            throw KernelError(.internalFault, "it differs")
        }
        #expect(throws: KernelError.self) { try gguf(check: fail) }
        #expect(throws: KernelError.self) {
            try SafetensorsExport.write(plain, base: base, to: out, check: fail)
        }
        #expect(throws: KernelError.self) {
            try AdapterExport.write(tuned, base: base, to: out, check: fail)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: model.root.path) == ["model"])
    }

    /// Logits that differ by less than sums in another order do are a tie, and no reason to refuse.
    @Test func tiesAreNoDifference() {
        let arena = Arena(reserving: 1 << 20)
        func logits(_ rows: [[Float]]) -> Tensor {
            let tensor = Tensor(rows.count, 3, in: arena)
            for (i, row) in rows.enumerated() {
                for (j, value) in row.enumerated() { tensor.row(i)[j] = value }
            }
            return tensor
        }
        let expected = logits([[1, 0, 0], [0, 2.000_01, 2], [0, 1, 5]])
        let found = logits([[1, 0, 0], [0, 2, 2.000_01], [0, 1, 5]])
        #expect(ExportCheck.agreeing([0, 1, 2], expected, found, tie: 2e-3) == 3)
        #expect(ExportCheck.agreeing([0, 1, 2], expected, found, tie: 0) == 1)
        let other = logits([[1, 0, 0], [0, 2, 2.1], [9, 1, 5]])
        #expect(ExportCheck.agreeing([0, 1, 2], expected, other, tie: 2e-3) == 2)
    }

    @Test func theCheckReadsWhatWillStand() throws {
        let base = try model.open()
        let plain = try ExportSupport.plain(base)
        var report: ExportReport?
        let result = try GGUFExport.write(
            plain, base: base, settings: ExportSupport.settings(.f32), to: out,
            check: { (written) throws(KernelError) in
                report = try ExportCheck.compare(
                    plain, withModelAt: written.modelPath, dtype: .f32, prompt: ChangedModel.ids)
            })
        #expect(report?.passes == true)
        #expect(result.folder == out)
        #expect(FileManager.default.fileExists(atPath: result.modelPath))
    }

    // MARK: - What the format cannot say

    /// float32 of 1e-12 lies just below it, that of 0.1 just above.
    @Test(arguments: [1e-12, 0.1, 1e-5]) func everyEpsilonComesBack(epsilon: Double) throws {
        try model.change("config.json", ["rms_norm_eps": .number(epsilon)])
        #expect(try ModelFolder(path: gguf().modelPath).config.normEpsilon == Float(epsilon))
    }

    /// attention_factor over what YaRN does by itself is what llama.cpp reads.
    @Test func yarnsAttentionIsWrittenAsLlamaReadsIt() throws {
        func export(_ more: JSONObject) throws -> GGUFFile {
            var settings: JSONObject = [
                "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 128,
            ]
            settings.merge(more) { $1 }
            try model.change("config.json", ["rope_scaling": .object(settings)])
            return try GGUFFile(path: gguf { $0.replacesFolder = true }.modelPath)
        }
        let key = "llama.rope.scaling.attn_factor"
        let plain = try export([:])
        #expect(plain.metadata[key] == nil)
        let factor = try export(["attention_factor": 1.56])
        let written = try #require(try factor.metadata.double(key))
        #expect(abs(written - 1.56 / 1.138_629_436) < 1e-6)
        #expect(factor.metadata["llama.rope.scaling.yarn_attn_factor"] == nil)
        let pair = try export(["mscale": 2.0, "mscale_all_dim": 1.0])
        #expect(
            abs(
                try #require(try pair.metadata.double(key)) - 1.277_258_872 / 1.138_629_436
                    / 1.138_629_436) < 1e-6)
        // And read again, it is the same model.
        let logits = try ChangedModel.logits(model.open())
        let again = try ChangedModel.logits(ModelFolder(path: pair.path))
        #expect(zip(logits, again).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    @Test(arguments: [
        ["beta_fast": 2.0] as JSONValue, ["beta_slow": 0.001], ["truncate": false],
    ])
    func yarnsBetasAreRefusedBeforeWriting(more: JSONValue) throws {
        var settings: JSONObject = [
            "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 128,
        ]
        settings.merge(try #require(more.object)) { $1 }
        try model.change("config.json", ["rope_scaling": .object(settings)])
        let error = try #require(throws: KernelError.self) { try gguf() }
        #expect(error.kind == .unavailable && error.place?.contains("rope_scaling") == true)
        #expect(!FileManager.default.fileExists(atPath: out))
    }

    @Test func windowsOfSomeLayersAreRefusedBeforeWriting() throws {
        func config(_ windows: [Int?]) -> ModelConfig {
            var config = ModelConfig(
                modelType: "qwen2", vocabularySize: 264, hiddenSize: 32, intermediateSize: 64,
                layerCount: 2, headCount: 4, keyValueHeadCount: 2, headDimension: 8,
                maximumPositions: 512, attentionBias: true)
            for (layer, window) in windows.enumerated() {
                config.network.layers[layer].attention.shape.window = window
            }
            return config
        }
        let error = try #require(throws: KernelError.self) {
            try GGUFPlan.refuseUnsaid(config([nil, 64]), at: "m")
        }
        #expect(error.place == "m, key sliding_window")
        // In all layers it can be said; one as long as the context is none.
        try GGUFPlan.refuseUnsaid(config([64, 64]), at: "m")
        try GGUFPlan.refuseUnsaid(config([nil, 512]), at: "m")
        // Gemma 2 has it in every second layer, from the first on.
        var gemma = config([64, nil])
        (gemma.modelType, gemma.network.layers[0].feedForward.activation) = ("gemma2", .geluTanh)
        for layer in 0..<2 { gemma.network.layers[layer].attention.shape.softCap = 50 }
        gemma.network.head.softCap = 30
        try GGUFPlan.refuseUnsaid(gemma, at: "m")
        gemma.network.layers[0].attention.shape.window = nil
        gemma.network.layers[1].attention.shape.window = 64
        #expect(throws: KernelError.self) { try GGUFPlan.refuseUnsaid(gemma, at: "m") }
    }

    @Test func flagsOfTokensThatAreLostAreTold() throws {
        var json = try #require(try JSONValue(contentsOf: "\(model.path)/tokenizer.json").object)
        var added = try #require(json["added_tokens"]?.array)
        var first = try #require(added[0].object)
        first["rstrip"] = true
        added[0] = .object(first)
        json["added_tokens"] = .array(added)
        try AtomicFile.write(
            Array(JSONValue.object(json).text().utf8), to: "\(model.path)/tokenizer.json")
        #expect(
            try gguf().notes.contains {
                $0.description.contains("rstrip") && $0.description.contains("<|endoftext|>")
            })
    }

    // MARK: - Metadata

    @Test func theConvertersKeysAreWritten() throws {
        try AtomicFile.write(
            Array(
                #"{"temperature":0.7,"top_k":20,"top_p":0.8,"repetition_penalty":1.1,"do_sample":true}"#
                    .utf8), to: "\(model.path)/generation_config.json")
        try AtomicFile.write(
            Array("---\nlicense: apache-2.0\nlanguage:\n- en\n- zh\nother: [1]\n---\n# x\n".utf8),
            to: "\(model.path)/README.md")
        try model.change("tokenizer_config.json", ["unk_token": "<|endoftext|>"])
        let result = try gguf {
            $0.card = ModelCard(baseModel: "some-lab/tiny-model-v2-1B", method: "lora")
        }
        let metadata = try GGUFFile(path: result.modelPath).metadata
        let expected: [(String, GGUFValue)] = [
            ("general.sampling.temp", .float32(0.7)), ("general.sampling.top_k", .int32(20)),
            ("general.sampling.top_p", .float32(0.8)),
            ("general.sampling.penalty_repeat", .float32(1.1)),
            ("general.license", .string("apache-2.0")),
            ("general.languages", .array(.string(["en", "zh"]))),
            ("general.base_model.count", .uint32(1)),
            ("general.base_model.0.name", .string("Tiny Model v2 1B")),
            ("general.base_model.0.organization", .string("Some Lab")),
            (
                "general.base_model.0.repo_url",
                .string("https://huggingface.co/some-lab/tiny-model-v2-1B")
            ),
            ("general.tags", .array(.string(["lora", "workbench"]))),
            ("tokenizer.ggml.unknown_token_id", .uint32(256)),
        ]
        for (key, value) in expected { #expect(metadata[key] == value, "\(key)") }
    }

    @Test func cardsInOtherShapesAreReadOrLeftOut() {
        let one = BaseCard(text: "---\nlanguage: [en, \"zh\"]\nlicense: 'mit'\n---\n")
        #expect(one.license == "mit" && one.languages == ["en", "zh"])
        #expect(BaseCard(text: "# no front matter\nlicense: mit\n").license == nil)
        #expect(BaseCard(text: "---\nlicense: mit\n").license == nil, "it is not closed")
        #expect(
            BaseCard(text: "---\nlicense_name: own\nlicense_link: LICENSE\nlanguage: en\n---")
                .languages == ["en"])
        #expect(BaseCard(folder: "/nowhere") == BaseCard(text: ""))
    }

    /// The Modelfile of a short model asks for no more than the model has.
    @Test func theContextOfTheModelfileIsNeverAboveTheModels() throws {
        let result = try gguf { $0.template = try? BuiltinTemplates.named("chatml") }
        let text = try String(contentsOfFile: "\(result.folder)/Modelfile", encoding: .utf8)
        #expect(text.contains("PARAMETER num_ctx 512\n"))
    }

    // MARK: - Leftovers

    /// A process number that nobody has.
    private func deadProcess() throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/true")
        try process.run()
        process.waitUntilExit()
        return process.processIdentifier
    }

    @Test func foldersOfDeadProcessesAreRemovedByTheNextExport() throws {
        let (dead, parent) = (try deadProcess(), model.root.path)
        func make(_ name: String) throws -> String {
            let path = "\(parent)/\(name)"
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false)
            try AtomicFile.write(Array("half".utf8), to: "\(path)/model.safetensors")
            return path
        }
        let leftover = try make(".old export.\(dead)-3.tmp")
        let held = try make(".held.\(dead)-4.tmp")
        let stays = try [
            make(".mine.\(getpid())-900.tmp"), make(".other.1-3.tmp"), make("plain.\(dead)-3.tmp"),
            make(".own.tmp"), make(".own.\(dead)-x.tmp"), held,
        ]
        // Another machine's process may hold a folder under a number that is dead here.
        let hold = LeftoverFolders.hold(held)
        defer { close(hold) }
        _ = try gguf()
        #expect(!FileManager.default.fileExists(atPath: leftover))
        for path in stays { #expect(FileManager.default.fileExists(atPath: path), "\(path)") }
    }

    @Test func aFolderBeingFilledIsHeld() throws {
        _ = try gguf(check: { (written) throws(KernelError) in
            let descriptor = open(written.folder, O_RDONLY | O_DIRECTORY)
            defer { close(descriptor) }
            #expect(flock(descriptor, LOCK_EX | LOCK_NB) != 0)
        })
        let descriptor = open(out, O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    }

    @Test(arguments: ["\0", "out\0x", "a/\0b"]) func pathsWithNULAreRefused(name: String) throws {
        let path = "\(model.root.path)/\(name)"
        let base = try model.open()
        let tuned = try ExportSupport.plain(base)
        for write in [
            {
                try GGUFExport.write(
                    tuned, base: base, settings: ExportSupport.settings(.f32), to: path
                ).folder
            },
            { try SafetensorsExport.write(tuned, base: base, to: path).folder },
            {
                try AtomicFile.write([1], to: path)
                return path
            }, { try AtomicFolder.write(to: path) { $0 } }, { try MappedFile(path: path).path },
        ] {
            #expect(
                try #require(throws: KernelError.self) { _ = try write() }.kind == .configuration)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: model.root.path) == ["model"])
    }
}
