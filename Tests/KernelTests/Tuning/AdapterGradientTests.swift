// Gradients of adapters against differences of the loss, and DoRA's way with dropout against the one without.

import TestSupport
import Testing

@testable import Kernel

@Suite struct AdapterGradientTests {
    private func batch() throws -> PackedBatch { PackedBatch(try TinyModel.rows().prefix(4)) }

    /// No gradient flows through DoRA's norm, so that its magnitudes alone follow the loss exactly.
    @Test(arguments: [AdapterKind.ia3, .dora], [Float(0), 0.3])
    func factorsFollowTheLoss(_ kind: AdapterKind, dropout: Float) throws {
        let model = TinyModel.adapted(
            try TinyModel.weights("llama-biases"), kind, dropout: dropout)
        let batch = try batch()
        func loss() -> (loss: Double, gradients: [Float]) {
            model.gradients(batch) { $0.dropoutSeed = 5 }
        }
        _ = loss()
        // Later passes add theirs.
        let slopes = model.parameters.parameters.map(\.gradient.values)
        var checked = 0
        for (parameter, slope) in zip(model.parameters.parameters, slopes)
        where !parameter.name.contains("lora_A") {
            guard parameter.name.hasSuffix("ia3_l") || parameter.name.hasSuffix("vector")
            else { continue }
            // Along the gradient itself the difference is largest beside the rounding of the loss.
            let length = slope.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            guard length > 1e-3 else { continue }
            let step = 2e-2 / length
            let start = parameter.value.values
            func moved(_ sign: Double) -> Double {
                for (i, value) in start.enumerated() {
                    parameter.value.pointer[i] = value + Float(sign * step * Double(slope[i]))
                }
                return model.decoder.trainLoss(batch, pass())
            }
            func pass() -> TrainingPass {
                var pass = TrainingPass(gradientScale: 1 / Float(batch.targets.count))
                pass.dropoutSeed = 5
                return pass
            }
            let difference =
                (moved(1) - moved(-1)) / Double(batch.targets.count) / (2 * step * length)
            for (i, value) in start.enumerated() { parameter.value.pointer[i] = value }
            #expect(
                abs(difference - length) <= 0.02 * length,
                "\(parameter.name): \(difference) against \(length)")
            checked += 1
        }
        #expect(checked >= 7)
    }

    /// Token by token the numbers that follow from the weights are kept, and made anew for weights that changed.
    @Test(arguments: AdapterKind.all) func singleTokensSeeTheWeightsOfTheirConversation(
        _ kind: AdapterKind
    ) throws {
        let model = TinyModel.adapted(try TinyModel.weights("llama-biases"), kind)
        let ids = try #require(try TinyModel.rows().first).ids
        let cache = model.decoder.makeCache()
        var first: [Float] = []
        for scale in [Float(1), 1.7] {
            for parameter in model.parameters.parameters {
                for i in 0..<parameter.value.count { parameter.value.pointer[i] *= scale }
            }
            cache.truncate(to: 0)
            var last: [Float] = []
            for id in ids { last = model.decoder.advance([id], cache).values }
            var batch = PackedBatch()
            batch.append(ids: ids, labels: ids)
            let whole = model.decoder.logits(batch, rows: [ids.count - 1]).values
            #expect(firstMismatch(last, whole, relative: 1e-3, absolute: 5e-3) == nil)
            #expect(firstMismatch(last, first, relative: 0, absolute: 0.1) != nil)
            first = last
        }
    }

    /// A chance so small that nothing is dropped takes the other way to the same result.
    @Test func doraWithDropoutOfNothingIsDoRA() throws {
        let weights = try TinyModel.weights("llama-biases")
        let batch = try batch()
        let results = [Float(0), 1e-12].map { dropout in
            TinyModel.adapted(weights, .dora, dropout: dropout).gradients(batch) {
                $0.dropoutSeed = 5
            }
        }
        #expect(relativeDifference(results[0].loss, results[1].loss) < 1e-6)
        #expect(
            firstMismatch(
                results[0].gradients, results[1].gradients, relative: 1e-3, absolute: 1e-5) == nil)
    }
}
