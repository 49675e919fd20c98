// Makes text that came out of a stranger's file safe to show: no control, bidi or invisible scalars.
// The bytes of a name are never changed where it is used as a key; this is for messages only.

extension String {
    /// The text with control, format and separator scalars written as `\u{…}`, cut at 120 scalars.
    var escapedForDisplay: String {
        var result = ""
        var count = 0
        for scalar in unicodeScalars {
            if count == 120 {
                return result + "…"
            }
            count += 1
            result.append(escaped: scalar)
        }
        return result
    }

    /// The whole text with the same scalars escaped, but for line ends.
    var withoutControls: String {
        guard utf8.contains(where: { $0 >= 0x7F || $0 < 0x20 && $0 != 0x0A }) else { return self }
        var result = ""
        for scalar in unicodeScalars {
            if scalar == "\n" {
                result.append("\n")
            } else {
                result.append(escaped: scalar)
            }
        }
        return result
    }

    private mutating func append(escaped scalar: Unicode.Scalar) {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
            .unassigned:
            self += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        default:
            unicodeScalars.append(scalar)
        }
    }
}
