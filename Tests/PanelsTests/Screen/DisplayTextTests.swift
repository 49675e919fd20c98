// What may reach the screen: nothing that a terminal obeys, and always of the width that it says.

import Testing

@testable import Panels

@Suite struct DisplayTextTests {
    @Test(arguments: [
        ("plain", "plain"), ("a\tb", "a    b"), ("\u{1B}[31m", "␛[31m"), ("\u{9B}2J", "\\x9B2J"),
        ("a\nb", "a␊b"), ("\u{202E}x", "<U+202E>x"), ("\u{7F}", "␡"), ("\u{E000}", "\u{FFFD}"),
        ("👩‍👧", "👩"), ("👍🏽", "👍"), ("❤\u{FE0F}", "❤"), ("\u{301}a", " \u{301}a"),
        ("a\u{200D}b", "ab"), ("\u{E0041}", "<U+E0041>"),
    ])
    func isMadeVisible(raw: String, shown: String) {
        #expect(Array(DisplayText(raw).string.unicodeScalars) == Array(shown.unicodeScalars))
    }

    @Test func proseDropsWhatIsInvisible() {
        #expect(DisplayText("a\u{202E}b\u{FEFF}", invisibles: .dropped).string == "ab")
    }

    @Test func widths() {
        // Two wide characters take four columns, a combining mark none.
        #expect(DisplayText("中文").width == 4)
        #expect(DisplayText("e\u{301}").width == 1)
        #expect(DisplayText("🙂").width == 2)
        #expect(DisplayText("한글").width == 4)
    }

    @Test func linesSplitAtAllEndings() {
        #expect(DisplayText.lines("a\nb\r\nc\rd").map(\.string) == ["a", "b", "c", "d"])
        #expect(DisplayText.lines("").map(\.string) == [""])
    }

    @Test func marksAreLimited() {
        let text = DisplayText("z" + String(repeating: "\u{300}", count: 500))
        #expect(text.string.unicodeScalars.count == 1 + Glyph.marksMax)
    }

    @Test func truncationKeepsWholeGlyphs() {
        // Four columns: one wide glyph (2) and the ellipsis (1); a second wide one would not fit.
        #expect(DisplayText("中文字").truncated(to: 4).string == "中…")
        #expect(DisplayText("abc").truncated(to: 3).string == "abc")
        #expect(DisplayText("abc").truncated(to: 0).isEmpty)
        for text in Samples.texts {
            for columns in 0...12 {
                let cut = DisplayText(text).truncated(to: columns)
                #expect(cut.width <= columns)
                #expect(cut.width == cut.glyphs.reduce(0) { $0 + $1.width })
            }
        }
    }

    @Test func sanitisingTwiceChangesNothing() {
        for text in Samples.texts {
            let once = DisplayText(text)
            #expect(DisplayText(once.string) == once)
        }
    }

    /// 100,000 random strings of scalars and bytes: no control reaches the text, widths add up.
    @Test func randomTextIsHarmless() {
        var random = SeededGenerator(seed: 20)
        var broken: [String] = []
        for round in 0..<100_000 {
            let text: DisplayText
            if round % 2 == 0 {
                text = DisplayText(Samples.scalars(&random))
            } else {
                let count = Int.random(in: 0...24, using: &random)
                text = DisplayText(
                    bytes: (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
            }
            let isHarmless = text.string.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned,
                    .privateUse, .surrogate:
                    false
                default: TextWidth.columns(of: scalar) >= 0
                }
            }
            let sum = text.glyphs.reduce(0) { $0 + $1.width }
            if !isHarmless || sum != text.width { broken.append(text.string) }
        }
        #expect(broken.isEmpty, "\(broken.prefix(3).map { Array($0.unicodeScalars) })")
    }

    @Test func wrappingLosesNothingButSpaces() {
        for text in Samples.texts + ["the quick brown fox jumps over the lazy dog, twice."] {
            let whole = DisplayText(text)
            for width in 2...30 {
                let rows = TextWrap.rows(whole, width: width)
                #expect(rows.allSatisfy { $0.width <= width })
                let kept = rows.map(\.string).joined().unicodeScalars.filter { $0 != " " }
                #expect(Array(kept) == whole.string.unicodeScalars.filter { $0 != " " })
            }
        }
        #expect(
            TextWrap.rows(DisplayText("one two three"), width: 7).map(\.string) == [
                "one two", "three",
            ])
        #expect(TextWrap.rows(DisplayText("中文字符"), width: 5).map(\.string) == ["中文", "字符"])
    }
}
