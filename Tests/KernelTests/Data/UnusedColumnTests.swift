// Fields that say what must not be learned, and fields that nothing reads: honoured, refused by
// name, or told. The right values are those of the programs whose data they are.

import Testing

@testable import Kernel

@Suite struct UnusedColumnTests {
    private func load(
        _ text: String, named name: String = "a.jsonl", entry: String? = nil,
        _ change: @escaping (inout EncodingOptions) -> Void = { _ in }
    ) throws -> LoadedDataset {
        let folder = try DataFolder([name: text])
        if let entry { try folder.write("dataset_info.json", Array(entry.utf8)) }
        return try DatasetLoader(encoder: .bytes(change)).load(
            DatasetSelection(directory: folder.path, training: [entry == nil ? name : "x"]))
    }

    private func fault(_ record: String) throws -> RecordFault? {
        let folder = try DataFolder([
            "a.jsonl": record + "\n" + #"{"instruction":"q","output":"a"}"#
        ])
        let dataset = try OpenDataset(
            named: "a.jsonl", in: DatasetCatalog(directory: folder.path), for: .supervised)
        do throws(RecordFault) {
            _ = try dataset.example(at: 0)
            return nil
        } catch { return error }
    }

    private let chat =
        #""messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]"#

    // MARK: - Refused by name

    @Test(arguments: [
        #""label":false"#, #""label":true"#, #""images":["x.jpg"]"#, #""audios":["x.wav"]"#,
        #""videos":["x.mp4"]"#, #""image":"x.jpg""#, #""rejected_response":"no""#,
        #""rejected_messages":[{"role":"assistant","content":"no"}]"#, #""chosen":"yes""#,
        #""loss_scale":2.0"#, #""train":false"#,
    ])
    func aRecordThatIsNotWhatItLooksLikeIsRefused(_ field: String) throws {
        let fault = try fault("{\(chat),\(field)}")
        #expect(fault?.kind == .unsupported)
        let name = field.split(separator: "\"").first.map(String.init)
        #expect(fault?.field == name)
    }

    @Test(arguments: [
        #""label":3"#, #""label":"news""#, #""images":[]"#, #""loss_scale":1"#, #""rejected":null"#,
    ])
    func valuesThatSayNothingAreRead(_ field: String) throws {
        #expect(try fault("{\(chat),\(field)}") == nil)
    }

    @Test func aSetOfSuchRecordsIsRefusedWithItsPlace() throws {
        let error = kernelError {
            _ = try load("{\(chat),\"label\":true}\n{\(chat),\"label\":false}\n")
        }
        #expect(error?.what == "no usable record is left")
        #expect(error?.place?.hasSuffix("a.jsonl, record 1, line 1") == true)
        #expect(
            error?.why?.description.contains("first: field label: it marks answers as good or bad")
                == true)
    }

    @Test func anEntryThatNamesItsColumnsDecides() throws {
        let loaded = try load(
            "{\(chat),\"label\":false,\"images\":[\"x\"]}\n",
            entry:
                #"{"x":{"file_name":"a.jsonl","formatting":"openai","columns":{"messages":"messages"},"tags":{"role_tag":"role","content_tag":"content","user_tag":"user","assistant_tag":"assistant"}}}"#
        )
        #expect(
            loaded.training.inspection.unusedColumns
                == [
                    UnusedColumn(name: "label", records: 1),
                    UnusedColumn(name: "images", records: 1),
                ])
    }

    // MARK: - Turns that are not trained

    private func turns(_ first: String, _ second: String, asked: String = "") -> String {
        """
        {"messages":[{"role":"user","content":"a"\(asked)},{"role":"assistant","content":"b"\(first)},\
        {"role":"user","content":"c"},{"role":"assistant","content":"d"\(second)}]}
        """
    }

    @Test(arguments: [
        #","loss":false"#, #","train":false"#, #","weight":0"#, #","training":false"#,
    ])
    func aMarkedTurnIsReadOnly(_ mark: String) throws {
        let loaded = try load(turns(mark, ""))
        #expect(
            loaded.training.examples
                == [EncodedExample(ids: ids("<a>b$<c>d$"), labels: labels("........d$"))])
        #expect(loaded.training.inspection.untrainedAnswerCount == 1)
        #expect(loaded.notes.contains { $0.description.hasSuffix("weight say: 1 answer.") })
        let last = try load(turns("", mark))
        #expect(last.training.examples.first?.labels == labels("...b$....."))
        let all = kernelError { _ = try load(turns(mark, mark)) }
        #expect(all?.why?.description.contains("no answer is marked as to be trained") == true)
    }

    @Test func marksGoWithTheOtherMasks() throws {
        let marked = turns(#","weight":0"#, #","weight":1"#, asked: #","loss":false"#)
        #expect(
            try load(marked) { $0.trainOnPrompt = true }.training.examples.first?.labels
                == labels(".....<c>d$"))
        #expect(
            try load(turns("", #","train":false"#) + "\n" + turns("", "")) { $0.maskHistory = true }
                .training.inspection.problems.count == 1)
        let template = ChatTemplate("eff", user: "<{{content}}>", efficientEOS: true)
        let turn = TurnTokens(prompt: [1, 2], response: [3], trainsResponse: false)
        let rules = SupervisedRules(cutoffLength: 99, efficientEOS: 9)
        #expect(template.hasEfficientEOS)
        #expect(
            Encoding.supervised([turn, TurnTokens(prompt: [1, 2], response: [4])], rules: rules)
                .example.labels == [-100, -100, -100, -100, -100, 4, 9])
        #expect(
            Encoding.supervised([TurnTokens(prompt: [1, 2], response: [4]), turn], rules: rules)
                .example.labels == [-100, -100, 4, 9, -100, -100, -100])
    }

    @Test(arguments: [
        #","weight":0.5"#, #","loss_scale":2"#, #","train":"yes""#,
        #","train_detail":[{"begin_offset":0,"end_offset":1,"train":false}]"#,
    ])
    func marksThatCannotBeHonouredCostTheRecord(_ mark: String) throws {
        let fault = try fault(turns(mark, ""))
        #expect(fault?.kind == .unsupported && fault?.field?.hasPrefix("messages[1].") == true)
    }

    @Test func aQuestionThatIsToBeTrainedIsRefused() throws {
        #expect(try fault(turns("", "", asked: #","train":true"#))?.field == "messages[0].train")
    }

    // MARK: - Told

    @Test func whatNothingReadsIsTold() throws {
        let loaded = try load(
            """
            {"id":1,"source":"x","question":"q","answer":"a","context":"c","article":""}
            {"question":"r","answer":"b","context":"c","choices":["x"],"article":"t"}
            """)
        #expect(
            loaded.training.inspection.unusedColumns == [
                UnusedColumn(name: "context", records: 2),
                UnusedColumn(name: "choices", records: 1),
                UnusedColumn(name: "article", records: 1),
            ])
        #expect(
            loaded.notes == [
                "Unused columns, which the model does not see: context (in 2 records), choices (in 1 "
                    + "record), article (in 1 record)."
            ])
        let thought = try load(
            #"{"messages":[{"role":"user","content":"q","name":"n"},{"role":"assistant","content":"a","reasoning_content":"r"}]}"#
        )
        #expect(
            thought.training.inspection.unusedColumns
                == [UnusedColumn(name: "messages.reasoning_content", records: 1)])
        let read = try load(#"{"instruction":"q","input":"i","output":"a","system":"S"}"#)
        #expect(read.training.inspection.unusedColumns == [] && read.notes == [])
        let text = try load(#"{"text":"t","summary":"s"}"#) { $0.objective = .pretraining }
        #expect(
            text.training.inspection.unusedColumns == [UnusedColumn(name: "summary", records: 1)])
    }

    @Test func anUnreadColumnNeverCostsARecord() throws {
        let folder = try DataFolder()
        try folder.write(
            "a.jsonl",
            Array(#"{"instruction":"1","output":"a","score":NaN}"#.utf8) + [10]
                + Array(#"{"instruction":"2","output":"b","x":"\ud800"}"#.utf8) + [10]
                + Array(#"{"instruction":"3","output":"c","x":""#.utf8) + [0xFF]
                + Array("\"}\n".utf8)
                + Array(#"{"x":1,"instruction":"4","x":2,"output":"d"}"#.utf8) + [10]
                + Array(#"{"instruction":"5","output":NaN}"#.utf8) + [10])
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        try folder.write(
            "b.jsonl", Array("{\"instruction\":\"6\",\"d\":\(deep),\"output\":\"f\"}".utf8))
        try folder.write("c.csv", Array("instruction,output,x\n7,g,".utf8) + [0xFF, 10])
        let loaded = try DatasetLoader(encoder: .bytes()).load(
            DatasetSelection(directory: folder.path, training: ["a.jsonl", "b.jsonl", "c.csv"]))
        #expect(
            loaded.training.examples.map(\.ids)
                == ["<1>a$", "<2>b$", "<3>c$", "<4>d$", "<6>f$", "<7>g$"].map { ids($0) })
        let problems = loaded.training.inspection.problems.listed
        #expect(problems.map(\.origin.record) == [5] && problems.first?.fault.field == "output")
        #expect(
            loaded.training.inspection.unusedColumns.map(\.name) == ["score", "x", "d"])
    }

    @Test func aScoreOfNaNInAMessageCostsNothing() throws {
        let loaded = try load(
            #"{"messages":[{"role":"user","content":"q","score":NaN},"#
                + #"{"role":"assistant","content":"NaN \" Infinity","score":-Infinity}]}"#)
        #expect(loaded.training.examples.first?.ids == ids(#"<q>NaN " Infinity$"#))
        #expect(loaded.training.inspection.unusedColumns == [])
    }

    // MARK: - Empty answers

    /// LLaMA-Factory reads an empty cell as None and drops the row; an empty string is an answer.
    /// Each word that pandas takes for no value, quoted or not; others are text.
    @Test(arguments: [
        "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
        "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
    ])
    func wordsOfCSVFilesThatStandForNoValue(_ word: String) throws {
        let data = try load(
            "instruction,input,output\n1,\(word),a\n2,\"\(word)\",b\n3,x,\(word)\n4,y,d\n",
            named: "a.csv")
        let report = data.training.inspection
        // As without input, and the third without an answer.
        let plain = try load(
            "instruction,input,output\n1,,a\n2,,b\n4,y,d\n", named: "a.csv"
        ).training.examples
        #expect(data.training.examples == plain)
        #expect(report.emptyWordCount == 3 && report.emptyWord == word)
        #expect(report.problems.countByKind == [.nothingToTrain: 1])
        #expect(
            report.problems.listed.first?.fault.detail
                == "there is no answer: \(word) stands for no value in a CSV file")
        #expect(
            data.notes.contains(
                "Words of CSV files that stand for no value, as \(word), are taken so, as in "
                    + "LLaMA-Factory: in 3 records."))
    }

    @Test(arguments: [" NA", "NA ", "Null", "none", "NAN", "N.A.", "-", "0"])
    func otherWordsOfCSVFilesAreText(_ word: String) throws {
        let data = try load("instruction,output\n1,\(word)\n", named: "a.csv").training
        #expect(data.inspection.emptyWordCount == 0 && data.examples.count == 1)
        let json = try load(#"{"instruction":"1","output":"\#(word)"}"#).training
        #expect(data.examples == json.examples)
        // In JSON every word is itself.
        let null = try load(#"{"instruction":"1","output":"null"}"#).training
        #expect(null.inspection.emptyWordCount == 0 && null.examples.count == 1)
    }

    /// A column that nothing reads costs nothing and tells nothing.
    @Test func wordsInColumnsThatNobodyReadsAreNotCounted() throws {
        let data = try load("instruction,output,score\n1,a,NA\n2,b,3\n", named: "a.csv").training
        #expect(data.inspection.emptyWordCount == 0 && data.examples.count == 2)
    }

    @Test func emptyCellsAreNoAnswersAndEmptyTextsAreTold() throws {
        let csv = try load("instruction,output\n1,a\n2,\n3,\"\"\n", named: "a.csv")
        #expect(csv.training.examples.count == 1)
        #expect(csv.training.inspection.problems.countByKind == [.nothingToTrain: 2])
        let json = try load(
            #"[{"instruction":"1","output":""},{"instruction":"2","output":""},{"instruction":"3","output":"a"}]"#,
            named: "a.json")
        #expect(json.training.examples.count == 3)
        #expect(json.notes == ["2 answers are empty: they teach the model to end at once."])
    }

    // MARK: - Special tokens

    @Test func specialTokensInRecordsAreIdsAndTold() throws {
        let record =
            #"{"instruction":"q","output":"a<eos>b"}"# + "\n" + #"{"instruction":"r","output":"c"}"#
        let loaded = try load(record)
        #expect(loaded.training.examples.first?.ids == ids("<q>a") + [257] + ids("b$"))
        #expect(loaded.training.inspection.specialCount == 1)
        #expect(loaded.notes.first?.description.contains("in 1 record, became their ids") == true)
        let split = try load(record) { $0.splitsSpecialTokens = true }
        #expect(split.training.examples.first?.ids == ids("<q>a<eos>b$"))
        #expect(split.notes.first?.description.contains("stay text") == true)
        let text = try load(#"{"text":"a<eos>b"}"#) { $0.objective = .pretraining }
        #expect(text.training.examples.first?.ids == ids("a") + [257] + ids("b$"))
    }
}
