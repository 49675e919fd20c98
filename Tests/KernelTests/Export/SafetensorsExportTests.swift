// Merged model folders: the merge against the adapter and PEFT, every element type, shards, bases
// from GGUF.

import Foundation
import TestSupport
import Testing

@testable import Kernel

@Suite struct SafetensorsExportTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var target: String { folder.path + "/out" }

    @Test(arguments: [
        "llama", "llama-biases", "llama3-rope", "mistral-window", "qwen2-tied", "qwen3", "gemma2",
    ])
    func mergedEqualsAdapted(_ name: String) throws {
        let base = try ExportSupport.family(name)
        let model = try ExportSupport.adapted(base)
        let plain = try ExportSupport.logits(ExportSupport.plain(base))
        let adapted = ExportSupport.logits(model)
        // The adapter matters, so that equality below means something.
        #expect(firstMismatch(plain, adapted, relative: 0, absolute: 0.1) != nil)
        let result = try SafetensorsExport.write(
            model, base: base, settings: ExportSupport.settings(.f32), to: target)
        let written = try ExportSupport.plain(ModelFolder(path: result.modelPath))
        #expect(
            firstMismatch(ExportSupport.logits(written), adapted, relative: 1e-4, absolute: 1e-4)
                == nil)
        let report = try ExportCheck.compare(
            model, withModelAt: result.modelPath, dtype: .f32, prompt: ExportSupport.prompt)
        #expect(report.passes && report.tokensEqual && report.comparedTokens == 16)
        // The base must fail the same check.
        let other = try ExportCheck.compare(
            model, withModelAt: base.path, dtype: .f32, prompt: ExportSupport.prompt)
        #expect(!other.passes && other.largestDifference > 0.1)
    }

    /// The merge that PEFT made of its own adapter after twenty steps.
    @Test func mergedEqualsPEFT() throws {
        let reference = try Fixture.json("parity/tiny/lora.json")
        let data = try Fixture.json("parity/tiny/data.json")
        let rows = try #require(data["rows"]?.array)
        let ids = try rows[0].member("ids").ids
        let base = try ExportSupport.family("llama")
        let adapter = try Fixture.path("parity/tiny/lora-end")
        let applied = try Checkpoint.applied(adapter, to: ModelWeights(base))
        let model = TunedModel(applied.weights, method: applied.method, arena: Arena())
        try Checkpoint.loadWeights(adapter, into: model)
        try SafetensorsExport.write(
            model, base: base, settings: ExportSupport.settings(.f32), to: target)
        let merged = try ExportSupport.plain(ModelFolder(path: target))
        let logits = ExportSupport.logits(merged, ids)
        let expected = try reference.member("last_logits_merged").floats
        #expect(
            firstMismatch(
                Array(logits.suffix(expected.count)), expected, relative: 1e-4, absolute: 1e-4)
                == nil)
    }

    @Test(arguments: ["llama", "qwen2-tied"])
    func trainedWeightsReplaceTheBase(_ name: String) throws {
        let base = try ExportSupport.family(name)
        let model = try ExportSupport.fullyTrained(base)
        try SafetensorsExport.write(
            model, base: base, settings: ExportSupport.settings(.f32), to: target)
        let written = try ModelFolder(path: target)
        #expect(
            try ExportSupport.logits(ExportSupport.plain(written)) == ExportSupport.logits(model))
    }

    /// Nothing tuned, nothing rounded: the same bytes for every tensor.
    @Test(arguments: ["llama", "llama-bf16", "llama-sharded", "qwen2-untied"])
    func anUntunedModelKeepsItsBytes(_ name: String) throws {
        let base = try ExportSupport.family(name)
        let result = try SafetensorsExport.write(
            ExportSupport.plain(base), base: base, to: target)
        #expect(result.dtype == base.mainDType)
        let written = try ModelFolder(path: target)
        for entry in base.weights.entries {
            let copy = try #require(written.weights.entry(named: entry.name))
            #expect(copy.dtype == entry.dtype && copy.shape == entry.shape)
            #expect(written.weights.bytes(of: copy).elementsEqual(base.weights.bytes(of: entry)))
        }
    }

    /// Largest relative rounding of one weight: 2⁻⁸ for bf16, 2⁻¹¹ for fp16 (half of the last place).
    @Test(arguments: [
        (DType.f32, "float32", 0.0), (.bf16, "bfloat16", 0x1p-8), (.f16, "float16", 0x1p-11),
    ])
    func everyTypeRoundsOnce(_ dtype: DType, _ name: String, _ relative: Double) throws {
        let base = try ExportSupport.family("qwen3")
        let model = try ExportSupport.adapted(base)
        let result = try SafetensorsExport.write(
            model, base: base, settings: ExportSupport.settings(dtype), to: target)
        let written = try ModelFolder(path: target)
        #expect(result.dtype == dtype && written.mainDType == dtype)
        #expect(written.config.rawJSON["dtype"]?.string == name)
        let merged = MergedRows(model)
        let weights = try ModelWeights(written)
        for weight in merged.weights where weight.shape.count == 2 {
            let matrix = try #require(weights.matrices[weight.name])
            let panel = Tensor(weight.rows, weight.columns, in: model.decoder.arena)
            merged.decode(0..<weight.rows, of: weight, into: panel)
            #expect(
                firstMismatch(matrix.decoded(), panel.values, relative: relative, absolute: 1e-7)
                    == nil)
        }
        let report = try ExportCheck.compare(
            model, withModelAt: target, dtype: dtype, prompt: ExportSupport.prompt)
        #expect(report.passes)
        #expect((report.budget != nil) == (dtype == .f32))
    }

    @Test func shardsAreBoundedAndIndexed() throws {
        let base = try ExportSupport.family("llama")
        let model = try ExportSupport.adapted(base)
        let bytesMax = 12_000
        let result = try SafetensorsExport.write(
            model, base: base,
            settings: ExportSupport.settings(.f32) { $0.shardBytesMax = bytesMax }, to: target)
        let shards = result.files.filter { $0.name.hasPrefix("model-") }
        #expect(shards.count > 2)
        #expect(
            shards.first?.name.hasSuffix(String(format: "-of-%05d.safetensors", shards.count))
                == true)
        for shard in shards {
            let file = try SafetensorsFile(path: "\(target)/\(shard.name)")
            #expect(file.tensorBytes <= bytesMax || file.entries.count == 1)
        }
        let index = try JSONValue(contentsOf: "\(target)/model.safetensors.index.json")
        #expect(index["weight_map"]?.object?.count == base.weights.entries.count)
        #expect(index["metadata"]?["total_size"]?.integer == base.parameterCount * 4)
        let report = try ExportCheck.compare(
            model, withModelAt: target, dtype: .f32, prompt: ExportSupport.prompt)
        #expect(report.passes)
    }

    /// From GGUF: names, row order, configuration. Llama 3's factors become its settings again.
    @Test(arguments: ["llama-F32", "llama-Q8_0", "llama3-rope-F16", "qwen2-tied-F32", "qwen3-Q8_0"])
    func foldersComeFromGGUF(_ name: String) throws {
        let base = try ExportSupport.family("gguf/\(name).gguf")
        let model = try ExportSupport.adapted(base)
        let result = try SafetensorsExport.write(
            model, base: base, settings: ExportSupport.settings(.f32), to: target)
        let report = try ExportCheck.compare(
            model, withModelAt: target, dtype: .f32, prompt: ExportSupport.prompt)
        #expect(report.passes, "\(report)")
        #expect(result.notes.contains { $0.description.contains("no tokenizer") })
        let config = try ModelFolder(path: target).config
        let family = try ExportSupport.family(
            String(name.prefix { $0 != "F" && $0 != "Q" }.dropLast()))
        #expect(config.ropeScaling == family.config.ropeScaling)
        #expect(config.modelType == family.config.modelType)
        let nested = config.rawJSON["rope_parameters"]
        #expect(nested?["rope_theta"]?.double == family.config.ropeTheta)
    }

    /// 40 and 3: powers of two find neither, the fit must.
    @Test func unusualRotaryFactorsAreFitted() throws {
        let scaling = RopeScaling.llama3(
            factor: 6, lowFrequencyFactor: 2, highFrequencyFactor: 6, originalMaximumPositions: 600)
        let factors = try #require(scaling.frequencyFactors(headDimension: 64, theta: 500_000))
        let fitted = try #require(
            RopeScaling.llama3(matching: factors, headDimension: 64, theta: 500_000))
        // Only low/L and high/L matter: low = 1 makes high 3 and L 300.
        guard case .llama3(6, 1, let high, 300) = fitted else {
            Issue.record("fitted \(fitted)")
            return
        }
        #expect(abs(high - 3) < 1e-3)
        let random = (0..<32).map { Float(1 + $0 % 5) }
        #expect(RopeScaling.llama3(matching: random, headDimension: 64, theta: 500_000) == nil)
    }

    @Test func aValueBeyondFP16NamesItsTensor() throws {
        let base = try ExportSupport.family("llama")
        let model = try ExportSupport.fullyTrained(base)
        let name = "model.layers.1.mlp.up_proj.weight"
        try #require(model.parameters[name]).value.pointer[0] = 70_000
        let error = #expect(throws: KernelError.self) {
            try SafetensorsExport.write(
                model, base: base, settings: ExportSupport.settings(.f16), to: target)
        }
        #expect(error?.place == "tensor \(name), row 0")
        try #require(model.parameters[name]).value.pointer[0] = .nan
        let second = #expect(throws: KernelError.self) {
            try SafetensorsExport.write(
                model, base: base, settings: ExportSupport.settings(.f32), to: target)
        }
        #expect(second?.why == "row 0 holds NaN or infinity")
        #expect(folder.names.isEmpty)
    }
}
