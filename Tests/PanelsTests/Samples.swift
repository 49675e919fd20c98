// Text and random numbers that several tests share. The generator is seeded: a failure repeats.

@testable import Panels

/// A small generator (SplitMix64), the same everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Strings that terminals or libraries have stumbled over.
enum Samples {
    static let texts = [
        "", "plain", "请问怎么修改绑定的手机号码？", "パスワードを忘れました", "안녕하세요", "e\u{301}te\u{301}",
        "👩‍👩‍👧‍👦 family", "👍🏽 ok", "🇩🇪🇯🇵", "a\u{200D}b", "❤\u{FE0F}", "\u{1B}[31mred\u{1B}[0m",
        "\u{9B}2J", "tab\there", "line\nfeed", "\u{202E}gnp.exe", "नमस्ते", "ไทยที่นี่", "\u{301}first",
        "z" + String(repeating: "\u{300}", count: 500), "\u{E000}\u{10FFFF}\u{FFFE}", "\u{7F}\u{0}",
        "x\u{1160}\u{11A8}", "中\u{301}文", "─│┌┐", "\u{AD}soft\u{FEFF}", "\u{E0041}tags",
    ]

    /// A string of random scalars, mostly from where trouble lives.
    static func scalars(_ random: inout SeededGenerator) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...24, using: &random) {
            let range: ClosedRange<UInt32> =
                switch Int.random(in: 0..<8, using: &random) {
                case 0: 0...0x9F
                case 1: 0x20...0x7E
                case 2: 0x300...0x36F
                case 3: 0x4E00...0x4FFF
                case 4: 0x1F1E6...0x1F6FF
                case 5: 0x200B...0x206F
                case 6: 0...0xFFFF
                default: 0...0x10FFFF
                }
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) {
                text.append(scalar)
            }
        }
        return String(text)
    }

    static let sizes = [Size(80, 24), Size(120, 40)]
}

/// What is wrong with a frame; nil when every promise holds.
func brokenPromise(of frame: Frame) -> String? {
    for y in 0..<frame.size.height {
        for x in 0..<frame.size.width {
            let cell = frame[x, y]
            let next = x + 1 < frame.size.width ? frame[x + 1, y] : nil
            if cell.glyph.width == 2 && next?.glyph.width != 0 {
                return "cut wide glyph at \(x),\(y)"
            }
            if cell.glyph.width == 2 && next?.style != cell.style {
                return "two styles at \(x),\(y)"
            }
            if cell.glyph.width == 0 && (x == 0 || frame[x - 1, y].glyph.width != 2) {
                return "lonely continuation at \(x),\(y)"
            }
            for scalar in cell.glyph.scalars where scalar.properties.generalCategory == .control {
                return "control \(scalar.value) at \(x),\(y)"
            }
        }
    }
    if let cursor = frame.cursor, !frame.area.contains(cursor) { return "cursor outside" }
    return nil
}
