// JSON as it is printed: characters that control a terminal or are invisible are escaped, which is the same JSON.
// This holds for pipes too, so that an answer does not depend on its reader.

import Kernel

/// Texts of JSON on their way out.
enum JSONText {
    /// The same JSON with what a terminal may not be sent (`TerminalText`) as `\u` escapes. It can stand within
    /// strings only: what is between them is ASCII, and lines and indents of a layout stay.
    static func printable(_ json: String) -> String {
        guard !json.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return json }
        var text = TerminalText()
        var result = ""
        for scalar in json.unicodeScalars {
            // What is hidden can stand within strings only, and so can marks.
            guard text.isWrittenOut(scalar), scalar != "\n" else {
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
