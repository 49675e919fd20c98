// What a timed training must show before its speed counts, and what the speed is made of.

import Foundation
import Testing

@testable import benchmarks

struct TrainingOutcomeTests {
    private let outcome = TrainingOutcome(
        steps: [
            TakenStep(seconds: 50, tokens: 100, trainedTokens: 40, loss: 3),
            TakenStep(seconds: 2, tokens: 100, trainedTokens: 50, loss: 2),
            TakenStep(seconds: 4, tokens: 100, trainedTokens: 50, loss: 1),
        ], peakMebibytes: 1, firstStepSeconds: 50)

    @Test func theFirstStepWarmsUp() {
        #expect(outcome.speed.values == [50, 25])
        #expect(outcome.stepSeconds.values == [2, 4])
        #expect(outcome.meanLoss == 2)
    }

    /// SmolLM2-135M has 134,479,872 weights in matrices, 28,311,552 of them the tied head's.
    @Test func operationsFollowFromTheWeights() throws {
        let all = try #require(outcome.gigaflops(head: .all).values.first)
        let labelled = try #require(outcome.gigaflops(head: .labelled).values.first)
        #expect(abs(all - 4 * 0.134479872 * 100 / 2) < 1e-6)
        #expect(abs(labelled - 4 * (0.10616832 * 100 + 0.028311552 * 50) / 2) < 1e-6)
    }
}

struct LossCheckTests {
    private func outcome(_ losses: [Double?], trained: Int? = 5) -> TrainingOutcome {
        TrainingOutcome(
            steps: losses.map {
                TakenStep(seconds: 1, tokens: 10, trainedTokens: trained, loss: $0)
            }, peakMebibytes: 1, firstStepSeconds: 1)
    }

    @Test(arguments: [(2.0, true), (2.019, true), (2.021, false), (1.979, false), (.nan, false)])
    func firstLossIsTheUntrainedModels(loss: Double, isAccepted: Bool) {
        let check = { try LossCheck.checkFirst(outcome([loss, 9]), is: 2, within: 0.01) }
        if isAccepted {
            #expect(throws: Never.self) { try check() }
        } else {
            #expect(throws: BenchmarkError.self) { try check() }
        }
    }

    @Test func meanLossMustBeTheReferences() throws {
        let reference = outcome([2, 1])
        try LossCheck.check(outcome([2.001, 1]), against: reference, named: "r", within: 0.001)
        let error = #expect(throws: BenchmarkError.self) {
            try LossCheck.check(outcome([2.1, 1]), against: reference, named: "r", within: 0.001)
        }
        #expect(error?.description.contains("no speed is shown") == true)
    }

    @Test func otherTokensAreOtherWork() {
        for stranger in [outcome([2, 1], trained: 6), outcome([2]), outcome([2, nil])] {
            #expect(throws: BenchmarkError.self) {
                try LossCheck.check(
                    stranger, against: outcome([2, 1]), named: "r", within: 0.001)
            }
        }
    }
}

struct TrainingCaseTests {
    /// A case compares its loss with one of its own peers, and its first steps with settings that a
    /// file can say.
    @Test(arguments: TrainingCase.all.map(\.key))
    func referencesArePeers(key: String) throws {
        let one = try #require(TrainingCase.all.first { $0.key == key })
        #expect(one.peers.contains(one.reference))
        let text = try String(decoding: JSONEncoder().encode(one.plan), as: UTF8.self)
        #expect(text == "{}" || text.contains("bf16"))
    }
}
