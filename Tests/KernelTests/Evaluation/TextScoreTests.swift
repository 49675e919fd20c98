// BLEU and ROUGE against the packages that LLaMA-Factory calls: words, scores of pairs, and means.

import Testing

@testable import Kernel

@Suite struct TextScoreTests {
    private struct Pair {
        let prediction: String
        let reference: String
        let words: [String]
        let scores: TextScores
        let isCutByJieba: Bool
    }

    private static func pairs() throws -> [Pair] {
        let json = try Fixture.json("evaluation/scores.json")
        return try #require(json.member("pairs").array).map { pair in
            Pair(
                prediction: try #require(pair.member("predict").string),
                reference: try #require(pair.member("label").string),
                words: try #require(pair.member("cut").array).compactMap(\.string),
                scores: try scores(pair.member("scores")),
                isCutByJieba: try pair.member("words").string == "jieba")
        }
    }

    private static func scores(_ json: JSONValue) throws -> TextScores {
        func value(_ name: String) throws -> Double { try #require(json.member(name).double) }
        var scores = TextScores()
        (scores.bleu4, scores.rouge1) = (try value("bleu-4"), try value("rouge-1"))
        (scores.rouge2, scores.rougeL) = (try value("rouge-2"), try value("rouge-l"))
        return scores
    }

    @Test func wordsAreThoseOfJieba() throws {
        let pairs = try Self.pairs()
        #expect(pairs.count > 25 && pairs.contains { !$0.isCutByJieba })
        for pair in pairs { #expect(ScoreWords.cut(pair.prediction) == pair.words) }
    }

    @Test func scoresAreThoseOfThePackages() throws {
        for pair in try Self.pairs() {
            let scores = TextScores(prediction: pair.prediction, reference: pair.reference)
            #expect(scores == pair.scores, "\(pair.prediction.debugDescription)")
            let hasChinese = ScoreWords.hasChinese(pair.prediction + pair.reference)
            #expect(hasChinese == !pair.isCutByJieba)
        }
    }

    @Test func meansAreOfRoundedScores() throws {
        let mean = TextScores(meanOf: try Self.pairs().map(\.scores))
        let expected = try Self.scores(Fixture.json("evaluation/scores.json").member("mean"))
        #expect(
            abs(mean.bleu4 - expected.bleu4) < 1e-9 && abs(mean.rouge1 - expected.rouge1) < 1e-9)
        #expect(
            abs(mean.rouge2 - expected.rouge2) < 1e-9 && abs(mean.rougeL - expected.rougeL) < 1e-9)
        #expect(TextScores(meanOf: []) == TextScores())
    }

    /// 14 dots: six end a line, the seventh is spent, and seven later the next line ends.
    @Test func dotsEndLinesInSixes() {
        #expect(RougeScore.words("..............") == ["......", ".......", "."])
        #expect(RougeScore.words("a?\n\nb") == ["a", "?", "", "", "b"])
    }

    @Test func roundingTakesTheExactValue() {
        // 2.675 is a little less than it looks, 0.125 is exact and goes to the even digit.
        #expect(TextScores.rounded(2.675, decimals: 2) == 2.67)
        #expect(TextScores.rounded(0.125, decimals: 2) == 0.12)
        #expect(TextScores.rounded(-1, decimals: 3) == -1)
    }

    @Test func longTextsAreQuick() {
        let long = String(repeating: "some words that repeat ", count: 400)
        let scores = TextScores(prediction: long, reference: long + "and end")
        #expect(scores.rougeL > 99 && scores.bleu4 > 99)
    }
}
