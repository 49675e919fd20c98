// Bytes to keys: known sequences, every way to split them, and noise that must not turn into
// typing or a trap.

import Testing

@testable import Panels

@Suite struct KeyDecoderTests {
    static let known: [(String, Key)] = [
        ("a", .character("a")), (" ", .character(" ")), ("中", .character("中")),
        ("🙂", .character("🙂")), ("\r", .enter), ("\n", .control("j")), ("\t", .tab),
        ("\u{7F}", .backspace), ("\u{3}", .control("c")), ("\u{1F}", .control("_")),
        ("\u{1B}[A", .up), ("\u{1B}OB", .down), ("\u{1B}[Z", .backtab), ("\u{1B}[3~", .delete),
        ("\u{1B}[5~", .pageUp), ("\u{1B}[1~", .home), ("\u{1B}[F", .end),
        ("\u{1B}OP", .function(1)),
        ("\u{1B}[15~", .function(5)), ("\u{1B}[24~", .function(12)), ("\u{1B}[[C", .function(3)),
        ("\u{1B}[1;5C", .modified(.control, .right)), ("\u{1B}[1;2D", .modified(.shift, .left)),
        ("\u{1B}[5;5~", .modified(.control, .pageUp)), ("\u{1B}x", .alt("x")),
        ("\u{1B}中", .alt("中")), ("\u{1B}\r", .modified(.alt, .enter)),
        ("\u{1B}[I", .focus(true)), ("\u{1B}[200~hi\r\nyou\u{1B}[201~", .paste("hi\nyou")),
        ("\u{1B}[200~\u{1B}[31m\u{1B}[201~", .paste("\u{1B}[31m")),
        ("\u{1B}[<0;300;5M", .mouse(Mouse(.press, at: Point(299, 4)))),
        ("\u{1B}[<64;1;1M", .mouse(Mouse(.wheelUp, at: Point(0, 0)))),
        ("\u{1B}[M !!", .mouse(Mouse(.press, at: Point(0, 0)))),
    ]

    @Test(arguments: known)
    func decodesAtEverySplit(text: String, key: Key) {
        let bytes = Array(text.utf8)
        for split in 0...bytes.count {
            var decoder = KeyDecoder()
            var keys = decoder.take(bytes[..<split])
            keys += decoder.take(bytes[split...])
            #expect(keys == [key], "split at \(split)")
            #expect(!decoder.isWaiting)
        }
        var decoder = KeyDecoder()
        #expect(bytes.flatMap { decoder.take([$0]) } == [key])
    }

    @Test func allTogetherEqualEachAlone() {
        var decoder = KeyDecoder()
        let bytes = Self.known.flatMap { Array($0.0.utf8) }
        #expect(decoder.take(bytes) == Self.known.map(\.1))
    }

    @Test func loneEscapeWaitsForThePause() {
        var decoder = KeyDecoder()
        #expect(decoder.take([0x1B]) == [])
        #expect(decoder.isWaiting)
        #expect(decoder.flush() == [.escape])
        #expect(decoder.take([0x1B, 0x1B]) == [.escape])
        #expect(decoder.flush() == [.escape])
    }

    @Test func repliesAreNoTyping() {
        var decoder = KeyDecoder()
        #expect(
            decoder.take(Array("\u{1B}]10;rgb:1e1e/1e1e/1e1e\u{1B}\\x".utf8)) == [.character("x")])
        #expect(decoder.take(Array("\u{1B}[?62;22c\u{1B}[24;80Ry".utf8)) == [.character("y")])
        #expect(decoder.take(Array("\u{1B}P1$r0m\u{7}z".utf8)) == [.character("z")])
    }

    @Test func brokenBytesAreDropped() {
        var decoder = KeyDecoder()
        #expect(
            decoder.take([0xFF, 0xC3, 0x41, 0xED, 0xA0, 0x80, 0x42]).suffix(1) == [.character("B")])
        #expect(decoder.take([0xE4, 0xB8]) == [])
        #expect(decoder.flush() == [])
        #expect(decoder.take([0x61]) == [.character("a")])
    }

    @Test func hugePasteIsLimited() {
        var decoder = KeyDecoder()
        var keys = decoder.take(Array("\u{1B}[200~".utf8))
        for _ in 0..<300 { keys += decoder.take([UInt8](repeating: 0x61, count: 4096)) }
        keys += decoder.take(Array("\u{1B}[201~b".utf8))
        guard case .paste(let text) = keys.first else {
            Issue.record("no paste in \(keys.prefix(3))")
            return
        }
        #expect(text.utf8.count == KeyDecoder.pasteBytesMax)
        #expect(keys.dropFirst() == [.character("b")])
    }

    /// Random bytes: the same keys however they are cut, and nothing stays behind after a pause.
    @Test func randomBytesDecodeTheSameInPieces() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<3000 {
            let alphabet: [UInt8] = [
                0x1B, 0x5B, 0x4F, 0x3B, 0x31, 0x7E, 0x3C, 0x4D, 0x41, 0xE4, 0xB8,
            ]
            let bytes = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                    : UInt8.random(in: 0...255, using: &random)
            }
            var whole = KeyDecoder()
            var pieces = KeyDecoder()
            let expected = whole.take(bytes)
            #expect(bytes.flatMap { pieces.take([$0]) } == expected, "\(bytes)")
            #expect(whole.flush() == pieces.flush(), "\(bytes)")
            for _ in 0..<24 where whole.isWaiting { _ = whole.flush() }
            #expect(!whole.isWaiting, "\(bytes)")
        }
    }

    @Test func bindingsMatchAndExplain() {
        let map = KeyMap([
            KeyBinding([.character("s"), .enter], "start", 1),
            KeyBinding(.character("x"), "stop", 2, disabledReason: "nothing runs"),
            KeyBinding(.control("i"), "confused", 3),
            KeyBinding(.character("s"), "twice", 4),
        ])
        if case .action(let action) = map.match(.enter) {
            #expect(action == 1)
        } else {
            Issue.record("no match")
        }
        if case .disabled(let why) = map.match(.character("x")) {
            #expect(why == "nothing runs")
        } else {
            Issue.record("not disabled")
        }
        if map.match(.escape) != nil { Issue.record("a key without a row matched") }
        #expect(map.duplicates == [.character("s")])
        #expect(map.indistinguishable == [.control("i")])
        #expect(map.hints.first?.keys == ["s", "Enter"])
    }

    @Test func focusGoesRound() {
        var focus = Focus("a", "b", "c")
        focus.previous()
        #expect(focus.current == "c")
        focus.next()
        focus.next()
        #expect(focus.current == "b")
        focus.move(to: "nowhere")
        #expect(focus.current == "b")
    }
}
