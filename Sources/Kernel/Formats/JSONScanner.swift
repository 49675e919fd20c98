// The lexical layer of JSON: white space, strings, numbers and literals of RFC 8259, nothing else.
// It reads untrusted bytes: bounds are checked, integers never pass through Double,
// text must be UTF-8. It builds no tree, so a header of a million entries costs no memory here.
import Foundation

/// Why a JSON text was refused, and at which byte.
struct JSONFailure: Error, Equatable {
    enum Kind: Sendable { case syntax, encoding, duplicateKey, tooDeep, number, tooLarge }
    var kind: Kind
    var offset: Int
    var reason: Sentence
}

/// A cursor over the bytes of one JSON text.
struct JSONScanner {
    let bytes: UnsafeRawBufferPointer
    var position = 0
    /// Whether an unpaired surrogate escape becomes U+FFFD instead of an error.
    var replacesLoneSurrogates = false
    /// Whether NaN, Infinity and numbers beyond a Double are numbers that are not finite.
    var acceptsNonFinite = false
    private var escaped: [UInt8] = []

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The byte at the cursor; 0, which JSON never allows, at the end.
    @inline(__always) var current: UInt8 {
        position < bytes.count ? bytes[position] : 0
    }

    func failure(
        _ kind: JSONFailure.Kind, _ reason: Sentence, at offset: Int? = nil
    ) -> JSONFailure {
        JSONFailure(kind: kind, offset: offset ?? position, reason: reason)
    }

    func failure(_ reason: Sentence, at offset: Int? = nil) -> JSONFailure {
        failure(.syntax, reason, at: offset)
    }

    /// "expected X, found Y" at the cursor.
    func unexpected(_ expected: String) -> JSONFailure {
        guard position < bytes.count else {
            return failure("expected \(expected), found the end")
        }
        let byte = bytes[position]
        let found =
            (0x21...0x7E).contains(byte)
            ? "\"\(Character(Unicode.Scalar(byte)))\"" : "byte \(byte)"
        return failure("expected \(expected), found \(found)")
    }

    @inline(__always) mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// Skips a UTF-8 byte order mark at the start.
    mutating func skipByteOrderMark() {
        if position == 0, bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            position = 3
        }
    }

    /// Consumes `byte` when it is next, and says whether it was.
    @inline(__always) mutating func consume(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    @inline(__always) mutating func expect(_ byte: UInt8, _ name: String) throws(JSONFailure) {
        guard consume(byte) else { throw unexpected(name) }
    }

    /// Throws unless only white space is left.
    mutating func expectEnd() throws(JSONFailure) {
        skipSpace()
        guard position == bytes.count else { throw unexpected("the end") }
    }

    mutating func literal(_ text: StaticString) throws(JSONFailure) {
        let length = text.utf8CodeUnitCount
        guard bytes.count - position >= length else { throw unexpected("\(text)") }
        for index in 0..<length where bytes[position + index] != text.utf8Start[index] {
            throw unexpected("\(text)")
        }
        position += length
    }

    // MARK: - Strings

    mutating func string() throws(JSONFailure) -> String {
        let quote = position
        try expect(0x22, "a string")
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == 0x22 {
                let units = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
                position += 1
                return try decode(units.assumingMemoryBound(to: UInt8.self), startingAt: start)
            }
            if byte == 0x5C {
                return try stringWithEscapes(from: start, quote: quote)
            }
            if byte < 0x20 {
                throw failure("a control character stands unescaped in a string")
            }
            position += 1
        }
        throw failure("the string is not closed", at: quote)
    }

    /// The text of these bytes; the repairing decoder is faster than the validating one, and bytes
    /// that differ afterwards show that it had to repair.
    @inline(__always) private func decode(
        _ units: UnsafeBufferPointer<UInt8>, startingAt offset: Int
    ) throws(JSONFailure) -> String {
        var text = String(decoding: units, as: UTF8.self)
        let isSame = text.withUTF8 { decoded in
            guard decoded.count == units.count else { return false }
            guard let one = decoded.baseAddress, let other = units.baseAddress else { return true }
            return memcmp(one, other, units.count) == 0
        }
        guard isSame else {
            throw failure(.encoding, "the string is not UTF-8", at: offset)
        }
        return text
    }

    private mutating func stringWithEscapes(
        from start: Int, quote: Int
    ) throws(JSONFailure) -> String {
        escaped.removeAll(keepingCapacity: true)
        escaped.append(contentsOf: bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            if byte == 0x22 {
                position += 1
                guard let text = String(validating: escaped, as: UTF8.self) else {
                    throw failure(.encoding, "the string is not UTF-8", at: start)
                }
                return text
            }
            if byte < 0x20 {
                throw failure("a control character stands unescaped in a string")
            }
            position += 1
            if byte == 0x5C {
                try escape()
            } else {
                escaped.append(byte)
            }
        }
        throw failure("the string is not closed", at: quote)
    }

    private mutating func escape() throws(JSONFailure) {
        let byte = current
        switch byte {
        case 0x22, 0x5C, 0x2F: escaped.append(byte)
        case 0x62: escaped.append(0x08)
        case 0x66: escaped.append(0x0C)
        case 0x6E: escaped.append(0x0A)
        case 0x72: escaped.append(0x0D)
        case 0x74: escaped.append(0x09)
        case 0x75:
            position += 1
            try unicodeEscape()
            return
        default: throw unexpected("an escape")
        }
        position += 1
    }

    private mutating func unicodeEscape() throws(JSONFailure) {
        let start = position
        let first = try fourHexDigits()
        var value = UInt32(first)
        if UTF16.isLeadSurrogate(first), current == 0x5C, position + 1 < bytes.count,
            bytes[position + 1] == 0x75
        {
            let between = position
            position += 2
            let second = try fourHexDigits()
            if UTF16.isTrailSurrogate(second) {
                value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
            } else {
                position = between
            }
        }
        if let scalar = Unicode.Scalar(value) {
            escaped.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        } else if replacesLoneSurrogates {
            escaped.append(contentsOf: [0xEF, 0xBF, 0xBD])
        } else {
            throw failure(.encoding, "the escape is half of a surrogate pair", at: start)
        }
    }

    private mutating func fourHexDigits() throws(JSONFailure) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch current {
            case 0x30...0x39: digit = current - 0x30
            case 0x41...0x46: digit = current - 0x41 + 10
            case 0x61...0x66: digit = current - 0x61 + 10
            default: throw unexpected("a hexadecimal digit")
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }
}
