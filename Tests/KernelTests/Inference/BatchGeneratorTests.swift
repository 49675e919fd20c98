// Answers drawn together beside the same answers drawn one by one, and what a sampler draws from a whole distribution.

import Foundation
import TestSupport
import Testing

@testable import Kernel

@Suite(.serialized) struct BatchGeneratorTests {
    private static let prompts: [[Int32]] = [
        [1, 5, 9, 3], [7], [2, 2, 11, 4, 8, 6, 3, 1, 9, 10, 12], [3, 14, 1],
    ]

    /// Greedy answers to prompts of other lengths, over caches of each kind and windows of attention.
    @Test(arguments: ["llama-biases", "gemma2", "qwen3"], [KVCacheType.f32, .bf16])
    func equalThoseDrawnAlone(_ family: String, _ type: KVCacheType) throws {
        let model = TinyModel.adapted(try TinyModel.weights(family))
        ObjectiveChecks.disturb(model)
        var sampling = SamplingSettings()
        (sampling.isGreedy, sampling.maxNewTokens) = (true, 12)
        let batch = BatchGenerator(
            decoder: model.decoder, contextLimit: 20, cacheType: type, stopIDs: [])
        let found = try #require(
            try batch.answers(
                to: Self.prompts, each: 2, sampling, seed: { _, _ in 0 }, isStopped: { false }))
        for (prompt, answers) in zip(Self.prompts, found) {
            let alone = Generator(model.decoder, contextLimit: 20, cacheType: type) { 0 }
            let wanted = try alone.generate(prompt, sampling, stopIDs: []).ids
            #expect(wanted.count == min(12, 20 - prompt.count))
            #expect(answers.map(\.ids) == [wanted, wanted])
            #expect(answers.allSatisfy { !$0.isWhole })
        }
    }

    /// Each answer has its own seed, ends at a stop token that it keeps, and is the same when drawn again.
    @Test func drawsByItsSeed() throws {
        let model = TinyModel.adapted(try TinyModel.weights("llama-biases"))
        var sampling = SamplingSettings()
        (sampling.topK, sampling.topP, sampling.temperature) = (0, 1, 2)
        sampling.maxNewTokens = 30
        let batch = BatchGenerator(
            decoder: model.decoder, contextLimit: 64, cacheType: .f32, stopIDs: [5, 6, 7])
        func draw(_ base: UInt64) throws -> [[DrawnAnswer]] {
            try #require(
                try batch.answers(
                    to: Self.prompts, each: 4, sampling,
                    seed: { base + UInt64(10 * $0 + $1) }, isStopped: { false }))
        }
        let (first, again, other) = (try draw(3), try draw(3), try draw(900))
        #expect(first == again && first != other)
        #expect(Set(first.joined().map(\.ids)).count > 8)
        for answer in first.joined() {
            let stops = answer.ids.filter { [5, 6, 7].contains($0) }
            #expect(stops.count == (answer.isWhole ? 1 : 0))
            #expect(answer.isWhole == [5, 6, 7].contains(answer.ids.last ?? 0))
            #expect(answer.isWhole || answer.ids.count == 30)
        }
        #expect(first.joined().contains { $0.isWhole })
    }

    /// A stop gives nothing, at any moment, and leaves no memory behind.
    @Test func stopsAtOnce() throws {
        let model = TinyModel.adapted(try TinyModel.weights("llama-biases"))
        let before = model.decoder.arena.bytesInUse
        var sampling = SamplingSettings()
        sampling.maxNewTokens = 8
        let batch = BatchGenerator(
            decoder: model.decoder, contextLimit: 64, cacheType: .f32, stopIDs: [])
        for limit in [0, 2, 6] {
            var asked = 0
            let found = try batch.answers(
                to: Self.prompts, each: 2, sampling, seed: { _, _ in 0 },
                isStopped: {
                    asked += 1
                    return asked > limit
                })
            #expect(found == nil)
        }
        #expect(model.decoder.arena.bytesInUse == before)
    }

    /// Without cuts tokens come as often as they are likely.
    @Test(arguments: [1.0, 0.5]) func wholeDistributionIsDrawn(_ temperature: Double) {
        var settings = SamplingSettings()
        (settings.topK, settings.topP, settings.temperature) = (0, 1, temperature)
        var sampler = Sampler(settings)
        let scores: [Float] = [0, 1, -1, 2, 0.5]
        let weights = scores.map { exp(Double($0) / temperature) }
        let sum = weights.reduce(0, +)
        var counts = [Int](repeating: 0, count: scores.count)
        let arena = Arena()
        for _ in 0..<20_000 {
            let logits = Tensor(1, scores.count, in: arena)
            for (i, score) in scores.enumerated() { logits.pointer[i] = score }
            counts[Int(sampler.pick(logits, seen: [Int32]()))] += 1
        }
        for (count, weight) in zip(counts, weights) {
            let p = weight / sum
            let spread = (20_000 * p * (1 - p)).squareRoot()
            #expect(abs(Double(count) - 20_000 * p) < 5 * spread)
        }
    }
}
