// Strings that try to steer a terminal, by seed: a failure repeats. Many are no UTF-8. It knows nothing of what
// the program lets through; that is for the judge (HiddenBytes) and the tests.

/// A source of hostile strings.
public struct HostileText: RandomNumberGenerator {
    private var state: UInt64

    /// The same seed gives the same strings.
    public init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 ^ 0xD1B5_4A32_D192_ED03 }

    /// SplitMix64.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self)
    }

    private mutating func one<Item>(of items: [Item]) -> Item {
        items[number(0...items.count - 1)]
    }

    /// The next string: a few pieces of different kinds, one in a thousand very long.
    public mutating func bytes() -> [UInt8] {
        var result: [UInt8] = []
        for _ in 0..<number(1...5) { result += piece() }
        if number(0...999) == 0 {
            let pattern = result
            for _ in 0..<number(50...400) { result += pattern }
        }
        return result
    }

    /// The next string as a program would decode it.
    public mutating func text() -> String { String(decoding: bytes(), as: UTF8.self) }

    private mutating func piece() -> [UInt8] {
        switch number(0...13) {
        case 0, 1: return sequence()
        case 2: return string()
        case 3: return [0xC2, UInt8(number(0x80...0x9F))] + Array("31;7777m".utf8)
        case 4: return (0..<number(1...6)).map { _ in UInt8(number(0...0x1F)) }
        case 5: return (0..<number(1...6)).map { _ in UInt8(number(0x7F...0xFF)) }
        case 6: return one(of: Self.broken)
        case 7: return scalars(one(of: Self.directions), 1...4)
        case 8: return scalars(one(of: Self.invisible), 1...6)
        case 9: return flood()
        case 10: return Array(one(of: Self.joined).utf8)
        case 11: return scalars([0...0x10FFFF], 1...6)
        case 12: return scalars([0x20...0x7E], 0...20)
        default: return one(of: Self.famous)
        }
    }

    /// CSI with random parameters and final, by ESC or by its one byte, sometimes cut short.
    private mutating func sequence() -> [UInt8] {
        var bytes: [UInt8] = one(of: [[0x1B, 0x5B], [0x9B], [0xC2, 0x9B]])
        for _ in 0..<number(0...3) {
            bytes += Array("\(one(of: [0, 1, 2, 5, 25, 1049, 7777, 99_999]))".utf8)
            bytes.append(one(of: Array(";;;?:!$ ".utf8)))
        }
        if number(0...9) > 0 { bytes.append(UInt8(number(0x40...0x7E))) }
        return bytes
    }

    /// OSC, DCS, APC, SOS and PM, ended by BEL, ST, the one byte of ST, or not at all.
    private mutating func string() -> [UInt8] {
        let start: [UInt8] = one(
            of: "]P_X^".utf8.map { [0x1B, $0] } + [0x90, 0x98, 0x9D, 0x9E, 0x9F].map { [$0] })
        let body = one(of: [
            "0;OWNED", "2;OWNED", "52;c;T1dORUQ=", "8;;http://OWNED/", "4;1;?", "10;?", "+q544e",
            "$qm",
            "1337;File=:AAAA", "777;notify;OWNED;x", "Gi=1,a=T;AAAA", "q#0;2;0;0;0~",
        ])
        let end: [UInt8] = one(of: [[0x07], [0x1B, 0x5C], [0x9C], [0xC2, 0x9C], []])
        return start + Array(body.utf8) + end
    }

    private mutating func flood() -> [UInt8] {
        let mark = one(of: [0x301, 0x300, 0x334, 0x489, 0x20DD, 0xFE0F, 0xE0100, 0x1AB0])
        let count = number(0...9) == 0 ? number(40...400) : number(1...12)
        let letter = one(of: ["a", "ж", "中", "", " "])
        return Array(letter.utf8)
            + Array(
                String(
                    String.UnicodeScalarView((0..<count).compactMap { _ in Unicode.Scalar(mark) })
                )
                .utf8)
    }

    private mutating func scalars(
        _ ranges: [ClosedRange<Int>], _ count: ClosedRange<Int>
    ) -> [UInt8] {
        var text = String.UnicodeScalarView()
        for _ in 0..<number(count) {
            if let scalar = Unicode.Scalar(number(one(of: ranges))) { text.append(scalar) }
        }
        return Array(String(text).utf8)
    }

    private static let directions: [[ClosedRange<Int>]] = [
        [0x202A...0x202E], [0x2066...0x2069], [0x200E...0x200F, 0x61C...0x61C],
        [0x590...0x5FF, 0x202A...0x202E, 0x41...0x5A],
    ]
    private static let invisible: [[ClosedRange<Int>]] = [
        [0xE0000...0xE007F], [0xE0080...0xE0FFF], [0xFE00...0xFE0F], [0x200B...0x200D],
        [0x2028...0x2029], [0x2060...0x206F], [0xFEFF...0xFEFF, 0xAD...0xAD, 0x34F...0x34F],
        [0x115F...0x1160, 0x3164...0x3164, 0xFFA0...0xFFA0, 0x180B...0x180F], [0xFFF0...0xFFFF],
        [0xE000...0xE0FF, 0xF0000...0xF00FF], [0x1D173...0x1D17A, 0x13430...0x1343F],
    ]
    /// Wide letters, pictures joined and coloured, flags, letters with marks.
    private static let joined = [
        "中文测试", "한국어", "👩‍👩‍👧‍👦", "👍🏽", "🇩🇪🇯🇵", "❤️‍🔥", "1️⃣", "e\u{301}\u{302}", "नमस्ते", "กำ้",
        "ﷺ", "𒐫", "꧅", "｡ｶﾞ",
    ]
    /// Overlong ESC, CSI and NUL, halves of surrogates, bytes that never occur, sequences cut short.
    private static let broken: [[UInt8]] = [
        [0xC0, 0x9B, 0x5B, 0x6D], [0xE0, 0x80, 0x9B], [0xF0, 0x80, 0x80, 0x9B], [0xC1, 0x9B],
        [0xE0, 0x82, 0x9B], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xED, 0xAD, 0x81, 0xED, 0xB1, 0x81],
        [0xF5, 0x80, 0x80, 0x80], [0xFF, 0xFE], [0xF4, 0x90, 0x80, 0x80], [0xE4, 0xBA],
        [0xF0, 0x9F, 0x98], [0xC2], [0xE2, 0x80], [0xF0, 0x9F, 0x1B, 0x5B, 0x41],
        [0xC2, 0x1B, 0x5D, 0x30, 0x3B, 0x78, 0x07], [0x80, 0x9B, 0x9D, 0x90],
    ]
    /// What has done harm to programs: clipboards, titles, answers that are typed, screens left and locked.
    private static let famous: [[UInt8]] = [
        "\u{1B}]52;c;T1dORUQ=\u{7}", "\u{1B}]0;OWNED\u{7}",
        "\u{1B}]8;;http://OWNED\u{7}x\u{1B}]8;;\u{7}",
        "\u{1B}[6n", "\u{1B}[c", "\u{1B}[>c", "\u{1B}[21t", "\u{1B}P+q544e\u{1B}\\",
        "\u{1B}[2J\u{1B}[H",
        "\u{1B}[?1049l", "\u{1B}[?25l", "\u{1B}c", "\u{1B}(0", "\u{1B}#8", "\u{1B}[3g",
        "\u{1B}[?2004l",
        "\u{1B}[201~rm -rf x\n", "\u{1B}_Gi=1;AAAA\u{1B}\\", "\u{1B}]1337;File=:AA\u{7}",
        "\u{1B}[!p",
        "\u{1B}[31m\u{9B}31m", "\u{1B}[7777;7777H", "\u{1B}[7777A", "\r\nworkbench: fake",
        "\u{8}\u{8}\u{8}",
        "\u{E}\u{F}", "\u{5}", "\u{18}\u{1A}", "\t\u{B}\u{C}", "\0\0", "\u{202E}gnp.exe\u{202C}",
    ].map { Array($0.utf8) }
}
