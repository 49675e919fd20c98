// JSON as it is printed: what a terminal obeys or hides stands there as an escape, which is the same JSON. It is
// so for pipes as well, so that an answer does not depend on who reads it.

import Kernel

/// Texts of JSON on their way out.
enum JSONText {
    /// Whether a character steers a terminal or turns what is seen: controls, format characters such as
    /// bidirectional overrides and tags, separators of lines.
    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// The same JSON with such characters as `\u` escapes. They can stand within strings only: what is between
    /// them is ASCII, and lines and indents of a layout stay.
    static func printable(_ json: String) -> String {
        guard json.unicodeScalars.contains(where: { isHidden($0) && $0 != "\n" }) else {
            return json
        }
        var result = ""
        for scalar in json.unicodeScalars {
            guard isHidden(scalar), scalar != "\n" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result
    }
}

extension JSONValue {
    /// The value on one line, fit to be printed.
    var line: String { JSONText.printable(text()) }
}
