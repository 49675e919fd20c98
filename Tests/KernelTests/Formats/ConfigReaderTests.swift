// What a reader of a JSON object remembers: a key that nobody read is told, also below objects that were opened.

import Testing

@testable import Kernel

struct ConfigReaderTests {
    private func reader() throws -> ConfigReader {
        try ConfigReader(
            ["size": 4, "kind": "llama", "none": .null, "scaling": ["type": "yarn", "beta": 2]],
            source: "config.json")
    }

    @Test func keysThatNobodyReadAreTold() throws {
        let reader = try reader()
        #expect(reader.unread == ["size", "kind", "scaling"])
        #expect(try reader.integer("size", in: 1...8) == 4)
        #expect(try reader.string("absent") == nil)
        #expect(reader.holds("kind"))
        #expect(reader.unread == ["scaling"])
    }

    @Test func openedObjectsAreLookedInto() throws {
        let reader = try reader()
        let scaling = try #require(try reader.child("scaling"))
        #expect(reader.unread == ["size", "kind", "scaling.type", "scaling.beta"])
        #expect(try scaling.string("type") == "yarn")
        // Opened again, it is the same object with the same memory.
        _ = try reader.child("scaling")
        #expect(reader.unread == ["size", "kind", "scaling.beta"])
    }
}
