// Round numbers along an axis, and how they are written. Steps are 1, 2, 2.5 or 5 times a power
// of ten; on a logarithmic axis 1, 2 and 5 of each decade. It does not draw.

import Foundation

/// The ticks of an axis.
public enum Axis {
    /// A round step that divides a span into at most some parts.
    static func step(span: Double, parts: Int) -> Double {
        guard span > 0, span.isFinite else { return 1 }
        let raw = span / Double(max(1, parts))
        let power = pow(10, floor(log10(raw)))
        for factor in [1, 2, 2.5, 5] where raw <= factor * power * (1 + 1e-9) {
            return factor * power
        }
        return 10 * power
    }

    /// Round values inside a range, at most about `count`.
    public static func ticks(_ range: ClosedRange<Double>, count: Int) -> [Double] {
        let span = range.upperBound - range.lowerBound
        guard count > 0, span > 0, span.isFinite else { return [] }
        let step = step(span: span, parts: count)
        let first = (range.lowerBound / step - 1e-9).rounded(.up)
        let last = (range.upperBound / step + 1e-9).rounded(.down)
        guard first.isFinite, last >= first, last - first <= 1000 else { return [] }
        return (0...Int(last - first)).map { (first + Double($0)) * step }
    }

    /// Values 1, 2 and 5 of each decade inside a range of positive numbers, thinned to `count`.
    public static func logarithmicTicks(_ range: ClosedRange<Double>, count: Int) -> [Double] {
        guard range.lowerBound > 0, range.upperBound.isFinite, count > 0 else { return [] }
        let decades = Int(floor(log10(range.lowerBound)))...Int(ceil(log10(range.upperBound)))
        for factors in [[1.0, 2, 5], [1.0, 3], [1.0]] {
            let all = decades.flatMap { decade in factors.map { $0 * pow(10, Double(decade)) } }
            let inside = all.filter { range.contains($0) }
            if inside.count <= count { return inside }
            if factors.count == 1 {
                let stride = (inside.count + count - 1) / count
                return inside.enumerated().filter { $0.offset % stride == 0 }.map(\.element)
            }
        }
        return []
    }

    /// A range widened to the next round numbers.
    static func rounded(_ range: ClosedRange<Double>, parts: Int) -> ClosedRange<Double> {
        let step = step(span: range.upperBound - range.lowerBound, parts: parts)
        let low = (range.lowerBound / step + 1e-9).rounded(.down) * step
        let high = (range.upperBound / step - 1e-9).rounded(.up) * step
        guard low.isFinite, high.isFinite, low < high else { return range }
        return low...high
    }

    /// A number as briefly as a tick of some step allows: `1.25`, `300`, `12k`, `2.5M`, `1e-5`.
    public static func label(_ value: Double, step: Double = 0) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value > 0 ? "inf" : "-inf" }
        let size = abs(value)
        if size < 1e-12 { return "0" }
        for (unit, scale) in [("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)]
        where size >= scale * (unit == "k" ? 10 : 1) && size < 1e15 {
            return trimmed(value / scale, step: step / scale) + unit
        }
        if size < 1e-3 || size >= 1e15 {
            let text = format("%.2g", value)
            // As long as 0.00025 there is no room beside an axis: 2.5e-4.
            return shortPower(text.count > 6 ? format("%.1e", value) : text)
        }
        return trimmed(value, step: step)
    }

    /// `2.5e-04` as `2.5e-4`.
    private static func shortPower(_ text: String) -> String {
        guard let mark = text.firstIndex(of: "e"), let power = Int(text[mark...].dropFirst()) else {
            return text
        }
        return text[..<mark] + "e\(power)"
    }

    private static func trimmed(_ value: Double, step: Double) -> String {
        guard step > 0, step.isFinite else { return format("%.4g", value) }
        var digits = max(0, Int((-floor(log10(step))).rounded()))
        // 2.5 times a power of ten needs one more digit.
        let scaled = step * pow(10, Double(digits))
        if abs(scaled - scaled.rounded()) > 1e-6 { digits += 1 }
        return format("%.\(min(digits, 12))f", value)
    }

    private static func format(_ pattern: String, _ value: Double) -> String {
        String(format: pattern, value)
    }
}
