// The escape sequences of terminals: CSI and SS3 keys, SGR mouse, paste and focus marks, and the
// replies that are passed over. Sources: ECMA-48 and xterm's control sequences. It keeps no state.

/// The grammar of one escape sequence.
enum KeySequence {
    /// A string of the terminal that is longer is noise.
    private static let stringBytesMax = 4096

    /// Parses bytes that start with ESC [ or ESC O.
    static func parse(_ bytes: ArraySlice<UInt8>, afterPause: Bool) -> KeyDecoder.Step {
        let start = bytes.startIndex
        let isSS3 = bytes[start + 1] == 0x4F
        var index = start + 2
        // The Linux console sends ESC [ [ A for F1.
        if !isSS3, index < bytes.endIndex, bytes[index] == 0x5B {
            guard index + 1 < bytes.endIndex else { return afterPause ? .nothing(3) : .incomplete }
            let number = Int(bytes[index + 1]) - 0x40
            return (1...5).contains(number) ? .key(.function(number), 4) : .nothing(4)
        }
        while index < bytes.endIndex, (0x20...0x3F).contains(bytes[index]) { index += 1 }
        guard index < bytes.endIndex else {
            return afterPause ? .nothing(bytes.count) : .incomplete
        }
        let count = index - start + 1
        let final = bytes[index]
        // A byte outside of the grammar ends the sequence without belonging to it.
        guard (0x40...0x7E).contains(final) else { return .nothing(count - 1) }
        let body = bytes[start + 2..<index]
        if !isSS3, final == 0x4D, body.isEmpty {
            guard bytes.count >= 6 else { return afterPause ? .nothing(bytes.count) : .incomplete }
            return x10(bytes.prefix(6))
        }
        if body.first == 0x3C {
            return mouse(numbers(body.dropFirst()), isPress: final == 0x4D, count: count)
        }
        let values = numbers(body)
        if final == 0x7E { return tilde(values, count: count) }
        return letter(final, values, count: count)
    }

    /// Passes over an OSC, DCS, PM or APC string up to its end: a late reply is no typing. The one
    /// that names the background becomes an event.
    static func skipString(_ bytes: ArraySlice<UInt8>, afterPause: Bool) -> KeyDecoder.Step {
        var index = bytes.startIndex + 2
        let limit = min(bytes.endIndex, bytes.startIndex + stringBytesMax)
        while index < limit {
            if bytes[index] == 0x07 {
                return reply(bytes, end: index, count: index - bytes.startIndex + 1)
            }
            if bytes[index] == 0x1B {
                guard index + 1 < limit else { break }
                if bytes[index + 1] == 0x5C {
                    return reply(bytes, end: index, count: index - bytes.startIndex + 2)
                }
                return .nothing(index - bytes.startIndex)
            }
            index += 1
        }
        if bytes.count >= stringBytesMax { return .nothing(stringBytesMax) }
        if !afterPause { return .incomplete }
        // After a pause two bytes are Alt with a character; more are an unfinished reply.
        guard bytes.count == 2 else { return .nothing(bytes.count) }
        return .key(.alt(Character(Unicode.Scalar(bytes[bytes.startIndex + 1]))), 2)
    }

    /// `]11;rgb:1e1e/2e2e/3e3e`: each part one to four hexadecimal digits.
    private static func reply(
        _ bytes: ArraySlice<UInt8>, end: Int, count: Int
    ) -> KeyDecoder.Step {
        let text = String(decoding: bytes[bytes.startIndex + 1..<end].prefix(64), as: UTF8.self)
        for head in ["]11;rgb:", "]11;rgba:"] where text.hasPrefix(head) {
            let levels = text.dropFirst(head.count).split(separator: "/").prefix(3).map(level)
            if levels.count == 3, let red = levels[0], let green = levels[1], let blue = levels[2] {
                return .key(.background(red: red, green: green, blue: blue), count)
            }
        }
        return .nothing(count)
    }

    private static func level(_ digits: Substring) -> UInt8? {
        guard (1...4).contains(digits.count), let value = Int(digits, radix: 16), value >= 0 else {
            return nil
        }
        let largest = 1 << (4 * digits.count) - 1
        return UInt8(value * 255 / largest)
    }

    private static func numbers(_ body: ArraySlice<UInt8>) -> [Int] {
        body.split(separator: 0x3B, omittingEmptySubsequences: false).map { digits in
            digits.prefix(6).reduce(0) {
                (0x30...0x39).contains($1) ? $0 * 10 + Int($1 - 0x30) : $0
            }
        }
    }

    /// The second parameter is one more than the bits of the held keys.
    private static func modifiers(_ values: [Int]) -> Key.Modifiers {
        values.count > 1 ? Key.Modifiers(rawValue: max(0, values[1] - 1) & 7) : []
    }

    private static func named(
        _ plain: Key, _ named: Key.Named, _ modifiers: Key.Modifiers, _ count: Int
    ) -> KeyDecoder.Step {
        .key(modifiers.isEmpty ? plain : .modified(modifiers, named), count)
    }

    private static func letter(_ final: UInt8, _ values: [Int], count: Int) -> KeyDecoder.Step {
        let held = modifiers(values)
        switch final {
        case 0x41: return named(.up, .up, held, count)
        case 0x42: return named(.down, .down, held, count)
        case 0x43: return named(.right, .right, held, count)
        case 0x44: return named(.left, .left, held, count)
        case 0x46: return named(.end, .end, held, count)
        case 0x48: return named(.home, .home, held, count)
        case 0x49: return .key(.focus(true), count)
        case 0x4D: return .key(.enter, count)
        case 0x4F: return .key(.focus(false), count)
        // With another first parameter R is the reply that names the cursor's place.
        case 0x50...0x53 where (values.first ?? 0) <= 1:
            return .key(.function(Int(final) - 0x4F), count)
        case 0x5A: return .key(.backtab, count)
        default: return .nothing(count)
        }
    }

    private static func tilde(_ values: [Int], count: Int) -> KeyDecoder.Step {
        let held = modifiers(values)
        switch values.first ?? 0 {
        case 1, 7: return named(.home, .home, held, count)
        case 2: return named(.insert, .insert, held, count)
        case 3: return named(.delete, .delete, held, count)
        case 4, 8: return named(.end, .end, held, count)
        case 5: return named(.pageUp, .pageUp, held, count)
        case 6: return named(.pageDown, .pageDown, held, count)
        case 11...15: return .key(.function((values.first ?? 0) - 10), count)
        case 17...21: return .key(.function((values.first ?? 0) - 11), count)
        case 23, 24: return .key(.function((values.first ?? 0) - 12), count)
        case 200: return .pasteStart(count)
        default: return .nothing(count)
        }
    }

    private static func mouse(_ values: [Int], isPress: Bool, count: Int) -> KeyDecoder.Step {
        guard values.count == 3 else { return .nothing(count) }
        let point = Point(max(0, values[1] - 1), max(0, values[2] - 1))
        return .key(.mouse(Mouse(kind(values[0], isPress: isPress), at: point)), count)
    }

    private static func x10(_ bytes: ArraySlice<UInt8>) -> KeyDecoder.Step {
        let values = bytes.suffix(3).map { Int($0) - 32 }
        guard values.allSatisfy({ $0 >= 0 }) else { return .nothing(6) }
        let isPress = values[0] & 3 != 3 || values[0] >= 64
        let point = Point(max(0, values[1] - 1), max(0, values[2] - 1))
        return .key(.mouse(Mouse(kind(values[0], isPress: isPress), at: point)), 6)
    }

    private static func kind(_ button: Int, isPress: Bool) -> Mouse.Kind {
        if button & 64 != 0 { return button & 1 == 0 ? .wheelUp : .wheelDown }
        if button & 32 != 0 { return button & 3 == 3 ? .move : .drag }
        return isPress ? .press : .release
    }
}
