// What a person does to a plot: cursor, marker, another x, other glyphs; and how much of a long
// series a picture looks at.

import Foundation
import TestSupport
import Testing

@testable import Panels

@Suite struct PlotStateTests {
    private let series = Series((0..<10).map { (x: Double($0) * 10, y: Double($0 * $0)) })

    private func picture(
        _ plot: LinePlot, _ state: LinePlot.State, _ size: Size = Size(70, 14)
    ) -> String {
        var frame = Frame(size: size)
        plot.render(state, in: frame.area, on: &frame, theme: .standard)
        return frame.text
    }

    @Test func theMarkerTellsTheChange() {
        var state = LinePlot.State()
        state.putCursor(at: 41, over: series)
        #expect(state.cursor == 40)
        state.mark(over: series)
        state.moveCursor(by: 3, over: series)
        // From 4² at 40 to 7² at 70: 33 more.
        let text = picture(LinePlot([LinePlot.Line(series, name: "loss")]), state)
        #expect(text.contains("step 70") && text.contains("╎ 30 apart"))
        #expect(text.contains("loss 49 Δ+33"))
        #expect(text.contains("╎") && text.contains("┊"))
        state.unmark()
        #expect(!picture(LinePlot([LinePlot.Line(series, name: "loss")]), state).contains("Δ"))
        state.hideCursor()
        state.mark(over: series)
        #expect(state.marker == 90)
    }

    @Test func anotherXKeepsTheSample() {
        let seconds = Series(
            series.ys.enumerated().map { (x: Double($0.offset) * 7, y: $0.element) })
        var state = LinePlot.State()
        state.putCursor(at: 40, over: series)
        state.mark(over: series)
        state.moveCursor(by: 2, over: series)
        state.zoom(by: 2)
        state.follow(from: series, to: seconds)
        #expect(state.cursor == 42 && state.marker == 28 && state.isZoomed)
        // Ten points of 0…63 over 1.5²: the window lies around the cursor.
        let window = state.visible(of: 0...63)
        #expect(abs(window.lowerBound - 28) < 1e-9 && abs(window.upperBound - 56) < 1e-9)
    }

    @Test func secondsAreWrittenAsTimes() {
        #expect(Axis.ticks(0...600, count: 5, unit: .seconds) == [0, 120, 240, 360, 480, 600])
        #expect(Axis.ticks(0...7200, count: 4, unit: .seconds) == [0, 1800, 3600, 5400, 7200])
        #expect(Axis.ticks(0...864_000, count: 5, unit: .seconds).count == 6)
        let texts: [(Double, String)] = [
            (0, "0"), (90, "1m30s"), (60, "1m"), (3600, "1h"), (5400, "1h30m"), (90_000, "1d1h"),
            (-30, "-30s"), (.nan, "nan"),
        ]
        for (value, text) in texts { #expect(Axis.label(value, step: 30, unit: .seconds) == text) }
        #expect(Axis.label(1.5, step: 0.5, unit: .seconds) == "1.5s")
    }

    @Test func pointsOutsideAreToldOnBothSides() {
        let usual = (0..<997).map { (step: Int) -> Double in 1 + Double(step % 7) / 10 }
        let values = [500.0, -300, -300] + usual
        let series = Series(values.enumerated().map { (x: Double($0.offset), y: $0.element) })
        let text = picture(
            LinePlot([LinePlot.Line(series, name: "loss", kind: .raw)]), LinePlot.State())
        #expect(text.contains("▲ 1 above") && text.contains("▼ 2 below"))
    }

    @Test func linesAreToldApartByLetters() {
        let other = Series(series.xs.map { (x: $0, y: 81 - $0) })
        let lines = [
            LinePlot.Line(series, name: "mine"),
            LinePlot.Line(other, name: "sft-02", role: .plotOther, letter: "b"),
        ]
        var state = LinePlot.State()
        let text = picture(LinePlot(lines), state)
        #expect(text.contains("b━ sft-02"))
        // In the legend and at least twice on the line itself.
        #expect(text.filter { $0 == "b" }.count >= 3)
        state.moveCursor(by: -4, over: series)
        #expect(picture(LinePlot(lines), state).contains(" b 21"))
    }

    @Test func aBreakIsAColumnAcrossThePlot() {
        var plot = LinePlot([LinePlot.Line(series, name: "loss")])
        plot.xBreaks = [30, 900]
        #expect(picture(plot, LinePlot.State()).contains("┆"))
    }

    @Test func blocksShowTheSameDots() {
        var canvas = BrailleCanvas(size: Size(2, 1))
        canvas.set(0, 0, style: .plain)
        canvas.set(1, 3, style: .plain)
        canvas.span(2, 0, 3, style: .plain)
        var frame = Frame(size: Size(2, 1))
        canvas.render(at: Point(0, 0), symbols: .blocks, on: &frame)
        #expect(frame.text(ofRow: 0) == "▚▌")
        var seen: [BrailleCanvas.Symbols] = [.braille]
        for _ in 0..<3 { seen.append(seen[seen.count - 1].next) }
        #expect(seen == [.braille, .blocks, .ascii, .braille])
        #expect(Set(seen) == Set(BrailleCanvas.Symbols.allCases))
    }

    /// Every glyph of the picture has a stand-in where the terminal knows ASCII only.
    @Test func everyGlyphHasAStandIn() {
        var state = LinePlot.State()
        state.moveCursor(by: -2, over: series)
        state.mark(over: series)
        for symbols in BrailleCanvas.Symbols.allCases {
            state.symbols = symbols
            var frame = Frame(size: Size(60, 14))
            LinePlot([
                LinePlot.Line(series, name: "loss", kind: .raw),
                LinePlot.Line(series, name: "eval", kind: .points),
            ]).render(state, in: frame.area, on: &frame, theme: .standard)
            #expect(!frame.inASCII().text.contains("?"), "\(frame.inASCII().text)")
        }
    }

    /// A picture of a million points looks at some thousand buckets, whatever is in them: the work
    /// of drawing does not grow with the run.
    @Test func aPictureLooksAtFewOfManyPoints() {
        let count = 1_000_000
        var series = Series()
        for index in 0..<count {
            series.append(x: Double(index), y: sin(Double(index) / 9e4) + Double(index % 13))
        }
        let columns = 200
        var visits = 0
        var most = 0
        for column in 0..<columns {
            let before = visits
            let start = series.index(atOrAfter: Double(column * count / columns))
            let end = series.index(atOrAfter: Double((column + 1) * count / columns))
            _ = series.extent(start..<end, visits: &visits)
            most = max(most, visits - before)
        }
        // Five levels of 16, open at both ends: at most 2 · 15 · 5 for a column.
        #expect(most <= 150 && visits < columns * 150, "\(visits), at most \(most)")
        var odd = 0
        _ = series.extent(1..<count - 1, visits: &odd)
        #expect(odd <= 150)
        // The number of points outside is not counted to its end.
        let outside = series.count(outside: 0...5, in: 0..<count, atMost: 1000)
        #expect(outside.above == 1000)
    }
}
