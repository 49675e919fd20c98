// Normalizers against those of Hugging Face `tokenizers` (scripts/make_normalizer_fixtures.py), through
// a whole tokenizer, and what is refused by its name.

import Foundation
import Testing

@testable import Kernel

@Suite struct TextNormalizerTests {
    private struct Recorded: Decodable {
        struct Step: Decodable { var results: [String?] }
        var texts: [String]
        var steps: [Step]
    }

    /// A tokenizer whose tokens are single bytes: its ids are the bytes of the normalized text.
    private func bytes(_ normalizer: JSONValue, _ added: String = "[]") throws -> BytePairTokenizer
    {
        var vocabulary: JSONObject = [:]
        for byte in 0..<256 { vocabulary[ByteAlphabet.text(of: [UInt8(byte)])] = .integer(byte) }
        var json = try JSONValue(
            parsing: #"""
                {"added_tokens": \#(added), "decoder": {"type": "ByteLevel"},
                 "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true},
                 "model": {"type": "BPE", "merges": []}}
                """#, source: "tokenizer.json")
        guard var object = json.object, var model = object["model"]?.object else {
            return try #require(nil)
        }
        model["vocab"] = .object(vocabulary)
        (object["model"], object["normalizer"]) = (.object(model), normalizer)
        json = .object(object)
        return try BytePairTokenizer(
            TokenizerDefinition(
                tokenizer: json, config: nil, specialTokensMap: nil, origin: "tokenizer.json"))
    }

    @Test func resultsAreThoseOfTheReference() throws {
        let recorded = try TextFixtures.decode("normalizers.json", as: Recorded.self)
        let json = try TextFixtures.json("normalizers.json")
        let steps = try #require(json["steps"]?.array)
        try #require(steps.count == recorded.steps.count && steps.count == 8)
        for (step, expected) in zip(steps, recorded.steps) {
            let normalizer = try step.member("normalizer")
            let tokenizer = try bytes(normalizer)
            let read = try TextNormalizer.steps(normalizer)
            try #require(recorded.texts.count == expected.results.count)
            for (text, changed) in zip(recorded.texts, expected.results) {
                let result = changed ?? text
                let own = read.reduce(text) { $1.apply($0) }
                #expect(
                    own.unicodeScalars.elementsEqual(result.unicodeScalars),
                    "\(normalizer.text()) \(text.debugDescription)")
                #expect(
                    tokenizer.encode(text, allowSpecial: true) == result.utf8.map { Int($0) },
                    "\(normalizer.text()) \(text.debugDescription)")
            }
        }
    }

    /// The step's JSON is what a tokenizer.json holds.
    @Test func stepsAreWrittenAsTheyWereRead() throws {
        let steps: [TextNormalizer] = [
            .nfc, .nfd, .nfkc, .nfkd, .lowercase, .stripAccents, .replace("a", with: ""),
        ]
        for step in steps { #expect(try TextNormalizer.steps(step.json) == [step]) }
        let all: JSONValue = ["type": "Sequence", "normalizers": .array(steps.map(\.json))]
        #expect(try TextNormalizer.steps(all) == steps)
    }

    /// Added tokens that are matched after normalization are normalized themselves.
    @Test func addedTokensAreMatchedInTheNormalizedText() throws {
        let added = #"""
            [{"id": 256, "content": "ＳＴＯＰ", "normalized": true, "special": true},
             {"id": 257, "content": "Raw", "normalized": false, "special": true}]
            """#
        let tokenizer = try bytes(
            ["type": "Sequence", "normalizers": [["type": "NFKC"], ["type": "Lowercase"]]], added)
        #expect(tokenizer.encode("STOP", allowSpecial: true) == [256])
        #expect(tokenizer.encode("stop", allowSpecial: true) == [256])
        #expect(tokenizer.encode("Raw", allowSpecial: true) == [257])
        #expect(tokenizer.encode("raw", allowSpecial: true) == "raw".utf8.map { Int($0) })
    }

    @Test(
        arguments: [
            (#"{"type":"Strip","strip_left":true,"strip_right":true}"#, "Strip"),
            (#"{"type":"Prepend","prepend":"▁"}"#, "Prepend"), (#"{"type":"Nmt"}"#, "Nmt"),
            (#"{"type":"Replace","pattern":{"Regex":"\\s+"},"content":" "}"#, "Replace with"),
            (#"{"type":"Replace","pattern":{"String":""},"content":" "}"#, "Replace with"),
            (#"{"type":"BertNormalizer","lowercase":true}"#, "BertNormalizer"),
            (#"{"type":"Precompiled","precompiled_charsmap":""}"#, "Precompiled"),
            (#"{"type":"ByteLevel"}"#, "ByteLevel"), (#"{"type":"NFX"}"#, "NFX"), ("7", "7"),
        ])
    func whatIsNotHereIsRefusedByName(json: String, name: String) throws {
        let step = try JSONValue(parsing: json, source: "normalizer")
        let nested: JSONValue = ["type": "Sequence", "normalizers": [["type": "NFC"], step]]
        for normalizer in [step, nested] {
            let error = kernelError { _ = try bytes(normalizer) }
            #expect(error?.place?.contains("normalizer") == true)
            #expect(
                error?.why?.description.contains("found \(name)") == true,
                "\(String(describing: error))")
        }
    }
}
