// How well a few typed letters fit a text: all of them in order, best at the starts of words and next
// to each other. It ranks nothing; scores are only compared.

/// Matching of typed letters with titles.
public enum FuzzyMatch {
    /// The score of the best way to find the letters in the text, higher is better; nil when they
    /// are not there. Case and spaces among the letters do not matter.
    public static func score(_ letters: String, in text: String) -> Int? {
        // Cut first: whole books are pasted into searches by mistake.
        let letters = letters.lazy.filter { !$0.isWhitespace }.prefix(lettersMax)
        let wanted = Array(String(letters).lowercased().prefix(lettersMax))
        let found = Array(String(text.prefix(textMax)).lowercased().prefix(textMax))
        guard !wanted.isEmpty else { return 0 }
        guard wanted.count <= found.count else { return nil }
        // best[i]: the best score with the letters so far, the last of them at place i.
        var best = [Int?](repeating: nil, count: found.count)
        for (number, letter) in wanted.enumerated() {
            var next = [Int?](repeating: nil, count: found.count)
            var before: Int?
            for (place, character) in found.enumerated() {
                if place > 0 { before = Self.max(before.map { $0 - 1 }, best[place - 1]) }
                guard character == letter else { continue }
                let start = number == 0 ? -min(place, 3) : before
                guard let start else { continue }
                let joined = number > 0 && place > 0 ? best[place - 1].map { $0 + 6 } : nil
                let bonus = place == 0 ? 10 : isStart(place, found) ? 8 : 0
                next[place] = Self.max(start, joined).map { $0 + bonus }
            }
            best = next
        }
        return best.compactMap(\.self).max().map { $0 - found.count / 8 }
    }

    /// More letters than these are not looked at.
    public static let lettersMax = 64
    private static let textMax = 256

    private static func isStart(_ place: Int, _ text: [Character]) -> Bool {
        !text[place - 1].isLetter && !text[place - 1].isNumber
    }

    private static func max(_ left: Int?, _ right: Int?) -> Int? {
        guard let left, let right else { return left ?? right }
        return Swift.max(left, right)
    }
}
