// Exponential smoothing with bias correction: the first value is itself, not a pull from zero.
// What is not a number passes by without a trace. It knows no plots.

/// A running mean that forgets: m = β·m + (1−β)·y, shown as m ÷ (1−βⁿ).
public struct MovingAverage: Equatable, Sendable {
    /// How much of the past is kept, from 0 (nothing) to below 1.
    public let beta: Double
    private var mean = 0.0
    private var weight = 1.0

    /// A mean over about 1 ÷ (1−β) values.
    public init(beta: Double) {
        precondition(beta >= 0 && beta < 1, "smoothing of \(beta) is not in 0..<1")
        self.beta = beta
    }

    /// Takes a value and returns the corrected mean; NaN before the first number.
    public mutating func next(_ y: Double) -> Double {
        if y.isFinite {
            mean = beta * mean + (1 - beta) * y
            weight *= beta
        }
        return value
    }

    /// The corrected mean so far; NaN before the first number.
    public var value: Double { weight == 1 ? .nan : mean / (1 - weight) }
}

extension Series {
    /// The series smoothed in full resolution; a gap stays a gap.
    public func smoothed(beta: Double) -> Series {
        var average = MovingAverage(beta: beta)
        var result = Series()
        for (x, y) in zip(xs, ys) {
            let value = average.next(y)
            result.append(x: x, y: y.isFinite ? value : .nan)
        }
        return result
    }
}
