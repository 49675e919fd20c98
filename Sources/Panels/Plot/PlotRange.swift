// Which part of the numbers a plot shows. By default outliers do not flatten the rest: the range
// comes from percentiles, widened by what must be seen, and what lies outside is counted.

import Foundation

/// The ranges of both axes and what they leave out.
struct PlotRange: Equatable {
    var x: ClosedRange<Double>
    var y: ClosedRange<Double>
    /// Points above and below the range of y, counted up to `outsideMax`.
    var above = 0
    var below = 0
    /// Whether y is shown by its logarithm.
    var isLogarithmic = false

    /// Points outside that are counted; where there are more, the number says no more.
    static let outsideMax = 1000
    /// Below so many points room is left for those to come, down to this part of the greatest.
    private static let fewPoints = 50
    private static let roomBelow = 0.55
    /// Samples from which percentiles are taken; more would not move them visibly.
    private static let samplesMax = 2048

    /// Ranges over lines; nil while there is no number to show.
    init?(
        lines: [LinePlot.Line], x wanted: ClosedRange<Double>?, state: LinePlot.State, rows: Int,
        leavesRoomBelow: Bool = false
    ) {
        let starts = lines.compactMap(\.series.xs.first)
        let ends = lines.compactMap(\.series.xs.last)
        guard let first = starts.min(), let last = ends.max() else { return nil }
        let whole = state.fitsData ? first...last : wanted ?? first...last
        x = state.visible(of: Self.nonEmpty(whole), end: last)
        y = 0...1
        var extent = Series.Extent()
        for line in lines {
            let range = line.series.indices(in: x)
            let full = line.series.extent(range)
            if (line.kind == .raw || line.letter != nil) && state.clipsOutliers && range.count >= 20
            {
                extent.add(Self.percentiles(line.series, range))
                let tail = range.upperBound - max(1, range.count / 10)..<range.upperBound
                extent.add(line.series.extent(tail))
            } else {
                extent.add(full)
            }
        }
        guard !extent.isEmpty else { return nil }
        if leavesRoomBelow, !state.isZoomed, !state.isLogarithmic, extent.low > 0,
            lines.allSatisfy({ $0.series.count < Self.fewPoints })
        {
            extent.low = min(extent.low, extent.high * Self.roomBelow)
        }
        isLogarithmic = state.isLogarithmic && extent.low > 0
        if isLogarithmic {
            let factor = pow(extent.high / extent.low, 0.03)
            y = Self.nonEmpty(extent.low / factor...extent.high * factor)
        } else {
            let pad = (extent.high / 2 - extent.low / 2) * 0.1
            let padded = Self.nonEmpty(
                Self.bounded(extent.low - pad)...Self.bounded(extent.high + pad))
            y = Axis.rounded(padded, parts: max(4, rows / 2))
        }
        for line in lines {
            let outside = line.series.count(
                outside: y, in: line.series.indices(in: x), atMost: Self.outsideMax)
            above = min(Self.outsideMax, above + outside.above)
            below = min(Self.outsideMax, below + outside.below)
        }
    }

    /// Where a value stands between the ends of y, 0 at the bottom; beyond the ends outside 0…1.
    func share(y value: Double) -> Double {
        guard isLogarithmic else {
            return (value / 2 - y.lowerBound / 2) / (y.upperBound / 2 - y.lowerBound / 2)
        }
        guard value > 0 else { return -1 }
        return log(value / y.lowerBound) / log(y.upperBound / y.lowerBound)
    }

    /// Where a place stands between the ends of x.
    func share(x value: Double) -> Double {
        (value - x.lowerBound) / (x.upperBound - x.lowerBound)
    }

    /// The cell of a share among so many, the ends included.
    static func cell(_ share: Double, of count: Int) -> Int {
        share > 0 ? Int(min(share * Double(count), Double(max(0, count - 1)))) : 0
    }

    /// A value whose differences stay finite.
    private static func bounded(_ value: Double) -> Double {
        let limit = Double.greatestFiniteMagnitude / 4
        return min(max(value, -limit), limit)
    }

    /// A range with some extent around a single number.
    private static func nonEmpty(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
        let (low, high) = (range.lowerBound, range.upperBound)
        let slack = max(abs(low), abs(high)) * 1e-6
        if high - low > slack { return range }
        // A constant that is small, such as a learning rate, is not lost in a range about 0.
        let widening = low != 0 && abs(low) < 0.5 ? abs(low) / 2 : max(abs(low) * 0.1, 0.5)
        return low - widening...high + widening
    }

    /// The first and the last hundredth of evenly chosen points.
    private static func percentiles(_ series: Series, _ range: Range<Int>) -> Series.Extent {
        let stride = max(1, range.count / samplesMax)
        let values = Swift.stride(from: range.lowerBound, to: range.upperBound, by: stride)
            .map { series.ys[$0] }.filter(\.isFinite).sorted()
        var extent = Series.Extent()
        guard !values.isEmpty else { return extent }
        extent = Series.Extent(of: values[values.count / 100])
        let other = Series.Extent(of: values[values.count - 1 - values.count / 100])
        extent.low = min(extent.low, other.low)
        extent.high = max(extent.high, other.high)
        return extent
    }
}

extension Series {
    /// Points whose x lies in a range.
    func indices(in range: ClosedRange<Double>) -> Range<Int> {
        let start = index(atOrAfter: range.lowerBound)
        return start..<max(start, index(atOrAfter: range.upperBound.nextUp))
    }
}
