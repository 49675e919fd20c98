// Measurements as people read them beside a plot: durations, losses, rates, and errors in lines.
// Always the same in every locale. Counts and sizes are spelled by Figures.

import Foundation
import Kernel

/// Short spellings of what a run or an answer measures.
enum Readout {
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

    /// A loss in nats with four decimals; what is no number says so.
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

    /// Something a second: `41.2`, `11.9k`.
    static func rate(_ value: Double) -> String {
        guard value.isFinite, value >= 0, value < 1e15 else { return "—" }
        return value < 99.95 ? spell("%.1f", value) : Figures.short(Int(value.rounded()))
    }

    /// The last part of a path, or the path when there is none.
    static func lastPart(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// What failed, where, why and what to do, a line each.
    static func lines(of error: KernelError) -> [String] {
        var lines = [trRendered(error.what)]
        if let place = error.place { lines.append(tr("where: {1}", place)) }
        if let why = error.why { lines.append(tr("why: {1}", trRendered(why))) }
        if let hint = error.hint { lines.append(tr("try: {1}", trRendered(hint))) }
        return lines
    }

    /// The same in one line, for where there is only one.
    static func line(of error: KernelError) -> String {
        var text = trRendered(error.what)
        if let place = error.place { text += " (\(place))" }
        if let why = error.why { text += ": " + trRendered(why) }
        if let hint = error.hint { text += ". " + trRendered(hint) }
        return text
    }

    private static func spell(_ format: String, _ value: Double) -> String {
        // Without a locale: Foundation's locales write exponents as E+06.
        String(format: format, value)
    }
}
