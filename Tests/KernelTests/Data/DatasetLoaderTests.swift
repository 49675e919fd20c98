// From files on disk to ids and labels, with every count of the inspection worked out by hand.

import Synchronization
import Testing

@testable import Kernel

@Suite struct DatasetLoaderTests {
    private func load(
        _ folder: DataFolder, _ training: [String], evaluation: [String] = [],
        encoder: ExampleEncoder, control: LoadControl = LoadControl()
    ) throws -> LoadedDataset {
        try DatasetLoader(encoder: encoder).load(
            DatasetSelection(
                directory: folder.path, training: training, evaluation: evaluation),
            control: control)
    }

    /// Records whose prompt is their number and whose answer is "a".
    private func numbered(_ numbers: Range<Int>) -> String {
        numbers.map { #"{"instruction":"\#($0)","output":"a"}"# + "\n" }.joined()
    }

    /// The prompts of examples made by `numbered`.
    private func prompts(_ set: EncodedSet?) -> [String] {
        (set?.examples ?? []).map {
            ByteTokenizer().decode($0.ids.map { Int($0) }, skipSpecial: true)
                .split(separator: ">").first.map { String($0.dropFirst()) } ?? ""
        }
    }

    @Test func recordsBecomeExamples() throws {
        let folder = try DataFolder([
            "a.json": #"""
            [{"instruction":"q","input":"i","output":"yes"},
             {"instruction":"q","output":"n","system":"S"}]
            """#
        ])
        let loaded = try load(folder, ["a.json"], encoder: .bytes())
        #expect(
            loaded.training.examples == [
                EncodedExample(ids: ids("<q\ni>yes$"), labels: labels(".....yes$")),
                EncodedExample(ids: ids("S:<q>n$"), labels: labels(".....n$")),
            ])
        let inspection = loaded.training.inspection
        #expect(inspection.recordCount == 2 && inspection.exampleCount == 2)
        #expect(inspection.problems.count == 0)
        // 9 + 7 tokens; yes$ and n$ are trained.
        #expect(inspection.tokenCount == 16 && inspection.trainedTokenCount == 6)
        #expect(inspection.lengths?.minimum == 7 && inspection.lengths?.maximum == 9)
        #expect(loaded.evaluation == nil)
    }

    @Test func optionsReachTheRules() throws {
        let folder = try DataFolder([
            "a.jsonl": #"""
            {"conversations":[{"from":"human","value":"a"},{"from":"gpt","value":"b"},{"from":"human","value":"c"},{"from":"gpt","value":"d"}]}
            """#
        ])
        func example(_ change: (inout EncodingOptions) -> Void) throws -> EncodedExample? {
            try load(folder, ["a.jsonl"], encoder: .bytes(change)).training.examples.first
        }
        #expect(
            try example { _ in }
                == EncodedExample(ids: ids("<a>b$<c>d$"), labels: labels("...b$...d$")))
        #expect(
            try example { $0.maskHistory = true }?.labels == labels("........d$"))
        #expect(
            try example { $0.trainOnPrompt = true }?.labels == ids("<a>b$<c>d$"))
        // Cutoff 7: five tokens of turn 1, then 2 left for 3 + 2: 2·2 ≥ 2, 2·3 ≥ 2,
        // ⌊2 · 2/5⌋ = 0 of the answer, 2 of the prompt.
        #expect(
            try example { $0.cutoffLength = 7 }
                == EncodedExample(ids: ids("<a>b$<c"), labels: labels("...b$..")))
    }

    @Test func efficientTemplatesEndOnce() throws {
        let folder = try DataFolder(["a.jsonl": #"{"prompt":"q","response":"r"}"#])
        let template = ChatTemplate("eff", user: "<{{content}}>", efficientEOS: true)
        let loaded = try load(folder, ["a.jsonl"], encoder: .bytes(template: template))
        #expect(
            loaded.training.examples
                == [EncodedExample(ids: ids("<q>r$"), labels: labels("...r$"))])
        let error = kernelError {
            _ = try ExampleEncoder.bytes(template: template) { $0.trainOnPrompt = true }
        }
        #expect(error?.what.description.contains("does not support train_on_prompt") == true)
    }

    // MARK: - Reports

    @Test func brokenRecordsAreSkippedCountedAndListed() throws {
        let folder = try DataFolder([
            "a.jsonl": """
            {"instruction":"1","output":"a"}
            {oops
            {"instruction":"3","output":null}

            {"instruction":"4"}
            {"instruction":"5","output":""}
            {"instruction":"1","output":"a"}
            """
        ])
        let inspection = try load(folder, ["a.jsonl"], encoder: .bytes()).training.inspection
        #expect(inspection.recordCount == 6 && inspection.exampleCount == 3)
        #expect(
            inspection.problems.countByKind
                == [.unreadable: 1, .nothingToTrain: 1, .missingField: 1])
        let origins = inspection.problems.listed.map(\.origin)
        #expect(origins.map(\.record) == [2, 3, 4])
        #expect(origins.map(\.line) == [2, 3, 5])
        #expect(inspection.emptyAnswerCount == 1)
        #expect(inspection.duplicateCount == 1)
        #expect(inspection.duplicates.first?.origin.record == 6)
        #expect(inspection.duplicates.first?.first.record == 1)
    }

    @Test func brokenRecordsCanStop() throws {
        let folder = try DataFolder([
            "a.jsonl": "{\"instruction\":\"1\",\"output\":\"a\"}\n{oops\n"
        ])
        let error = kernelError {
            _ = try load(
                folder, ["a.jsonl"], encoder: .bytes { $0.brokenRecords = .stop })
        }
        #expect(error?.place == "\(folder["a.jsonl"]), record 2, line 2")
        #expect(error?.kind == .badData)
    }

    @Test func listsAreBounded() throws {
        let folder = try DataFolder([
            "a.jsonl": numbered(0..<1) + String(repeating: "{}\n", count: 300)
        ])
        let problems = try load(folder, ["a.jsonl"], encoder: .bytes())
            .training.inspection.problems
        #expect(problems.count == 300 && problems.listed.count == 100)
    }

    @Test func truncationIsReportedOrLeftOut() throws {
        let folder = try DataFolder(["a.jsonl": numbered(9..<11)])
        // "<9>a$" has 5 tokens, "<10>a$" has 6.
        let cut = try load(folder, ["a.jsonl"], encoder: .bytes { $0.cutoffLength = 5 })
        #expect(cut.training.inspection.truncatedCount == 1)
        #expect(cut.training.inspection.truncated.map(\.record) == [2])
        #expect(cut.training.examples[1].ids == ids("<10a$"))
        let dropped = try load(
            folder, ["a.jsonl"],
            encoder: .bytes {
                $0.cutoffLength = 5
                $0.overlong = .drop
            })
        #expect(dropped.training.examples.count == 1)
        #expect(
            dropped.training.inspection.problems.listed.first?.fault.detail
                == "6 tokens, the cutoff is 5")
    }

    @Test func columnsThatNoRecordHasAreAMistakeOfTheCatalog() throws {
        let folder = try DataFolder([
            "dataset_info.json": #"""
            {"x": {"file_name": "a.jsonl", "columns": {"prompt": "frage", "response": "output"}}}
            """#, "a.jsonl": numbered(0..<3),
        ])
        let error = kernelError { _ = try load(folder, ["x"], encoder: .bytes()) }
        #expect(error?.what == "the dataset \"x\" has no column \"frage\"")
        #expect(error?.why == "present are instruction, output")
    }

    @Test(arguments: ["", "\n\n", "{}\n"])
    func nothingLeft(text: String) throws {
        let folder = try DataFolder(["a.jsonl": text])
        let error = kernelError { _ = try load(folder, ["a.jsonl"], encoder: .bytes()) }
        #expect(error?.kind == .badData)
    }

    @Test func nothingLeftSaysWhy() throws {
        let folder = try DataFolder([
            "dataset_info.json": #"{"x": {"file_name": "a.json"}}"#,
            "a.json": #"[{"instruction":"a","output":null},{"instruction":"b","output":1}]"#,
        ])
        let error = kernelError { _ = try load(folder, ["x"], encoder: .bytes()) }
        #expect(error?.what == "no usable record is left")
        #expect(error?.why?.description.contains("1 with nothing to train") == true)
        #expect(error?.why?.description.contains("first: field output: there is no answer") == true)
    }

    // MARK: - Selection

    @Test func datasetsAreJoinedInOrderWithinTheirLimits() throws {
        let folder = try DataFolder(["a.jsonl": numbered(0..<5), "b.jsonl": numbered(10..<15)])
        let loaded = try load(
            folder, ["b.jsonl", "a.jsonl"], encoder: .bytes { $0.samplesMax = 2 })
        #expect(prompts(loaded.training) == ["10", "11", "0", "1"])
        #expect(loaded.training.inspection.recordCount == 4)
    }

    @Test(arguments: [3, 5, 12])
    func sampleCountsDrawWithoutThenWithRepetition(count: Int) throws {
        let folder = try DataFolder([
            "dataset_info.json": #"{"x": {"file_name": "a.jsonl", "num_samples": \#(count)}}"#,
            "a.jsonl": numbered(0..<5),
        ])
        let drawn = prompts(try load(folder, ["x"], encoder: .bytes()).training)
        #expect(drawn.count == count)
        #expect(Set(drawn.prefix(5)).count == min(count, 5))
        #expect(drawn == prompts(try load(folder, ["x"], encoder: .bytes()).training))
        let limited = try load(folder, ["x"], encoder: .bytes { $0.samplesMax = 2 })
        #expect(prompts(limited.training) == Array(drawn.prefix(2)))
    }

    @Test func heldOutExamplesAreNotTrained() throws {
        let folder = try DataFolder(["a.jsonl": numbered(0..<25)])
        func split(_ share: ValidationShare, seed: UInt64 = 42) throws -> LoadedDataset {
            try load(
                folder, ["a.jsonl"],
                encoder: .bytes {
                    $0.validation = share
                    $0.seed = seed
                })
        }
        // ⌈0.1 · 25⌉ = 3.
        let loaded = try split(.fraction(0.1))
        #expect(loaded.evaluation?.examples.count == 3)
        let all = prompts(loaded.training) + prompts(loaded.evaluation)
        #expect(Set(all) == Set((0..<25).map(String.init)) && all.count == 25)
        #expect(
            prompts(loaded.training)
                == prompts(loaded.training).sorted { Int($0) ?? 0 < Int($1) ?? 0 })
        #expect(try split(.fraction(0.1)) == loaded)
        #expect(try split(.fraction(0.1), seed: 43) != loaded)
        #expect(try split(.count(5)).evaluation?.examples.count == 5)
        #expect(kernelError { _ = try split(.count(25)) }?.place == "val_size")
    }

    @Test func evaluationSetsAreReadApart() throws {
        let folder = try DataFolder(["a.jsonl": numbered(0..<3), "b.jsonl": numbered(7..<9)])
        let loaded = try load(folder, ["a.jsonl"], evaluation: ["b.jsonl"], encoder: .bytes())
        #expect(prompts(loaded.evaluation) == ["7", "8"])
        let error = kernelError {
            _ = try load(
                folder, ["a.jsonl"], evaluation: ["b.jsonl"],
                encoder: .bytes { $0.validation = .count(1) })
        }
        #expect(error?.what.description.contains("exclude each other") == true)
    }

    @Test func datasetsMustFitTheStage() throws {
        let folder = try DataFolder([
            "dataset_info.json": #"""
            {"pairs": {"file_name": "p.json", "ranking": true},
             "kto": {"file_name": "p.json", "columns": {"prompt": "a", "kto_tag": "label"}},
             "media": {"file_name": "p.json", "columns": {"prompt": "a", "images": "images"}},
             "chats": {"file_name": "p.json", "formatting": "sharegpt"}}
            """#, "p.json": "[{}]",
        ])
        for (name, reason) in [("pairs", "preference"), ("kto", "label"), ("media", "images")] {
            let error = kernelError { _ = try load(folder, [name], encoder: .bytes()) }
            #expect(
                error?.kind == .configuration && error?.why?.description.contains(reason) == true)
        }
        let error = kernelError {
            _ = try load(folder, ["chats"], encoder: .bytes { $0.objective = .pretraining })
        }
        #expect(error?.why?.description.contains("not conversations") == true)
        #expect(kernelError { _ = try load(folder, [], encoder: .bytes()) }?.place == "dataset")
    }

    // MARK: - Pre-training

    @Test func textsArePackedByDefault() throws {
        let folder = try DataFolder(["a.jsonl": "{\"text\":\"abc\"}\n{\"text\":\"de\"}\n"])
        // abc$de$ has 7 tokens: one block of 4 and a tail of 3.
        let loaded = try load(
            folder, ["a.jsonl"],
            encoder: .bytes(addsBOS: true) {
                $0.objective = .pretraining
                $0.cutoffLength = 4
            })
        #expect(loaded.training.examples.map(\.ids) == [[256] + ids("bc$")])
        #expect(loaded.training.inspection.droppedTailTokens == 3)
        #expect(loaded.training.inspection.trainedTokenCount == 3)
    }

    @Test func textsCanStayApart() throws {
        let folder = try DataFolder(["a.txt": "abc\nde\n"])
        let loaded = try load(
            folder, ["a.txt"],
            encoder: .bytes(addsBOS: true) {
                $0.objective = .pretraining
                $0.packsTexts = false
                $0.cutoffLength = 4
            })
        #expect(loaded.training.examples.map(\.ids) == [[256] + ids("abc"), [256] + ids("de$")])
        #expect(loaded.training.inspection.truncatedCount == 1)
    }

    @Test func llama3TextsEndDifferentlyFromTurns() throws {
        let encoder = try ExampleEncoder.bytes(
            template: ChatTemplate("llama3", user: "{{content}}"))
        #expect(encoder.textIDs("a") == [97, 259])
    }

    // MARK: - Running

    @Test func progressGrowsAndThreadsDoNotShow() throws {
        let folder = try DataFolder(["a.jsonl": numbered(0..<3000)])
        let seen = Mutex<[LoadProgress]>([])
        let control = LoadControl(progress: { progress in seen.withLock { $0.append(progress) } })
        let first = try load(folder, ["a.jsonl"], encoder: .bytes(), control: control)
        #expect(prompts(first.training) == (0..<3000).map(String.init))
        for phase in [LoadProgress.Phase.reading, .encoding] {
            let done = seen.withLock { $0 }.filter { $0.phase == phase }.map(\.done)
            #expect(done == done.sorted() && done.first == 0 && done.last == 3000)
            #expect(done.count > 3)
        }
        let second = try load(folder, ["a.jsonl"], encoder: .bytes())
        #expect(second.training.inspection.digest == first.training.inspection.digest)
    }

    @Test(arguments: [1, 2, 4, 8])
    func preparationCanBeStopped(calls: Int) throws {
        let folder = try DataFolder(["a.jsonl": numbered(0..<3000)])
        let asked = Mutex(0)
        let control = LoadControl(isCancelled: {
            asked.withLock {
                $0 += 1
                return $0 == calls
            }
        })
        let error = kernelError {
            _ = try load(folder, ["a.jsonl"], encoder: .bytes(), control: control)
        }
        #expect(error?.kind == .temporary)
        #expect(asked.withLock { $0 } == calls)
    }

    @Test func digestsTellDataApart() throws {
        func digest(_ text: String) throws -> SHA256.Digest {
            let folder = try DataFolder(["a.jsonl": text])
            return try load(folder, ["a.jsonl"], encoder: .bytes()).training.inspection.digest
        }
        let base = try digest(numbered(0..<3))
        #expect(try digest(numbered(0..<3)) == base)
        #expect(try digest(numbered(0..<4)) != base)
        #expect(try digest(numbered(1..<4)) != base)
        // The boundaries count: two rows of one id are not one row of two.
        let row = EncodedExample(ids: [1], labels: [1])
        let both = EncodedExample(ids: [1, 1], labels: [1, 1])
        #expect(DataInspection.digest(of: [row, row]) != DataInspection.digest(of: [both]))
    }
}
