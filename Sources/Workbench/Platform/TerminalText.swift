// What may be sent to the lines of a terminal: untrusted text in which everything that controls, hides or floods is
// escaped. It counts across the pieces of one text, as answers come in pieces. Cells have DisplayText.

/// Text on its way to the lines of a terminal, piece by piece.
struct TerminalText {
    /// Marks that may stand on one letter; no script needs more, and each more is drawn over the lines above.
    static let marksMax = 8

    /// Marks behind the last letter so far.
    private var marks = 0

    /// The next piece with what is hidden, and marks beyond the limit, escaped as `\u{1B}`. With `keepsLines` line
    /// feeds and tabs stay: they move forward only.
    mutating func visible(_ text: String, keepsLines: Bool) -> String {
        if text.utf8.allSatisfy({ Self.isPlain($0, keepsLines) }) {
            if !text.isEmpty { marks = 0 }
            return text
        }
        var result = ""
        for scalar in text.unicodeScalars {
            let isKept = keepsLines && (scalar == "\n" || scalar == "\t")
            if isKept || !isWrittenOut(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            }
        }
        return result
    }

    /// Whether the next character of a text may not be sent as it is.
    mutating func isWrittenOut(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            marks = 0
            return scalar.value < 0x20 || scalar.value == 0x7F
        }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark:
            marks += 1
            return marks > Self.marksMax
        default:
            marks = 0
            return Self.isHidden(scalar)
        }
    }

    /// Whether a character controls a terminal, reorders text or is invisible: controls, format characters such
    /// as bidirectional overrides and tags, separators of lines, fillers. Marks are seen on their letter.
    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        let properties = scalar.properties
        return switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        case .nonspacingMark, .enclosingMark: false
        default: properties.isDefaultIgnorableCodePoint
        }
    }

    private static func isPlain(_ byte: UInt8, _ keepsLines: Bool) -> Bool {
        byte >= 0x20 && byte < 0x7F || keepsLines && (byte == 0x0A || byte == 0x09)
    }
}
