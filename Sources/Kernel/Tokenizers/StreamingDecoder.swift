// Turns ids into text as they come, never in the middle of a UTF-8 character.
// It knows a tokenizer's bytes and nothing of stop rules.

/// Decodes ids one after the other; all returned texts together equal one decode of all ids.
public struct StreamingDecoder: Sendable {
    private let tokenizer: any Tokenizer
    private let skipsSpecial: Bool
    private var held: [UInt8] = []

    /// A decoder at the start of a text.
    public init(_ tokenizer: any Tokenizer, skipsSpecial: Bool = true) {
        self.tokenizer = tokenizer
        self.skipsSpecial = skipsSpecial
    }

    /// The text that is complete with this id, often empty inside of characters.
    public mutating func feed(_ id: Int) -> String {
        if skipsSpecial, tokenizer.isSpecial(id) { return "" }
        held += tokenizer.bytes(of: id)
        let complete = held.count - Self.unfinishedLength(held)
        let text = String(decoding: held[..<complete], as: UTF8.self)
        held.removeFirst(complete)
        return text
    }

    /// The rest: a character that never came to its end becomes U+FFFD.
    public mutating func flush() -> String {
        defer { held.removeAll() }
        return String(decoding: held, as: UTF8.self)
    }

    /// How many bytes at the end could still become a character.
    private static func unfinishedLength(_ bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let lead = bytes[bytes.count - length]
            if lead & 0xC0 == 0x80 { continue }
            let tail = bytes.suffix(length)
            return isPrefix(Array(tail)) ? length : 0
        }
        return 0
    }

    /// Whether bytes begin a character and do not end it: lead byte and ranges of Unicode table 3-7.
    private static func isPrefix(_ bytes: [UInt8]) -> Bool {
        let wanted: Int
        switch bytes[0] {
        case 0xC2...0xDF: wanted = 2
        case 0xE0...0xEF: wanted = 3
        case 0xF0...0xF4: wanted = 4
        default: return false
        }
        guard bytes.count < wanted else { return false }
        guard bytes.count > 1 else { return true }
        let second: ClosedRange<UInt8>
        switch bytes[0] {
        case 0xE0: second = 0xA0...0xBF
        case 0xED: second = 0x80...0x9F
        case 0xF0: second = 0x90...0xBF
        case 0xF4: second = 0x80...0x8F
        default: second = 0x80...0xBF
        }
        return second.contains(bytes[1])
    }
}
