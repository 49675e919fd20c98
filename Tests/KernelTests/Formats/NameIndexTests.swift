// Names found by sorted hashes: each where a table finds it, repeats at their first place, and little memory.

import Testing

@testable import Kernel

@Suite struct NameIndexTests {
    @Test func namesAreFoundWhereATableFindsThem() {
        let names = (0..<5000).map { "layer.\($0 * 7 % 5000).weight" }
        let index = NameIndex(count: names.count) { names[$0] }
        #expect(index.firstRepeated { names[$0] } == nil)
        for (position, name) in names.enumerated() {
            #expect(index.position(of: name) { names[$0] } == position)
        }
        #expect(index.position(of: "layer.5000.weight") { names[$0] } == nil)
        #expect(NameIndex().position(of: "a") { _ in "a" } == nil)
    }

    @Test func theFirstRepeatIsNamed() {
        let names = ["a", "b", "c", "b", "a", "a"]
        let index = NameIndex(count: names.count) { names[$0] }
        #expect(index.firstRepeated { names[$0] } == 3)
        #expect(index.position(of: "a") { names[$0] } == 0)
        // Letters that Swift takes for the same text are the same name.
        let accents = ["e\u{301}", "x", "\u{E9}"]
        let twice = NameIndex(count: 3) { accents[$0] }
        #expect(twice.firstRepeated { accents[$0] } == 2)
    }

    /// Each name is asked for a few times to find all of them: no pair of names is compared with each other.
    @Test func aMillionNamesAreNoWork() {
        var asked = 0
        func name(_ position: Int) -> String {
            asked += 1
            return "t\(position)"
        }
        let count = 100_000
        let index = NameIndex(count: count, name)
        #expect(index.firstRepeated(name) == nil)
        for position in stride(from: 0, to: count, by: 10) {
            #expect(index.position(of: "t\(position)", name) == position)
        }
        #expect(asked <= count + count / 5)
    }

    @Test func tensorsOfOneShapeShareIt() throws {
        var text = "{"
        for index in 0..<1000 {
            text += index > 0 ? "," : ""
            text +=
                "\"t\(index)\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[\(index * 4),\(index * 4 + 4)]}"
        }
        text += "}"
        var bytes = withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { Array($0) }
        bytes += Array(text.utf8) + [UInt8](repeating: 0, count: 4000)
        let entries = try bytes.withUnsafeBytes {
            try SafetensorsHeader(parsing: $0).entries
        }
        let places = Set(entries.map { $0.shape.withUnsafeBufferPointer(\.baseAddress) })
        #expect(entries.count == 1000 && places.count == 1)
    }
}
