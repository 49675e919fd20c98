// Ticks of an axis that counts seconds: whole minutes, hours and days instead of powers of ten.

extension Axis {
    /// What the numbers of an axis are.
    public enum Unit: Hashable, Sendable {
        /// Plain numbers.
        case number
        /// Seconds, written as times.
        case seconds
    }

    private static let minute = 60.0
    private static let hour = 3600.0
    private static let day = 86_400.0
    /// Steps that people count time in.
    private static let steps: [Double] = [
        1, 2, 5, 10, 15, 30, minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute,
        30 * minute, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day,
    ]

    /// Round places inside a range of a unit, at most about `count`.
    public static func ticks(
        _ range: ClosedRange<Double>, count: Int, unit: Unit
    ) -> [Double] {
        let span = range.upperBound - range.lowerBound
        guard unit == .seconds, count > 0, span.isFinite, span / Double(count) > 0.5 else {
            return ticks(range, count: count)
        }
        let raw = span / Double(count)
        // Beyond a day, days are counted like plain numbers.
        let step = steps.first { $0 >= raw } ?? day * self.step(span: span / day, parts: count)
        let first = (range.lowerBound / step - 1e-9).rounded(.up)
        let last = (range.upperBound / step + 1e-9).rounded(.down)
        guard first.isFinite, last >= first, last - first <= 1000 else { return [] }
        return (0...Int(last - first)).map { (first + Double($0)) * step }
    }

    /// A place of a unit as briefly as a tick allows: `90` seconds are `1m30s`.
    public static func label(_ value: Double, step: Double, unit: Unit) -> String {
        guard unit == .seconds, value.isFinite, abs(value) < 1e12 else {
            return label(value, step: step)
        }
        guard abs(value) >= 0.5 else { return "0" }
        if abs(value) < 1 || step > 0 && step < 1 { return label(value, step: step) + "s" }
        let whole = Int(abs(value).rounded())
        let parts = [
            (whole / 86_400, "d"), (whole % 86_400 / 3600, "h"), (whole % 3600 / 60, "m"),
            (whole % 60, "s"),
        ]
        let shown = parts.drop { $0.0 == 0 }.prefix(2).filter { $0.0 > 0 }
        return (value < 0 ? "-" : "") + shown.map { "\($0.0)\($0.1)" }.joined()
    }
}
