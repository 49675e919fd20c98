// The two lexical rules of settings: what is a number, and when text needs quotes in YAML.

import Foundation

/// Numbers as people write them into YAML.
enum SettingNumber {
    /// A finite decimal number: `1e-4`, `.5`, `1_000`; no hexadecimal, no infinities.
    static func parse(_ text: String) -> Double? {
        let digits = text.replacing("_", with: "")
        guard let first = digits.utf8.first, text.utf8.first != UInt8(ascii: "_"),
            digits.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }),
            first != UInt8(ascii: "e"), first != UInt8(ascii: "E"),
            let value = Double(digits), value.isFinite
        else { return nil }
        return value
    }
}

/// Text as a YAML scalar on one line.
enum SettingText {
    /// The text itself where every YAML reader takes it as that text; else in double quotes.
    static func quoted(_ text: String) -> String {
        isPlain(text) ? text : escaped(text)
    }

    private static let words: Set<String> = [
        "", "~", "null", "none", "true", "false", "yes", "no", "on", "off", "y", "n",
    ]

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else {
            return false
        }
        let inner = Set("_./-+@~=() ".unicodeScalars)
        let isWordly = { (scalar: Unicode.Scalar) in
            (scalar.isASCII
                && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil))
        }
        return !words.contains(text.lowercased()) && SettingNumber.parse(text) == nil
            && (isWordly(first) || "/._".unicodeScalars.contains(first)) && last != " "
            && !text.hasPrefix("...") && !text.contains(where: { $0.isNewline })
            && text.unicodeScalars.allSatisfy { isWordly($0) || inner.contains($0) }
    }

    private static func escaped(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _
            where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                || [0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF].contains(scalar.value):
                let hex = String(scalar.value, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
