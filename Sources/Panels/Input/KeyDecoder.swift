// Turns the bytes of a terminal into keys. A sequence may arrive in pieces of any size; what is
// incomplete waits. A lone Escape is known only after a pause, which the caller measures.
// Bytes are decoded here, not by ncurses, because ncurses knows no paste and loses the mouse in
// tmux. It does not read: bytes are handed in.

/// Decodes bytes into keys; a value, so that every split of the input can be tested.
public struct KeyDecoder: Sendable {
    /// Bytes of one paste that are kept; the rest of a longer paste is dropped.
    static let pasteBytesMax = 1 << 20
    /// An escape sequence longer than this is noise.
    static let sequenceBytesMax = 64

    /// Pauses inside a terminal's answer that are waited for; then it is given up.
    static let answerPausesMax = 20

    private var pending: [UInt8] = []
    /// Pauses since the pending answer began.
    private var answerPauses = 0
    private var paste: [UInt8]?

    /// Starts with nothing pending.
    public init() {}

    /// True while an unfinished sequence waits for its rest or for a pause.
    public var isWaiting: Bool { !pending.isEmpty && paste == nil }

    /// Takes bytes and returns the keys that are complete.
    public mutating func take(_ bytes: some Sequence<UInt8>) -> [Key] {
        pending.append(contentsOf: bytes)
        return drain(afterPause: false)
    }

    /// Returns what the pending bytes mean when nothing follows: a lone Escape is the key.
    public mutating func flush() -> [Key] {
        // An answer may come in pieces; its tail must not become typing.
        if paste == nil, pending.count > 2, pending[0] == 0x1B,
            [0x50, 0x5D, 0x5E, 0x5F].contains(pending[1]),
            answerPauses < Self.answerPausesMax
        {
            answerPauses += 1
            return []
        }
        return drain(afterPause: true)
    }

    private mutating func drain(afterPause: Bool) -> [Key] {
        answerPauses = 0
        var keys: [Key] = []
        var position = 0
        while position < pending.count {
            if paste != nil {
                guard takePaste(&position, into: &keys) else { break }
                continue
            }
            switch Self.parse(pending[position...], afterPause: afterPause) {
            case .key(let key, let count):
                keys.append(key)
                position += count
            case .pasteStart(let count):
                paste = []
                position += count
            case .nothing(let count): position += count
            case .incomplete:
                pending.removeFirst(position)
                return keys
            }
        }
        pending.removeFirst(min(position, pending.count))
        return keys
    }

    /// Moves bytes into the paste; false when its end may still be incomplete.
    private mutating func takePaste(_ position: inout Int, into keys: inout [Key]) -> Bool {
        let end: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E]
        while position < pending.count {
            if pending[position] == end[0] {
                let rest = pending[position...].prefix(end.count)
                if rest.elementsEqual(end) {
                    position += end.count
                    keys.append(.paste(Self.text(ofPaste: paste ?? [])))
                    paste = nil
                    return true
                }
                if rest.elementsEqual(end.prefix(rest.count)) { return false }
            }
            if paste?.count ?? 0 < Self.pasteBytesMax { paste?.append(pending[position]) }
            position += 1
        }
        return true
    }

    private static func text(ofPaste bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
            .replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    }

    /// What the head of the pending bytes means.
    enum Step: Equatable {
        case key(Key, Int)
        case pasteStart(Int)
        case nothing(Int)
        case incomplete
    }

    private static func parse(_ bytes: ArraySlice<UInt8>, afterPause: Bool) -> Step {
        guard let first = bytes.first else { return .incomplete }
        switch first {
        case 0x1B: return parseEscape(bytes, afterPause: afterPause)
        case 0x0D: return .key(.enter, 1)
        case 0x09: return .key(.tab, 1)
        case 0x08, 0x7F: return .key(.backspace, 1)
        case 0x00: return .key(.control("@"), 1)
        case 0x01...0x1A:
            return .key(.control(Character(Unicode.Scalar(first + 0x60))), 1)
        case 0x1C...0x1F:
            return .key(.control(Character(Unicode.Scalar(first + 0x40))), 1)
        case 0x20..<0x7F: return .key(.character(Character(Unicode.Scalar(first))), 1)
        default: return parseUTF8(bytes, afterPause: afterPause)
        }
    }

    private static func parseUTF8(_ bytes: ArraySlice<UInt8>, afterPause: Bool) -> Step {
        guard let first = bytes.first else { return .incomplete }
        let length =
            switch first {
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 1
            }
        if length == 1 { return .nothing(1) }
        let tail = bytes.dropFirst().prefix(length - 1).prefix { $0 & 0xC0 == 0x80 }
        if tail.count < length - 1 {
            let isCut = bytes.count == tail.count + 1
            return isCut && !afterPause ? .incomplete : .nothing(tail.count + 1)
        }
        let text = String(decoding: bytes.prefix(length), as: UTF8.self)
        guard let character = text.first, text.count == 1, character != "\u{FFFD}" else {
            return .nothing(length)
        }
        return .key(.character(character), length)
    }

    private static func parseEscape(_ bytes: ArraySlice<UInt8>, afterPause: Bool) -> Step {
        guard bytes.count > 1 else { return afterPause ? .key(.escape, 1) : .incomplete }
        let second = bytes[bytes.startIndex + 1]
        switch second {
        case 0x5B, 0x4F:
            if bytes.count == 2 && afterPause {
                return .key(.alt(Character(Unicode.Scalar(second))), 2)
            }
            // Only so many bytes are looked at, however many came at once.
            let head = bytes.prefix(sequenceBytesMax)
            let step = KeySequence.parse(head, afterPause: afterPause)
            return step == .incomplete && head.count == sequenceBytesMax
                ? .nothing(sequenceBytesMax) : step
        case 0x50, 0x5D, 0x5E, 0x5F:
            return KeySequence.skipString(bytes, afterPause: afterPause)
        case 0x1B: return .key(.escape, 1)
        default:
            switch parse(bytes.dropFirst(), afterPause: afterPause) {
            case .key(.character(let character), let count): return .key(.alt(character), count + 1)
            case .key(.enter, let count): return .key(.modified(.alt, .enter), count + 1)
            case .key(.backspace, let count): return .key(.modified(.alt, .backspace), count + 1)
            case .key(_, _): return .key(.escape, 1)
            case .nothing(let count): return .nothing(count + 1)
            case .pasteStart, .incomplete: return afterPause ? .key(.escape, 1) : .incomplete
            }
        }
    }
}
