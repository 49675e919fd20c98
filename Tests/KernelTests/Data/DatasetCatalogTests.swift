// dataset_info.json, names, typed paths, and file names that try to leave the folder.

import Foundation
import Testing

@testable import Kernel

@Suite struct DatasetCatalogTests {
    private func catalog(_ json: String, _ files: [String: String] = [:]) throws -> (
        DataFolder, DatasetCatalog
    ) {
        let folder = try DataFolder(files.merging([DatasetCatalog.fileName: json]) { $1 })
        return (folder, try DatasetCatalog(directory: folder.path))
    }

    /// Two letters of slip in long words, one in short ones; very long keys are nobody's slip.
    @Test(arguments: [
        ("formating", "formatting", true), ("File-Name", "file_name", true),
        ("num_sampl", "num_samples", true), ("num_samplesss", "num_samples", true),
        ("num_sam", "num_samples", false), ("num_samplessss", "num_samples", false),
        ("spilt", "split", false), ("splitt", "split", true), ("tag", "tags", true),
        ("ta", "tags", false), ("foldersss", "folder", false), ("folderss", "folder", true),
    ])
    func slipsOfTheFingersAreTold(word: String, meant: String, isLikely: Bool) {
        #expect(Misspelling.isLikely(word, of: meant) == isLikely)
    }

    @Test func veryLongKeysAreNoSlips() {
        let (forty, more) = (String(repeating: "a", count: 40), String(repeating: "a", count: 41))
        #expect(Misspelling.isLikely(forty, of: forty + "b"))
        #expect(!Misspelling.isLikely(more, of: more + "b"))
    }

    @Test func entriesKeepOrderAndDefaults() throws {
        let (folder, catalog) = try catalog(
            #"""
            {"identity": {"file_name": "identity.json"},
             "dpo": {"file_name": "dpo.json", "ranking": true, "formatting": "sharegpt",
                     "columns": {"messages": "conversations", "chosen": "chosen",
                                 "rejected": "rejected"}},
             "c4": {"file_name": "c4.jsonl", "columns": {"prompt": "text"}, "num_samples": 7,
                    "subset": "en", "split": "train", "folder": null}}
            """#, ["identity.json": "[]"])
        #expect(catalog.entries.map(\.name) == ["identity", "dpo", "c4"])
        let identity = try catalog.entry(named: "identity")
        #expect(identity.style == RecordStyle())
        #expect(try catalog.files(of: identity) == [folder["identity.json"]])
        let pairs = try catalog.entry(named: "dpo")
        #expect(pairs.style?.isRanking == true)
        #expect(pairs.style?.formatting == .sharegpt)
        #expect(pairs.style?.tags == .standard)
        #expect(pairs.style?.namedColumns == ["conversations", "chosen", "rejected"])
        let texts = try catalog.entry(named: "c4")
        #expect(texts.sampleCount == 7)
        #expect(texts.subset == "en")
        // A table of columns makes every column outside of it disappear.
        #expect(texts.style?.columns.prompt == "text")
        #expect(texts.style?.columns.query == nil && texts.style?.columns.response == nil)
    }

    @Test func tagsOutsideTheTableDisappear() throws {
        let (_, catalog) = try catalog(
            #"""
            {"a": {"file_name": "a.json", "formatting": "openai",
                   "tags": {"role_tag": "role", "content_tag": "content", "user_tag": "user",
                            "assistant_tag": "assistant"}}}
            """#)
        let tags = try catalog.entry(named: "a").style?.tags
        #expect(tags?.user == "user" && tags?.system == nil && tags?.observation == nil)
    }

    @Test func undefinedNamesListTheDefinedOnes() throws {
        let (folder, catalog) = try catalog(
            #"{"one": {"file_name": "1.json"}, "two": {"file_name": "2.json"}}"#)
        let error = kernelError { _ = try catalog.entry(named: "three") }
        #expect(error?.kind == .missingInput)
        #expect(error?.what == "undefined dataset \"three\"")
        #expect(error?.why == "defined are one, two")
        #expect(error?.place == folder[DatasetCatalog.fileName])
        let empty = try DatasetCatalog(directory: folder["nothing"])
        #expect(
            kernelError { _ = try empty.entry(named: "a") }?.why == "no dataset is defined there")
    }

    @Test func pathsThatCannotBeReadSayWhy() throws {
        let (folder, catalog) = try catalog("{}", ["table.parquet": "PAR1"])
        let missing = try #require(
            kernelError { _ = try catalog.entry(named: folder["none.json"]) })
        #expect(missing.kind == .missingInput && missing.place == folder["none.json"])
        #expect(missing.why == "No such file or directory")
        let unknown = try #require(
            kernelError { _ = try catalog.entry(named: folder["table.parquet"]) })
        #expect(unknown.kind == .badData)
        #expect(unknown.why?.description.contains(".jsonl") == true)
    }

    @Test func commaLists() {
        #expect(DatasetCatalog.names(in: " a, b,,c ") == ["a", "b", "c"])
        #expect(DatasetCatalog.names(in: "").isEmpty)
    }

    @Test func typedPathsNeedNoEntry() throws {
        let (folder, catalog) = try catalog("{}", ["x.jsonl": "{}", "sub/y.json": "[]"])
        for name in ["x.jsonl", "sub/y.json", folder["x.jsonl"]] {
            let entry = try catalog.entry(named: name)
            #expect(entry.style == nil)
            #expect(try catalog.files(of: entry).count == 1)
        }
        #expect(kernelError { _ = try catalog.entry(named: "none.jsonl") }?.kind == .missingInput)
    }

    @Test func foldersHoldFilesOfOneKind() throws {
        let (folder, catalog) = try catalog(
            #"{"a": {"file_name": "parts"}, "b": {"file_name": "mixed"}, "c": {"file_name": "gone.json"}}"#,
            [
                "parts/2.jsonl": "{}", "parts/1.jsonl": "{}", "parts/.hidden": "",
                "mixed/1.json": "[]", "mixed/2.csv": "a\n",
            ])
        let parts = try catalog.files(of: try catalog.entry(named: "a"))
        #expect(parts == [folder["parts/1.jsonl"], folder["parts/2.jsonl"]])
        let mixed = kernelError { _ = try catalog.files(of: try catalog.entry(named: "b")) }
        #expect(mixed?.why == "its files have the extensions csv, json")
        let gone = kernelError { _ = try catalog.files(of: try catalog.entry(named: "c")) }
        #expect(gone?.kind == .missingInput)
    }

    @Test(arguments: [
        ("../secret.json", true), ("link.json", true), ("linked/secret.json", true),
        ("a/../a/b.json", false), ("a/b.json", false),
    ])
    func fileNamesThatLeadOutAreReadAndTold(name: String, isOutside: Bool) throws {
        let (outer, catalog) = try catalog("{}", ["secret.json": "[]", "data/a/b.json": "[]"])
        defer { withExtendedLifetime((outer, catalog)) {} }
        try outer.write(
            "data/" + DatasetCatalog.fileName, Array(#"{"x": {"file_name": "\#(name)"}}"#.utf8))
        let files = FileManager.default
        try files.createSymbolicLink(
            atPath: outer["data/link.json"], withDestinationPath: outer["secret.json"])
        try files.createSymbolicLink(
            atPath: outer["data/linked"], withDestinationPath: outer.path)
        let inner = try DatasetCatalog(directory: outer["data"])
        let entry = try inner.entry(named: "x")
        #expect(try inner.files(of: entry).count == 1)
        #expect((inner.remark(onPlaceOf: entry) != nil) == isOutside)
        #expect(inner.remark(onPlaceOf: entry)?.description.contains("secret.json") != false)
    }

    @Test(arguments: ["hf_hub_url", "ms_hub_url", "om_hub_url", "script_url", "cloud_file_name"])
    func remoteEntriesSayWhatToDo(key: String) throws {
        let (_, catalog) = try catalog(#"{"x": {"\#(key)": "some/where"}}"#)
        let error = kernelError { _ = try catalog.files(of: try catalog.entry(named: "x")) }
        #expect(error?.kind == .unavailable)
        #expect(error?.what == "the dataset \"x\" needs a hub")
        #expect(error?.why?.description.contains("\(key) is some/where") == true)
        #expect(error?.hint?.description.contains("file_name") == true)
    }

    @Test func downloadedCopiesWinOverHubs() throws {
        let (folder, catalog) = try catalog(
            #"{"x": {"hf_hub_url": "a/b", "file_name": "x.json"}}"#, ["x.json": "[]"])
        #expect(
            try catalog.files(of: try catalog.entry(named: "x")) == [folder["x.json"]])
    }

    @Test func otherSplitsAreRefused() throws {
        let (_, catalog) = try catalog(
            #"{"x": {"file_name": "x.json", "split": "test"}}"#, ["x.json": "[]"])
        let error = kernelError { _ = try catalog.files(of: try catalog.entry(named: "x")) }
        #expect(error?.what.description.contains("no split \"test\"") == true)
    }

    @Test(arguments: [
        (#"[]"#, "expected an object"),
        (#"{"file": "a.json"}"#, "file_name is absent; without effect here: file"),
        (#"{}"#, "file_name is absent"),
        (#"{"file_name": 1}"#, "expected a string"),
        (#"{"file_name": ""}"#, "expected a string"),
        (#"{"file_name": "a.json", "formatting": "chatml"}"#, "none of alpaca, sharegpt, openai"),
        (#"{"file_name": "a.json", "columns": {"promt": "x"}}"#, "known: prompt, query"),
        (#"{"file_name": "a.json", "columns": {"prompt": 1}}"#, "expected a string"),
        (#"{"file_name": "a.json", "tags": []}"#, "expected an object"),
        (#"{"file_name": "a.json", "ranking": "yes"}"#, "true or false"),
        (#"{"file_name": "a.json", "num_samples": 0}"#, "at least 1"),
        (#"{"file_name": "a.json", "num_samples": 1e99}"#, "at least 1"),
    ])
    func badEntriesHurtOnlyThoseWhoAskForThem(definition: String, reason: String) throws {
        let (_, catalog) = try catalog(
            #"{"good": {"file_name": "g.json"}, "bad": \#(definition)}"#)
        #expect(catalog.entries.map(\.name) == ["good"])
        let error = kernelError { _ = try catalog.entry(named: "bad") }
        #expect(error?.why?.description.contains(reason) == true, "\(String(describing: error))")
        #expect(error?.place?.contains("dataset bad") == true)
    }

    @Test(arguments: ["[]", "{", "nonsense", "{\"a\": {}, \"a\": {}}"])
    func badCatalogs(text: String) throws {
        let folder = try DataFolder([DatasetCatalog.fileName: text])
        let error = kernelError { _ = try DatasetCatalog(directory: folder.path) }
        #expect(error?.kind == .badData)
    }
}
