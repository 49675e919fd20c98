// Adapters of PEFT with options that change what they mean: the same logits as PEFT's, opened, folded in,
// merged by an export, and written again. Fixtures: scripts/make_adapter_fixtures.py.

import Testing

@testable import Kernel
import TestSupport

@Suite struct PEFTAdapterTests {
    /// A recorded adapter.
    private struct Case {
        let base: String
        let folder: String
        let logits: [Float]
    }

    static let names = [
        "norm", "norm-of-heads", "model-norm", "one-output", "attention-whole",
        "embedding-on-tied", "head-on-tied", "both-on-tied", "kept-tied", "embedding-untied",
        "expression", "expression-looking-ahead", "all-linear", "one-path", "one-layer",
        "one-layer-of-a-list", "excluded", "excluded-by-expression", "ranks", "ranks-stabilized",
        "bias-without-biases", "dora", "dora-biases", "ia3", "ia3-biases", "ia3-expression",
    ]

    private func record(_ name: String) throws -> Case {
        let all = try Fixture.json("adapters/cases.json").member("cases").array ?? []
        let one = try #require(all.first { $0["name"]?.string == name })
        return Case(
            base: try one.text("base"), folder: try Fixture.path("adapters/\(name)"),
            logits: try one.member("logits").floats)
    }

    private func base(_ one: Case) throws -> ModelFolder {
        try ModelFolder(path: Fixture.path("families/\(one.base)"))
    }

    private func opened(_ folder: String, _ weights: ModelWeights) throws -> TunedModel {
        let applied = try Checkpoint.applied(folder, to: weights)
        let model = TunedModel(
            applied.weights, method: applied.method, arena: Arena(reserving: 1 << 30))
        try Checkpoint.loadWeights(folder, into: model)
        return model
    }

    private func logits(_ model: TunedModel) throws -> [Float] {
        let ids = try Fixture.json("adapters/cases.json").member("ids").ids
        var batch = PackedBatch()
        batch.append(ids: ids, labels: ids)
        return model.decoder.logits(batch, rows: [ids.count - 1]).values
    }

    private func expect(
        _ model: TunedModel, _ one: Case, _ what: Comment,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let mismatch = firstMismatch(
            try logits(model), one.logits, relative: 2e-5, absolute: 1e-4)
        #expect(mismatch == nil, what, sourceLocation: location)
    }

    @Test func everyRecordIsTried() throws {
        let all = try Fixture.json("adapters/cases.json").member("cases").array ?? []
        #expect(all.compactMap { $0["name"]?.string } == Self.names)
    }

    @Test(arguments: names) func meansWhatPEFTMeans(_ name: String) throws {
        let one = try record(name)
        let weights = try ModelWeights(base(one))
        let model = try opened(one.folder, weights)
        try expect(model, one, "opened")
        let folded = try weights.folding(adapter: one.folder)
        try expect(TinyModel.base(folded), one, "folded in")
    }

    /// What this program writes of it means the same, though PEFT's options are said in other words.
    @Test(arguments: names) func writtenAgainMeansTheSame(_ name: String) throws {
        let one = try record(name)
        let weights = try ModelWeights(base(one))
        let model = try opened(one.folder, weights)
        let folder = try TemporaryFolder()
        try AdapterFile.save(
            model,
            baseModel: one.base, sample: BaseSample(weights), to: folder.path)
        let again = try opened(folder.path, weights)
        #expect(again.method == model.method)
        #expect(again.parameters.values.values == model.parameters.values.values)
        try expect(again, one, "written again")
    }

    /// A merged folder has a head of its own exactly where the adapter gives it one.
    @Test(arguments: names) func exportsMeanTheSame(_ name: String) throws {
        let one = try record(name)
        let base = try base(one)
        let model = try opened(one.folder, ModelWeights(base))
        let folder = try TemporaryFolder()
        var settings = ExportSupport.settings(.f32)
        settings.replacesFolder = true
        let path = "\(folder.path)/merged"
        try SafetensorsExport.write(
            model, base: ExportSupport.family(one.base), settings: settings, to: path)
        let merged = try ModelFolder(path: path)
        #expect(merged.config.tiedEmbeddings == model.weights.spec.head.isTied)
        try expect(TinyModel.base(try ModelWeights(merged)), one, "merged")
    }

    /// GGUF files have a head of their own as output.weight.
    @Test func headOfItsOwnReachesGGUF() throws {
        let one = try record("embedding-on-tied")
        let model = try opened(one.folder, ModelWeights(base(one)))
        let folder = try TemporaryFolder()
        let result = try GGUFExport.write(
            model, base: ExportSupport.family(one.base), settings: ExportSupport.settings(.f32),
            to: "\(folder.path)/gguf")
        let merged = try ModelFolder(path: result.modelPath)
        #expect(!merged.config.tiedEmbeddings)
        try expect(TinyModel.base(try ModelWeights(merged)), one, "GGUF")
    }

    @Test func tiedHeadsFollowPEFT() throws {
        for (name, isTied, trained) in [
            ("embedding-on-tied", false, ["model.embed_tokens.weight"]),
            ("head-on-tied", false, ["lm_head.weight"]),
            ("both-on-tied", false, ["lm_head.weight", "model.embed_tokens.weight"]),
            ("kept-tied", true, ["model.embed_tokens.weight"]),
        ] {
            let one = try record(name)
            let weights = try ModelWeights(base(one))
            let applied = try AdapterFile.describe(one.folder).applied(to: weights)
            #expect(
                weights.spec.head.isTied && applied.weights.spec.head.isTied == isTied, "\(name)")
            #expect(applied.method.trainableNames.sorted() == trained, "\(name)")
            #expect(applied.notes.isEmpty == isTied, "\(name)")
        }
    }

    @Test func ranksOfSingleLayersAreTheirOwn() throws {
        let one = try record("ranks")
        let model = try opened(one.folder, ModelWeights(base(one)))
        let lora = try #require(model.method.adapter)
        func factor(_ module: LinearModule, _ layer: Int) throws -> (rank: Int, scale: Float) {
            let linears = model.weights.layout.linears
            let slot = try #require(linears.first { $0.linear == module && $0.layer == layer })
            let factor = try #require(lora.factor(of: slot))
            return (factor.rank, factor.scale)
        }
        #expect(try factor(.query, 1) == (5, 0.2))
        #expect(try factor(.up, 1) == (1, 4))
        #expect(try factor(.up, 0) == (3, Float(4.0 / 3)))
        #expect(try factor(.value, 0) == (3, 7))
        #expect(try factor(.value, 1) == (3, Float(4.0 / 3)))
        #expect(lora.highestRank == 5)
    }
}
