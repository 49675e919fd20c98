// Numbers as people read them: counts with thin groups, sizes in binary units, shares, durations, losses and rates.
// Always the same in every locale, so that logs and pictures can be compared. It knows no errors and no labels.

import Foundation
import Kernel

/// Short spellings of numbers and of what a run or an answer measures.
enum NumberText {
    /// Digits in groups of three: 49 152.
    static func count(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var groups: [Substring] = []
        var rest = digits[...]
        while !rest.isEmpty {
            groups.insert(rest.suffix(3), at: 0)
            rest = rest.dropLast(3)
        }
        return (value < 0 ? "-" : "") + groups.joined(separator: " ")
    }

    /// Three digits and a unit of a thousand: 134.5M.
    static func short(_ value: Int) -> String {
        ByteText.scaled(
            Double(value), by: 1000, units: ["", "k", "M", "G", "T", "P"], gap: "")
    }

    /// Three digits and a binary unit: 1.25 GiB.
    static func bytes(_ value: Int) -> String {
        ByteText.of(value)
    }

    /// A share of one in percent: 46.6 %.
    static func percent(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "0 %" }
        return percent(Double(part) / Double(whole))
    }

    /// A share in percent.
    static func percent(_ share: Double) -> String {
        guard share.isFinite else { return "? %" }
        let value = share * 100
        return spell(value == value.rounded() || value >= 100 ? "%.0f %%" : "%.1f %%", value)
    }

    /// A setting's number without needless digits, as people write it: 0.05, 1.5e-4, 1e12.
    static func setting(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        if let whole = Int(exactly: value), whole.magnitude < 1_000_000_000 { return "\(whole)" }
        if (0.001..<1_000_000).contains(abs(value)) { return "\(value)" }
        // The fewest digits that are still this number. With a locale the exponent would be E-04.
        let texts = (0...16).lazy.map { String(format: "%.\($0)e", value) }
        guard let text = texts.first(where: { Double($0) == value }),
            let mark = text.firstIndex(of: "e"), let power = Int(text[mark...].dropFirst())
        else { return "\(value)" }
        return text[..<mark] + "e\(power)"
    }

    /// The two largest units: `42 s`, `10m41s`, `2h03m`, `3d04h`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "—" }
        let whole = Int(seconds.rounded())
        func pair(_ large: Int, _ unit: String, _ small: Int, _ smaller: String) -> String {
            "\(large)\(unit)\(small < 10 ? "0" : "")\(small)\(smaller)"
        }
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return pair(whole / 60, "m", whole % 60, "s") }
        if whole < 86400 { return pair(whole / 3600, "h", whole % 3600 / 60, "m") }
        return pair(whole / 86400, "d", whole % 86400 / 3600, "h")
    }

    /// A time since the start that lines up: `0:42`, `12:03`, `1:02:03`.
    static func clock(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "—" }
        let whole = Int(seconds)
        func two(_ value: Int) -> String { (value < 10 ? "0" : "") + "\(value)" }
        let tail = two(whole % 60)
        if whole < 3600 { return "\(whole / 60):\(tail)" }
        return "\(whole / 3600):\(two(whole % 3600 / 60)):\(tail)"
    }

    /// Milliseconds below a second, then seconds: `92 ms`, `1.4 s`.
    static func latency(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "—" }
        if seconds < 0.9995 { return "\(Int((seconds * 1000).rounded())) ms" }
        return seconds < 60 ? spell("%.1f s", seconds) : duration(seconds)
    }

    /// A loss in nats with four decimals; a value that is no number is shown as such.
    static func loss(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-inf" : "inf" }
        return abs(value) < 1000 ? spell("%.4f", value) : spell("%.3e", value)
    }

    /// A small or a large number with two or three digits: `1.5e-4`, `0.79`, `12`.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return loss(value) }
        if value == 0 { return "0" }
        guard abs(value) < 0.001 || abs(value) >= 100_000 else { return spell("%.3g", value) }
        let text = spell("%.1e", value)
        guard let mark = text.firstIndex(of: "e"), let power = Int(text[mark...].dropFirst()) else {
            return text
        }
        return text[..<mark] + "e\(power)"
    }

    /// A rate per second: `41.2`, `11.9k`.
    static func rate(_ value: Double) -> String {
        guard value.isFinite, value >= 0, value < 1e15 else { return "—" }
        return value < 99.95 ? spell("%.1f", value) : short(Int(value.rounded()))
    }

    private static func spell(_ format: String, _ value: Double) -> String {
        // Without a locale: Foundation's locales write exponents as E+06.
        String(format: format, value)
    }
}
