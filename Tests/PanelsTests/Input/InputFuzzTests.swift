// Random bytes against the input decoder and the sanitiser: nothing traps, nothing is left over, the
// way a stream is cut changes nothing, and no control reaches a cell. FUZZ=1 tries a million.

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

    @Test func decodingDoesNotDependOnTheCuts() {
        var random = SeededGenerator(seed: 11)
        for round in 0..<Self.rounds / 2 {
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
            for _ in 0...KeyDecoder.answerPausesMax + 24 {
                guard whole.flush() == pieces.flush() else {
                    Issue.record("round \(round) ends differently: \(bytes)")
                    return
                }
            }
            guard !whole.isWaiting, !pieces.isWaiting else {
                Issue.record("round \(round) still waits: \(bytes)")
                return
            }
        }
    }

    @Test func noControlReachesTheTerminal() {
        var random = SeededGenerator(seed: 12)
        for round in 0..<Self.rounds / 2 {
            let raw = String(decoding: Self.bytes(&random), as: UTF8.self)
            for invisibles in [DisplayText.Invisibles.named, .dropped] {
                let text = DisplayText(raw, invisibles: invisibles)
                let isClean = text.string.unicodeScalars.allSatisfy {
                    $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value)
                        && $0.properties.generalCategory != .format
                }
                guard isClean, text.width == text.glyphs.reduce(0, { $0 + $1.width }) else {
                    Issue.record("round \(round): \(Array(raw.utf8))")
                    return
                }
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
