// The ordered object against a plain list of pairs, and keys that only their bytes tell apart.
import Foundation
import Kernel
import Testing

@testable import Fuzzing

@Suite struct JSONObjectTests {
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func behavesLikeAListOfPairs(seed: UInt64) {
        var numbers = SeededNumbers(seed: seed)
        var object = JSONObject()
        var pairs: [(key: String, value: JSONValue)] = []
        for step in 0..<3_000 {
            let key = "key \(numbers.below(seed == 1 ? 12 : 400))"
            let place = pairs.firstIndex { $0.key == key }
            if numbers.below(3) == 0 {
                let removed = object.removeValue(forKey: key)
                #expect(removed == place.map { pairs[$0].value })
                if let place { pairs.remove(at: place) }
            } else {
                let old = object.updateValue(.integer(step), forKey: key)
                #expect(old == place.map { pairs[$0].value })
                if let place {
                    pairs[place].value = .integer(step)
                } else {
                    pairs.append((key, .integer(step)))
                }
            }
            if object.count != pairs.count { Issue.record("step \(step)") }
        }
        #expect(object.keys == pairs.map(\.key))
        #expect(object.values == pairs.map(\.value))
        for pair in pairs { #expect(object[pair.key] == pair.value) }
        #expect(object["absent"] == nil)
    }

    /// U+00E9 and e + U+0301 are one text for Swift, but two tokens of a vocabulary.
    @Test func keysAreComparedByTheirBytes() throws {
        let composed = "\u{E9}"
        let decomposed = "e\u{301}"
        #expect(composed == decomposed)
        let text = "{\"\(composed)\":1,\"\(decomposed)\":2}"
        let object = try #require(try JSONValue(parsing: text, source: "test").object)
        #expect(object[composed] == 1)
        #expect(object[decomposed] == 2)
        var many = object
        for index in 0..<100 { many["\(index)"] = .integer(index) }
        #expect(many[composed] == 1)
        #expect(many[decomposed] == 2)
    }

    @Test func mergesAndSorts() {
        var object: JSONObject = ["b": 1, "a": 2]
        object.merge(["a": 3, "c": 4]) { _, new in new }
        #expect(object == ["b": 1, "a": 3, "c": 4])
        #expect(object.sortedByKey().keys == ["a", "b", "c"])
        #expect(object != object.sortedByKey())
        object["b"] = nil
        #expect(object.keys == ["a", "c"])
    }
}
