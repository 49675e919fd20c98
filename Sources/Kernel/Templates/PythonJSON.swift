// JSON as Python's json.dumps writes it, with the options that transformers hands through.
// It differs from JSONValue's writer in blanks, in order and in numbers that JSON lacks.

/// Writes values of templates as JSON, within the budget.
struct PythonJSON {
    /// Whether characters beyond ASCII are written as `\u`.
    var ensuresASCII = false
    /// What a level is indented by; nil for one line.
    var indent: String?
    /// Between items, and between a key and its value.
    var separators = (item: ", ", key: ": ")
    var sortsKeys = false

    private var text = ""
    private let interpreter: JinjaInterpreter

    init(_ interpreter: JinjaInterpreter) { self.interpreter = interpreter }

    mutating func text(of value: JinjaValue) throws(JinjaFailure) -> String {
        text = ""
        try write(value, 0)
        try interpreter.make(text.utf8.count)
        return text
    }

    private mutating func write(_ value: JinjaValue, _ level: Int) throws(JinjaFailure) {
        try interpreter.spend()
        guard text.utf8.count <= interpreter.textBytesMax else {
            throw interpreter.failure("JSON of more than \(interpreter.textBytesMax) bytes")
        }
        switch value {
        case .none: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .integer(let number): text += String(number)
        case .bigInteger(let digits):
            try interpreter.scan(digits.utf8.count)
            text += digits
        case .number(let number): text += Self.text(of: number)
        case .string(let string), .markup(let string): try quote(string)
        case .list(let list), .tuple(let list):
            text += "["
            for (index, item) in list.items.enumerated() {
                try begin(index, level)
                try write(item, level + 1)
            }
            try close("]", list.items.count, level)
        case .map(let map):
            text += "{"
            for (index, entry) in try members(of: map).enumerated() {
                try begin(index, level)
                try quote(try name(entry.key))
                text += separators.key
                try write(entry.value, level + 1)
            }
            try close("}", map.entries.count, level)
        default: throw interpreter.failure("tojson of \(value.kindName)")
        }
    }

    private static func text(of number: Double) -> String {
        number.isNaN
            ? "NaN"
            : number.isInfinite
                ? (number < 0 ? "-Infinity" : "Infinity") : PythonNumber.text(of: number)
    }

    private func members(of map: JinjaMap) throws(JinjaFailure) -> [JinjaMap.Entry] {
        let entries = Array(map.entries.values)
        guard sortsKeys else { return entries }
        return try JinjaOrder.sorted(entries.map { ($0.key, $0) }, interpreter)
    }

    /// The text of a key: json.dumps writes numbers, booleans and none as strings.
    private func name(_ key: JinjaValue) throws(JinjaFailure) -> String {
        switch key {
        case .string(let name), .markup(let name): name
        case .none: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .bigInteger(let digits): digits
        case .number(let number): Self.text(of: number)
        default: throw interpreter.failure("tojson of a dictionary with \(key.kindName) as key")
        }
    }

    private mutating func begin(_ index: Int, _ level: Int) throws(JinjaFailure) {
        if index > 0 { text += separators.item }
        try newLine(level + 1)
    }

    private mutating func close(
        _ bracket: String, _ count: Int, _ level: Int
    ) throws(JinjaFailure) {
        if count > 0 { try newLine(level) }
        text += bracket
    }

    private mutating func newLine(_ level: Int) throws(JinjaFailure) {
        guard let indent else { return }
        try interpreter.scan(indent.utf8.count * level)
        text += "\n"
        for _ in 0..<level { text += indent }
        guard text.utf8.count <= interpreter.textBytesMax else {
            throw interpreter.failure("JSON of more than \(interpreter.textBytesMax) bytes")
        }
    }

    private mutating func quote(_ string: String) throws(JinjaFailure) {
        try interpreter.make(string.utf8.count)
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
            case "\0"..<" ": escape(UInt16(scalar.value))
            case _ where ensuresASCII && scalar.value > 0x7E:
                for unit in String(scalar).utf16 { escape(unit) }
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    private mutating func escape(_ unit: UInt16) {
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
