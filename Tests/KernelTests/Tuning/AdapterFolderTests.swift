// Adapter folders that are not what they should be, and what is told of an adapter over another base.

import Foundation
import Testing

@testable import Kernel
import TestSupport

@Suite struct AdapterFolderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func weights(_ name: String = "llama") throws -> ModelWeights {
        try TinyModel.weights(name)
    }

    /// A written adapter over the tiny llama.
    private func write(sample: BaseSample? = nil, base: String = "org/llama") throws {
        try AdapterFile.save(
            TinyModel.adapted(weights()), baseModel: base,
            sample: sample, to: folder.path)
    }

    private func failure(over name: String = "llama") throws -> KernelError {
        let weights = try weights(name)
        return try #require(throws: KernelError.self) {
            try weights.folding(adapter: folder.path)
        }
    }

    private var file: String { "\(folder.path)/adapter_model.safetensors" }

    // MARK: - Weights that cannot be read

    @Test func pickleIsNamed() throws {
        try write()
        try FileManager.default.moveItem(
            atPath: file, toPath: "\(folder.path)/adapter_model.bin")
        let error = try failure()
        #expect(error.place == "\(folder.path)/adapter_model.bin")
        #expect(
            error.why?.description.contains("pickle") == true
                && error.hint?.description.contains("PEFT") == true)
    }

    @Test func absentWeightsAreNamed() throws {
        try write()
        try FileManager.default.removeItem(atPath: file)
        let error = try failure()
        #expect(
            error.kind == .missingInput && error.what.description.contains("half of the adapter"))
        #expect(error.place == "\(folder.path)/adapter_model.safetensors")
    }

    @Test func float64IsNamedWithFileAndTensor() throws {
        try write()
        let old = try SafetensorsFile(path: file)
        let specs = old.entries.map { WeightSpec(name: $0.name, dtype: .f64, shape: $0.shape) }
        let bytes = try SafetensorsWriter.fileBytes(tensors: specs, metadata: [])
        try AtomicFile.write(to: file, plannedBytes: bytes) { (sink) throws(KernelError) in
            let writer = try SafetensorsWriter(to: sink, tensors: specs, metadata: [])
            for spec in specs {
                let zeros = [Double](repeating: 0, count: spec.shape.reduce(1, *))
                let result = zeros.withUnsafeBytes { bytes in
                    Result { () throws(KernelError) in try writer.write(bytes, of: spec.name) }
                }
                try result.get()
            }
            writer.finish()
        }
        let error = try failure()
        #expect(error.place == file)
        #expect(error.why?.description.contains("layers.0.self_attn.q_proj.lora_A.weight") == true)
        #expect(error.why?.description.contains("f64") == true)
    }

    @Test func anotherShapeIsAnotherBase() throws {
        try write()
        let error = try failure(over: "qwen2-untied")
        #expect(error.what == "the adapter is one for another model" && error.place == file)
        #expect(error.hint == "Use the adapter with the model it was trained on (org/llama).")
    }

    // MARK: - Another base

    private func notes(_ name: String = "llama") throws -> [String] {
        let base = try ModelFolder(path: Fixture.path("families/\(name)"))
        return try AdapterFile.notes(of: [folder.path], over: base, weights: ModelWeights(base))
            .map(\.description)
    }

    @Test func anotherNameIsToldOnce() throws {
        try write()
        #expect(try notes().isEmpty)
        try write(base: "org/mistral")
        let told = try notes()
        #expect(told.count == 1 && told.first?.contains("org/mistral") == true)
        try write(base: "")
        #expect(try notes().isEmpty)
    }

    @Test func numbersOfTheBaseSayMoreThanItsName() throws {
        try write(sample: BaseSample(weights()), base: "another/name")
        #expect(try notes().isEmpty)
        // The same weights, rounded.
        let rounded = try notes("llama-bf16")
        #expect(rounded.count == 1 && rounded.first?.contains("another quantization") == true)
        // The same shapes, other numbers.
        var other = try weights().matrices
        for (name, matrix) in other {
            let values = patternFill(matrix.rows * matrix.columns, salt: 9, scale: 1)
            other[name] = DenseWeight(values, rows: matrix.rows)
        }
        let plain = try weights()
        let foreign = ModelWeights(spec: plain.spec, matrices: other, vectors: plain.vectors)
        let base = try ModelFolder(path: Fixture.path("families/llama"))
        let told = try AdapterFile.notes(of: [folder.path], over: base, weights: foreign)
        #expect(
            told.first?.description.contains("another model of the same shapes (another/name)")
                == true)
    }

    @Test func namesAreComparedAsPeopleDo() {
        for (one, other) in [
            ("HuggingFaceTB/SmolLM2-135M-Instruct", "/x/SmolLM2-135M-Instruct.Q4_1.gguf"),
            ("/a/models--org--Name-7B/snapshots/abc123", "org/name-7b"),
            ("unsloth/Llama-3-8b-bnb-4bit", "Llama-3-8B"), ("./m/", "m"),
            ("Qwen2.5-0.5B-q8_0.gguf", "Qwen/Qwen2.5-0.5B"), ("a/b-IQ4_XS", "b-BF16.gguf"),
        ] {
            #expect(BaseName.plain(one) == BaseName.plain(other), "\(one), \(other)")
        }
        #expect(BaseName.plain("Qwen2.5-0.5B") != BaseName.plain("Qwen2.5-0.5B-Instruct"))
        #expect(BaseName.plain("Qwen2-7B") != BaseName.plain("Qwen3-7B"))
    }

    @Test func damagedSampleIsNoSample() {
        for text in ["", "1 x 2", "nan 1", String(repeating: "1 ", count: 500)] {
            #expect(BaseSample([("workbench_base_sample", text)]) == nil)
        }
    }

    // MARK: - A table that embedding and head share

    @Test func sharedTableStandsTwiceAndMustAgree() throws {
        let base = try weights("qwen2-tied")
        var plan = TrainingPlan()
        plan.tuning.lora.additionalTargets = ["embed_tokens"]
        let choice = try TuningChoice(plan, weights: base)
        #expect(choice.method.trainableNames == ["model.embed_tokens.weight"])
        #expect(choice.notes.first?.description.contains("one table") == true)
        let model = TunedModel(
            choice.weights, method: choice.method, arena: Arena(reserving: 1 << 28))
        try AdapterFile.save(
            model, baseModel: "b", to: folder.path)
        let json = try JSONValue(contentsOf: "\(folder.path)/adapter_config.json")
        #expect(json["modules_to_save"] == ["embed_tokens", "lm_head"])
        #expect(json["ensure_weight_tying"] == true)
        let written = try SafetensorsFile(path: file)
        let names = [
            "base_model.model.lm_head.weight", "base_model.model.model.embed_tokens.weight",
        ]
        let tables = try names.map {
            Array(written.bytes(of: try #require(written.entry(named: $0))))
        }
        #expect(tables[0] == tables[1])
        try AdapterFile.load(folder.path, into: model)
        // A head that was changed alone is not passed over.
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: file)))
        bytes[try #require(written.entry(named: names[0])).byteRange.lowerBound + 1] ^= 0x40
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        let error = try #require(throws: KernelError.self) {
            try AdapterFile.load(folder.path, into: model)
        }
        #expect(error.what == "the adapter contradicts itself")
    }
}
