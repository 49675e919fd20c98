// The laws of thinning and smoothing, ticks that are round, and plots of awkward numbers.

import Foundation
import Testing

@testable import Panels

@Suite struct PlotTests {
    /// The pyramid answers what a plain loop answers, for any range of any number of points.
    @Test(arguments: [1, 15, 16, 17, 255, 256, 257, 5000])
    func extremesEqualThePlainLoop(count: Int) {
        var random = SeededGenerator(seed: UInt64(count))
        let values = (0..<count).map { _ in
            Int.random(in: 0..<20, using: &random) == 0
                ? Double.nan : Double.random(in: -5...5, using: &random)
        }
        let series = Series(ys: values)
        for _ in 0..<200 {
            let low = Int.random(in: 0...count, using: &random)
            let range = low..<Int.random(in: low...count, using: &random)
            let plain = values[range].filter(\.isFinite)
            let extent = series.extent(range)
            #expect(extent.isEmpty == plain.isEmpty)
            #expect(extent.low == plain.min() ?? .infinity)
            #expect(extent.high == plain.max() ?? -.infinity)
            #expect(plain.isEmpty || extent.last == plain.last)
            #expect(extent.gaps == range.count - plain.count)
            let limit = Double.random(in: -6...6, using: &random)
            let outside = series.count(outside: -limit.magnitude...limit.magnitude, in: range)
            #expect(outside.above == plain.filter { $0 > limit.magnitude }.count)
            #expect(outside.below == plain.filter { $0 < -limit.magnitude }.count)
        }
    }

    @Test func xNeverGoesBack() {
        var series = Series()
        for x in [1.0, 3, 2, .nan, 5] { series.append(x: x, y: 0) }
        #expect(series.xs == [1, 3, 3, 3, 5])
        #expect(series.index(atOrAfter: 3) == 1)
        #expect(series.index(nearest: 4.4) == 4)
        #expect(series.index(nearest: -9) == 0)
    }

    /// Against the definition: a weighted mean with weights βᵏ, newest first.
    @Test(arguments: [0, 0.6, 0.9, 0.99])
    func averageEqualsTheWeightedMean(beta: Double) {
        var average = MovingAverage(beta: beta)
        var seen: [Double] = []
        for step in 0..<60 {
            let y = sin(Double(step)) + 3
            seen.insert(y, at: 0)
            let weights = seen.indices.map { pow(beta, Double($0)) }
            let expected = zip(seen, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
            #expect(abs(average.next(y) - expected) < 1e-9)
        }
    }

    @Test func averagePassesGapsBy() {
        var average = MovingAverage(beta: 0.9)
        let start = average.next(.nan)
        #expect(start.isNaN)
        #expect(abs(average.next(2) - 2) < 1e-12)
        #expect(abs(average.next(.infinity) - 2) < 1e-12)
        let series = Series(ys: [1, .nan, 1]).smoothed(beta: 0.5)
        #expect(series.ys[1].isNaN)
        #expect(abs(series.ys[2] - 1) < 1e-12)
    }

    @Test func ticksAreRound() {
        #expect(Axis.ticks(0...10, count: 5) == [0, 2, 4, 6, 8, 10])
        #expect(
            Axis.ticks(0.9...2.9, count: 4).map { Axis.label($0, step: 0.5) } == [
                "1.0", "1.5", "2.0", "2.5",
            ])
        #expect(Axis.ticks(5...5, count: 4).isEmpty)
        #expect(Axis.logarithmicTicks(0.5...30, count: 8) == [0.5, 1, 2, 5, 10, 20])
        #expect(Axis.logarithmicTicks(1...1e30, count: 4).count <= 4)
        #expect(Axis.label(12000, step: 1000) == "12k")
        #expect(Axis.label(2_500_000) == "2.5M")
        #expect(Axis.label(0.00015) == "1.5e-4" && Axis.label(1e-5) == "1e-5")
        #expect(Axis.label(0.0005) == "0.0005" && Axis.label(2e15) == "2e15")
        #expect(Axis.label(0) == "0")
        #expect(Axis.label(.nan) == "nan")
        #expect(Axis.label(0.25, step: 0.25) == "0.25")
    }

    @Test func aSpikeOfOneStepStaysVisible() {
        // 100,000 points in 40 columns: the one spike must set a dot near the top.
        let series = Series(ys: (0..<100_000).map { $0 == 61_803 ? 10 : 0 })
        var state = LinePlot.State()
        state.clipsOutliers = false
        var frame = Frame(size: Size(40, 8))
        LinePlot([LinePlot.Line(series, name: "raw", kind: .raw)])
            .render(state, in: frame.area, on: &frame, theme: .standard)
        // Row 0 is the legend; the floor of zeros is below the middle.
        let top = (1..<3).map { frame.text(ofRow: $0) }.joined()
        #expect(top.unicodeScalars.contains { (0x2801...0x28FF).contains($0.value) })
    }

    @Test func clippedPointsAreAnnounced() {
        let usual = (0..<997).map { (step: Int) -> Double in 1 + Double(step % 7) / 10 }
        let series = Series(ys: [500, 500, 500] + usual)
        var frame = Frame(size: Size(60, 14))
        let plot = LinePlot([LinePlot.Line(series, name: "loss", kind: .raw)])
        plot.render(LinePlot.State(), in: frame.area, on: &frame, theme: .standard)
        #expect(frame.text.contains("▲ 3 above"))
        var state = LinePlot.State()
        state.clipsOutliers = false
        frame = Frame(size: Size(60, 14))
        plot.render(state, in: frame.area, on: &frame, theme: .standard)
        #expect(!frame.text.contains("above"))
    }

    @Test func cursorReadsValuesOff() {
        let series = Series((0..<10).map { (x: Double($0) * 10, y: Double($0)) })
        var state = LinePlot.State()
        state.moveCursor(by: -1, over: series)
        #expect(state.cursor == 90)
        state.moveCursor(by: -4, over: series)
        state.moveCursor(by: 0, over: series)
        #expect(state.cursor == 50)
        var frame = Frame(size: Size(60, 12))
        LinePlot([LinePlot.Line(series, name: "loss")])
            .render(state, in: frame.area, on: &frame, theme: .standard)
        #expect(frame.text.contains("step 50  loss 5"))
    }

    /// A learning rate that stays is a line in the middle, and its number stands beside the axis.
    @Test func aSmallConstantIsNotLost() throws {
        let series = Series(ys: Array(repeating: 2e-4, count: 30))
        let range = try #require(
            PlotRange(
                lines: [LinePlot.Line(series, name: "lr")], x: nil, state: LinePlot.State(),
                rows: 18))
        #expect(range.y.lowerBound > 0 && range.y.upperBound < 4e-4, "\(range.y)")
        #expect(Axis.label(2.5e-4) == "2.5e-4" && Axis.label(3e-4) == "0.0003")
    }

    /// While a run is young its falling loss does not move the scale; later it is seen closely.
    @Test func firstValuesLeaveRoomForThoseToCome() throws {
        func range(_ ys: [Double], room: Bool) throws -> ClosedRange<Double> {
            let line = LinePlot.Line(Series(ys: ys), name: "loss", kind: .raw)
            return try #require(
                PlotRange(
                    lines: [line], x: nil, state: LinePlot.State(), rows: 9, leavesRoomBelow: room)
            ).y
        }
        let falling = [4.24, 4.15, 4.16, 3.97, 3.85, 4.05, 3.3, 2.82, 2.54]
        for count in 1...falling.count {
            #expect(try range(Array(falling.prefix(count)), room: true) == 2...5, "\(count)")
        }
        #expect(try range([4.24, 4.15], room: false).lowerBound > 4)
        let late = Array(repeating: 4.24, count: 49) + [4.15]
        #expect(try range(late, room: true) == range(late, room: false))
        #expect(try range([-1, 1], room: true) == range([-1, 1], room: false))
    }

    @Test func awkwardNumbersDoNotTrap() {
        let cases: [[(Double, Double)]] = [
            [], [(0, .nan)], [(0, 1)], [(0, 1), (1, 1)], [(0, -.infinity), (1, 3)],
            [(0, .greatestFiniteMagnitude), (1, -.greatestFiniteMagnitude)],
            [(1e300, 1), (2e300, 2)],
            [(0, .leastNonzeroMagnitude), (1, 9 * Double.leastNonzeroMagnitude)],
            [(0, 0), (1e-9, 1)], [(5, 1), (5, 2), (5, 3)],
        ]
        for points in cases {
            for isLogarithmic in [false, true] {
                for size in [Size(0, 0), Size(1, 1), Size(2, 9), Size(30, 7), Size(80, 24)] {
                    var state = LinePlot.State()
                    state.isLogarithmic = isLogarithmic
                    var frame = Frame(size: size)
                    let series = Series(points.map { (x: $0.0, y: $0.1) })
                    for kind: LinePlot.Kind in [.raw, .line, .points] {
                        LinePlot([LinePlot.Line(series, name: "x", kind: kind)])
                            .render(state, in: frame.area, on: &frame, theme: .standard)
                    }
                    #expect(brokenPromise(of: frame) == nil)
                }
            }
        }
    }
}

extension Series {
    /// A series of values at 0, 1, 2 …
    init(ys: [Double]) {
        self.init()
        for (index, y) in ys.enumerated() { append(x: Double(index), y: y) }
    }
}
