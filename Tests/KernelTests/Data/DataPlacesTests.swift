// Where data lie and how files lay out their records: what LLaMA-Factory's users have is read, and
// what is odd about it is told.

import Testing

@testable import Kernel

@Suite struct DataPlacesTests {
    private func load(
        _ folder: DataFolder, _ names: String...,
        change: @escaping (inout EncodingOptions) -> Void = { _ in }
    ) throws -> LoadedDataset {
        try DatasetLoader(encoder: .bytes(change)).load(
            DatasetSelection(directory: folder.path, training: names))
    }

    private func count(_ name: String, _ text: String) throws -> Int {
        try load(DataFolder([name: text]), name).training.examples.count
    }

    private let one = #"{"instruction":"1","output":"a"}"#

    // MARK: - Layouts

    @Test func objectsOverLinesAndSideBySideAreRecords() throws {
        let indented = "{\n  \"instruction\": \"1\",\n  \"output\": \"{}\\\"\"\n}\n"
        #expect(try count("lines.jsonl", indented + indented) == 2)
        #expect(try count("single.json", indented) == 1)
        #expect(try count("concatenated.jsonl", one + " " + one) == 2)
        #expect(try count("mixed.jsonl", one + "\n" + one + one + "\n" + one) == 4)
        let file = try DataFolder(["a.jsonl": "\n" + indented + indented]).file("a.jsonl")
        #expect(file.line(at: 0) == 2 && file.line(at: 1) == 6)
    }

    @Test func aBrokenLineCostsItselfOnly() throws {
        for broken in [
            "{oops", #"{"instruction":"1","output":"a"#, #"{"a":{"b":1}"#, one + "}", "7",
        ] {
            let loaded = try load(
                DataFolder(["a.jsonl": broken + "\n" + one + "\n" + one]), "a.jsonl")
            #expect(loaded.training.examples.count == 2, "\(broken)")
            #expect(loaded.training.inspection.problems.listed.map(\.origin.line) == [1])
        }
    }

    @Test(arguments: [
        "{\"data\":[\(#"{"instruction":"1","output":"a"}"#)]}", "{\n \"data\": [\n{\"a\":1}]\n}",
    ])
    func recordsInsideOfAnObjectAreNamed(_ text: String) throws {
        let folder = try DataFolder([
            "a.json": text, "dataset_info.json": #"{"x":{"file_name":"a.json"}}"#,
        ])
        for name in ["a.json", "x"] {
            let error = kernelError { _ = try load(folder, name) }
            #expect(error?.what == "the records lie inside of another object")
            #expect(error?.why?.description.contains("\"data\" is a list of 1 objects") == true)
        }
    }

    /// One record of the wrong form is no wrapper of records, and a value that cannot be read hides no form.
    @Test func whatIsWrongIsNamedAsWhatItIs() throws {
        let talk = #"{"conversations":[{"from":"human","value":"a"},{"from":"gpt","value":"b"}]}"#
        let entry = #"{"x":{"file_name":"a.json","formatting":"alpaca"}}"#
        for text in [talk, "[\(talk)]"] {
            let folder = try DataFolder(["a.json": text, "dataset_info.json": entry])
            let error = kernelError { _ = try load(folder, "x") }
            #expect(error?.what.description.contains("inside of another object") == false)
        }
        let unread = #"{"instruction":"1","output":NaN}"#
        let folder = try DataFolder([
            "a.jsonl": unread + "\n" + one, "b.jsonl": unread, "c.csv": "instruction;output\na;b\n",
            "d.tsv": "a\tb\n",
        ])
        #expect(try load(folder, "a.jsonl").training.examples.count == 1)
        let error = kernelError { _ = try load(folder, "b.jsonl") }
        #expect(error?.what == "the dataset has no readable record")
        let separated = kernelError { _ = try load(folder, "c.csv") }
        #expect(separated?.hint?.description.contains("commas between the fields") == true)
        let kind = kernelError { _ = try load(folder, folder["d.tsv"]) }
        #expect(kind?.why?.description.hasPrefix("its name does not end in one of") == true)
    }

    @Test func aMarkAtTheBeginningBelongsToPlainText() throws {
        let folder = try DataFolder([
            "a.txt": "\u{FEFF}ab\n", "a.jsonl": "\u{FEFF}{\"text\":\"ab\"}",
        ])
        func ids(_ name: String) throws -> [Int32]? {
            try load(folder, name) { $0.objective = .pretraining }.training.examples.first?.ids
        }
        #expect(try ids("a.txt") == [0xEF, 0xBB, 0xBF, 97, 98, 257])
        #expect(try ids("a.jsonl") == [97, 98, 257])
        let notes = try load(folder, "a.txt") { $0.objective = .pretraining }.notes
        #expect(notes.first?.description.contains("byte order mark") == true)
    }

    // MARK: - Places and entries

    @Test func pathsOutOfTheFolderAreReadAndTold() throws {
        let outside = try DataFolder(["a.jsonl": one])
        let inside = try DataFolder([
            "sub/b.jsonl": one,
            "dataset_info.json": """
            {"abs": {"file_name": "\(outside["a.jsonl"])"},
             "up": {"file_name": "../\(outside.path.split(separator: "/").last ?? "")/a.jsonl"},
             "in": {"file_name": "sub/../sub/b.jsonl", "comment": "mine"}}
            """,
        ])
        for name in ["abs", "up"] {
            let loaded = try load(inside, name)
            #expect(loaded.training.examples.count == 1)
            #expect(
                loaded.notes.first?.description.hasPrefix("The dataset \(name) lies outside of")
                    == true)
        }
        #expect(
            try load(inside, "in").notes == ["Keys without effect in the entry of in: comment."])
    }

    @Test(arguments: [
        ("formating", "sharegpt", "formatting"), ("num_sample", "1", "num_samples"),
        ("Columns", "x", "columns"), ("messages", "x", "columns"), ("role_tag", "x", "tags"),
    ])
    func aMisspeltKeyIsRefused(_ key: String, _ value: String, _ meant: String) throws {
        let folder = try DataFolder([
            "a.jsonl": one,
            "dataset_info.json": "{\"x\":{\"file_name\":\"a.jsonl\",\"\(key)\":\"\(value)\"}}",
        ])
        let error = kernelError { _ = try load(folder, "x") }
        #expect(
            error?.why?.description.contains(meant) == true && error?.place?.contains(key) == true)
    }

    @Test func anEntryWithoutAWordOnRecordsIsToldFromThem() throws {
        let folder = try DataFolder([
            "a.json":
                #"[{"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}]"#,
            "b.jsonl":
                #"{"messages":[{"from":"user","value":"q"},{"from":"assistant","value":"a"}]}"#,
            "c.jsonl": one,
            "dataset_info.json": """
            {"a":{"file_name":"a.json"},"b":{"file_name":"b.jsonl"},"c":{"file_name":"c.jsonl"}}
            """,
        ])
        for name in ["a", "b"] {
            let loaded = try load(folder, name)
            #expect(loaded.training.examples.first?.ids == ids("<q>a$"))
            #expect(
                loaded.notes.first?.description.contains("its entry names no formatting") == true)
        }
        #expect(try load(folder, "c").notes == [])
    }

    // MARK: - One record on one side

    private func sides(
        _ folder: DataFolder, _ names: [String]
    ) throws -> (Set<[Int32]>, Set<[Int32]>, Int) {
        let encoder = try ExampleEncoder.bytes { $0.validation = .fraction(0.3) }
        let loaded = try DatasetLoader(encoder: encoder).load(
            DatasetSelection(directory: folder.path, training: names))
        return (
            Set(loaded.training.examples.map(\.ids)),
            Set((loaded.evaluation?.examples ?? []).map(\.ids)), loaded.training.examples.count
        )
    }

    @Test func aRepeatedRecordIsNeverOnBothSides() throws {
        let records = (0..<10).map { "{\"instruction\":\"\($0)\",\"output\":\"a\"}\n" }.joined()
        let folder = try DataFolder([
            "a.jsonl": records,
            "dataset_info.json": """
            {"many":{"file_name":"a.jsonl","num_samples":40},"again":{"file_name":"./a.jsonl"}}
            """,
        ])
        for names in [["many"], ["a.jsonl", "again"], ["many", "a.jsonl", "a.jsonl"]] {
            let (trained, held, count) = try sides(folder, names)
            #expect(trained.isDisjoint(with: held), "\(names)")
            #expect(trained.count == 7 && held.count == 3 && count > 7)
        }
        // As it always was where nothing is repeated.
        let (trained, held, count) = try sides(folder, ["a.jsonl"])
        #expect(trained.count == 7 && held.count == 3 && count == 7)
    }
}
