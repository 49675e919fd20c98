// The promises of a frame: wide glyphs stay whole whatever is drawn over them, and a diff
// rebuilds the frame that it was made from.

import Testing

@testable import Panels

@Suite struct FrameTests {
    @Test func narrowOverWideBlanksTheOtherHalf() {
        var frame = Frame(size: Size(6, 1))
        frame.put("中文", at: Point(0, 0))
        frame.put("x", at: Point(1, 0))
        #expect(frame.text == " x文")
        frame.put("y", at: Point(2, 0))
        #expect(frame.text == " xy")
        #expect(brokenPromise(of: frame) == nil)
    }

    @Test func wideAtTheEdgeIsABlank() {
        var frame = Frame(size: Size(5, 1))
        frame.put("中文字", at: Point(0, 0))
        #expect(frame.text == "中文")
        frame.put("中", at: Point(-1, 0), in: frame.area)
        #expect(frame.text == "  文")
    }

    @Test func clippingStaysInside() {
        var frame = Frame(size: Size(8, 3))
        frame.put("abcdefgh", at: Point(0, 1), in: Rect(2, 1, 3, 1))
        #expect(frame.text == "\n  cde\n")
        #expect(frame.put("zz", at: Point(0, 9)) == 2)
    }

    @Test func boxAndRule() {
        var frame = Frame(size: Size(5, 3))
        #expect(frame.box(frame.area) == Rect(1, 1, 3, 1))
        #expect(frame.text == "┌───┐\n│   │\n└───┘")
        #expect(frame.inASCII().text == "+---+\n|   |\n+---+")
    }

    /// Random drawing: text anywhere, clips anywhere, restyled areas.
    @Test func randomDrawingKeepsThePromises() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            let size = Size(
                Int.random(in: 0...20, using: &random), Int.random(in: 0...4, using: &random))
            var frame = Frame(size: size)
            for _ in 0..<30 {
                func number() -> Int { Int.random(in: -3...22, using: &random) }
                let clip = Rect(number(), number(), number(), number())
                let style = Style(.indexed(UInt8.random(in: 0...15, using: &random)))
                switch Int.random(in: 0..<5, using: &random) {
                case 0: frame.fill(clip, style: style)
                case 1: frame.restyle(clip) { $0.attributes.insert(.reverse) }
                case 2: frame.box(clip, style: style)
                default:
                    let text = DisplayText(Samples.scalars(&random))
                    frame.put(text, at: Point(number(), number() % 4), style: style, in: clip)
                }
            }
            #expect(brokenPromise(of: frame) == nil)
            #expect(brokenPromise(of: frame.inASCII()) == nil)
            #expect(frame.inASCII().text.allSatisfy { $0.isASCII })
        }
    }

    @Test func diffRebuildsTheFrame() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<300 {
            let size = Size(
                Int.random(in: 0...30, using: &random), Int.random(in: 0...5, using: &random))
            var old = Frame(size: size)
            for y in 0..<size.height {
                old.put(DisplayText(Samples.scalars(&random)), at: Point(0, y))
            }
            var new = old
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let x = Int.random(in: 0...30, using: &random)
                new.put(
                    DisplayText(Samples.scalars(&random)), at: Point(x, x % 5),
                    style: Style(.indexed(2)))
            }
            new.cursor = Point(1, 1)
            let diff = FrameDiff(from: old, to: new)
            #expect(diff.applied(to: old) == new)
            #expect(diff.runs.allSatisfy { $0.cells.first?.glyph.width != 0 })
            #expect(FrameDiff(from: nil, to: new).applied(to: Frame(size: size)) == new)
            #expect(FrameDiff(from: new, to: new).isEmpty)
        }
    }

    @Test func diffIsSmall() {
        var old = Frame(size: Size(80, 24))
        old.put("loss 1.234", at: Point(10, 3))
        var new = old
        new.put("loss 1.235", at: Point(10, 3))
        #expect(FrameDiff(from: old, to: new).runs.map(\.cells.count) == [1])
    }

    @Test func layoutFillsWithoutOverlap() {
        let area = Rect(0, 0, 100, 10)
        let parts = Layout.columns(area, [.fixed(20), .fraction(0.25), .fill(), .fill(2)], gap: 1)
        // 97 without gaps: 20 fixed, 24 a quarter, 53 left as 17 and 36.
        #expect(parts.map(\.width) == [20, 24, 17, 36])
        #expect(parts.map(\.x) == [0, 21, 46, 64])
        #expect(Layout.rows(area, [.minimum(2), .fixed(3)]).map(\.height) == [7, 3])
        for total in 0...12 {
            let tight = Layout.columns(
                Rect(0, 0, total, 1), [.fixed(5), .minimum(3), .fill()], gap: 1)
            #expect(tight.allSatisfy { $0.right <= max(total, $0.x) })
            #expect(zip(tight, tight.dropFirst()).allSatisfy { $0.right <= $1.x })
        }
    }
}
