// Changes texts of a format in a few places: bytes, words of the format, numbers, pieces of other seeds.
// Most mutants stay close to their seed, so that they reach the checks behind the first.

/// Mutations of some seed texts with the words of their format.
struct TextMutator: Sendable {
    private let seeds: [[UInt8]]
    private let words: [[UInt8]]
    private let longest: Int

    /// - Parameter longest: the longest mutant in bytes.
    init(_ seeds: [[UInt8]], words: [String], longest: Int) {
        precondition(seeds.allSatisfy { $0.count < longest }, "a seed is too long")
        self.seeds = seeds
        self.words = (words + Self.anyText).map { Array($0.utf8) }
        self.longest = longest
    }

    /// Up to five changes of one seed.
    func mutant(_ numbers: inout SeededNumbers) -> [UInt8] {
        var text = numbers.pick(seeds)
        for _ in 0..<numbers.below(6) {
            change(&text, &numbers)
            if text.count > longest { text.removeLast(text.count - longest) }
        }
        return text
    }

    private func change(_ text: inout [UInt8], _ numbers: inout SeededNumbers) {
        let place = numbers.below(text.count + 1)
        let word = numbers.pick(words)
        switch numbers.below(12) {
        case 0, 1: text.insert(contentsOf: word, at: place)
        case 2, 3:
            text.replaceSubrange(place..<min(place + word.count, text.count), with: word)
        case 4: text.removeSubrange(place..<min(place + 1 + numbers.below(12), text.count))
        case 5, 6: Self.replaceNumber(in: &text, from: place, with: numbers.pick(Self.integers))
        case 7:
            // A value between quotes becomes a word.
            Self.replaceQuoted(in: &text, from: place, with: word)
        case 8:
            let piece = text[place..<min(place + numbers.below(60), text.count)]
            text.insert(contentsOf: Array(piece), at: numbers.below(text.count + 1))
        case 9:
            let other = numbers.pick(seeds)
            let start = numbers.below(other.count + 1)
            let piece = other[start..<min(start + numbers.below(80), other.count)]
            text.insert(contentsOf: Array(piece), at: place)
        case 10:
            let many = Array(repeatElement(word, count: 1 + numbers.below(200)).joined())
            text.insert(contentsOf: many.prefix(longest), at: place)
        default:
            if place < text.count {
                let isBit = numbers.below(2) == 0
                let byte = UInt8(truncatingIfNeeded: numbers.next())
                text[place] = isBit ? text[place] ^ (1 << (byte % 8)) : byte
            }
        }
        if numbers.below(100) == 0 { text.removeLast(numbers.below(text.count + 1)) }
    }

    /// Puts a number in the place of the first run of digits at or behind `place`.
    static func replaceNumber(in text: inout [UInt8], from place: Int, with number: [UInt8]) {
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        guard let start = text[place...].firstIndex(where: isDigit) else { return }
        let end = text[start...].firstIndex { !isDigit($0) } ?? text.count
        text.replaceSubrange(start..<end, with: number)
    }

    /// Puts a word between the first two quotes at or behind `place`.
    private static func replaceQuoted(
        in text: inout [UInt8], from place: Int, with word: [UInt8]
    ) {
        guard let start = text[place...].firstIndex(of: 0x22),
            let end = text[(start + 1)...].firstIndex(of: 0x22)
        else { return }
        text.replaceSubrange(start + 1..<end, with: word)
    }

    private static let anyText = [
        "", " ", "\n", "\r\n", "\t", "\u{0}", "\"", "'", "\\", "é", "中", "😀", "e\u{301}",
        "\u{FEFF}", "\u{1B}[31m", "\u{202E}", "\u{85}", "\u{2028}", "\u{FFFF}",
    ]

    static let integers = [
        "0", "1", "-1", "2", "7", "8", "64", "255", "256", "65535", "65536", "01", "1.0", "1e3",
        "1e308", "1e999", "-0.0", "1e-400", "0.5", "2147483647", "2147483648", "4294967296",
        "281474976710656", "9007199254740993", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "18446744073709551615", "18446744073709551616", "NaN",
        "Infinity", "-Infinity", "100000000000000000000000000000",
    ].map { Array($0.utf8) }

    /// Words of JSON.
    static let json = [
        "{", "}", "[", "]", ",", ":", "\"\"", "null", "true", "false", "\\ud800", "\\udc00",
        "\\u0041", "\\u0000", "\\n", "[[", "{\"a\":", "[]", "{}", "\"a\":1,", "\"a\",", "0", "-",
        "1,",
    ]
}
