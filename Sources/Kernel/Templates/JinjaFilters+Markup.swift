// Filters that write or take away marks of HTML, and the one that writes sizes of files.

import Foundation

extension JinjaFilters {
    static func markup(
        _ name: String, _ value: JinjaValue, _ arguments: inout JinjaArguments,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue? {
        switch name {
        case "striptags": return try withoutTags(try interpreter.printed(value), interpreter)
        case "xmlattr": return try attributes(of: value, &arguments, interpreter)
        case "filesizeformat": return try size(value, &arguments, interpreter)
        default: return nil
        }
    }

    /// Without tags and comments, with single blanks. What stands behind an open "<" stays.
    private static func withoutTags(
        _ text: String, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        try interpreter.make(2 * text.utf8.count)
        let bytes = Array(text.utf8)
        var kept: [UInt8] = []
        var at = 0
        while let open = bytes[at...].firstIndex(of: UInt8(ascii: "<")) {
            let isComment = bytes[open...].starts(with: "<!--".utf8)
            let end =
                isComment
                ? Self.end(of: Array("-->".utf8), in: bytes, from: open + 4)
                : Self.end(of: [UInt8(ascii: ">")], in: bytes, from: open)
            guard let end else { break }
            kept += bytes[at..<open]
            at = end
        }
        kept += bytes[at...]
        let words = PythonText.splitAtSpaces(String(decoding: kept, as: UTF8.self))
        let result = words.joined(separator: " ")
        // The names of characters are many, and no template needs them.
        let scalars = Array(result.unicodeScalars)
        for (index, scalar) in scalars.enumerated() where scalar == "&" {
            guard index + 1 < scalars.count, !" <&;".unicodeScalars.contains(scalars[index + 1])
            else { continue }
            throw interpreter.failure("striptags of a text with the name of a character (&…)")
        }
        return try interpreter.made(result)
    }

    private static func end(of mark: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        var at = start
        while at + mark.count <= bytes.count {
            if bytes[at...].starts(with: mark) { return at + mark.count }
            at += 1
        }
        return nil
    }

    /// The entries of a dictionary as attributes of a tag.
    private static func attributes(
        of value: JinjaValue, _ arguments: inout JinjaArguments, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        guard case .map(let map) = value else {
            throw interpreter.failure("the filter xmlattr on \(value.kindName)")
        }
        let begins = try arguments.flag("autospace", interpreter, true)
        var items: [String] = []
        for entry in map.entries.values where !entry.value.isNone && !entry.value.isUndefined {
            guard let key = entry.key.text else {
                throw interpreter.failure("\(entry.key.kindName) as the name of an attribute")
            }
            let isOdd = key.unicodeScalars.contains { scalar in
                (9...13).contains(scalar.value) || " />=".unicodeScalars.contains(scalar)
            }
            guard !isOdd else { throw interpreter.failure("the attribute name \(key)") }
            let text = try interpreter.printed(entry.value)
            try interpreter.make(6 * (key.utf8.count + text.utf8.count))
            let shown = entry.value.isMarkup ? text : PythonText.escaped(text)
            items.append("\(entry.key.isMarkup ? key : PythonText.escaped(key))=\"\(shown)\"")
        }
        let text = items.joined(separator: " ")
        return try interpreter.made(begins && !text.isEmpty ? " " + text : text)
    }

    /// A number of bytes for people.
    private static func size(
        _ value: JinjaValue, _ arguments: inout JinjaArguments, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        let isBinary = try arguments.flag("binary", interpreter)
        let number: Double?
        switch value {
        case .bigInteger(let digits): number = Double(digits)
        case .string(let text), .markup(let text):
            number = text.utf8.count <= 1 << 10 ? PythonNumber.double(text) : nil
        default: number = value.asDouble
        }
        guard let bytes = number else {
            throw interpreter.failure("filesizeformat of \(value.kindName)")
        }
        if bytes == 1 { return .string("1 Byte") }
        let base: Double = isBinary ? 1024 : 1000
        if bytes < base {
            guard let whole = Int(exactly: bytes.rounded(.towardZero)) else {
                throw interpreter.failure("filesizeformat of \(bytes)")
            }
            return .string("\(whole) Bytes")
        }
        // Powers as they are written: a product of them would be rounded.
        let units =
            isBinary
            ? (2...9).map { Double(sign: .plus, exponent: 10 * $0, significand: 1) }
            : [1e6, 1e9, 1e12, 1e15, 1e18, 1e21, 1e24, 1e27]
        let place = units.firstIndex { bytes < $0 } ?? units.count - 1
        let shown = String(format: "%.1f", base * bytes / units[place])
        let letters = [isBinary ? "K" : "k", "M", "G", "T", "P", "E", "Z", "Y"]
        return .string("\(shown) \(letters[place])\(isBinary ? "iB" : "B")")
    }
}
