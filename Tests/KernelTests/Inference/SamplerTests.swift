// The sampler against transformers' definitions, on four tokens with probabilities worked by hand:
// p = 0.5, 0.3, 0.15, 0.05.

import Foundation
import Testing

@testable import Kernel

@Suite struct SamplerTests {
    private let arena = Arena(reserving: 1 << 24)
    private let logits = [0.5, 0.3, 0.15, 0.05].map { Float(log($0)) }

    private func settings(_ change: (inout SamplingSettings) -> Void = { _ in }) -> SamplingSettings
    {
        var settings = SamplingSettings()
        (settings.temperature, settings.topK, settings.topP) = (1, 0, 1)
        settings.seed = 17
        change(&settings)
        return settings
    }

    private func pick(_ logits: [Float], seen: [Int32] = [], _ settings: SamplingSettings) -> Int32
    {
        var sampler = Sampler(settings)
        return sampler.pick(Tensor(logits, rows: 1, columns: logits.count, in: arena), seen: seen)
    }

    /// How often each token comes in 4,000 draws.
    private func shares(_ logits: [Float], seen: [Int32] = [], _ settings: SamplingSettings)
        -> [Double]
    {
        var (sampler, counts) = (Sampler(settings), [Double](repeating: 0, count: logits.count))
        for _ in 0..<4000 {
            let id = sampler.pick(
                Tensor(logits, rows: 1, columns: logits.count, in: arena), seen: seen)
            counts[Int(id)] += 1
        }
        return counts.map { $0 / 4000 }
    }

    /// Expected shares; 0.03 is about four standard deviations of 4,000 draws, and 0 means never.
    private func expect(
        _ found: [Double], _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let isClose = zip(found, expected).allSatisfy { abs($0 - $1) < 0.03 && ($1 > 0 || $0 == 0) }
        #expect(isClose, "\(found) against \(expected)", sourceLocation: sourceLocation)
    }

    @Test func greedyTakesTheLikeliest() {
        let greedy = settings { $0.isGreedy = true }
        #expect(pick([0.1, 2, -1, 1.9], greedy) == 1)
        #expect(pick([3, 3, 1], greedy) == 0)
        #expect(pick([0.1, 2, -1, 1.9], settings { $0.temperature = 0 }) == 1)
    }

    @Test func drawsFollowTheProbabilities() {
        expect(shares(logits, settings()), [0.5, 0.3, 0.15, 0.05])
    }

    @Test func temperatureFlattens() {
        // p^(1/2) = 0.7071, 0.5477, 0.3873, 0.2236, their sum 1.8657.
        expect(shares(logits, settings { $0.temperature = 2 }), [0.379, 0.2936, 0.2076, 0.1199])
    }

    @Test func topKKeepsTheLikeliest() {
        expect(shares(logits, settings { $0.topK = 2 }), [0.625, 0.375, 0, 0])
        expect(shares(logits, settings { $0.topK = 1 }), [1, 0, 0, 0])
        expect(shares(logits, settings { $0.topK = 9 }), [0.5, 0.3, 0.15, 0.05])
        // What ties with the k-th stays: transformers removes only what is below it.
        expect(shares([1, 1, 1, 0], settings { $0.topK = 2 }), [0.3333, 0.3333, 0.3333, 0])
    }

    @Test func topPKeepsTheOneThatCrosses() {
        // 0.5 < 0.7, 0.8 ≥ 0.7: two stay. 0.8 < 0.81: three. 0.5 ≥ 0.49: one.
        expect(shares(logits, settings { $0.topP = 0.7 }), [0.625, 0.375, 0, 0])
        expect(shares(logits, settings { $0.topP = 0.81 }), [0.5263, 0.3158, 0.1579, 0])
        expect(shares(logits, settings { $0.topP = 0.49 }), [1, 0, 0, 0])
    }

    @Test func minPComparesWithTheLikeliest() {
        // 0.4 · 0.5 = 0.2 keeps 0.3; 0.2 · 0.5 = 0.1 keeps 0.15 too.
        expect(shares(logits, settings { $0.minP = 0.4 }), [0.625, 0.375, 0, 0])
        expect(shares(logits, settings { $0.minP = 0.2 }), [0.5263, 0.3158, 0.1579, 0])
    }

    @Test func cutsComeInTransformersOrder() {
        // Top-k 3 leaves 0.526, 0.316, 0.158; their running sum reaches 0.842 ≥ 0.82 with the second.
        // Over all four it would be 0.8 < 0.82, and three would stay.
        expect(
            shares(logits, settings { ($0.topK, $0.topP) = (3, 0.82) }), [0.625, 0.375, 0, 0])
        // Temperature first: 0.379 + 0.294 = 0.673 < 0.7, so three stay; cut first it would be two.
        expect(
            shares(logits, settings { ($0.temperature, $0.topP) = (2, 0.7) }),
            [0.4307, 0.3336, 0.2359, 0])
    }

    @Test func repetitionPenaltyDividesOrMultiplies() {
        let greedy = settings { ($0.isGreedy, $0.repetitionPenalty) = (true, 2) }
        // 2 → 1 falls below 1.5; −2 → −4.
        #expect(pick([2, -2, 1.5], seen: [0, 1], greedy) == 2)
        #expect(pick([2, -2, 1.5], seen: [], greedy) == 0)
        // −1 → −2 falls below −1.5.
        #expect(pick([-1, -1.5], seen: [0], greedy) == 1)
        // Once, however often it was seen: 3 → 1.5, not 0.75.
        #expect(pick([3, 1], seen: [0, 0, 0], greedy) == 0)
        // Ids beyond the logits are nobody's.
        #expect(pick([3, 1], seen: [-1, 7], greedy) == 0)
        // Penalty before the draw: ln 0.5 · 2 = ln 0.25, so 0.25, 0.3, 0.15, 0.05 of 0.75.
        let drawn = settings { $0.repetitionPenalty = 2 }
        expect(shares(logits, seen: [0], drawn), [0.3333, 0.4, 0.2, 0.0667])
    }

    @Test func seedsRepeat() {
        func sequence(_ seed: UInt64) -> [Int32] {
            var sampler = Sampler(settings { $0.seed = seed })
            return (0..<50).map { _ in
                sampler.pick(Tensor(logits, rows: 1, columns: 4, in: arena), seen: [Int32]())
            }
        }
        #expect(sequence(1) == sequence(1))
        #expect(sequence(1) != sequence(2))
    }

    @Test func impossibleSettingsAreNamed() {
        var bad = SamplingSettings()
        (bad.temperature, bad.topK, bad.topP, bad.minP) = (-1, -1, 0, 2)
        (bad.repetitionPenalty, bad.maxNewTokens) = (0, 0)
        #expect(
            bad.issues().map(\.field)
                == [
                    "temperature", "top_k", "top_p", "min_p", "repetition_penalty",
                    "max_new_tokens",
                ])
        bad.temperature = .nan
        #expect(bad.issues().first?.field == "temperature")
        #expect(SamplingSettings().issues().isEmpty)
    }
}
