// Random bytes against the input decoder, the sanitiser and a text area: nothing traps, nothing is left over,
// the way a stream is cut changes nothing, no control reaches a cell, and nothing leaves its pane. FUZZ=1, as in
// `make fuzz`, tries a million.

import Foundation
import Testing

@testable import Panels

@Suite struct InputFuzzTests {
    private static let isLong = ["FUZZ", "WORKBENCH_SLOW_TESTS"].contains {
        ProcessInfo.processInfo.environment[$0]?.isEmpty == false
    }
    private static let rounds = isLong ? 1_000_000 : 50_000

    /// Bytes that sequences are made of, so that random strings come close to them.
    private static let alphabet = Array(
        "\u{1B}[]OP^_\\;0123456789<MmAHRZ~?rgb:/ae\u{7}\r\n\tq中😀\u{200D}\u{301}".utf8)
    private static let heads = [
        "\u{1B}]11;rgb:1e1e/", "\u{1B}[<0;", "\u{1B}[200~", "\u{1B}[201~", "\u{1B}[M", "\u{1B}P",
        "\u{1B}[1;",
    ].map { Array($0.utf8) }

    private static func bytes(_ random: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            switch Int.random(in: 0..<8, using: &random) {
            case 0: bytes += heads[Int.random(in: 0..<heads.count, using: &random)]
            case 1: bytes += [UInt8](repeating: 0x31, count: Int.random(in: 0..<90, using: &random))
            case 2, 3, 4:
                for _ in 0..<Int.random(in: 0..<8, using: &random) {
                    bytes.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
                }
            default:
                for _ in 0..<Int.random(in: 0..<6, using: &random) {
                    bytes.append(UInt8.random(in: 0...255, using: &random))
                }
            }
        }
        return bytes
    }

    /// Each batch has a seed of its own, so that they run side by side and a failure repeats alone.
    private static let batches = Array(1...UInt64(isLong ? 100 : 8))
    private static let roundsOfBatch = rounds / 2 / batches.count

    @Test(arguments: batches)
    func decodingDoesNotDependOnTheCuts(seed: UInt64) {
        var random = SeededGenerator(seed: seed &* 1_000_003)
        for round in 0..<Self.roundsOfBatch {
            let bytes = Self.bytes(&random)
            var whole = KeyDecoder()
            var pieces = KeyDecoder()
            let expected = whole.take(bytes)
            var keys: [Key] = []
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + Int.random(in: 1...9, using: &random))
                keys += pieces.take(bytes[start..<end])
                start = end
            }
            guard keys == expected else {
                Issue.record("round \(round): \(bytes)\n\(expected)\n\(keys)")
                return
            }
            // After the pauses nothing waits, and the end is the same for both.
            var pauses = 0
            while whole.isWaiting || pieces.isWaiting {
                guard whole.flush() == pieces.flush() else {
                    Issue.record("round \(round) ends differently: \(bytes)")
                    return
                }
                pauses += 1
                guard pauses <= KeyDecoder.answerPausesMax + 25 else {
                    Issue.record("round \(round) still waits: \(bytes)")
                    return
                }
            }
        }
    }

    @Test(arguments: batches)
    func noControlReachesTheTerminal(seed: UInt64) {
        var random = SeededGenerator(seed: seed &* 2_000_003)
        for round in 0..<Self.roundsOfBatch {
            let raw = String(decoding: Self.bytes(&random), as: UTF8.self)
            for invisibles in [DisplayText.Invisibles.named, .dropped] {
                let text = DisplayText(raw, invisibles: invisibles)
                guard Self.isClean(text.string),
                    text.width == text.glyphs.reduce(0, { $0 + $1.width })
                else {
                    Issue.record("round \(round): \(Array(raw.utf8))")
                    return
                }
            }
        }
    }

    /// Plain loops: this is asked of some hundred million scalars.
    private static func isClean(_ text: String) -> Bool {
        for scalar in text.unicodeScalars {
            let value = scalar.value
            if value < 0x20 || (0x7F..<0xA0).contains(value) { return false }
            if value >= 0xA0, scalar.properties.generalCategory == .format { return false }
        }
        return true
    }

    /// What is typed into a text area in a pane of a frame stays in the pane, and so does the cursor; the row as
    /// it is written to a terminal has no control but the codes of its own styles.
    @Test(arguments: batches)
    func typingStaysInItsPane(seed: UInt64) {
        var random = SeededGenerator(seed: seed &* 3_000_017)
        let pane = Rect(3, 2, 17, 4)
        var around = Frame(size: Size(24, 8))
        for y in around.area.rows {
            around.put(DisplayText(String(repeating: "#", count: 24)), at: Point(0, y))
        }
        for round in 0..<max(1, Self.roundsOfBatch / 20) {
            var decoder = KeyDecoder()
            var area = TextArea.State(text: String(decoding: Self.bytes(&random), as: UTF8.self))
            for key in decoder.take(Self.bytes(&random)) + decoder.take(Self.bytes(&random)) {
                _ = area.handle(key)
            }
            var frame = around
            TextArea().render(area, in: pane, on: &frame, theme: .standard)
            let isInside = frame.cursor.map { pane.contains($0) } ?? true
            let isOutsideWhole = frame.area.rows.allSatisfy { y in
                (0..<24).allSatisfy { x in
                    pane.contains(Point(x, y)) || frame[x, y] == around[x, y]
                }
            }
            let isQuiet = frame.linesWithEscapes.allSatisfy {
                Self.isClean($0.replacing(/\u{1B}\[[0-9;]*m/, with: ""))
            }
            guard isInside, isOutsideWhole, isQuiet, brokenPromise(of: frame) == nil else {
                Issue.record("round \(round): \(area.text.debugDescription)\n\(frame.text)")
                return
            }
        }
    }

    @Test func longStringsAreTheSameInPieces() {
        for head in ["\u{1B}]11;", "\u{1B}[1;", "\u{1B}P"] {
            for count in [60, 64, 65, 4090, 4096, 9000] {
                let bytes =
                    Array(head.utf8) + [UInt8](repeating: 0x31, count: count) + [0x07, 0x41]
                var whole = KeyDecoder()
                var pieces = KeyDecoder()
                #expect(whole.take(bytes) == bytes.flatMap { pieces.take([$0]) }, "\(count)")
            }
        }
    }

    @Test func lateAnswersAreNoTyping() {
        let answer = "\u{1B}]11;rgb:fafa/fafa/f0f0\u{1B}\\"
        let bytes = Array(answer.utf8)
        for split in 3..<bytes.count {
            var decoder = KeyDecoder()
            var keys = decoder.take(bytes[..<split])
            for _ in 0..<KeyDecoder.answerPausesMax { keys += decoder.flush() }
            keys += decoder.take(bytes[split...])
            keys += decoder.take(Array("x".utf8))
            #expect(
                keys == [.background(red: 250, green: 250, blue: 240), .character("x")],
                "split at \(split)")
        }
        var decoder = KeyDecoder()
        #expect(decoder.take(Array("\u{1B}]11;rgb:zz/0/0\u{7}".utf8)) == [])
        #expect(decoder.take(Array("\u{1B}]10;rgb:f/f/f\u{7}".utf8)) == [])
        #expect(
            decoder.take(Array("\u{1B}]11;rgb:f/0/8\u{7}".utf8))
                == [.background(red: 255, green: 0, blue: 136)])
    }
}
