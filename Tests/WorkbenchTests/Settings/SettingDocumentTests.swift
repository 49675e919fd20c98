// Damaged and hostile settings files: each is refused in its own words, quickly, without a trap.

import Foundation
import Kernel
import Testing

@testable import Fuzzing
@testable import Workbench

@Suite("Settings document")
struct SettingDocumentTests {
    private static func bomb(levels: Int, wide: Int) -> String {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x]\n"
        for level in 1...levels {
            let uses = Array(repeating: "*a\(level - 1)", count: wide).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(uses)]\n"
        }
        return text
    }

    static let hostile: [String] = [
        bomb(levels: 9, wide: 9), bomb(levels: 40, wide: 2),
        bomb(levels: 4, wide: 2) + "? *a4\n: x\n",
        "a: " + String(repeating: "[", count: 100_000),
        "a: " + String(repeating: "{a: ", count: 2000),
        "a: " + String(repeating: "- ", count: 3000),
        "a:\n" + (0..<70).map { String(repeating: " ", count: $0 + 1) + "k:\n" }.joined(),
        "a: [" + String(repeating: "1,", count: 20_000) + "1]",
        String(repeating: "#", count: 1 << 21),
        "a: *missing", "a: 1\na: 2", "a: 1\n--- \nb: 2", "- a\n- b", "just words", "a: \"open",
        "a: 1\n\tb: 2", "a: \u{1}", "{a: 1", "? {a: 1}\n: 2", "a: b: c", "%YAML 9.9\n---\na: 1",
        "<<: [", "\u{0}", "a: !!binary [", "&a &b: 1",
    ]

    @Test("hostile YAML is refused before it costs anything", arguments: hostile.indices)
    func refusesHostileYAML(index: Int) {
        let text = Self.hostile[index]
        let begin = ProcessMemory.threadSeconds()
        do {
            let error = #expect(throws: KernelError.self, "\(text.prefix(60))") {
                try SettingDocument(text: text, name: "plan.yaml")
            }
            #expect(error?.kind == .configuration)
            #expect(error?.place?.hasPrefix("plan.yaml") == true)
        }
        let took = ProcessMemory.threadSeconds() - begin
        #expect(took < 5, "\(text.prefix(60)) took \(took) s")
    }

    @Test("damage of any byte is an error or a document, never a trap")
    func flippedBytes() throws {
        let text =
            PlanFileTests.minimal + "\nlr_scheduler_kwargs: {min_lr: 1e-5}\nlora_target: [a, b]\n"
        var random = SplitMix(state: 7)
        for _ in 0..<400 {
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[index] = .random(in: 0...127, using: &random)
                case 1: bytes.remove(at: index)
                default:
                    bytes.insert(random.pick(Array("[]{}:&*!|>'\"%@`#,-? \n\t".utf8)), at: index)
                }
            }
            let damaged = String(decoding: bytes, as: UTF8.self)
            do {
                let document = try SettingDocument(text: damaged, name: "plan.yaml")
                var plan = TrainingPlan()
                _ = TrainingKeys.table.read(document.entries, into: &plan)
                _ = plan.issues()
            } catch {
                #expect(error.kind == .configuration)
            }
        }
    }

    @Test(
        "a file with nothing in it has no entries", arguments: ["", "# words\n", "---\n", "null"])
    func emptyDocuments(text: String) throws {
        #expect(try SettingDocument(text: text, name: "x").entries == [])
    }

    @Test("a few aliases are followed")
    func fewAliases() throws {
        let document = try SettingDocument(text: "dataset: &d a\neval_dataset: *d", name: "x")
        #expect(document.entries.map(\.node.content) == [.scalar("a"), .scalar("a")])
    }

    @Test("JSON reads as YAML does, with its kinds")
    func json() throws {
        let text =
            #"{"lora_rank": 16, "learning_rate": 1e-4, "do_train": true, "dataset": ["a"], "#
            + #""model_name_or_path": "m😀", "output_dir": "o", "template": null}"#
        let document = try SettingDocument(text: text, isJSON: true, name: "plan.json")
        var plan = TrainingPlan()
        #expect(TrainingKeys.table.read(document.entries, into: &plan) == [])
        #expect(plan.tuning.lora.rank == 16 && plan.optimizer.learningRate == 1e-4)
        #expect(plan.model.path == "m😀" && plan.data.names == ["a"])
        #expect(plan.issues() == [])
    }

    @Test("numbers of JSON keep all their digits, and errors say where")
    func jsonNumbers() throws {
        let text = #"{"seed": 9223372036854775807, "big": 18446744073709551616, "rate": 5e-05}"#
        let document = try SettingDocument(text: text, isJSON: true, name: "plan.json")
        #expect(
            document.entries.map(\.node.content) == [
                .scalar("9223372036854775807"), .scalar("18446744073709551616"),
                .scalar("5.0e-05"),
            ])
        let error = #expect(throws: KernelError.self) {
            try SettingDocument(text: "{\n  \"a\": 1,\n  b: 2\n}", isJSON: true, name: "plan.json")
        }
        #expect(error?.kind == .configuration && error?.what == "the settings are not valid JSON")
        #expect(
            error?.place?.hasPrefix("plan.json") == true && error?.why?.description.isEmpty == false
        )
    }

    /// Texts that YAML's reader changes or refuses as they stand are written so that they come back.
    @Test(arguments: ["\u{FEFF}a", "\u{FEFF}\u{FEFF}", "a\u{FEFF}b", "\u{FFFF}", "\u{FFFE}\u{85}"])
    func oddScalarsSurviveWriting(text: String) throws {
        let json = JSONValue.object(["output_dir": .string(text)]).text()
        let plan = try PlanFile.read(text: json, isJSON: true, name: "a.json").plan
        let scalars = text.unicodeScalars.drop { $0 == "\u{FEFF}" }
        #expect(plan.output.folder.unicodeScalars.elementsEqual(scalars))
        #expect(try PlanFile.read(yaml: PlanFile.yaml(for: plan)).plan == plan)
    }

    /// Marks that combine with the quotation mark or the comma before them.
    @Test(arguments: ["\u{1BA2}服", "\u{301}a", "a,\u{301}b", ",\u{301}", "\u{20E3}"])
    func marksThatCombineDoNotHideSigns(name: String) throws {
        var plan = TrainingPlan()
        plan.data.names = ["identity", name]
        #expect(
            try PlanFile.read(yaml: PlanFile.yaml(for: plan)).plan.data.names == plan.data.names)
    }

    /// The least integer has no absolute value.
    @Test(arguments: ["-9223372036854775808.0", "9223372036854774784.0", "1e308", "-0.0"])
    func numbersAtTheEndsAreRead(number: String) throws {
        let text = "{\"learning_rate\": \(number)}"
        let reading = try PlanFile.read(text: text, isJSON: true, name: "a.json")
        #expect(reading.plan.optimizer.learningRate == Double(number))
    }

    @Test(
        "damaged JSON is refused",
        arguments: [
            "{", "[1]", "3", "{\"a\": 1e999}", "{'a': 1}", String(repeating: "[", count: 100_000),
            "{\"a\":" + String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
                + "}",
        ])
    func damagedJSON(text: String) {
        #expect(throws: KernelError.self) {
            try SettingDocument(text: text, isJSON: true, name: "plan.json")
        }
    }

    @Test("files that are missing, folders, devices, too large or not text have their own errors")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func kind(_ path: String) -> KernelError.Kind? {
            #expect(throws: KernelError.self) { try SettingDocument(path: path) }?.kind
        }
        #expect(kind(folder.path + "/none.yaml") == .missingInput)
        #expect(kind(folder.path) == .configuration)
        #expect(kind("/dev/zero") == .configuration)
        let latin = folder.appending(path: "latin.yaml")
        try Data([0x61, 0x3A, 0x20, 0xE9]).write(to: latin)
        #expect(kind(latin.path) == .configuration)
        let large = folder.appending(path: "large.yaml")
        try Data(repeating: 0x23, count: (1 << 20) + 1).write(to: large)
        #expect(kind(large.path) == .configuration)
        let good = folder.appending(path: "good.YAML")
        try Data("\u{FEFF}lora_rank: 4\r\n".utf8).write(to: good)
        let reading = try PlanFile.read(path: good.path, assignments: ["seed=3"])
        #expect(reading.plan.tuning.lora.rank == 4 && reading.plan.seed == 3)
        let json = folder.appending(path: "plan.json")
        try Data("{\"lora_rank\": \"many\"}".utf8).write(to: json)
        let issues = try PlanFile.read(path: json.path).issues
        #expect(
            issues.contains {
                $0.field == "lora_rank" && $0.message.description.hasPrefix("expected")
            })
    }

    @Test(
        "edit distance counts letters, and swaps once",
        arguments: [
            ("", "", 0), ("a", "", 1), ("rank", "rnak", 1), ("lora", "lara", 1), ("abc", "cab", 2),
            ("kitten", "sitting", 3),
        ])
    func editDistance(a: String, b: String, expected: Int) {
        #expect(EditDistance.between(a, b) == expected)
        #expect(EditDistance.between(b, a) == expected)
    }
}
