// What the normalization forms ask of a character: its parts, its class, what it composes to.
// Unpacked once from NormalizationTables. It knows no text.

/// Korean syllables, which are computed.
enum Hangul {
    static let syllables: UInt32 = 0xAC00
    static let (leads, vowels, tails): (UInt32, UInt32, UInt32) = (0x1100, 0x1161, 0x11A7)
    static let (leadCount, vowelCount, tailCount): (UInt32, UInt32, UInt32) = (19, 21, 28)

    static func parts(of point: UInt32) -> [UInt32]? {
        guard point >= syllables, point < syllables + leadCount * vowelCount * tailCount else {
            return nil
        }
        let index = point - syllables
        let tail = index % tailCount
        let pair = [
            leads + index / (vowelCount * tailCount),
            vowels + index % (vowelCount * tailCount) / tailCount,
        ]
        return tail == 0 ? pair : pair + [tails + tail]
    }

    static func whole(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if first >= leads, first < leads + leadCount, second >= vowels,
            second < vowels + vowelCount
        {
            return syllables + ((first - leads) * vowelCount + (second - vowels)) * tailCount
        }
        if first >= syllables, first < syllables + leadCount * vowelCount * tailCount,
            (first - syllables) % tailCount == 0, second > tails, second < tails + tailCount
        {
            return first + (second - tails)
        }
        return nil
    }
}

/// The tables, unpacked for look-ups.
struct CanonicalTable: Sendable {
    /// All of the tables' Unicode.
    static let shared = CanonicalTable()
    /// As Hugging Face's tokenizers have it, whose Unicode is 9.0: later characters stay as they are.
    static let tokenizers = CanonicalTable(leavingOut: NormalizationTables.younger)

    /// What a character becomes: one other (and 0), or two.
    private(set) var decompositions: [UInt32: (first: UInt32, second: UInt32)] = [:]
    /// What a character becomes in forms KC and KD, where that is more than its canonical parts.
    private(set) var compatible: [UInt32: [UInt32]] = [:]
    private var compositions: [UInt64: UInt32] = [:]
    /// The combining class in the low byte; bit 8 says that form C may change the character, or
    /// that it may join what stands before it.
    private var properties: [UInt16]
    private static let mayChange: UInt16 = 0x100

    private init(leavingOut young: [UInt32] = []) {
        let classes = NormalizationTables.classes
        let last = [classes, NormalizationTables.singles].compactMap { $0.max() }.max() ?? 0
        properties = [UInt16](repeating: 0, count: Int(max(last, 0x2FA1F)) + 1)
        var isYoung: Set<UInt32> = []
        for i in stride(from: 0, to: young.count - 2, by: 3) {
            isYoung.formUnion(young[i]...young[i + 1])
        }
        for i in stride(from: 0, to: classes.count - 2, by: 3) {
            for point in classes[i]...classes[i + 1] where !isYoung.contains(point) {
                properties[Int(point)] = UInt16(classes[i + 2]) | Self.mayChange
            }
        }
        Self.unpack(NormalizationTables.singles, width: 1) { point, values in
            guard !isYoung.contains(point) else { return }
            decompositions[point] = (values[0], 0)
            properties[Int(point)] |= Self.mayChange
        }
        let excluded = Set(NormalizationTables.excluded)
        Self.unpack(NormalizationTables.pairs, width: 2) { point, values in
            guard !isYoung.contains(point) else { return }
            let (first, second) = (values[0], values[1])
            decompositions[point] = (first, second)
            // What begins with a mark is never composed again.
            guard !excluded.contains(point), order(of: point) == 0, order(of: first) == 0 else {
                properties[Int(point)] |= Self.mayChange
                return
            }
            compositions[UInt64(first) << 32 | UInt64(second)] = point
            properties[Int(second)] |= Self.mayChange
        }
        unpackCompatible(isYoung)
        for point in Hangul.vowels..<Hangul.vowels + Hangul.vowelCount {
            properties[Int(point)] |= Self.mayChange
        }
        for point in (Hangul.tails + 1)..<Hangul.tails + Hangul.tailCount {
            properties[Int(point)] |= Self.mayChange
        }
    }

    private mutating func unpackCompatible(_ isYoung: Set<UInt32>) {
        let runs = NormalizationTables.compatible
        var at = 0
        while at + 2 < runs.count {
            let (first, count, width) = (runs[at], runs[at + 1], Int(runs[at + 2]))
            at += 3
            for point in first..<first + count where at + width <= runs.count {
                if !isYoung.contains(point) { compatible[point] = Array(runs[at..<at + width]) }
                at += width
            }
        }
    }

    private static func unpack(
        _ runs: [UInt32], width: Int, _ body: (UInt32, [UInt32]) -> Void
    ) {
        var at = 0
        while at + 1 < runs.count {
            let (first, count) = (runs[at], Int(runs[at + 1]))
            at += 2
            for index in 0..<count where at + width <= runs.count {
                body(first + UInt32(index), Array(runs[at..<at + width]))
                at += width
            }
        }
    }

    func order(of point: UInt32) -> UInt8 {
        point < properties.count ? UInt8(truncatingIfNeeded: properties[Int(point)]) : 0
    }

    func mayChange(_ point: UInt32) -> Bool {
        point < properties.count && properties[Int(point)] & Self.mayChange != 0
    }

    func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
        Hangul.whole(first, second) ?? compositions[UInt64(first) << 32 | UInt64(second)]
    }
}
