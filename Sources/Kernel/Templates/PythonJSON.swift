// JSON as Python's json.dumps(ensure_ascii=False) writes it.
// It differs from JSONValue's writer in blanks and in numbers that JSON lacks.

/// Writes JSON the way Python does.
enum PythonJSON {
    static func text(of value: JSONValue, indent: Int?) -> String {
        var text = ""
        write(value, indent: indent, level: 0, to: &text)
        return text
    }

    private static func write(_ value: JSONValue, indent: Int?, level: Int, to text: inout String) {
        switch value {
        case .null: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .integer(let number): text += String(number)
        case .bigInteger(let digits): text += digits
        case .number(let number):
            text +=
                number.isNaN
                ? "NaN"
                : number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : number.description
        case .string(let string): quote(string, to: &text)
        case .array(let items):
            list(items, "[", "]", indent, level, to: &text) { item, text in
                write(item, indent: indent, level: level + 1, to: &text)
            }
        case .object(let members):
            list(Array(members), "{", "}", indent, level, to: &text) { member, text in
                quote(member.key, to: &text)
                text += ": "
                write(member.value, indent: indent, level: level + 1, to: &text)
            }
        }
    }

    private static func list<Item>(
        _ items: [Item], _ open: String, _ close: String, _ indent: Int?, _ level: Int,
        to text: inout String, _ write: (Item, inout String) -> Void
    ) {
        text += open
        for (index, item) in items.enumerated() {
            if index > 0 { text += indent == nil ? ", " : "," }
            if let indent {
                text += "\n" + String(repeating: " ", count: indent * (level + 1))
            }
            write(item, &text)
        }
        if let indent, !items.isEmpty {
            text += "\n" + String(repeating: " ", count: indent * level)
        }
        text += close
    }

    private static func quote(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{8}": text += "\\b"
            case "\u{C}": text += "\\f"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
