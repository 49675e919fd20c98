// The catalogue against the program: every text that is said has an entry with the same places for
// values, and no entry is left over.

import Kernel
import Testing

@testable import Workbench

@Suite struct CatalogueTests {
    /// Texts that tables hold and views translate.
    private static let tableTexts: [String] =
        ParamFields.sections.map(\.title)
        + ParamFields.all.flatMap { field in
            [
                String(field.label.drop(while: \.isWhitespace)), field.help,
                TrainingKeys.table.row(named: field.key)?.help ?? "",
            ]
        } + Preset.all.flatMap { [$0.title, $0.summary] } + MissingControls.all.map(\.label)
        + RecordFault.Kind.allCases.map(\.words) + Metrics.all.map(\.title)
    /// Names of metrics beside numbers; abbreviations stay.
    private static let labels = Metrics.all.map(\.label)
    /// Words of choices and placeholders that have another name in Chinese; others stay.
    private static let words: Set = [
        "base", "current run", "as stored", "automatic", "all", "as the log",
        "held-out examples", "the template's", "in turns", "as the seed", "as the folder",
        "the newest",
        "a folder for the run's files", "the model's own", "formats", "shard", "info", "ckpt",
        "note",
        "warn", "reply",
    ]

    private static func places(_ text: String) -> [String] {
        text.matches(of: /\{\d\}/).map { String($0.0) }.sorted()
    }

    @Test func everyTextHasAnEntry() {
        let calls = SourceTexts.calls()
        #expect(calls.count > 300)
        for call in calls where Chinese.entries[call.text] == nil {
            Issue.record("no entry for \"\(call.text)\" of \(call.file)")
        }
        for text in Set(Self.tableTexts) where Chinese.entries[text] == nil && !text.isEmpty {
            Issue.record("no entry for \"\(text)\" of a table")
        }
    }

    @Test func everyEntryIsUsed() {
        let used = Set(SourceTexts.calls().map(\.text)).union(Self.tableTexts).union(Self.words)
            .union(Self.labels).union(SourceTexts.keys())
        for entry in Chinese.entries.keys.sorted() where !used.contains(entry) {
            Issue.record("nobody says \"\(entry)\"")
        }
    }

    @Test func placesForValuesAgree() {
        for (english, chinese) in Chinese.entries {
            #expect(Self.places(english) == Self.places(chinese), "\(english)")
        }
    }

    @Test func nothingStandsTwice() {
        for (english, same) in Dictionary(grouping: Catalogue.pairs(Chinese.all), by: \.english)
        where same.count > 1 {
            Issue.record("\"\(english)\" stands \(same.count) times")
        }
    }

    /// A translation is Chinese unless it is a name; an English sentence would be a slip of a line.
    @Test func translationsAreChinese() {
        let names: Set = ["rsLoRA", "DoRA"]
        for (english, chinese) in Chinese.entries where !names.contains(english) {
            #expect(
                chinese.unicodeScalars.contains { $0.properties.isIdeographic }
                    || english.contains("{1}") && !chinese.contains(/[a-z]{4}/), "\(english)")
            #expect(!english.unicodeScalars.contains { $0.properties.isIdeographic }, "\(english)")
        }
    }

    @Test func literalsAreRead() {
        let source = """
            // tr("a comment")
            a(tr("one {1}", x), tr(
                "two, "
                    + "three"), phrase("f\\"our"), str("no"), tr(name))
            """
        let sentence = #"""
            fault("at \(place(of: "a", in: b)): \(count) of \(most)\(verbatim: "; ")" + "more")
            """#
        #expect(SourceTexts.keys(in: sentence) == ["a", "; ", "at {1}: {2} of {3}; more"])
        #expect(SourceTexts.calls(in: source) == ["one {1}", "two, three", "f\"our"])
    }
}
