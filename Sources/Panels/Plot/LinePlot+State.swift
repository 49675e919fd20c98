// What the user chose to see of a plot: scale, zoom, cursor, marker. A value with verbs; it holds
// no measurements, so it stays when the lines under it change.

extension LinePlot {
    /// What the user chose to see.
    public struct State: Equatable, Sendable {
        /// Whether y is logarithmic; only possible while all values are positive.
        public var isLogarithmic = false
        /// Whether outliers may leave the range of y.
        public var clipsOutliers = true
        /// Whether x ends with the values instead of the whole range.
        public var fitsData = false
        /// What dots are made of.
        public var symbols = BrailleCanvas.Symbols.braille
        /// The place of the cursor on x.
        public private(set) var cursor: Double?
        /// A place that the cursor is compared with.
        public private(set) var marker: Double?
        private var zoom = 1.0
        private var center: Double?

        /// Everything as by default.
        public init() {}

        /// Whether only a part of x is shown.
        public var isZoomed: Bool { zoom > 1 }

        /// Moves the cursor by points of a series; it starts at the last.
        public mutating func moveCursor(by points: Int, over series: Series) {
            guard series.count > 0 else { return }
            let now = cursor.flatMap { series.index(nearest: $0) } ?? series.count
            let next = min(max(0, now + points), series.count - 1)
            cursor = series.xs[next]
            if center != nil { center = cursor }
        }

        /// Puts the cursor on the point of a series nearest to a place.
        public mutating func putCursor(at x: Double, over series: Series) {
            guard let index = series.index(nearest: x) else { return }
            cursor = series.xs[index]
        }

        /// Hides the cursor.
        public mutating func hideCursor() { cursor = nil }

        /// Marks the place of the cursor, or the last point without one.
        public mutating func mark(over series: Series) { marker = cursor ?? series.xs.last }

        /// Takes the marker away.
        public mutating func unmark() { marker = nil }

        /// Moves cursor, marker and zoom along when the places of all points change: each stays on
        /// its point.
        public mutating func follow(from old: Series, to new: Series) {
            func moved(_ place: Double?) -> Double? {
                guard let index = place.flatMap({ old.index(nearest: $0) }), index < new.count
                else { return nil }
                return new.xs[index]
            }
            (cursor, marker, center) = (moved(cursor), moved(marker), moved(center))
        }

        /// Zooms in (positive) or out about the cursor, or about the last values.
        public mutating func zoom(by steps: Int) {
            for _ in 0..<abs(steps) {
                zoom = steps > 0 ? min(4096, zoom * 1.5) : max(1, zoom / 1.5)
            }
            center = zoom > 1 ? cursor : nil
        }

        /// Shows everything and hides cursor and marker.
        public mutating func reset() {
            zoom = 1
            (center, cursor, marker) = (nil, nil, nil)
        }

        /// The part of a range that the zoom leaves. Without a cursor it ends with the values, the last of
        /// which is at `end`: behind them is what was only planned.
        func visible(
            of whole: ClosedRange<Double>, end: Double? = nil
        ) -> ClosedRange<Double> {
            guard zoom > 1 else { return whole }
            let width = (whole.upperBound - whole.lowerBound) / zoom
            let middle = center ?? min(whole.upperBound, end ?? whole.upperBound) - width / 2
            let start = min(
                max(whole.lowerBound, middle - width / 2), whole.upperBound - width)
            return start...start + width
        }
    }
}
