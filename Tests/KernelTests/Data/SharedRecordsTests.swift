// Records that are held out and trained on as well, by what they say, and those beyond the context.

import Testing

@testable import Kernel

@Suite struct SharedRecordsTests {
    private func load(
        _ folder: DataFolder, _ training: [String], _ evaluation: [String] = [],
        _ change: (inout EncodingOptions) -> Void = { _ in }
    ) throws -> LoadedDataset {
        try DatasetLoader(encoder: .bytes(change)).load(
            DatasetSelection(
                directory: folder.path, training: training, evaluation: evaluation))
    }

    private func records(_ pairs: [(String, String)]) -> String {
        pairs.map { #"{"instruction":"\#($0.0)","output":"\#($0.1)"}"# + "\n" }.joined()
    }

    @Test func recordsOfBothSetsAreToldOnceWithTheirCount() throws {
        let folder = try DataFolder([
            "train.jsonl": records([("1", "a"), ("2", "b"), ("3", "c")]),
            // The same texts in another form, in another order; one twice; one with another answer.
            "held.jsonl": #"""
            {"messages":[{"role":"user","content":"3"},{"role":"assistant","content":"c"}]}
            {"messages":[{"role":"user","content":"2"},{"role":"assistant","content":"x"}]}
            {"messages":[{"role":"user","content":"1"},{"role":"assistant","content":"a"}]}
            {"messages":[{"role":"user","content":"1"},{"role":"assistant","content":"a"}]}

            """#,
        ])
        let loaded = try load(folder, ["train.jsonl"], ["held.jsonl"])
        let report = try #require(loaded.evaluation?.inspection)
        #expect(report.alsoTrainedCount == 3)
        #expect(report.alsoTrained.map(\.origin.record) == [1, 3, 4])
        #expect(report.alsoTrained.map(\.first.record) == [3, 1, 1])
        let told = loaded.notes.filter { $0.description.contains("also stand") }
        #expect(
            told == [
                "3 of 4 held-out records also stand among the records that are trained on (first: "
                    + "\(folder["held.jsonl"]), record 1, line 1, as \(folder["train.jsonl"]), record "
                    + "3, line 3): the loss on what is held out looks better than it is."
            ])
        // Nothing is taken out of either.
        #expect(loaded.training.examples.count == 3 && loaded.evaluation?.examples.count == 4)
    }

    @Test func setsApartHaveNothingToTell() throws {
        let folder = try DataFolder([
            "a.jsonl": records([("1", "a"), ("2", "b")]), "b.jsonl": records([("1", "b")]),
        ])
        let loaded = try load(folder, ["a.jsonl"], ["b.jsonl"])
        #expect(loaded.evaluation?.inspection.alsoTrainedCount == 0)
        #expect(!loaded.notes.contains { $0.description.contains("also") })
    }

    /// Only what is really trained on counts: max_samples leaves the rest of the set out.
    @Test func recordsThatAreNotTakenDoNotCount() throws {
        let folder = try DataFolder([
            "a.jsonl": records([("1", "a"), ("2", "b")]), "b.jsonl": records([("2", "b")]),
        ])
        #expect(
            try load(folder, ["a.jsonl"], ["b.jsonl"]).evaluation?.inspection.alsoTrainedCount == 1)
        let fewer = try load(folder, ["a.jsonl"], ["b.jsonl"]) { $0.samplesMax = 1 }
        #expect(fewer.evaluation?.inspection.alsoTrainedCount == 0)
    }

    /// A record written twice in a file may fall on both sides of val_size.
    @Test func repeatedRecordsOnBothSidesOfAPartAreTold() throws {
        let twice = (1...10).map { ("\($0)", "a") }
        let folder = try DataFolder(["a.jsonl": records(twice + twice)])
        let loaded = try load(folder, ["a.jsonl"]) { $0.validation = .fraction(0.25) }
        let held = try #require(loaded.evaluation)
        #expect(held.examples.count == 5)
        let trained = Set(loaded.training.examples.map(\.ids))
        let both = held.examples.count { trained.contains($0.ids) }
        #expect(both > 0 && held.inspection.alsoTrainedCount == both)
        #expect(loaded.notes.count { $0.description.contains("held-out records also") } == 1)
    }

    @Test func boundaryOfPartsCount() {
        func digest(_ texts: String...) -> SHA256.Digest {
            SharedRecords.digest(
                of: .chat(ChatExample(messages: texts.map { ChatMessage(.user, $0) })))
        }
        #expect(digest("ab", "c") != digest("a", "bc"))
        #expect(digest("ab", "") != digest("ab"))
        #expect(SharedRecords.digest(of: .text("e\u{301}")) != SharedRecords.digest(of: .text("é")))
        // Marks on what is to be learned are no content.
        let (one, other) = (
            ChatMessage(.assistant, "a"), ChatMessage(.assistant, "a", isTrained: false)
        )
        #expect(
            SharedRecords.digest(of: .chat(ChatExample(messages: [one])))
                == SharedRecords.digest(of: .chat(ChatExample(messages: [other]))))
    }

    @Test func recordsBeyondTheContextAreToldOfBothSets() throws {
        let long = String(repeating: "x", count: 40)
        let folder = try DataFolder([
            "a.jsonl": records([("1", long), ("2", "b"), ("3", long)]),
            "b.jsonl": records([("4", long), ("5", "b")]),
        ])
        let loaded = try load(folder, ["a.jsonl"], ["b.jsonl"]) { $0.cutoffLength = 100 }
        let words =
            "records are longer than the model's context of 32 tokens, with cutoff_len 100: "
            + "positions behind it are new to the model."
        #expect(
            loaded.contextNotes(limit: 32, cutoff: 100).map(\.description)
                == ["2 of 3 " + words, "Held out: 1 of 2 " + words])
        #expect(loaded.contextNotes(limit: 64, cutoff: 100).isEmpty)
    }
}
