// A training driven by hand over fixture rows, step for step as TrainingLoop does it, without files.
// The references padded their micro-batches; ours are packed, which must not matter.

import Testing

@testable import Kernel

/// One optimizer step's figures.
struct ParityStep: Equatable {
    var loss: Double
    var gradientNorm: Double
    var rate: Double
    var trainedTokens: Int
}

/// A model, an optimizer and a schedule that walk through rows: step s takes rows 4s … 4s + 3 in two
/// micro-batches.
final class ParityRun {
    let model: TunedModel
    private let optimizer: any Optimizer
    private let schedule: LearningRateSchedule
    private let clip: Double
    private let rows: [EncodedExample]
    private let objective: any Objective
    /// Changes each pass before it runs: dropout, noise, recomputation.
    var adjust: (_ pass: inout TrainingPass, _ step: Int, _ micro: Int) -> Void = { _, _, _ in }

    init(
        _ model: TunedModel, _ optimizer: any Optimizer, _ schedule: LearningRateSchedule,
        clip: Double, rows: [EncodedExample], objective: any Objective = TokenLoss()
    ) {
        (self.model, self.optimizer, self.schedule) = (model, optimizer, schedule)
        (self.clip, self.rows, self.objective) = (clip, rows, objective)
    }

    /// Runs step `step`, counted from 0.
    func step(_ step: Int) -> ParityStep {
        let micro = [0, 2].map { PackedBatch(rows[(4 * step + $0)..<(4 * step + $0 + 2)]) }
        let trained = micro.reduce(0) { $0 + $1.targets.count }
        model.parameters.gradients.fill(0)
        var loss = 0.0
        for (index, batch) in micro.enumerated() {
            var pass = TrainingPass(gradientScale: 1 / Float(trained))
            adjust(&pass, step, index)
            let measures = objective.measure(
                batch,
                on: ObjectiveModel(
                    model.decoder, reference: objective.usesReference ? model.reference() : nil,
                    training: pass))
            loss += measures.means[.loss]?.sum ?? .nan
        }
        let (norm, scale) = GradientClip.measure(model.parameters, maximum: clip)
        let rate = schedule.rate(step: step)
        optimizer.step(model.parameters, rate: rate, gradientScale: scale)
        return ParityStep(
            loss: loss / Double(trained), gradientNorm: norm, rate: rate, trainedTokens: trained)
    }
}

extension JSONValue {
    /// The encoded rows of a fixture.
    func encodedRows() throws -> [EncodedExample] {
        try (try member("rows").array ?? []).map {
            EncodedExample(ids: try $0.member("ids").ids, labels: try $0.member("labels").ids)
        }
    }

    func number(_ key: String) throws -> Double { try #require(self[key]?.double, "no \(key)") }
    func count(_ key: String) throws -> Int { try #require(self[key]?.integer, "no \(key)") }
    func text(_ key: String) throws -> String { try #require(self[key]?.string, "no \(key)") }
}

extension LearningRateSchedule {
    /// The same rate at every step.
    static func constant(_ rate: Double) -> LearningRateSchedule {
        var settings = ScheduleSettings()
        settings.kind = .constant
        return LearningRateSchedule(settings, baseRate: rate, totalSteps: 1)
    }
}

/// |a − b| relative to b.
func relativeDifference(_ a: Double, _ b: Double) -> Double { abs(a - b) / max(abs(b), 1e-30) }
