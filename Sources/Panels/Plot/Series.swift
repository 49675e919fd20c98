// Measurements in full resolution, and their least and greatest per column when drawn. A pyramid
// of extremes keeps drawing independent of the number of points. It does not smooth and not draw.

/// Points with growing x; y may be NaN, which is a gap.
public struct Series: Equatable, Sendable {
    /// Least and greatest of a run of points, and how many of them are numbers.
    public struct Extent: Equatable, Sendable {
        /// The least y; infinite when there is no number.
        public var low = Double.infinity
        /// The greatest y.
        public var high = -Double.infinity
        /// The last number.
        public var last = Double.nan
        /// How many points are not finite.
        public var gaps = 0

        /// True when no number was met.
        public var isEmpty: Bool { low > high }

        init() {}

        init(of y: Double) { add(y) }

        mutating func add(_ y: Double) {
            guard y.isFinite else {
                gaps += 1
                return
            }
            low = min(low, y)
            high = max(high, y)
            last = y
        }

        mutating func add(_ other: Extent) {
            low = min(low, other.low)
            high = max(high, other.high)
            if !other.last.isNaN { last = other.last }
            gaps += other.gaps
        }
    }

    /// Points per bucket of one level, in buckets of the level below.
    static let fanOut = 16

    /// The places, never decreasing.
    public private(set) var xs: [Double] = []
    /// The measurements.
    public private(set) var ys: [Double] = []
    /// Level 0 holds extremes of 16 points, level 1 of 256, and so on; the last bucket is open.
    private var levels: [[Extent]] = []

    /// A series without points.
    public init() {}

    /// A series of points.
    public init(_ points: some Sequence<(x: Double, y: Double)>) {
        for point in points { append(x: point.x, y: point.y) }
    }

    /// How many points there are.
    public var count: Int { xs.count }
    /// True without points.
    public var isEmpty: Bool { xs.isEmpty }

    /// Adds a point; an x that is not a number or goes back is moved to the last one.
    public mutating func append(x: Double, y: Double) {
        let last = xs.last ?? -Double.greatestFiniteMagnitude
        xs.append(x.isFinite ? max(x, last) : xs.last ?? 0)
        ys.append(y)
        var bucket = (ys.count - 1) / Self.fanOut
        var level = 0
        while true {
            if level == levels.count {
                levels.append(level == 0 ? [Extent(of: y)] : Self.coarser(levels[level - 1]))
            } else if bucket == levels[level].count {
                levels[level].append(Extent(of: y))
            } else {
                levels[level][bucket].add(y)
            }
            guard bucket > 0 else { return }
            bucket /= Self.fanOut
            level += 1
        }
    }

    /// The level above a level.
    private static func coarser(_ level: [Extent]) -> [Extent] {
        stride(from: 0, to: level.count, by: fanOut).map { start in
            level[start..<min(start + fanOut, level.count)].reduce(into: Extent()) { $0.add($1) }
        }
    }

    /// Least and greatest of a range of points.
    public func extent(_ range: Range<Int>) -> Extent {
        var visits = 0
        return extent(range, visits: &visits)
    }

    /// The same; `visits` grows by the points and buckets that were looked at, at most some 30 for
    /// each level of the pyramid.
    func extent(_ range: Range<Int>, visits: inout Int) -> Extent {
        var result = Extent()
        var index = range.lowerBound
        while index < range.upperBound {
            var level = -1
            var step = 1
            // The largest whole bucket that starts here and ends inside.
            while level + 1 < levels.count, index % (step * Self.fanOut) == 0,
                index + step * Self.fanOut <= range.upperBound
            {
                step *= Self.fanOut
                level += 1
            }
            visits += 1
            if level < 0 { result.add(ys[index]) } else { result.add(levels[level][index / step]) }
            index += step
        }
        return result
    }

    /// How many points of a range lie outside of limits, counted up to `most`; buckets that lie
    /// within them are not opened.
    public func count(
        outside limits: ClosedRange<Double>, in range: Range<Int>, atMost most: Int = .max
    ) -> (above: Int, below: Int) {
        var (above, below) = (0, 0)
        var index = range.lowerBound
        while index < range.upperBound, above < most, below < most {
            var step = 1
            for level in levels.indices {
                let next = step * Self.fanOut
                guard index % next == 0, index + next <= range.upperBound else { break }
                let bucket = levels[level][index / next]
                guard bucket.high <= limits.upperBound, bucket.low >= limits.lowerBound else {
                    break
                }
                step = next
            }
            if step == 1, ys[index].isFinite {
                if ys[index] > limits.upperBound { above += 1 }
                if ys[index] < limits.lowerBound { below += 1 }
            }
            index += step
        }
        return (above, below)
    }

    /// The first point at or behind a place; `count` when there is none.
    public func index(atOrAfter x: Double) -> Int {
        var (low, high) = (0, xs.count)
        while low < high {
            let middle = (low + high) / 2
            if xs[middle] < x { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The point nearest to a place.
    public func index(nearest x: Double) -> Int? {
        guard !xs.isEmpty else { return nil }
        let after = index(atOrAfter: x)
        if after == 0 { return 0 }
        if after == count { return count - 1 }
        return x - xs[after - 1] <= xs[after] - x ? after - 1 : after
    }

    /// Equal points; the pyramid follows from them.
    public static func == (left: Series, right: Series) -> Bool {
        left.xs == right.xs && left.ys.elementsEqual(right.ys) { $0 == $1 || $0.isNaN && $1.isNaN }
    }
}
