// The tiny llama of Fixtures/families with an adapter that already does something, for laws of training.

import Testing

@testable import Kernel
import TestSupport

enum TinyModel {
    static func weights(_ name: String = "llama") throws -> ModelWeights {
        try ModelWeights(ModelFolder(path: Fixture.path("families/" + name)))
    }

    static func rows() throws -> [EncodedExample] {
        try Fixture.json("parity/tiny/data.json").encodedRows()
    }

    static func base(_ weights: ModelWeights) -> TunedModel {
        TunedModel(weights, method: .inference, arena: Arena(reserving: 1 << 30))
    }

    /// An adapter on all projections; as a fresh one unless it is `filled`.
    static func adapted(
        _ weights: ModelWeights, _ kind: AdapterKind = .lora, dropout: Float = 0,
        filled: Bool = true, seed: UInt64 = 0
    ) -> TunedModel {
        var shape = AdapterShape(
            rank: 4, alpha: 8, dropout: dropout, modules: Set(LinearModule.allCases))
        shape.kind = kind
        for slot in weights.layout.linears
        where kind == .ia3 && (slot.linear == .down || slot.linear == .up) {
            shape.inputScaled.insert(slot.path)
        }
        let model = TunedModel(
            weights, method: TuningMethod(adapter: shape), seed: seed,
            arena: Arena(reserving: 1 << 30)
        )
        guard filled else { return model }
        for (index, parameter) in model.parameters.parameters.enumerated()
        where parameter.name.contains("lora_B") {
            let values = patternFill(parameter.value.count, salt: index, scale: 0.05)
            for (i, value) in values.enumerated() { parameter.value.pointer[i] = value }
        }
        for (index, parameter) in model.parameters.parameters.enumerated()
        where !parameter.name.contains(".lora_A") && !parameter.name.contains(".lora_B") {
            let values = patternFill(parameter.value.count, salt: index, scale: 0.2)
            for (i, value) in values.enumerated() { parameter.value.pointer[i] *= 1 + value }
        }
        return model
    }

    /// Everything trains.
    static func full(
        _ weights: ModelWeights, trainableDType precision: Precision = .float32
    ) -> TunedModel {
        let all = TuningMethod(
            trainableNames: Set(weights.allParameters.map(\.name)), trainableDType: precision)
        return TunedModel(weights, method: all, arena: Arena(reserving: 1 << 30))
    }
}

extension TunedModel {
    /// Logits of all rows of a batch.
    func allLogits(_ batch: PackedBatch, usesAdapter: Bool = true) -> [Float] {
        decoder.logits(batch, rows: Array(batch.tokens.indices), usesAdapter: usesAdapter).values
    }

    /// Loss and gradients of one pass over one batch.
    func gradients(
        _ batch: PackedBatch, _ change: (inout TrainingPass) -> Void = { _ in }
    ) -> (loss: Double, gradients: [Float]) {
        var pass = TrainingPass(gradientScale: 1 / Float(max(1, batch.targets.count)))
        change(&pass)
        parameters.gradients.fill(0)
        let loss = decoder.trainLoss(batch, pass)
        return (loss, parameters.gradients.values)
    }
}
