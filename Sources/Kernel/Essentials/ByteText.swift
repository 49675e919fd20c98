// Sizes in bytes as people read them: three digits and a binary unit, the same wherever one is told. It knows
// no language and no locale.

import Foundation

/// Short spellings of sizes.
public enum ByteText {
    /// Three digits and a binary unit: 1.25 GiB.
    public static func of(_ bytes: Int) -> String {
        scaled(Double(bytes), by: 1024, units: ["B", "KiB", "MiB", "GiB", "TiB", "PiB"], gap: " ")
    }

    /// Three digits and the unit that fits, each `base` times the one before.
    public static func scaled(
        _ value: Double, by base: Double, units: [String], gap: String
    ) -> String {
        var (value, unit) = (value, 0)
        // A value that would be rounded up to the base belongs to the next unit.
        while abs(value) >= base - 0.5 && unit < units.count - 1 {
            value /= base
            unit += 1
        }
        let digits = unit == 0 || abs(value) >= 99.95 ? 0 : abs(value) >= 9.995 ? 1 : 2
        let text = String(
            format: "%.\(digits)f", locale: Locale(identifier: "en_US_POSIX"), value)
        return units[unit].isEmpty ? text : text + gap + units[unit]
    }
}
