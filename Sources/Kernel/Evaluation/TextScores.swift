// How near a prediction comes to its reference: the four numbers of LLaMA-Factory's predict_results.json,
// of one pair and as the mean over many.

import Foundation

/// BLEU-4 and ROUGE as percentages.
public struct TextScores: Sendable, Equatable {
    public var bleu4 = 0.0
    public var rouge1 = 0.0
    public var rouge2 = 0.0
    public var rougeL = 0.0

    /// All zero.
    public init() {}

    /// The scores of one pair, each with four decimals as LLaMA-Factory rounds them before it averages.
    public init(prediction: String, reference: String) {
        bleu4 = Self.percent(BleuScore.bleu4(prediction: prediction, reference: reference))
        let rouge = RougeScore(prediction: prediction, reference: reference)
        rouge1 = Self.percent(rouge.one)
        rouge2 = Self.percent(rouge.two)
        rougeL = Self.percent(rouge.longest)
    }

    /// The mean; all zero of none.
    public init(meanOf scores: some Collection<TextScores>) {
        guard !scores.isEmpty else { return }
        for score in scores {
            bleu4 += score.bleu4
            rouge1 += score.rouge1
            rouge2 += score.rouge2
            rougeL += score.rougeL
        }
        let count = Double(scores.count)
        (bleu4, rouge1) = (bleu4 / count, rouge1 / count)
        (rouge2, rougeL) = (rouge2 / count, rougeL / count)
    }

    private static func percent(_ score: Double) -> Double { rounded(score * 100, decimals: 4) }

    /// The nearest decimal, halves by the number's exact value: Python's `round`.
    static func rounded(_ value: Double, decimals: Int) -> Double {
        Double(String(format: "%.\(decimals)f", value)) ?? value
    }
}
