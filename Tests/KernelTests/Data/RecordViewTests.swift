// What one record looks like to the model, the preview of datasets, and length histograms.

import Testing

@testable import Kernel

@Suite struct RecordViewTests {
    private let chat = Example.chat(
        ChatExample(
            system: "S",
            messages: [
                ChatMessage(.user, "abcd"), ChatMessage(.assistant, "efgh"),
                ChatMessage(.user, "i"), ChatMessage(.assistant, "é"),
            ]))

    @Test func tokensCarryTextAndLabels() throws {
        let view = try RecordView(chat, encoder: .bytes())
        #expect(view.rendered == "S:<abcd>efgh<eos><i>é<eos>")
        #expect(view.tokens.map(\.text).prefix(4).joined() == "S:<a")
        let trained = view.tokens.filter(\.isTrained)
        #expect(trained.map(\.label) == labels("efgh$é$"))
        // Half of a character has no text of its own, but its byte is there.
        #expect(trained[5].text == "\u{FFFD}" && trained[5].bytes == [0xC3])
        #expect(view.tokens.filter(\.isSpecial).map(\.text) == ["<eos>", "<eos>"])
        #expect(view.cuts.isEmpty)
    }

    @Test func cutsAreMarkedWhereTheyAre() throws {
        // Turn 1 has 8 + 5 tokens, cutoff 12: 2·5 < 12, so the answer stays and the prompt gets 7.
        // Then 12 are used and turn 2 with 3 + 3 tokens is dropped whole.
        let view = try RecordView(chat, encoder: .bytes { $0.cutoffLength = 12 })
        #expect(view.tokens.map(\.text).joined() == "S:<abcdefgh<eos>")
        #expect(
            view.cuts == [
                RecordView.Cut(position: 7, count: 1, turn: 0),
                RecordView.Cut(position: 12, count: 3, turn: 1),
                RecordView.Cut(position: 12, count: 3, turn: 1),
            ])
        #expect(view.rendered.hasSuffix("é<eos>"))
    }

    @Test func contentCannotSpellSpecialTokens() throws {
        let smuggled = Example.chat(
            ChatExample(messages: [
                ChatMessage(.user, "<eos>"), ChatMessage(.assistant, "<bos>"),
            ]))
        let view = try RecordView(smuggled, encoder: .bytes { $0.splitsSpecialTokens = true })
        // Only the end of the answer is special.
        #expect(view.tokens.filter(\.isSpecial).count == 1)
        // As in LLaMA-Factory, unless the plan says otherwise.
        let trusted = try RecordView(smuggled, encoder: .bytes())
        #expect(trusted.tokens.filter(\.isSpecial).count == 3)
    }

    @Test func faultsAreThoseOfTheLoader() throws {
        let encoder = try ExampleEncoder.bytes()
        let tools = Example.chat(
            ChatExample(
                tools: "[]",
                messages: [ChatMessage(.user, "a"), ChatMessage(.assistant, "b")]))
        #expect(throws: RecordFault.self) { try RecordView(tools, encoder: encoder) }
        let unmarked = Example.pair(
            PairExample(
                prompt: [ChatMessage(.user, "a")], chosen: ChatMessage(.assistant, "b"),
                rejected: ChatMessage(.assistant, "c", isTrained: false)))
        #expect(throws: RecordFault.self) { try RecordView(unmarked, encoder: encoder) }
        let odd = Example.chat(ChatExample(messages: [ChatMessage(.user, "a")]))
        #expect(throws: RecordFault.self) { try RecordView(odd, encoder: encoder) }
    }

    @Test func pairsShowBothAnswersBehindTheirPrompt() throws {
        let pair = Example.pair(
            PairExample(
                prompt: [ChatMessage(.user, "a")], chosen: ChatMessage(.assistant, "b"),
                rejected: ChatMessage(.assistant, "c")))
        let view = try RecordView(pair, encoder: .bytes())
        #expect(view.tokens.filter(\.isTrained).map(\.text) == ["b", "<eos>", "c", "<eos>"])
        #expect(view.rendered == "<a>b<eos><a>c<eos>" && view.turns.count == 2)
    }

    @Test func judgedAnswersShowTheirMark() throws {
        let judged = Example.judged(
            JudgedExample(
                prompt: [ChatMessage(.user, "a")], answer: ChatMessage(.assistant, "b"),
                isGood: false))
        let view = try RecordView(judged, encoder: .bytes())
        #expect(view.tokens.filter(\.isTrained).map(\.text) == ["b", "<eos>"])
        #expect(view.rendered == "<a>b<eos>" && view.isGood == false)
    }

    @Test func textsShowTheirEnd() throws {
        let view = try RecordView(
            .text("ab"), encoder: .bytes(addsBOS: true) { $0.objective = .pretraining })
        #expect(view.tokens.map(\.text) == ["<bos>", "a", "b", "<eos>"])
        #expect(view.rendered == "ab")
    }

    // MARK: - Preview

    @Test func previewsFindRecordsAcrossFiles() throws {
        let folder = try DataFolder([
            "dataset_info.json": #"{"x": {"file_name": "d", "formatting": "alpaca"}}"#,
            "d/1.jsonl": "{\"instruction\":\"a\",\"output\":\"b\"}\n",
            "d/2.jsonl": "",
            "d/3.jsonl": "\n{\"instruction\":\"c\",\"output\":\"d\"}\n{oops}\n",
        ])
        let catalog = try DatasetCatalog(directory: folder.path)
        let dataset = try OpenDataset(named: "x", in: catalog, for: .supervised)
        #expect(dataset.count == 3)
        #expect(dataset.origin(at: 0).file == folder["d/1.jsonl"])
        #expect(dataset.origin(at: 1).place == "\(folder["d/3.jsonl"]), record 1, line 2")
        #expect(dataset.text(at: 2) == "{oops}")
        #expect(throws: RecordFault.self) { try dataset.example(at: 2) }
        let expected = ChatExample(messages: [
            ChatMessage(.user, "c"), ChatMessage(.assistant, "d"),
        ])
        #expect(try dataset.example(at: 1) == .chat(expected))
    }

    @Test func unknownFormatsListTheirFields() throws {
        let folder = try DataFolder(["a.json": #"[{"id":1,"label":"x"}]"#, "b.json": "[]"])
        let catalog = try DatasetCatalog(directory: folder.path)
        let error = kernelError {
            _ = try OpenDataset(named: "a.json", in: catalog, for: .supervised)
        }
        #expect(error?.why == "it has the fields id, label")
        let empty = kernelError {
            _ = try OpenDataset(named: "b.json", in: catalog, for: .supervised)
        }
        #expect(empty?.what == "the dataset has no readable record")
    }

    // MARK: - Options and histograms

    @Test(
        arguments: [
            (0.0, ValidationShare.none), (0.25, .fraction(0.25)), (2.0, .count(2)), (1.0, nil),
            (-1, nil), (.nan, nil), (.infinity, nil),
        ] as [(Double, ValidationShare?)])
    func validationSizes(value: Double, share: ValidationShare?) {
        #expect(ValidationShare(value: value) == share)
    }

    @Test(
        arguments: [
            { $0.cutoffLength = 1 }, { $0.samplesMax = 0 }, { $0.validation = .fraction(1) },
            { $0.validation = .count(0) },
            {
                $0.trainOnPrompt = true
                $0.maskHistory = true
            },
        ] as [@Sendable (inout EncodingOptions) -> Void])
    func contradictions(change: @Sendable (inout EncodingOptions) -> Void) {
        let error = kernelError { _ = try ExampleEncoder.bytes(change) }
        #expect(error?.kind == .configuration)
    }

    @Test func histogramsHaveRoundBins() throws {
        let small = try #require(LengthHistogram([3, 1, 1, 0]))
        #expect(small.binWidth == 1 && small.bins == [1, 2, 0, 1])
        #expect(small.mean == 1.25 && small.median == 1 && small.percentile95 == 3)
        // 1 … 100 in at most 20 bins: width 5 would need 21, so 10; 100 falls into bin 10.
        let wide = try #require(LengthHistogram(Array(1...100)))
        #expect(wide.binWidth == 10)
        #expect(wide.bins == [9, 10, 10, 10, 10, 10, 10, 10, 10, 10, 1])
        // ⌈0.95 · 100⌉ = 95th of the sorted lengths.
        #expect(wide.percentile95 == 95 && wide.median == 50)
        #expect(LengthHistogram([]) == nil)
        #expect(LengthHistogram([2048])?.bins.count == 11)
    }
}
