// Ten optimizer steps on tiny models against PEFT and torch (Fixtures/parity/README.md): losses,
// gradient norms, rates, and what was trained at the end.

import Foundation
import Testing

@testable import Kernel
import TestSupport

@Suite struct TinyParityTests {
    private func weights(_ reference: JSONValue) throws -> ModelWeights {
        try ModelWeights(ModelFolder(path: Fixture.path("families/" + reference.text("base"))))
    }

    /// The plan's choice of what trains, and a model of it.
    private func tuned(_ plan: TrainingPlan, _ weights: ModelWeights) throws -> (
        TunedModel, TuningChoice
    ) {
        let choice = try TuningChoice(plan, weights: weights)
        let model = TunedModel(
            choice.weights, method: choice.method, arena: Arena(reserving: 1 << 30))
        if let start = choice.startingAdapter { try AdapterFile.load(start, into: model) }
        return (model, choice)
    }

    private func rows() throws -> [EncodedExample] {
        try Fixture.json("parity/tiny/data.json").encodedRows()
    }

    /// Logits of the last position of row 0.
    private func lastLogits(_ model: TunedModel, usesAdapter: Bool = true) throws -> [Float] {
        let row = try rows()[0]
        return model.decoder.logits(
            PackedBatch([row]), rows: [row.ids.count - 1], usesAdapter: usesAdapter
        ).values
    }

    private func walk(_ run: ParityRun, _ reference: JSONValue) throws {
        let before = firstMismatch(
            try lastLogits(run.model), try reference.member("last_logits_before").floats,
            relative: 1e-5,
            absolute: 5e-5)
        #expect(before == nil, "logits before: \(before ?? "")")
        for (index, expected) in (try reference.member("steps").array ?? []).enumerated() {
            let step = run.step(index)
            let (loss, norm) = (try expected.number("loss"), try expected.number("gradient_norm"))
            #expect(
                relativeDifference(step.loss, loss) < 1e-5,
                "loss of step \(index + 1): \(step.loss), \(loss)")
            #expect(
                relativeDifference(step.gradientNorm, norm) < 1e-4,
                "norm of step \(index + 1): \(step.gradientNorm), \(norm)")
            #expect(abs(step.rate - (try expected.number("learning_rate"))) < 1e-9)
            #expect(step.trainedTokens == (try expected.count("trained_tokens")))
        }
        let after = firstMismatch(
            try lastLogits(run.model), try reference.member("last_logits_after").floats,
            relative: 1e-4,
            absolute: 4e-4)
        #expect(after == nil, "logits after: \(after ?? "")")
    }

    // MARK: - LoRA

    @Test(arguments: ["lora", "rslora", "loraplus", "dora", "dora-biases", "ia3", "ia3-biases"])
    func adaptersTrainAsPEFT(_ name: String) throws {
        let reference = try Fixture.json("parity/tiny/\(name).json")
        let base = try weights(reference)
        var plan = TrainingPlan()
        let start = reference["start"]?.string ?? "\(name)-start"
        plan.model.adapters = [try Fixture.path("parity/tiny/\(start)")]
        plan.tuning.lora.plusRatio = reference["ratio"]?.double
        let (model, choice) = try tuned(plan, base)
        let shape = try #require(choice.method.adapter)
        #expect(shape.isRankStabilized == ["rslora", "dora-biases"].contains(name))
        let kind =
            ["rslora", "loraplus"].contains(name) ? "lora" : String(name.prefix { $0 != "-" })
        #expect(shape.kind.name == kind)
        let isPlus = name == "loraplus"
        #expect(
            model.parameters.segments.map(\.group)
                == [.matrices] + (isPlus ? [ParameterGroup(learningRateScale: 16)] : []))
        let optimizer = AdamW(model.parameters, weightDecay: 0.01)
        let rate = try reference.member("steps").array?.first?.number("learning_rate") ?? 0
        let run = ParityRun(
            model, optimizer, .constant(rate), clip: try reference.number("clip"), rows: try rows())
        try walk(run, reference)

        var endPlan = TrainingPlan()
        endPlan.model.adapters = [try Fixture.path("parity/tiny/\(name)-end")]
        let (end, _) = try tuned(endPlan, base)
        #expect(end.parameters.parameters.count == model.parameters.parameters.count)
        var (distance, length) = (0.0, 0.0)
        for parameter in model.parameters.parameters {
            let expected = try #require(end.parameters[parameter.name]).value.values
            for (value, reference) in zip(parameter.value.values, expected) {
                distance += Double((value - reference) * (value - reference))
                length += Double(reference * reference)
            }
            // AdamW makes a whole step of the rounding of a gradient that is almost nothing.
            let mismatch = firstMismatch(
                parameter.value.values, expected, relative: 1e-3, absolute: 1e-3)
            #expect(mismatch == nil, "\(parameter.name): \(mismatch ?? "")")
        }
        #expect((distance / length).squareRoot() < 1e-3)
        try mergedEqualsPEFT(model, base, reference)
    }

    /// The trained adapter, written and folded into the base.
    private func mergedEqualsPEFT(
        _ model: TunedModel, _ base: ModelWeights, _ reference: JSONValue
    ) throws {
        let folder = try TemporaryFolder()
        try AdapterFile.save(
            model,
            baseModel: "llama",
            to: folder.path)
        let merged = TunedModel(
            try base.folding(adapter: folder.path), method: .inference,
            arena: Arena(reserving: 1 << 30))
        let mismatch = firstMismatch(
            try lastLogits(merged), try reference.member("last_logits_merged").floats,
            relative: 1e-4,
            absolute: 4e-4)
        #expect(mismatch == nil, "merged: \(mismatch ?? "")")
    }

    // MARK: - Weights of the base

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var rate: Double
        var testDescription: String { name }
    }

    @Test(arguments: [
        Case(name: "full", rate: 5e-3), Case(name: "full-qwen2-tied", rate: 5e-3),
        Case(name: "freeze", rate: 1e-2),
        Case(name: "sgd", rate: 0.05), Case(name: "lion", rate: 1e-3),
        Case(name: "adafactor", rate: 3e-3),
    ])
    func weightsTrainAsTorch(_ test: Case) throws {
        let reference = try Fixture.json("parity/tiny/\(test.name).json")
        var plan = TrainingPlan()
        plan.tuning.method = test.name == "freeze" ? .freeze : .full
        plan.tuning.freeze.layers = 1
        let (model, _) = try tuned(plan, try weights(reference))
        // SGD ran without decay, so nothing is listed.
        if let listed = reference["not_decayed"]?.array {
            let exempt = model.parameters.parameters.filter { !$0.group.appliesWeightDecay }.map(
                \.name)
            #expect(Set(exempt) == Set(listed.compactMap(\.string)))
        }
        let run = ParityRun(
            model, try optimizer(test, model), schedule(test), clip: try reference.number("clip"),
            rows: try rows())
        try walk(run, reference)
        try finalValuesEqual(
            model, reference, tolerance: test.name == "full-qwen2-tied" ? 3e-4 : 1e-5)
    }

    private func optimizer(_ test: Case, _ model: TunedModel) throws -> any Optimizer {
        if test.name == "sgd" { return SGD(model.parameters, momentum: 0.9) }
        if test.name == "lion" {
            return Lion(model.parameters, beta2: 0.99, weightDecay: 0.1)
        }
        if test.name == "adafactor" { return Adafactor(model.parameters, weightDecay: 0.1) }
        return AdamW(model.parameters, weightDecay: 0.01)
    }

    private func schedule(_ test: Case) -> LearningRateSchedule {
        if test.name == "sgd" { return .constant(test.rate) }
        var settings = ScheduleSettings()
        settings.kind = .cosine
        settings.warmupSteps = 2
        return LearningRateSchedule(settings, baseRate: test.rate, totalSteps: 10)
    }

    private func finalValuesEqual(_ model: TunedModel, _ reference: JSONValue, tolerance: Double)
        throws
    {
        let finals = try reference.member("final").array ?? []
        #expect(finals.count == model.parameters.parameters.count)
        for entry in finals {
            let name = try entry.text("name")
            let parameter = try #require(model.parameters[name])
            #expect(
                parameter.shape == (try entry.member("shape").array ?? []).compactMap(\.integer))
            let values = parameter.value.values
            let norm = values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            let off = relativeDifference(norm, try entry.number("norm"))
            // The key's bias has almost no gradient: AdamW steps on its rounding.
            #expect(
                off < (parameter.name.hasSuffix("k_proj.bias") ? 1e-4 : 1e-5),
                "\(parameter.name): \(off)")
            let sampled = try entry.member("indices").ids.map { values[Int($0)] }
            let mismatch = firstMismatch(
                sampled, try entry.member("values").floats, relative: 1e-5, absolute: tolerance)
            #expect(mismatch == nil, "\(parameter.name): \(mismatch ?? "")")
        }
    }
}
