// Cuts text into the words inside which merges happen: four known patterns, scanned by hand.
// It knows bytes and character classes, no vocabulary. Each scan is linear in the text.

/// A known rule of cutting text into words before merging.
public enum PreTokenizer: String, Sendable, CaseIterable {
    /// The GPT-2 pattern.
    case gpt2 = "gpt-2"
    /// Every digit alone, then the GPT-2 pattern between them (SmolLM, SmolLM2).
    case smollm
    /// The Llama 3 pattern: numbers in groups of up to three.
    case llama3 = "llama-bpe"
    /// The Qwen2 pattern: as Llama 3 with single digits.
    case qwen2
}

/// Finds the words of a run of UTF-8, one after the other.
struct WordScanner {
    /// Valid UTF-8.
    let bytes: UnsafeBufferPointer<UInt8>
    let classes: UnsafeBufferPointer<UInt8>
    let rule: PreTokenizer
    /// End of the text: look-ahead never sees beyond.
    let end: Int
    private(set) var position: Int
    /// For `smollm`: the next digit, up to which the GPT-2 pattern sees.
    private var fence: Int

    init(
        bytes: UnsafeBufferPointer<UInt8>, range: Range<Int>, classes: UnsafeBufferPointer<UInt8>,
        rule: PreTokenizer
    ) {
        precondition(range.upperBound <= bytes.count, "\(range) outside \(bytes.count) bytes")
        self.bytes = bytes
        self.classes = classes
        self.rule = rule
        end = range.upperBound
        position = range.lowerBound
        fence = range.lowerBound
    }

    /// The next word, nil behind the last.
    mutating func next() -> Range<Int>? {
        guard position < end else { return nil }
        let start = position
        switch rule {
        case .gpt2: position = endOfGPT2Word(from: start, limit: end)
        case .smollm: position = endOfIsolatingWord(from: start)
        case .llama3: position = endOfModernWord(from: start, digitsMax: 3)
        case .qwen2: position = endOfModernWord(from: start, digitsMax: 1)
        }
        return start..<position
    }

    // MARK: - Patterns

    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    private func endOfGPT2Word(from start: Int, limit: Int) -> Int {
        if bytes[start] == 0x27 {
            let length = contraction(at: start, limit: limit, anyCase: false)
            if length > 0 { return start + length }
        }
        var (kind, length) = character(at: start)
        var body = start
        if bytes[start] == 0x20, start + 1 < limit {
            let (following, _) = character(at: start + 1)
            if !isWhite(following) {
                body += 1
                kind = following
                length = 0
            }
        }
        guard isWhite(kind) else {
            return endOfRun(of: kind, from: body + length, limit: limit)
        }
        return endOfSpaces(from: start, limit: limit)
    }

    /// Digits alone, the GPT-2 pattern in between: it takes the next digit for the end of the text.
    private mutating func endOfIsolatingWord(from start: Int) -> Int {
        if start == fence {
            let (kind, length) = character(at: start)
            if kind == CharacterClass.number || kind == CharacterClass.isolated {
                fence = start + length
                return fence
            }
            var at = start + length
            while at < end {
                let (kind, length) = character(at: at)
                if kind == CharacterClass.number || kind == CharacterClass.isolated { break }
                at += length
            }
            fence = at
        }
        return endOfGPT2Word(from: start, limit: fence)
    }

    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,n}|
    /// ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
    private func endOfModernWord(from start: Int, digitsMax: Int) -> Int {
        if bytes[start] == 0x27 {
            let length = contraction(at: start, limit: end, anyCase: true)
            if length > 0 { return start + length }
        }
        let (kind, length) = character(at: start)
        let second = start + length
        if kind == CharacterClass.letter {
            return endOfRun(of: CharacterClass.letter, from: second, limit: end)
        }
        if kind == CharacterClass.number { return endOfDigits(from: second, more: digitsMax - 1) }
        let following = second < end ? character(at: second).kind : nil
        if kind != CharacterClass.lineBreak, following == CharacterClass.letter {
            return endOfRun(of: CharacterClass.letter, from: second, limit: end)
        }
        if !isWhite(kind) { return endOfPunctuation(from: second) }
        if bytes[start] == 0x20, let following, !isWhite(following),
            following != CharacterClass.number
        {
            return endOfPunctuation(from: second)
        }
        return endOfLines(from: start) ?? endOfSpaces(from: start, limit: end)
    }

    // MARK: - Parts of patterns

    /// Behind the run of one class; `isolated` counts as `other`.
    private func endOfRun(of kind: UInt8, from start: Int, limit: Int) -> Int {
        let wanted = kind == CharacterClass.isolated ? CharacterClass.other : kind
        var at = start
        while at < limit {
            var (kind, length) = character(at: at)
            if kind == CharacterClass.isolated { kind = CharacterClass.other }
            if kind != wanted { break }
            at += length
        }
        return at
    }

    private func endOfDigits(from start: Int, more: Int) -> Int {
        var at = start
        for _ in 0..<more where at < end {
            let (kind, length) = character(at: at)
            if kind != CharacterClass.number { break }
            at += length
        }
        return at
    }

    /// `[^\s\p{L}\p{N}]*[\r\n]*`
    private func endOfPunctuation(from start: Int) -> Int {
        var at = endOfRun(of: CharacterClass.other, from: start, limit: end)
        while at < end, bytes[at] == 0x0A || bytes[at] == 0x0D { at += 1 }
        return at
    }

    /// `\s*[\r\n]+`: behind the last line break of the white space, nil without one.
    private func endOfLines(from start: Int) -> Int? {
        var at = start
        var lastBreak: Int?
        while at < end {
            let (kind, length) = character(at: at)
            if !isWhite(kind) { break }
            at += length
            if kind == CharacterClass.lineBreak { lastBreak = at }
        }
        return lastBreak
    }

    /// `\s+(?!\S)|\s+`: all the white space but its last character, unless the text ends or it has one.
    private func endOfSpaces(from start: Int, limit: Int) -> Int {
        var at = start
        var last = start
        while at < limit {
            let (kind, length) = character(at: at)
            if !isWhite(kind) { return last > start ? last : at }
            last = at
            at += length
        }
        return at
    }

    /// Length of 's, 't, 're, 've, 'm, 'll, 'd behind an apostrophe, 0 when none follows.
    private func contraction(at start: Int, limit: Int, anyCase: Bool) -> Int {
        guard start + 1 < limit else { return 0 }
        let fold: UInt8 = anyCase ? 0x20 : 0
        let first = bytes[start + 1] | fold
        switch first {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return 2
        case 0xC5 | fold:
            // The long s, U+017F, is an s to patterns that ignore case.
            let isLongS =
                anyCase && bytes[start + 1] == 0xC5 && start + 2 < limit && bytes[start + 2] == 0xBF
            return isLongS ? 3 : 0
        default: break
        }
        guard start + 2 < limit else { return 0 }
        switch (first, bytes[start + 2] | fold) {
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
            (UInt8(ascii: "l"), UInt8(ascii: "l")):
            return 3
        default: return 0
        }
    }

    @inline(__always)
    private func isWhite(_ kind: UInt8) -> Bool {
        kind == CharacterClass.space || kind == CharacterClass.lineBreak
    }

    /// Class and length of the character that starts at `at`.
    @inline(__always)
    private func character(at: Int) -> (kind: UInt8, length: Int) {
        let lead = bytes[at]
        if lead < 0x80 { return (classes[Int(lead)], 1) }
        return wideCharacter(at: at, lead: lead)
    }

    private func wideCharacter(at: Int, lead: UInt8) -> (kind: UInt8, length: Int) {
        let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        var point = Int(lead) & (0x7F >> length)
        for i in 1..<length { point = point << 6 | Int(bytes[at + i] & 0x3F) }
        return (point < classes.count ? classes[point] : CharacterClass.other, length)
    }
}
