// Sentences with their values apart: keys, English, joining, and JSON there and back, from a hostile peer too.

import Foundation
import Testing

@testable import Kernel

@Suite struct SentenceTests {
    @Test func literalsHaveKeysAndValues() {
        let most = 9
        let sentence: Sentence = "must be at most \(most), is \(10)."
        #expect(sentence.key == "must be at most {1}, is {2}.")
        #expect(sentence.description == "must be at most 9, is 10.")
        let both: Sentence = "a \(1)" + " and b \(2)" + "."
        #expect(both.key == "a {1} and b {2}." && both.description == "a 1 and b 2.")
        #expect(("plain" as Sentence).key == "plain")
        #expect(Sentence(verbatim: "{1} of a file").key == "{1}")
        #expect(Sentence(verbatim: "{1} of a file").description == "{1} of a file")
    }

    /// The tenth value and those behind it belong to the words: a place has one digit.
    @Test func moreValuesThanPlacesAreWords() {
        let sentence: Sentence =
            "\(1) \(2) \(3) \(4) \(5) \(6) \(7) \(8) \(9) \(10) \(11)"
        #expect(sentence.values.count == 9 && sentence.key.hasSuffix("{9} 10 11"))
        #expect(sentence.description == "1 2 3 4 5 6 7 8 9 10 11")
    }

    @Test func sentencesStandInSentences() {
        let error = KernelError(.badData, "cannot read \("x")", at: "a.json", because: "it ends")
        let note: Sentence = "left out: \(error)"
        #expect(note.key == "left out: {1}")
        #expect(note.description == "left out: cannot read x (a.json): it ends")
        #expect(error.sentence.description == error.description)
        let list = Sentence.joined(["one \(1)", "two", "three"] as [Sentence])
        #expect(list?.description == "one 1; two; three")
        #expect(Sentence.joined([]) == nil)
    }

    @Test func jsonBringsBackWordsAndValues() throws {
        let inner: Sentence = "\(3) records"
        for sentence in [
            "plain", "a \(1) b \("x")",
            "\(inner) of \(inner): \(KernelError(.usage, "no", at: "y"))",
        ] as [Sentence] {
            let back = try #require(Sentence(json: sentence.json))
            #expect(back.key == sentence.key && back == sentence)
            #expect(back.json == sentence.json)
            #expect(Sentence(sentence.description, parts: sentence.json).key == sentence.key)
        }
        // Parts that say something else than the text are not believed.
        #expect(Sentence("text", parts: inner.json).key == "text")
        #expect(Sentence("text", parts: nil).key == "text")
    }

    @Test func otherJSONIsNoSentence() {
        var deep: JSONValue = "x"
        for _ in 0..<40 { deep = ["", [deep], ""] }
        let wrong: [JSONValue] = [
            .null, 3, [], ["a", "b"], ["a", 3, "b"], [3, "b", "c"], ["a", [], "b"],
            ["a", ["x", "y"], "b"], ["a", [3], "b"], deep,
            .array((0..<41).map { .string("\($0)") }),
        ]
        for json in wrong { #expect(Sentence(json: json) == nil, "\(json)") }
    }

    @Test func encodersWriteTheEnglishText() throws {
        let data = try JSONEncoder().encode(["x": "at \(2)" as Sentence])
        #expect(String(decoding: data, as: UTF8.self) == #"{"x":"at 2"}"#)
    }
}
