// Curves over a common x: raw measurements dim, smooth lines bright, single points marked, with
// axes, legend and a cursor that reads values off. It does not know what is measured.

/// A plot of several lines.
public struct LinePlot: Sendable {
    /// How a line is drawn.
    public enum Kind: Hashable, Sendable {
        /// Every value counts: least and greatest of each column, dim.
        case raw
        /// A line through the values.
        case line
        /// Marks, joined by a line.
        case points
    }

    /// One line.
    public struct Line: Equatable, Sendable {
        /// The values.
        public var series: Series
        /// The name in legend and readout.
        public var name: DisplayText
        /// How it is drawn.
        public var kind: Kind
        /// Its colour.
        public var role: Role

        /// A line; without a role the kind gives one.
        public init(_ series: Series, name: DisplayText, kind: Kind = .line, role: Role? = nil) {
            self.series = series
            self.name = name
            self.kind = kind
            self.role =
                role
                ?? {
                    switch kind {
                    case .raw: .plotRaw
                    case .line: .plotSmooth
                    case .points: .plotEval
                    }
                }()
        }
    }

    /// The lines from back to front; raw lines are always behind.
    public var lines: [Line]
    /// What x counts.
    public var xLabel: DisplayText
    /// The whole range of x, such as the planned run; nil is where the values are.
    public var xRange: ClosedRange<Double>?
    /// Places that are marked on the axis of x, such as checkpoints.
    public var xMarks: [Double] = []
    /// What is said while there is nothing to show.
    public var emptyText: DisplayText

    /// A plot.
    public init(
        _ lines: [Line], xLabel: DisplayText? = nil, xRange: ClosedRange<Double>? = nil,
        emptyText: DisplayText? = nil
    ) {
        self.lines = lines
        self.xLabel = xLabel ?? Wording.of("step")
        self.xRange = xRange
        self.emptyText = emptyText ?? Wording.of("no values yet")
    }

    /// What the person chose to see.
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
        private var zoom = 1.0
        private var center: Double?

        /// Everything as by default.
        public init() {}

        /// Moves the cursor by points of a series; it starts at the last.
        public mutating func moveCursor(by points: Int, over series: Series) {
            guard series.count > 0 else { return }
            let now = cursor.flatMap { series.index(nearest: $0) } ?? series.count
            let next = min(max(0, now + points), series.count - 1)
            cursor = series.xs[next]
            if center != nil { center = cursor }
        }

        /// Hides the cursor.
        public mutating func hideCursor() { cursor = nil }

        /// Zooms in (positive) or out about the cursor, or about the end.
        public mutating func zoom(by steps: Int) {
            for _ in 0..<abs(steps) {
                zoom = steps > 0 ? min(4096, zoom * 1.5) : max(1, zoom / 1.5)
            }
            center = zoom > 1 ? cursor : nil
        }

        /// Shows everything and hides the cursor.
        public mutating func reset() {
            zoom = 1
            center = nil
            cursor = nil
        }

        /// The part of a range that the zoom leaves.
        func visible(of whole: ClosedRange<Double>) -> ClosedRange<Double> {
            guard zoom > 1 else { return whole }
            let width = (whole.upperBound - whole.lowerBound) / zoom
            let middle = center ?? whole.upperBound
            let start = min(
                max(whole.lowerBound, middle - width / 2), whole.upperBound - width)
            return start...start + width
        }
    }
}
