// Reading records in every layout, and the hostile files that a stranger may hand over.

import Testing

@testable import Kernel

@Suite struct RecordFileTests {
    /// Why a record cannot be read, or one of its fields.
    private func fault(_ file: RecordFile, at index: Int) -> RecordFault? {
        do {
            return try file.record(at: index).unreadable.values.first
        } catch {
            return error
        }
    }

    // MARK: - Good files

    @Test func arrayElementsAreNumberedWithTheirLines() throws {
        let folder = try DataFolder([
            "a.json": "[\n  {\"a\": \"]},[\\\"\"},\n\n  {\"a\":\n 2}\n]\n"
        ])
        let file = try folder.file("a.json")
        #expect(file.layout == .jsonArray)
        #expect(file.count == 2)
        let first = try file.record(at: 0)
        #expect(first == DataRecord(number: 1, line: 2, fields: ["a": "]},[\""]))
        #expect(try file.record(at: 1) == DataRecord(number: 2, line: 4, fields: ["a": 2]))
        #expect(file.text(at: 1) == "{\"a\":\n 2}")
    }

    @Test(arguments: ["[]", " [ ]\n", "\u{FEFF}[]"])
    func emptyArrays(text: String) throws {
        #expect(try DataFolder(["a.json": text]).file("a.json").count == 0)
    }

    @Test func linesSkipBlankOnesAndKeepTheirNumbers() throws {
        let text = "\u{FEFF}{\"a\":1}\r\n\r\n  \n{\"a\":2}\r\n{\"a\":3}"
        let file = try DataFolder(["a.jsonl": text]).file("a.jsonl")
        #expect(file.layout == .jsonLines)
        let records = try (0..<file.count).map { try file.record(at: $0) }
        #expect(records.map(\.line) == [1, 4, 5])
        #expect(records.map(\.number) == [1, 2, 3])
        #expect(records.map { $0.fields["a"] } == [1, 2, 3])
    }

    @Test func contentDecidesBetweenArrayAndLines() throws {
        let folder = try DataFolder(["lines.json": "{\"a\":1}\n{\"a\":2}", "array.jsonl": "[{}]"])
        #expect(try folder.file("lines.json").count == 2)
        #expect(try folder.file("array.jsonl").layout == .jsonArray)
    }

    @Test func lineSeparatorsInsideStringsAreText() throws {
        let text = "{\"a\":\"x\u{2028}y\u{85}z\"}\n"
        let file = try DataFolder(["a.jsonl": text]).file("a.jsonl")
        #expect(try file.record(at: 0).fields["a"] == "x\u{2028}y\u{85}z")
    }

    @Test func rowsOfCSV() throws {
        let text =
            "q,\"a \"\"b\"\"\",c\r\n1,\"two\nlines, \"\"quoted\"\"\",\n\n5\" pipe,x\"y\"z,é\n"
        let file = try DataFolder(["a.csv": text]).file("a.csv")
        #expect(file.count == 2)
        let first = try file.record(at: 0)
        #expect(first.fields == ["q": "1", "a \"b\"": "two\nlines, \"quoted\"", "c": nil])
        #expect(first.line == 2)
        let second = try file.record(at: 1)
        #expect(second.fields == ["q": "5\" pipe", "a \"b\"": "x\"y\"z", "c": "é"])
        #expect(second.line == 5)
    }

    @Test func plainLines() throws {
        let file = try DataFolder(["a.txt": "one\r\n\n two \n"]).file("a.txt")
        #expect(file.count == 2)
        #expect(try file.record(at: 1).fields == ["text": " two "])
    }

    // MARK: - Broken records: the others stay readable

    @Test(arguments: [
        ("not JSON", "{oops}"), ("an open object", "{\"a\":1"), ("a brace too many", "{}}"),
        ("a duplicate key", "{\"a\":1,\"a\":2}"), ("an array", "[1]"), ("a number", "12"),
        ("a bare control character", "{\"a\":\"\u{1}\"}"), ("NUL", "{\"a\":\"\0\"}"),
        ("NUL outside", "{}\0"), ("NaN", "{\"a\":NaN}"), ("single quotes", "{'a':1}"),
        ("a trailing comma", "{\"a\":1,}"), ("a lone surrogate", "{\"a\":\"\\ud800\"}"),
        (
            "depth",
            String(repeating: "{\"a\":", count: 70) + "1" + String(repeating: "}", count: 70)
        ),
    ])
    func brokenLine(name: String, line: String) throws {
        let file = try DataFolder(["a.jsonl": "{\"a\":1}\n\(line)\n{\"a\":3}\n"]).file("a.jsonl")
        #expect(file.count == 3)
        #expect(fault(file, at: 1)?.kind == .unreadable, "\(name)")
        #expect(try file.record(at: 2).line == 3)
    }

    @Test func invalidUTF8IsNamed() throws {
        let folder = try DataFolder()
        let bytes = Array("{\"a\":\"".utf8) + [0xC3, 0x28] + Array("\"}\n{\"a\":1}".utf8)
        for name in ["a.jsonl", "a.txt", "a.csv"] { try folder.write(name, bytes) }
        let lines = try folder.file("a.jsonl")
        #expect(fault(lines, at: 0)?.detail.description.contains("not UTF-8") == true)
        #expect(fault(lines, at: 1) == nil)
        #expect(
            fault(try folder.file("a.txt"), at: 0)?.detail.description.contains("not UTF-8") == true
        )
        let error = kernelError { _ = try folder.file("a.csv") }
        #expect(error?.why?.description.contains("not UTF-8") == true)
        // Displaying the broken record does not trap.
        #expect(lines.text(at: 0).contains("\u{FFFD}"))
    }

    @Test func longRecordsAreRefusedBeforeParsing() throws {
        let long = "{\"a\":\"" + String(repeating: "x", count: 2000) + "\"}"
        let folder = try DataFolder([
            "a.jsonl": "\(long)\n{\"a\":1}\n", "a.json": "[\(long),{\"a\":1}]",
        ])
        let limits = RecordLimits(recordBytes: 1000)
        for name in ["a.jsonl", "a.json"] {
            let file = try folder.file(name, limits: limits)
            #expect(fault(file, at: 0)?.kind == .tooLong)
            #expect(fault(file, at: 0)?.detail.description.contains("2008 bytes") == true)
            #expect(try file.record(at: 1).fields == ["a": 1])
            #expect(file.text(at: 0).utf8.count == 1000)
        }
    }

    @Test func oneLineOfManyMegabytes() throws {
        let folder = try DataFolder()
        let line = [UInt8](repeating: UInt8(ascii: "["), count: 40 << 20)
        try folder.write("a.jsonl", Array("{}\n".utf8) + line)
        let file = try folder.file("a.jsonl")
        #expect(file.count == 2)
        #expect(fault(file, at: 1)?.kind == .tooLong)
    }

    @Test func arrayElementsBreakAlone() throws {
        let file = try DataFolder(["a.json": "[{\"a\":1}, {oops}, 3 4, {\"a\":]1[}, {\"a\":4}]"])
            .file("a.json")
        #expect(file.count == 5)
        for index in 1...3 { #expect(fault(file, at: index)?.kind == .unreadable) }
        #expect(try file.record(at: 4).fields == ["a": 4])
    }

    @Test func rowsWithAWrongNumberOfFields() throws {
        let file = try DataFolder(["a.csv": "a,b\n1\n1,2\n1,2,3\n"]).file("a.csv")
        #expect(fault(file, at: 0)?.detail == "the row has 1 fields, the header has 2")
        #expect(fault(file, at: 1) == nil)
        #expect(fault(file, at: 2)?.kind == .unreadable)
    }

    // MARK: - Broken files

    @Test(arguments: [
        ("[{\"a\":1},\n{\"a\":", "line 2", "not closed"),
        ("[{\"a\":1}", "line 1", "not closed"),
        ("[{\"a\":1}\n,]", "line 2", "expected a record"),
        ("[,{}]", "line 1", "expected a record"),
        ("[{\"a\":\"x]\n", "line 1", "a string is not closed"),
        ("[{\"a\":\"\\", "line 1", "a string is not closed"),
        ("[]\n\n{}", "line 3", "follows the closing"),
        ("[", "line 1", "expected a record"),
        // Swapped brackets leave no way to tell where the record should have ended.
        ("[{\"a\":[}]}, {}]", "line 1", "expected \",\" or \"]\" after record 1"),
    ])
    func brokenArray(text: String, place: String, reason: String) throws {
        let folder = try DataFolder(["a.json": text])
        let error = kernelError { _ = try folder.file("a.json") }
        #expect(error?.kind == .badData)
        #expect(error?.place?.contains(place) == true, "\(String(describing: error))")
        #expect(error?.why?.description.contains(reason) == true, "\(String(describing: error))")
    }

    @Test(
        arguments: [
            ("a.jsonl", [0x50, 0x41, 0x52, 0x31, 0x15], "Parquet"),
            ("a.json", [0x1F, 0x8B, 0x08, 0x00], "gzip"),
            ("a.json", [0xFF, 0xFE, 0x5B, 0x00], "UTF-16"),
            ("a.json", Array("PK\u{3}\u{4}rest".utf8), "ZIP"),
            ("a.parquet", Array("whatever".utf8), "extension"),
            ("a", Array("{}".utf8), "extension"),
        ] as [(String, [UInt8], String)])
    func foreignFiles(name: String, bytes: [UInt8], reason: String) throws {
        let folder = try DataFolder()
        try folder.write(name, bytes)
        let error = kernelError { _ = try folder.file(name) }
        #expect(error?.why?.description.contains(reason) == true)
        #expect(error?.hint != nil)
    }

    @Test func brokenCSV() throws {
        let columns = (0..<2000).map { "c\($0)" }.joined(separator: ",")
        let folder = try DataFolder([
            "open.csv": "a,b\n1,\"two\n3,4\n", "wide.csv": columns + "\n", "empty.csv": "",
            "same.csv": "a,a\n1,2\n",
        ])
        #expect(
            kernelError { _ = try folder.file("open.csv") }?.why
                == "a quoted field is not closed")
        #expect(
            kernelError { _ = try folder.file("wide.csv") }?.why
                == "more than 1024 fields in one row")
        #expect(
            kernelError { _ = try folder.file("empty.csv") }?.why
                == "the file has no header row")
        #expect(
            kernelError { _ = try folder.file("same.csv") }?.why?.description.contains("same name")
                == true)
    }

    @Test func missingFile() throws {
        let folder = try DataFolder()
        #expect(kernelError { _ = try folder.file("none.json") }?.kind == .missingInput)
    }

    /// A deterministic storm of mutations: whatever the bytes, the reader answers and never traps.
    @Test func mutatedFilesNeverTrap() throws {
        let folder = try DataFolder()
        let seeds = [
            "[{\"a\":\"x\\u00e9\",\"b\":[1,{\"c\":null}]},{\"a\":\"y\"}]",
            "{\"a\":1}\r\n{\"messages\":[{\"role\":\"user\"}]}\n", "a,b\n\"1\n\",2\n",
        ]
        let names = ["m.json", "m.jsonl", "m.csv"]
        var random = RandomSource(seed: 77).stream(.sampling)
        let alphabet = Array("{}[]\",:\\\n\r\u{0} aé0-".utf8) + [0xFF, 0xC0, 0xEF]
        for round in 0..<600 {
            var bytes = Array(seeds[round % 3].utf8)
            for _ in 0..<(1 + random.integer(below: 4)) {
                let position = random.integer(below: bytes.count)
                let byte = alphabet[random.integer(below: alphabet.count)]
                switch random.integer(below: 3) {
                case 0: bytes[position] = byte
                case 1: bytes.insert(byte, at: position)
                default: bytes.removeSubrange(position..<min(position + 3, bytes.count - 1))
                }
            }
            try folder.write(names[round % 3], bytes)
            guard let file = try? folder.file(names[round % 3]) else { continue }
            for index in 0..<file.count {
                let record = try? file.record(at: index)
                #expect(record?.number ?? index + 1 == index + 1)
            }
        }
    }
}
