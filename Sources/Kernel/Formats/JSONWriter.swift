// Writes a JSONValue as text: compact for streams, indented for files that people read.
// The same value always gives the same bytes.

/// How a JSON text is laid out.
public struct JSONStyle: Sendable, Equatable {
    /// Spaces per level, or nil for one line without spaces.
    public var indent: Int?
    public var sortsKeys: Bool
    /// Whether scalars above U+007E become `\u` escapes.
    public var escapesNonASCII: Bool
    /// Whether numbers that are not finite are written as Python writes them; else they become null.
    public var keepsNonFinite = false

    public init(indent: Int? = nil, sortsKeys: Bool = false, escapesNonASCII: Bool = false) {
        self.indent = indent
        self.sortsKeys = sortsKeys
        self.escapesNonASCII = escapesNonASCII
    }

    /// One line, no spaces.
    public static let compact = JSONStyle()
    /// Two spaces a level, in the order of the value.
    public static let pretty = JSONStyle(indent: 2)
    /// The same for files of other programs, whose unused settings continue as they were.
    static let ofModels: JSONStyle = {
        var style = JSONStyle.pretty
        style.keepsNonFinite = true
        return style
    }()
}

extension JSONValue {
    /// The value as JSON text; numbers that are not finite, which JSON lacks, become null.
    public func text(_ style: JSONStyle = .compact) -> String {
        var writer = JSONWriter(style: style)
        writer.write(self, level: 0)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value as compact JSON text.
    public var description: String { text() }
}

extension JSONObject: CustomStringConvertible {
    /// The object as compact JSON text.
    public var description: String { JSONValue.object(self).text() }
}

private struct JSONWriter {
    let style: JSONStyle
    var bytes: [UInt8] = []

    init(style: JSONStyle) {
        self.style = style
    }

    mutating func write(_ value: JSONValue, level: Int) {
        switch value {
        case .null: append("null")
        case .bool(let flag): append(flag ? "true" : "false")
        case .integer(let number): append(String(number))
        case .bigInteger(let digits): append(digits)
        case .number(let number) where number.isFinite: append(number.description)
        case .number(let number): append(style.keepsNonFinite ? Self.pythons(number) : "null")
        case .string(let text): write(text)
        case .array(let elements): write(elements, level: level)
        case .object(let members): write(members, level: level)
        }
    }

    private static func pythons(_ number: Double) -> String {
        number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity"
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func newLine(_ level: Int) {
        guard let indent = style.indent else { return }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: indent * level))
    }

    private mutating func write(_ elements: [JSONValue], level: Int) {
        guard !elements.isEmpty else { return append("[]") }
        append("[")
        for (index, element) in elements.enumerated() {
            if index > 0 { append(",") }
            newLine(level + 1)
            write(element, level: level + 1)
        }
        newLine(level)
        append("]")
    }

    private mutating func write(_ members: JSONObject, level: Int) {
        guard !members.isEmpty else { return append("{}") }
        append("{")
        for (index, member) in (style.sortsKeys ? members.sortedByKey() : members).enumerated() {
            if index > 0 { append(",") }
            newLine(level + 1)
            write(member.key)
            append(style.indent == nil ? ":" : ": ")
            write(member.value, level: level + 1)
        }
        newLine(level)
        append("}")
    }

    private mutating func write(_ text: String) {
        bytes.append(0x22)
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: append("\\\"")
            case 0x5C: append("\\\\")
            case 0x08: append("\\b")
            case 0x09: append("\\t")
            case 0x0A: append("\\n")
            case 0x0C: append("\\f")
            case 0x0D: append("\\r")
            case 0..<0x20: escape(UInt16(scalar.value))
            case 0x20..<0x7F: bytes.append(UInt8(scalar.value))
            default:
                if style.escapesNonASCII {
                    for unit in UTF16.encode(scalar).map(Array.init) ?? [] { escape(unit) }
                } else {
                    bytes.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
                }
            }
        }
        bytes.append(0x22)
    }

    private mutating func escape(_ unit: UInt16) {
        let digits = String(unit, radix: 16)
        append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
    }
}
