// Runs as they are sent: blanks join what has one style, and nothing looks different.

import Testing

@testable import Panels

@Suite struct FrameJoiningTests {
    private let dim = Style(.indexed(8), .dim)

    private func frame(_ words: String, _ style: Style) -> Frame {
        var frame = Frame(size: Size(24, 1))
        for (x, letter) in words.enumerated() where letter != " " {
            frame.put(DisplayText(String(letter)), at: Point(x, 0), style: style)
        }
        return frame
    }

    @Test func blanksBetweenMarksOfOneStyleAreWrittenWithThem() {
        let after = frame("  +   +   +", dim)
        let diff = FrameDiff(from: Frame(size: Size(24, 1)), to: after)
        #expect(diff.runs.count == 3)
        let runs = diff.joined(in: after)
        #expect(runs.count == 1 && runs[0].x == 2 && runs[0].cells.count == 9)
        #expect(runs[0].cells.allSatisfy { $0.style == dim })
        #expect(String(runs[0].cells.map { Character($0.glyph.base) }) == "+   +   +")
    }

    @Test func whatWouldBeSeenStays() {
        // A long gap, another style, an underline, another background: nothing is joined.
        let before = Frame(size: Size(24, 1))
        let far = frame("+            +", dim)
        #expect(FrameDiff(from: before, to: far).joined(in: far).count == 2)
        let underlined = frame("+ +", Style(.indexed(8), .underline))
        #expect(FrameDiff(from: before, to: underlined).joined(in: underlined).count == 2)
        let filled = frame("+ +", Style(.indexed(8), on: .indexed(4)))
        #expect(FrameDiff(from: before, to: filled).joined(in: filled).count == 2)
        var mixed = frame("+", dim)
        mixed.put("+", at: Point(2, 0), style: .plain)
        #expect(FrameDiff(from: before, to: mixed).joined(in: mixed).count == 2)
        // Letters between two runs are not taken for blanks.
        let letters = frame("+ x +", dim)
        let old = frame("  x", dim)
        #expect(FrameDiff(from: old, to: letters).joined(in: letters).count == 2)
    }

    /// Whatever frames follow each other, what was written looks like the frame: glyphs, backgrounds and
    /// attributes that show on blanks, and whole styles of what is no blank.
    @Test func theTerminalLooksLikeTheFrame() {
        var random = SeededGenerator(seed: 5)
        let styles = [
            Style.plain, dim, Style(.indexed(2)), Style(.indexed(2), on: .indexed(1)),
            Style(.standard, .reverse), Style(.indexed(3), .underline),
        ]
        var screen = Array(repeating: Cell.blank, count: 24)
        var shown = Frame(size: Size(24, 1))
        for _ in 0..<2000 {
            var next = shown
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let words = ["+", " ", "   ", "中", "ab"].randomElement(using: &random) ?? "+"
                next.put(
                    DisplayText(words), at: Point(Int.random(in: 0..<24, using: &random), 0),
                    style: styles.randomElement(using: &random) ?? .plain)
            }
            for run in FrameDiff(from: shown, to: next).joined(in: next) {
                for (offset, cell) in run.cells.enumerated() { screen[run.x + offset] = cell }
            }
            shown = next
            for x in 0..<24 {
                let (real, wanted) = (screen[x], shown[x, 0])
                let visible: Attributes = [.reverse, .underline]
                guard real.glyph == wanted.glyph,
                    real.style == wanted.style
                        || (wanted.glyph == .blank
                            && real.style.background == wanted.style.background
                            && real.style.attributes.intersection(visible)
                                == wanted.style.attributes.intersection(visible)
                            && !wanted.style.attributes.contains(.reverse))
                else {
                    Issue.record("column \(x): \(real) for \(wanted)")
                    return
                }
            }
        }
    }
}
