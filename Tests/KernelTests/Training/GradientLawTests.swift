// What must hold of gradients whatever the model: recomputation changes no bit, splitting a batch or
// packing samples only rounding; dropout and noise are repeatable and fair.

import Testing

@testable import Kernel
import TestSupport

@Suite struct GradientLawTests {
    enum Kind: String, Sendable, CaseIterable { case adapter, dora, ia3, full, halves, lastBlock }

    private func model(_ kind: Kind, dropout: Float = 0, base: String = "llama") throws
        -> TunedModel
    {
        let weights = try TinyModel.weights(base)
        switch kind {
        case .adapter: return TinyModel.adapted(weights, dropout: dropout)
        case .dora: return TinyModel.adapted(weights, .dora, dropout: dropout)
        case .ia3: return TinyModel.adapted(weights, .ia3)
        case .full: return TinyModel.full(weights)
        case .halves: return TinyModel.full(weights, trainableDType: .bfloat16)
        case .lastBlock:
            let names = weights.allParameters.map(\.name).filter { $0.hasPrefix("model.layers.1.") }
            return TunedModel(
                weights, method: TuningMethod(trainableNames: Set(names)),
                arena: Arena(reserving: 1 << 30))
        }
    }

    private func mixed(_ examples: some Sequence<EncodedExample>) -> PackedBatch {
        PackedBatch(examples)
    }

    private func difference(_ a: [Float], _ b: [Float]) -> Double {
        let square = zip(a, b).reduce(0.0) {
            $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1))
        }
        let norm = b.reduce(0.0) { $0 + Double($1) * Double($1) }
        return (square / max(norm, 1e-30)).squareRoot()
    }

    // MARK: - Recomputation

    @Test(arguments: Kind.allCases, ["llama", "qwen2-tied", "qwen3", "gemma2"])
    func recomputationChangesNoBit(_ kind: Kind, base: String) throws {
        let model = try model(kind, dropout: 0.2, base: base)
        let batch = mixed(try TinyModel.rows().prefix(6))
        func run(_ recomputes: Bool) -> (loss: Double, gradients: [Float]) {
            model.gradients(batch) {
                $0.recomputes = recomputes
                $0.dropoutSeed = 11
                $0.noiseAlpha = 5
            }
        }
        let (kept, again) = (run(false), run(true))
        #expect(kept.loss == again.loss)
        #expect(kept.gradients == again.gradients)
        #expect(kept.gradients.contains { $0 != 0 })
    }

    // MARK: - Precision

    /// Our tiles compute what BLAS computes, and in bf16 loss and gradients move by their rounding only,
    /// dropout or not.
    @Test(arguments: Kind.allCases, [Float(0), 0.2])
    func allProductsAgree(_ kind: Kind, dropout: Float) throws {
        let model = try model(kind, dropout: dropout)
        let batch = mixed(try TinyModel.rows().prefix(6))
        func run(_ backend: MatmulBackend) -> (loss: Double, gradients: [Float]) {
            model.decoder.backend = backend
            return model.gradients(batch) { $0.dropoutSeed = 11 }
        }
        let (library, exact, rounded) = (
            run(.openBLAS), run(.tiles(.float32)), run(.tiles(.bfloat16))
        )
        #expect(abs(exact.loss / library.loss - 1) < 1e-6)
        #expect(difference(exact.gradients, library.gradients) < 1e-5)
        #expect(abs(rounded.loss / exact.loss - 1) < 2e-3)
        #expect(rounded.loss != exact.loss)
        // DoRA sums gradients of magnitudes over outputs that are rounded themselves.
        let rounding = kind == .dora ? 0.05 : 0.03
        #expect(difference(rounded.gradients, exact.gradients) < rounding)
        for other in DenseLibraryTests.libraries.dropFirst() {
            let found = run(.library(other))
            let isExact = MatmulBackend.library(other).precision == .float32
            #expect(abs(found.loss / exact.loss - 1) < (isExact ? 1e-6 : 2e-3))
            #expect(difference(found.gradients, exact.gradients) < (isExact ? 1e-5 : rounding))
        }
    }

    // MARK: - Batches

    @Test(arguments: [Kind.adapter, .dora, .ia3, .full, .halves])
    func fourTimesFourIsSixteen(_ kind: Kind)
        throws
    {
        let model = try model(kind)
        let rows = Array(try TinyModel.rows().prefix(16))
        let trained = mixed(rows).targets.count
        let whole = model.gradients(mixed(rows)) { $0.gradientScale = 1 / Float(trained) }
        model.parameters.gradients.fill(0)
        var loss = 0.0
        for part in 0..<4 {
            // The rows differ in length, so a mean of means would be another number.
            loss += model.decoder.trainLoss(
                mixed(rows[4 * part..<4 * part + 4]),
                TrainingPass(gradientScale: 1 / Float(trained)))
        }
        #expect(relativeDifference(loss, whole.loss) < 1e-6)
        #expect(difference(model.parameters.gradients.values, whole.gradients) < 1e-5)
    }

    @Test(arguments: ["llama", "mistral-window", "qwen3", "gemma2"])
    func packedSamplesAreAlone(
        _ base: String
    ) throws {
        let model = TinyModel.full(try TinyModel.weights(base))
        let rows = Array(try TinyModel.rows().prefix(5))
        let packed = model.allLogits(mixed(rows))
        let alone = rows.flatMap { model.allLogits(mixed([$0])) }
        #expect(firstMismatch(packed, alone, relative: 1e-5, absolute: 2e-5) == nil)
        let whole = model.gradients(mixed(rows)) { $0.gradientScale = 1 }
        var (loss, sum) = (0.0, [Float](repeating: 0, count: whole.gradients.count))
        for row in rows {
            let one = model.gradients(mixed([row])) { $0.gradientScale = 1 }
            loss += one.loss
            for i in sum.indices { sum[i] += one.gradients[i] }
        }
        #expect(relativeDifference(whole.loss, loss) < 1e-6)
        #expect(difference(whole.gradients, sum) < 1e-5)
    }

    @Test func lossesOfTrainingAndEvaluationAgree() throws {
        let model = try model(.full)
        let batch = mixed(try TinyModel.rows().prefix(3))
        #expect(
            relativeDifference(model.gradients(batch).loss, model.decoder.evaluationLoss(batch))
                < 1e-7)
    }

    @Test func untrainedSamplesGiveNothing() throws {
        let model = try model(.adapter)
        var batch = PackedBatch()
        batch.append(ids: [3, 4, 5], labels: [-100, -100, -100])
        batch.append(ids: [9], labels: [9])
        let result = model.gradients(batch)
        #expect(result.loss == 0)
        #expect(result.gradients.allSatisfy { $0 == 0 })
    }

    // MARK: - Dropout

    @Test func dropoutFollowsItsSeed() throws {
        let model = try model(.adapter, dropout: 0.3)
        let batch = mixed(try TinyModel.rows().prefix(4))
        func run(_ seed: UInt64?) -> (loss: Double, gradients: [Float]) {
            model.gradients(batch) { $0.dropoutSeed = seed }
        }
        let (first, again, other, off) = (run(5), run(5), run(6), run(nil))
        #expect(first.loss == again.loss && first.gradients == again.gradients)
        #expect(first.gradients != other.gradients && first.gradients != off.gradients)
        #expect(off.loss == (try self.model(.adapter)).gradients(batch).loss)
    }

    @Test(arguments: [Float(0.05), 0.5, 0.9]) func dropoutKeepsTheMean(_ probability: Float) {
        let arena = Arena(reserving: 1 << 26)
        let (rows, columns) = (257, 129)
        let x = Tensor(
            [Float](repeating: 1, count: rows * columns), rows: rows, columns: columns, in: arena)
        let y = Tensor(rows, columns, in: arena)
        Dropout.apply(x, into: y, probability: probability, key: 99, accumulate: false)
        let values = y.values
        let kept = 1 / (1 - probability)
        #expect(values.allSatisfy { $0 == 0 || abs($0 - kept) < 1e-6 * kept })
        // Five standard deviations of a mean of n values that are kept/0 with variance p / (1 − p).
        let n = Double(values.count)
        let mean = values.reduce(0.0) { $0 + Double($1) } / n
        let bound = 5 * (Double(probability / (1 - probability)) / n).squareRoot()
        #expect(abs(mean - 1) < bound, "mean \(mean), bound \(bound)")
        // Rows and columns are not masked alike.
        #expect(Set((0..<rows).map { y.rows($0..<$0 + 1).values }).count == rows)
    }

    @Test func gradientsThroughDropoutEqualDifferences() throws {
        let model = try model(.adapter, dropout: 0.4)
        let batch = mixed(try TinyModel.rows().prefix(3))
        func loss() -> Double {
            var pass = TrainingPass(gradientScale: 1)
            pass.dropoutSeed = 21
            return model.decoder.trainLoss(batch, pass)
        }
        let gradient = model.gradients(batch) {
            $0.dropoutSeed = 21
            $0.gradientScale = 1
        }.gradients
        let start = model.parameters.values.values
        func slope(_ direction: [Float], _ epsilon: Float) -> Double {
            func moved(_ sign: Float) -> Double {
                for i in start.indices {
                    model.parameters.values.pointer[i] = start[i] + sign * epsilon * direction[i]
                }
                return loss()
            }
            defer { for i in start.indices { model.parameters.values.pointer[i] = start[i] } }
            // Four points, so that the curvature of a step this large cancels.
            let near = moved(1) - moved(-1)
            for i in start.indices { model.parameters.values.pointer[i] = start[i] }
            let far = moved(2) - moved(-2)
            return (8 * near - far) / (12 * Double(epsilon))
        }
        let length = Float(gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot())
        let along = slope(gradient.map { $0 / length }, 2e-3)
        #expect(relativeDifference(along, Double(length)) < 5e-3, "\(along) against \(length)")
        let pattern = patternFill(gradient.count, salt: 4)
        let other = pattern.map { $0 / Float(gradient.count).squareRoot() }
        let predicted = zip(gradient, other).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        let found = slope(other, 2e-3)
        #expect(
            abs(found - predicted) < 5e-3 * max(abs(predicted), 0.1 * Double(length)),
            "\(found) against \(predicted)")
    }

    // MARK: - Noise

    @Test func noiseIsBoundedBySampleLength() throws {
        let alpha: Float = 5
        let model = try model(.adapter)
        var batch = PackedBatch()
        for length in [5, 60] {
            batch.append(
                ids: [Int32](repeating: 4, count: length),
                labels: [Int32](repeating: 4, count: length))
        }
        let columns = model.weights.spec.hiddenSize
        func noise(_ seed: UInt64) -> Tensor {
            let x = Tensor(batch.tokens.count, columns, in: model.decoder.arena)
            x.fill(0)
            model.decoder.noiseAdder(batch, alpha: alpha, seed: seed)(x)
            return x
        }
        let first = noise(3)
        for range in batch.sampleRanges {
            let bound = Double(alpha) / Double(range.count * columns).squareRoot()
            let values = first.rows(range).values.map(Double.init)
            #expect(values.allSatisfy { abs($0) <= bound * (1 + 1e-6) })
            #expect(values.contains { $0 > 0.9 * bound } && values.contains { $0 < -0.9 * bound })
            // A uniform number in ±b has variance b² / 3.
            let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
            #expect(abs(variance / (bound * bound / 3) - 1) < 0.3, "\(variance), bound \(bound)")
        }
        #expect(noise(3).values == first.values)
        #expect(noise(4).values != first.values)
    }

    @Test func noiseIsForTrainingOnly() throws {
        let model = try model(.adapter)
        let batch = mixed(try TinyModel.rows().prefix(2))
        let plain = model.gradients(batch).loss
        let noisy = model.gradients(batch) {
            $0.noiseAlpha = 15
            $0.dropoutSeed = 1
        }
        #expect(noisy.loss != plain)
        #expect(relativeDifference(model.decoder.evaluationLoss(batch), plain) < 1e-7)
    }
}
