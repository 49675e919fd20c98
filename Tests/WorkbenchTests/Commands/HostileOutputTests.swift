// Hostile strings on their way to the lines of a terminal and into printed JSON, judged byte by byte. HOSTILE=1, as in
// `make hostile`, tries a million; without it some ten thousand.

import Foundation
import Kernel
import TestSupport
import Testing

@testable import Workbench

@Suite struct HostileOutputTests {
    private static let isLong = ProcessInfo.processInfo.environment["HOSTILE"]?.isEmpty == false
    private static let count = isLong ? 1_000_000 : 20_000

    @Test(arguments: Array(21...UInt64(24)))
    func noHostileStringIsPrinted(seed: UInt64) throws {
        var source = HostileText(seed: seed)
        var answers = TerminalText()
        for round in 0..<Self.count / 4 {
            let text = source.text()
            let line = ErrorReport.visible(text)
            let lines = answers.visible(text, keepsLines: true)
            let json = JSONValue.string(text).line
            let report = ErrorReport.json(
                KernelError(.badData, Sentence(verbatim: text), because: Sentence(verbatim: text)))
            guard HiddenBytes.first(in: line.utf8) == nil,
                HiddenBytes.first(in: lines.utf8, allowed: [0x09, 0x0A]) == nil,
                HiddenBytes.first(in: json.utf8) == nil,
                HiddenBytes.first(in: report.utf8.dropLast()) == nil,
                mostMarks(in: line) <= TerminalText.marksMax,
                mostMarks(in: json) <= TerminalText.marksMax,
                try JSONValue(parsing: json, source: "the line").string == text
            else {
                Issue.record("seed \(seed), round \(round): \(Array(text.utf8).prefix(400))")
                return
            }
        }
    }

    /// The longest row of those marks that the strings are flooded with.
    private func mostMarks(in text: String) -> Int {
        var (most, now) = (0, 0)
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x300...0x36F, 0x489, 0x20DD, 0xFE00...0xFE0F, 0xE0100...0xE01EF, 0x1AB0: now += 1
            default: now = 0
            }
            most = max(most, now)
        }
        return most
    }

    @Test func tabsAndLinesOfAnAnswerStay() {
        #expect(ErrorReport.visible("a:\n\tb\tc", keepsLines: true) == "a:\n\tb\tc")
        #expect(ErrorReport.visible("a:\n\tb") == "a:\\u{A}\\u{9}b")
    }

    @Test func floodsOfMarksAreWrittenOutAlsoInPieces() {
        let mark = "\u{301}"
        let flood = "a" + String(repeating: mark, count: 12)
        let shown =
            "a" + String(repeating: mark, count: 8) + String(repeating: "\\u{301}", count: 4)
        #expect(ErrorReport.visible(flood) == shown)
        var answers = TerminalText()
        let pieces = flood.unicodeScalars.map {
            answers.visible(String($0), keepsLines: true)
        }
        #expect(pieces.joined() == shown)
        #expect(answers.visible("b" + mark, keepsLines: true) == "b" + mark)
        let line = JSONValue.string(flood).line
        #expect(
            line == "\"a" + String(repeating: mark, count: 8)
                + String(repeating: "\\u0301", count: 4) + "\"")
    }

    /// Tags that are none yet, and letters that are not seen.
    @Test(arguments: ["\u{E0000}", "\u{E0FFF}", "\u{2065}", "\u{115F}", "\u{3164}", "\u{FFA0}"])
    func whatIsNotSeenIsWrittenOut(text: String) {
        let name = String(text.unicodeScalars.first?.value ?? 0, radix: 16, uppercase: true)
        #expect(ErrorReport.visible(text) == "\\u{\(name)}")
    }

    /// Selectors of variants belong to pictures, and letters of scripts have marks.
    @Test(arguments: ["❤\u{FE0F}", "नमस्ते", "กำ้", "ש\u{5B8}\u{5BC}\u{5C1}", "葛\u{E0100}", "𝒳 é 中"])
    func textOfAllScriptsStays(text: String) {
        #expect(ErrorReport.visible(text) == text)
        #expect(JSONValue.string(text).line == "\"\(text)\"")
    }
}
