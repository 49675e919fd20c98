// The tokenizer of the real model, read from its GGUF file, against transformers.

import Foundation
import Kernel
import Testing

@testable import Fuzzing

struct RealTokenizerTests {
    @Test func idsAndTextsOfTheRealModel() throws {
        let loaded = try TokenizerLoader.load(modelAt: TestModel.path())
        let tokenizer = try #require(loaded.tokenizer as? BytePairTokenizer)
        #expect(loaded.preTokenizer == .smollm)
        #expect(loaded.notes.isEmpty)
        #expect(loaded.chatTemplate?.contains("<|im_start|>") == true)
        #expect(tokenizer.vocabularySize == 49152)
        #expect(!tokenizer.addsBOS)
        #expect([tokenizer.bosID, tokenizer.eosID, tokenizer.padID] == [1, 2, 2])
        for entry in try TextFixtures.decode("smollm2.tokens.json", as: [TokenCase].self) {
            let ids = tokenizer.encode(entry.text, allowSpecial: true)
            #expect(ids == entry.ids, "\(entry.text.debugDescription)")
            #expect(ids.compactMap { tokenizer.spelling(of: $0) } == entry.tokens)
            #expect(tokenizer.decode(ids, skipSpecial: false) == entry.decoded)
        }
    }

    @Test func longTextIsEncodedInLinearTime() throws {
        let tokenizer = try TokenizerLoader.load(modelAt: TestModel.path()).tokenizer
        // One word, one run of blanks, one of digits, and words nobody has seen, 1 MB each.
        var random = SeededNumbers(seed: 29)
        let letters = (0..<1 << 20).map { _ in UInt8.random(in: 97...122, using: &random) }
        let texts = [
            String(repeating: "a", count: 1 << 20), String(repeating: " ", count: 1 << 20),
            String(repeating: "7", count: 1 << 20), String(decoding: letters, as: UTF8.self),
            String(repeating: " \n", count: 1 << 19), String(repeating: "<|im_", count: 200_000),
            String(repeating: "'", count: 1 << 20), String(repeating: "中", count: 1 << 18),
        ]
        for text in texts {
            var ids: [Int] = []
            let time = processorSeconds { ids = tokenizer.encode(text, allowSpecial: false) }
            #expect(tokenizer.decode(ids, skipSpecial: false) == text)
            // About 0.1 s; a quadratic merge would take minutes.
            #expect(time < 5, "\(text.prefix(8)) took \(time) s")
        }
    }

    /// English text in -O: 5 MB/s is the aim, 27 were measured.
    @Test func encodingIsFast() throws {
        let tokenizer = try TokenizerLoader.load(modelAt: TestModel.path()).tokenizer
        let words = try TextFixtures.decode("smollm2.tokens.json", as: [TokenCase].self)
            .map(\.text).filter { $0.utf8.allSatisfy { $0 < 0x80 } }.joined(separator: " ")
        let text = String(repeating: words + " ", count: (4 << 20) / words.utf8.count)
        let time = processorSeconds { _ = tokenizer.encode(text, allowSpecial: true) }
        let rate = Double(text.utf8.count) / 1e6 / time
        #expect(rate > 2, "\(rate) MB/s")
    }
}
