// Text that comes id by id is whole characters, and together the text of all ids.

import Kernel
import Testing

@testable import Fuzzing

struct StreamingDecoderTests {
    /// Each id is one byte; 256 is special.
    private struct ByteTokenizer: Tokenizer {
        var vocabularySize: Int { 257 }
        var bosID: Int? { nil }
        var eosID: Int? { 256 }
        var padID: Int? { nil }
        var addsBOS: Bool { false }
        func encode(_ pieces: [PromptPiece]) -> [Int] {
            pieces.flatMap { $0.text.utf8.map(Int.init) }
        }
        func bytes(of id: Int) -> [UInt8] { id < 256 ? [UInt8(id)] : Array("<end>".utf8) }
        func id(of token: String) -> Int? { nil }
        func isSpecial(_ id: Int) -> Bool { id == 256 }
    }

    @Test func charactersAreHeldUntilTheyAreWhole() {
        var decoder = StreamingDecoder(ByteTokenizer())
        let parts = Array("a😀é".utf8).map { decoder.feed(Int($0)) }
        #expect(parts == ["a", "", "", "", "😀", "", "é"])
        #expect(decoder.flush().isEmpty)
    }

    @Test func specialIDsAreSkippedOrShown() {
        var skipping = StreamingDecoder(ByteTokenizer())
        #expect(skipping.feed(256).isEmpty)
        var showing = StreamingDecoder(ByteTokenizer(), skipsSpecial: false)
        #expect(showing.feed(256) == "<end>")
    }

    @Test func anUnfinishedCharacterIsFlushedAsReplacement() {
        var decoder = StreamingDecoder(ByteTokenizer())
        #expect(decoder.feed(0xF0).isEmpty && decoder.feed(0x9F).isEmpty)
        #expect(decoder.flush() == "\u{FFFD}")
        #expect(decoder.flush().isEmpty)
    }

    @Test func anyBytesTogetherAreTheWholeDecode() {
        let tokenizer = ByteTokenizer()
        var random = SeededNumbers(seed: 45)
        // Lead, continuation and ASCII bytes in every disorder.
        let bytes: [Int] = [
            0x41, 0x80, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0,
            0xF1, 0xF4, 0xF5, 0xFF,
        ]
        for _ in 0..<20_000 {
            let ids = (0..<6).map { _ in bytes.randomElement(using: &random) ?? 0 }
            var decoder = StreamingDecoder(tokenizer)
            let text = ids.map { decoder.feed($0) }.joined() + decoder.flush()
            let whole = tokenizer.decode(ids, skipSpecial: true)
            #expect(
                text.unicodeScalars.elementsEqual(whole.unicodeScalars),
                "\(ids.map { String($0, radix: 16) })")
        }
    }

    @Test func realIDsStreamToTheWholeText() throws {
        let tokenizer = try TextFixtures.tokenizer("qwen2").tokenizer
        for text in try TextFixtures.strings() {
            let ids = tokenizer.encode(text, allowSpecial: true)
            var decoder = StreamingDecoder(tokenizer, skipsSpecial: false)
            let streamed = ids.map { decoder.feed($0) }.joined() + decoder.flush()
            #expect(streamed == tokenizer.decode(ids, skipSpecial: false))
        }
    }
}
