// The score of a given answer against the definition, computed naively in Double from the logits of the
// whole text at once; and the mark of trained numbers.

import Foundation
import TestSupport
import Testing

@testable import Kernel

@Suite struct AnswerScoreTests {
    private let prompt: [Int32] = (0..<17).map { Int32(3 + ($0 * 29) % 150) }
    private let answer: [Int32] = (0..<9).map { Int32(5 + ($0 * 53) % 150) }

    /// −Σ log softmax(logits)[token] over the answer's tokens.
    private func naive(_ model: TunedModel, usesAdapter: Bool = true) -> Double {
        var batch = PackedBatch()
        let all = prompt + answer
        batch.append(ids: all, labels: all)
        let rows = Array(prompt.count - 1..<all.count - 1)
        let logits = model.decoder.logits(batch, rows: rows, usesAdapter: usesAdapter)
        return rows.enumerated().reduce(0) { sum, row in
            let values = logits.rows(row.offset..<row.offset + 1).values.map { Double($0) }
            let most = values.max() ?? 0
            let total = values.reduce(0) { $0 + exp($1 - most) }
            return sum + most + log(total) - values[Int(all[row.element + 1])]
        }
    }

    @Test(arguments: [1, 4, 16, 17, 100]) func itIsTheDefinition(partRows: Int) throws {
        for model in [
            TinyModel.base(try TinyModel.weights()), TinyModel.adapted(try TinyModel.weights()),
            TinyModel.full(try TinyModel.weights("qwen2-tied")),
        ] {
            let score = try #require(
                AnswerScore.measure(answer, behind: prompt, model.decoder, partRows: partRows))
            let expected = naive(model)
            #expect(score.tokens == 9)
            #expect(abs(score.total - expected) < 1e-3, "\(score.total) \(expected)")
            #expect(abs(score.mean - expected / 9) < 1e-3)
            #expect(abs(score.perplexity - exp(expected / 9)) < 0.05 * exp(expected / 9))
        }
    }

    @Test func anAdapterThatIsOffScoresAsTheBase() throws {
        let weights = try TinyModel.weights()
        let (base, adapted) = (TinyModel.base(weights), TinyModel.adapted(weights))
        let plain = AnswerScore.measure(answer, behind: prompt, base.decoder)
        let off = AnswerScore.measure(answer, behind: prompt, adapted.decoder, usesAdapter: false)
        let on = AnswerScore.measure(answer, behind: prompt, adapted.decoder)
        #expect(plain == off)
        #expect(plain != on)
    }

    @Test func cancellingGivesNone() throws {
        let model = TinyModel.base(try TinyModel.weights())
        var asked = 0
        let score = AnswerScore.measure(answer, behind: prompt, model.decoder, partRows: 4) {
            asked += 1
            return asked == 3
        }
        #expect(score == nil && asked == 3)
    }

    @Test func fingerprintsTellNumbersApart() throws {
        let weights = try TinyModel.weights()
        #expect(TinyModel.base(weights).fingerprint == nil)
        let (one, same) = (TinyModel.adapted(weights), TinyModel.adapted(weights))
        let mark = try #require(one.fingerprint)
        #expect(mark.count == 6 && mark == same.fingerprint)
        #expect(mark != TinyModel.adapted(weights, filled: false).fingerprint)
        #expect(mark != TinyModel.full(weights).fingerprint)
        same.parameters.parameters[0].value.pointer[0] += 1
        #expect(mark != same.fingerprint)
    }

    @Test func templatesThatReadToolsAreTold() {
        #expect(ModelChatTemplate.readsTools("{%- if tools %}x{% endif %}"))
        #expect(!ModelChatTemplate.readsTools("{{ messages }} toolset mytools_x"))
    }
}
