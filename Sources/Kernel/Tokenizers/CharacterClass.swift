// A table from code points to the classes that pre-tokenizer patterns name.
// Filled once from CharacterRanges; it knows no pattern.

/// What a pattern can ask of a character.
enum CharacterClass {
    static let other: UInt8 = 0
    static let letter: UInt8 = 1
    static let number: UInt8 = 2
    /// White space other than CR and LF.
    static let space: UInt8 = 3
    /// CR or LF.
    static let lineBreak: UInt8 = 4
    /// Other to the patterns, a digit to the Digits rule.
    static let isolated: UInt8 = 5

    /// Classes by code point up to the last that has one; beyond, everything is `other`.
    static let table: [UInt8] = {
        let sets: [(UInt8, [UInt32])] = [
            (letter, CharacterRanges.letters), (number, CharacterRanges.numbers),
            (space, CharacterRanges.whiteSpace), (isolated, CharacterRanges.isolatedOnly),
        ]
        let size = sets.reduce(0) { max($0, Int($1.1.last ?? 0) + 1) }
        var table = [UInt8](repeating: other, count: size)
        for (kind, ranges) in sets {
            for i in stride(from: 0, to: ranges.count - 1, by: 2) {
                for point in ranges[i]...ranges[i + 1] { table[Int(point)] = kind }
            }
        }
        table[0x0A] = lineBreak
        table[0x0D] = lineBreak
        return table
    }()
}
