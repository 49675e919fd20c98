// Numbers as Python writes, reads and rounds them.
// It knows nothing of templates.

import Foundation

/// Python's numbers.
enum PythonNumber {
    /// `repr` of a float: the shortest digits, with an exponent below 1e-4 and from 1e16 on.
    static func text(of number: Double) -> String {
        if number.isNaN { return "nan" }
        if number.isInfinite { return number < 0 ? "-inf" : "inf" }
        if number == 0 { return number.sign == .minus ? "-0.0" : "0.0" }
        let sign = number < 0 ? "-" : ""
        let (digits, point) = parts(of: number.magnitude.description)
        if point > 16 || point < -3 {
            let rest = digits.dropFirst()
            let exponent = point - 1
            let shown = String(exponent.magnitude)
            return sign + digits.prefix(1) + (rest.isEmpty ? "" : "." + rest) + "e"
                + (exponent < 0 ? "-" : "+") + (shown.count < 2 ? "0" + shown : shown)
        }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.count {
            return sign + digits + String(repeating: "0", count: point - digits.count) + ".0"
        }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }

    /// The digits of a decimal number without zeros around them, and where their point stands.
    private static func parts(of description: String) -> (digits: String, point: Int) {
        let halves = description.split(separator: "e")
        let exponent = halves.count > 1 ? Int(halves[1]) ?? 0 : 0
        let mantissa = halves[0].split(separator: ".", omittingEmptySubsequences: false)
        var digits = mantissa.joined()
        var point = mantissa[0].count + exponent
        let zeros = digits.prefix { $0 == "0" }.count
        digits.removeFirst(zeros)
        point -= zeros
        while digits.last == "0" { digits.removeLast() }
        return (digits, point)
    }

    /// `round` to decimal places, half to even, by the exact value.
    static func rounded(_ number: Double, places: Int) -> Double {
        guard number.isFinite, places <= 323 else { return number }
        if places >= 0 { return Double(String(format: "%.\(places)f", number)) ?? number }
        guard places > -308 else { return 0 * number }
        let power = pow(10, Double(-places))
        return (number / power).rounded(.toNearestOrEven) * power
    }

    /// What `int(text, base)` finds.
    enum Reading: Equatable {
        case value(Int)
        case tooLarge
        case none
    }

    /// `int(text, base)`
    static func integer(_ text: String, base: Int) -> Reading {
        var text = PythonText.stripped(text, .both)[...]
        var isNegative = false
        if let sign = text.first, sign == "-" || sign == "+" {
            isNegative = sign == "-"
            text.removeFirst()
        }
        var base = base
        let prefixes = ["0x": 16, "0o": 8, "0b": 2]
        if let own = prefixes[text.prefix(2).lowercased()], base == own || base == 0 {
            base = own
            text.removeFirst(2)
            if text.first == "_" { text.removeFirst() }
        } else if base == 0 {
            guard text.first != "0" || text.allSatisfy({ $0 == "0" || $0 == "_" }) else {
                return .none
            }
            base = 10
        }
        guard (2...36).contains(base), let digits = withoutUnderscores(text), !digits.isEmpty
        else { return .none }
        let radix = base
        guard digits.allSatisfy({ $0.isASCII && Int(String($0), radix: radix) != nil }) else {
            return .none
        }
        return Int((isNegative ? "-" : "") + digits, radix: base).map { .value($0) } ?? .tooLarge
    }

    /// `float(text)`
    static func double(_ text: String) -> Double? {
        let text = PythonText.stripped(text, .both)
        switch text.lowercased() {
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        case "nan", "+nan", "-nan": return .nan
        default: break
        }
        guard let digits = withoutUnderscores(text[...]),
            digits.utf8.allSatisfy({ "0123456789.eE+-".utf8.contains($0) })
        else { return nil }
        let start = digits.hasPrefix("+") ? digits.dropFirst() : digits[...]
        guard !start.hasPrefix("+"), !start.isEmpty else { return nil }
        var plain = String(start)
        // Swift wants digits on both sides of the point, Python on one.
        let negative = plain.hasPrefix("-")
        if negative { plain.removeFirst() }
        if plain.hasPrefix(".") { plain = "0" + plain }
        if plain == "0." { return nil }
        plain = plain.replacing(".e", with: ".0e").replacing(".E", with: ".0e")
        if plain.hasSuffix(".") { plain += "0" }
        guard let first = plain.utf8.first, (48...57).contains(first) else { return nil }
        return Double(plain).map { negative ? -$0 : $0 }
    }

    /// Digits whose underscores stand between two others; nil when one does not.
    private static func withoutUnderscores(_ text: Substring) -> String? {
        guard !text.hasPrefix("_"), !text.hasSuffix("_"), !text.contains("__") else { return nil }
        var digits = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where scalar != "_" {
            // Digits of other scripts count as those of ours.
            let isForeign = !scalar.isASCII && scalar.properties.numericType == .decimal
            let value = scalar.properties.numericValue ?? 0
            digits.append(isForeign ? Unicode.Scalar(48 + UInt8(value)) : scalar)
        }
        return String(digits)
    }
}
