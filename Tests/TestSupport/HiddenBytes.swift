// Judges bytes that reached a terminal as text, with a table of its own: it must not share a mistake with what it
// judges, so it asks neither Swift's nor the C library's properties of characters.

/// What a terminal may not be sent as text.
public enum HiddenBytes {
    /// The first byte that is no text: where, and what it is; nil when all is text. `allowed` are controls that may
    /// stand there.
    public static func first(
        in bytes: some Sequence<UInt8>, allowed: Set<UInt8> = []
    ) -> (offset: Int, what: String)? {
        var (value, missing, least): (UInt32, Int, UInt32) = (0, 0, 0)
        var offset = -1
        for byte in bytes {
            offset += 1
            if missing > 0 {
                guard byte & 0xC0 == 0x80 else { return (offset, "a sequence cut short") }
                value = value << 6 | UInt32(byte & 0x3F)
                missing -= 1
                guard missing == 0 else { continue }
                if value < least || value > 0x10FFFF || 0xD800...0xDFFF ~= value {
                    return (offset, "no character: \(value)")
                }
                if isHidden(value) { return (offset, "U+" + String(value, radix: 16)) }
                continue
            }
            switch byte {
            case 0x20...0x7E: break
            case 0..<0x20, 0x7F:
                if !allowed.contains(byte) { return (offset, "byte \(byte)") }
            case 0xC0...0xDF: (value, missing, least) = (UInt32(byte & 0x1F), 1, 0x80)
            case 0xE0...0xEF: (value, missing, least) = (UInt32(byte & 0x0F), 2, 0x800)
            case 0xF0...0xF7: (value, missing, least) = (UInt32(byte & 0x07), 3, 0x10000)
            default: return (offset, "a lone byte \(byte)")
            }
        }
        return missing > 0 ? (offset, "cut short at the end") : nil
    }

    /// Controls, format characters of Unicode 16, separators of lines, fillers, and the plane of tags but for
    /// selectors of variants.
    private static let ranges: [ClosedRange<UInt32>] = [
        0x80...0x9F, 0xAD...0xAD, 0x600...0x605, 0x61C...0x61C, 0x6DD...0x6DD, 0x70F...0x70F,
        0x890...0x891, 0x8E2...0x8E2, 0x115F...0x1160, 0x180E...0x180E, 0x200B...0x200F,
        0x2028...0x202E, 0x2060...0x206F, 0x3164...0x3164, 0xFEFF...0xFEFF, 0xFFA0...0xFFA0,
        0xFFF0...0xFFFB, 0x110BD...0x110BD, 0x110CD...0x110CD, 0x13430...0x1343F,
        0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0000...0xE00FF, 0xE01F0...0xE0FFF,
    ]

    private static func isHidden(_ value: UInt32) -> Bool {
        // Nearly all characters that are asked about lie between these.
        if value > 0xFFFB, value < 0x110BD { return false }
        return ranges.contains { $0.contains(value) }
    }
}
