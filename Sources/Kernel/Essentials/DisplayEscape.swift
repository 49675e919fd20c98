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
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
                .unassigned:
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
