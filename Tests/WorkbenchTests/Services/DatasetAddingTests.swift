// Files of records on disk: what is proposed for them, what is written into dataset_info.json, what a
// watch tells, and a cut record with the tokens that were cut.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite struct DatasetAddingTests {
    private static func folder(_ files: [String: String]) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in files {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        return folder.path
    }

    @Test func anEntryIsProposedWrittenAndReadBack() throws {
        let folder = try Self.folder([
            "a.jsonl": #"{"question": "q", "answer": "a", "note": "n"}"# + "\n{broken\n",
            "dataset_info.json": #"{"old": {"file_name": "o.json", "file_sha1": "x"}}"#,
        ])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let proposal = try DatasetAdding.proposal(path: folder + "/a.jsonl", folder: folder)
        #expect(proposal.folder == folder && proposal.fileName == "a.jsonl")
        #expect(proposal.fields == ["question", "answer", "note"])
        #expect(proposal.records == 2 && proposal.taken == ["old"])
        #expect(proposal.sample == ["question: q", "answer: a", "note: n"])
        let form = DatasetForm(proposal)
        #expect(form.name == "a" && form.issues.isEmpty)
        try DatasetAdding.write(form.definition)
        let catalog = try DatasetCatalog(directory: folder)
        #expect(catalog.entries.map(\.name) == ["old", "a"] && catalog.defects.isEmpty)
        let entry = try catalog.entry(named: "a")
        #expect(entry.style?.columns.prompt == "question")
        #expect(entry.style?.columns.response == "answer" && entry.style?.columns.query == nil)
        let text = try String(contentsOfFile: folder + "/dataset_info.json", encoding: .utf8)
        #expect(text.contains("file_sha1"))
        #expect(throws: KernelError.self) { try DatasetAdding.write(form.definition) }
    }

    @Test func messagesKeepTheirWords() throws {
        let record =
            #"{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}"#
        let folder = try Self.folder(["chat.jsonl": record + "\n"])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // The file lies elsewhere: its own folder gets the list.
        let proposal = try DatasetAdding.proposal(
            path: folder + "/chat.jsonl", folder: "/nowhere/data")
        #expect(proposal.fileName == "chat.jsonl" && proposal.taken.isEmpty)
        let form = DatasetForm(proposal)
        #expect(form.style.formatting == .openai && form.issues.isEmpty)
        var definition = form.definition
        definition.folder = folder
        try DatasetAdding.write(definition)
        let dataset = try OpenDataset(
            named: "chat", in: try DatasetCatalog(directory: folder), for: .supervised)
        guard case .chat(let chat) = try dataset.example(at: 0) else {
            Issue.record("no conversation")
            return
        }
        #expect(chat.messages.map(\.content) == ["q", "a"])
    }

    @Test func unknownFieldsAreLeftToThePerson() throws {
        let folder = try Self.folder(["x.csv": "frage,antwort\n1,2\n"])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let proposal = try DatasetAdding.proposal(path: folder + "/x.csv", folder: folder)
        #expect(proposal.style == nil && proposal.fields == ["frage", "antwort"])
        #expect(DatasetForm(proposal).issues["prompt"] != nil)
        let empty = try Self.folder(["x.json": "[]"])
        defer { try? FileManager.default.removeItem(atPath: empty) }
        #expect(throws: KernelError.self) {
            try DatasetAdding.proposal(path: empty + "/x.json", folder: empty)
        }
    }

    @Test func recordsOfManyFieldsAreBounded() throws {
        let many = (0..<5000).map { "\"f\($0)\": 1" }.joined(separator: ", ")
        let folder = try Self.folder(["x.jsonl": "{\(many)}\n{\"instruction\": \"q\"}\n"])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let proposal = try DatasetAdding.proposal(path: folder + "/x.jsonl", folder: folder)
        #expect(proposal.fields.count == 64 && proposal.sample.count == 64)
    }

    @Test(arguments: ["", " a", "a ", "a,b", "a/b", "\n"])
    func namesThatAPlanCannotSayAreRefused(name: String) {
        var form = DatasetForm(Fixture.proposal("x.json", "data"))
        #expect(form.issues.isEmpty)
        form.name = name
        #expect(form.issues["name"] != nil)
    }

    @Test func aWatchTellsEachChangeOnce() throws {
        let folder = try Self.folder([
            "a.json": "[]", "dataset_info.json": #"{"a": {"file_name": "a.json"}}"#,
        ])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var watch = DataWatch(folder: folder, names: ["a", "nobody"])
        func looks() -> [Bool] { [watch.hasChanged(), watch.hasChanged()] }
        #expect(looks() == [false, false])
        try Data("[ ]".utf8).write(to: URL(fileURLWithPath: folder + "/a.json"))
        #expect(looks() == [true, false])
        try FileManager.default.removeItem(atPath: folder + "/dataset_info.json")
        #expect(looks() == [true, false])
    }
}
