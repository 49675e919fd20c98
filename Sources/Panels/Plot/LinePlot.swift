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
        /// A letter that stands on the line and in the legend, so that lines of the same kind can
        /// be told apart without colours.
        public var letter: Character?

        /// A line; without a role the kind gives one.
        public init(
            _ series: Series, name: DisplayText, kind: Kind = .line, role: Role? = nil,
            letter: Character? = nil
        ) {
            self.letter = letter
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
    /// The unit of x.
    public var xUnit = Axis.Unit.number
    /// What x counts.
    public var xLabel: DisplayText
    /// The whole range of x, such as the planned run; nil is where the values are.
    public var xRange: ClosedRange<Double>?
    /// Places that are marked on the axis of x, such as checkpoints.
    public var xMarks: [Double] = []
    /// Something that happened at a place.
    public struct Event: Equatable, Sendable {
        /// Where.
        public var x: Double
        /// What it is known by on the axis.
        public var sign: DisplayText
        /// Its colour.
        public var role: Role

        /// An event.
        public init(_ x: Double, _ sign: DisplayText, _ role: Role) {
            (self.x, self.sign, self.role) = (x, sign, role)
        }
    }

    /// What happened along the lines, such as another learning rate; each has its sign on the axis and a
    /// broken line above it.
    public var xEvents: [Event] = []
    /// Places where a line was interrupted, such as the step that a run went on from.
    public var xBreaks: [Double] = []
    /// Whether few values leave room below them: they are the first of many that will fall, and a scale that
    /// follows each of them would redraw everything each time.
    public var leavesRoomBelow = false
    /// The message while there is nothing to show.
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
}
