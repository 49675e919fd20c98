// Truncation and label rules against values worked out by hand.

import Testing

@testable import Kernel

@Suite struct EncodingTests {
    private let ignored = EncodedExample.ignoredLabel

    private func turn(_ prompt: ClosedRange<Int32>, _ response: ClosedRange<Int32>) -> TurnTokens {
        TurnTokens(prompt: Array(prompt), response: Array(response))
    }

    // MARK: - Kept lengths

    @Test(arguments: [
        // 2·3 < 10: the response stays whole, the prompt gets 10 − 3 = 7 of its 20.
        (20, 3, 10, 7, 3),
        // 2·8 ≥ 10 but 2·3 < 10: the prompt stays whole, the response gets 10 − 3 = 7 of 8.
        (3, 8, 10, 3, 7),
        // Both long: response ⌊10 · 8 / 20⌋ = 4, prompt 10 − 4 = 6.
        (12, 8, 10, 6, 4),
        // ⌊10 · 30 / 37⌋ = ⌊8.1…⌋ = 8, prompt 2.
        (7, 30, 10, 2, 8),
        // Everything fits.
        (5, 5, 10, 5, 5), (3, 4, 10, 3, 4), (6, 4, 10, 6, 4), (0, 10, 10, 0, 10),
        // One token left: 2·5 ≥ 1 twice, ⌊1 · 5/10⌋ = 0, so a token of the prompt survives.
        (5, 5, 1, 1, 0),
        // An empty response takes nothing; 2·0 < 4 holds first.
        (9, 0, 4, 4, 0), (0, 0, 4, 0, 0), (0, 9, 4, 0, 4), (0, 0, 0, 0, 0),
        // Exactly half is not "short": 2·5 = 10, 2·20 ≥ 10, ⌊10 · 5/25⌋ = 2, prompt 8.
        (20, 5, 10, 8, 2),
    ])
    func keptLengths(prompt: Int, response: Int, cutoff: Int, keptPrompt: Int, keptResponse: Int) {
        let kept = Encoding.keptLengths(prompt: prompt, response: response, cutoff: cutoff)
        #expect(kept.prompt == keptPrompt && kept.response == keptResponse)
    }

    @Test func keptLengthsNeverExceedTheCutoff() {
        for prompt in 0..<40 {
            for response in 0..<40 {
                for cutoff in 0..<45 {
                    let kept = Encoding.keptLengths(
                        prompt: prompt, response: response, cutoff: cutoff)
                    #expect(kept.prompt >= 0 && kept.prompt <= prompt)
                    #expect(kept.response >= 0 && kept.response <= response)
                    #expect(kept.prompt + kept.response <= cutoff)
                    if prompt + response <= cutoff {
                        #expect(kept.prompt == prompt && kept.response == response)
                    }
                }
            }
        }
        let huge = Encoding.keptLengths(prompt: .max / 4, response: .max / 4, cutoff: 8)
        #expect(huge.prompt == 4 && huge.response == 4)
    }

    // MARK: - Labels

    @Test func answersAreTrained() {
        let result = Encoding.supervised(
            [turn(1...3, 4...5), turn(6...6, 7...8)], rules: SupervisedRules(cutoffLength: 100))
        #expect(result.example.ids == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(
            result.example.labels == [ignored, ignored, ignored, 4, 5, ignored, 7, 8])
        #expect(result.example.trainedCount == 4)
        #expect(!result.isTruncated)
    }

    @Test func promptsAreTrainedWhenAsked() {
        let result = Encoding.supervised(
            [turn(1...2, 3...4)], rules: SupervisedRules(cutoffLength: 100, trainOnPrompt: true))
        #expect(result.example.labels == [1, 2, 3, 4])
        // The first position is never predicted, so three of four labels are trained.
        #expect(result.example.trainedCount == 3)
    }

    @Test func maskedHistoryTrainsTheLastAnswerOnly() {
        let result = Encoding.supervised(
            [turn(1...2, 3...4), turn(5...5, 6...7)],
            rules: SupervisedRules(cutoffLength: 100, maskHistory: true))
        #expect(result.example.ids == [1, 2, 3, 4, 5, 6, 7])
        #expect(
            result.example.labels == [ignored, ignored, ignored, ignored, ignored, 6, 7])
    }

    @Test func efficientEOSEndsTheConversationAndMarksLaterPrompts() {
        // Prompt 2 starts where the model should have ended answer 1, hence the label 99 there.
        let result = Encoding.supervised(
            [turn(1...2, 3...4), turn(5...6, 7...7)],
            rules: SupervisedRules(cutoffLength: 100, efficientEOS: 99))
        #expect(result.example.ids == [1, 2, 3, 4, 5, 6, 7, 99])
        #expect(
            result.example.labels == [ignored, ignored, 3, 4, 99, ignored, 7, 99])
    }

    @Test func efficientEOSWithMaskedHistoryFollowsTheOrderOfVisits() {
        // The last turn is visited first: its prompt gets no EOS label, the earlier one does.
        let result = Encoding.supervised(
            [turn(1...2, 3...4), turn(5...6, 7...7)],
            rules: SupervisedRules(cutoffLength: 100, maskHistory: true, efficientEOS: 99))
        #expect(result.example.ids == [1, 2, 3, 4, 5, 6, 7, 99])
        #expect(
            result.example.labels
                == [99, ignored, ignored, ignored, ignored, ignored, 7, 99])
    }

    // MARK: - Truncation over turns

    @Test func turnsThatNoLongerFitAreDropped() {
        // Cutoff 8. Turn 1 takes 3 + 2 = 5. Left 3: prompt 4 and response 2 → 2·2 ≥ 3, 2·4 ≥ 3,
        // ⌊3 · 2/6⌋ = 1, prompt 2. Total 8, so turn 3 is dropped whole.
        let result = Encoding.supervised(
            [turn(1...3, 4...5), turn(6...9, 10...11), turn(12...12, 13...13)],
            rules: SupervisedRules(cutoffLength: 8))
        #expect(result.example.ids == [1, 2, 3, 4, 5, 6, 7, 10])
        #expect(
            result.example.labels == [ignored, ignored, ignored, 4, 5, ignored, ignored, 10])
        #expect(
            result.turns == [
                TurnTruncation(promptCount: 3, promptKept: 3, responseCount: 2, responseKept: 2),
                TurnTruncation(promptCount: 4, promptKept: 2, responseCount: 2, responseKept: 1),
                TurnTruncation(promptCount: 1, promptKept: 0, responseCount: 1, responseKept: 0),
            ])
        #expect(result.isTruncated)
    }

    @Test func maskedHistoryKeepsTheLastTurn() {
        // Cutoff 6, last turn first: it takes 2 + 2 = 4. Left 2 for the first turn of 4 + 3:
        // 2·3 ≥ 2, 2·4 ≥ 2, ⌊2 · 3/7⌋ = 0, prompt 2.
        let result = Encoding.supervised(
            [turn(1...4, 5...7), turn(8...9, 10...11)],
            rules: SupervisedRules(cutoffLength: 6, maskHistory: true))
        #expect(result.example.ids == [1, 2, 8, 9, 10, 11])
        #expect(
            result.example.labels == [ignored, ignored, ignored, ignored, 10, 11])
    }

    @Test func efficientEOSCountsAgainstTheCutoff() {
        // Cutoff 5 leaves 4: 2·3 ≥ 4, 2·3 ≥ 4, ⌊4 · 3/6⌋ = 2, prompt 2, then the EOS.
        let result = Encoding.supervised(
            [turn(1...3, 4...6)], rules: SupervisedRules(cutoffLength: 5, efficientEOS: 99))
        #expect(result.example.ids == [1, 2, 4, 5, 99])
        #expect(result.example.labels == [ignored, ignored, 4, 5, 99])
    }

    @Test func noCombinationExceedsTheCutoff() {
        let turns = [turn(1...5, 6...9), turn(10...12, 13...20), turn(21...21, 22...30)]
        for cutoff in 1...32 {
            for mask in [false, true] {
                for end in [nil, Int32(99)] {
                    let result = Encoding.supervised(
                        turns,
                        rules: SupervisedRules(
                            cutoffLength: cutoff, maskHistory: mask, efficientEOS: end))
                    #expect(result.example.ids.count <= cutoff)
                    #expect(result.example.ids.count == result.example.labels.count)
                }
            }
        }
    }

    @Test func emptyPromptsAndResponses() {
        let empty = TurnTokens(prompt: [], response: [])
        let result = Encoding.supervised(
            [turn(1...1, 2...2), empty], rules: SupervisedRules(cutoffLength: 9, efficientEOS: 99))
        #expect(result.example.ids == [1, 2, 99])
        #expect(Encoding.supervised([], rules: SupervisedRules(cutoffLength: 9)).example.ids == [])
    }

    @Test func wholeTextsAreTrainedThroughout() {
        #expect(
            Encoding.plainText([1, 2, 3], cutoff: 2)
                == EncodedExample(ids: [1, 2], labels: [1, 2]))
    }

    // MARK: - Packing

    @Test func textsAreJoinedAndCut() {
        // 3 + 2 + 4 = 9 tokens in blocks of 4: two blocks, one token dropped.
        let packed = Packing.joinedBlocks([[1, 2, 0], [3, 0], [4, 5, 6, 0]], blockLength: 4)
        #expect(packed.blocks.map(\.ids) == [[1, 2, 0, 3], [0, 4, 5, 6]])
        #expect(packed.blocks.allSatisfy { $0.labels == $0.ids })
        #expect(packed.droppedTokens == 1)
    }

    @Test func startTokensReplaceTheFirstOfEachBlock() {
        let packed = Packing.joinedBlocks([[1, 2, 3, 4, 5, 6]], blockLength: 3, startID: 9)
        #expect(packed.blocks.map(\.ids) == [[9, 2, 3], [9, 5, 6]])
        #expect(packed.blocks.map(\.labels) == [[9, 2, 3], [9, 5, 6]])
    }

    @Test func aShortSetIsOneShortBlock() {
        let packed = Packing.joinedBlocks([[1, 2], [], [3]], blockLength: 10)
        #expect(packed.blocks.map(\.ids) == [[1, 2, 3]])
        #expect(packed.droppedTokens == 0)
        #expect(Packing.joinedBlocks([[]], blockLength: 10).blocks.isEmpty)
    }

    @Test func wholeBlocksLeaveNothing() {
        let packed = Packing.joinedBlocks([[1, 2, 3, 4]], blockLength: 2)
        #expect(packed.blocks.count == 2 && packed.droppedTokens == 0)
    }
}
