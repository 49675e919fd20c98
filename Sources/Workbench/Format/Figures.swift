// Numbers as people read them: counts with thin groups, sizes in binary units, shares.
// Always the same in every locale, so that logs and pictures can be compared.

import Foundation
import Kernel

/// Short spellings of numbers.
enum Figures {
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
        return format(value, digits: value == value.rounded() || value >= 100 ? 0 : 1) + " %"
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

    private static func format(_ value: Double, digits: Int) -> String {
        String(format: "%.\(digits)f", locale: Locale(identifier: "en_US_POSIX"), value)
    }
}
