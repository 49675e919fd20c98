// ROUGE-1, -2 and -L of two texts as rouge-chinese computes them over words that stand apart by
// blanks: distinct n-grams, the longest common subsequence of all words, F1 with a small term that
// keeps it from dividing by zero. Paper: aclanthology.org/W04-1013.

/// How many words two texts share: F1 scores from 0 to 1.
public struct RougeScore: Sendable, Equatable {
    /// Of distinct words.
    public var one = 0.0
    /// Of distinct pairs of neighbours.
    public var two = 0.0
    /// Of the longest common subsequence of words.
    public var longest = 0.0

    /// All zero, as for a text without words.
    public init() {}

    /// The scores of a prediction; zero when either text has no word.
    public init(prediction: String, reference: String) {
        guard let said = Self.words(prediction), let wanted = Self.words(reference) else { return }
        var numbers: [String: Int] = [:]
        func number(_ words: [String]) -> [Int] {
            words.map { word in
                if let known = numbers[word] { return known }
                numbers[word] = numbers.count
                return numbers.count - 1
            }
        }
        let (hypothesis, target) = (number(said), number(wanted))
        one = Self.overlap(Set(hypothesis), Set(target))
        two = Self.overlap(Self.pairs(hypothesis), Self.pairs(target))
        longest = Self.f1(
            shared: Self.commonLength(hypothesis, target), hypothesis: hypothesis.count,
            reference: target.count)
    }

    // MARK: - Words

    /// The words that are compared; nil when there is none but blanks.
    static func words(_ text: String) -> [String]? {
        let joined = ScoreWords.cut(text).joined(separator: " ")
        guard joined.unicodeScalars.contains(where: { !isBlank($0) }) else { return nil }
        return lines(of: joined).filter { !$0.isEmpty }.flatMap { line -> [String] in
            let words = line.split(whereSeparator: isBlank).map { word in
                var text = String.UnicodeScalarView()
                text.append(contentsOf: word)
                return String(text)
            }
            // A line of blanks counts as one empty word there.
            return words.isEmpty ? [""] : words
        }
    }

    /// The text cut at line ends, after sentence marks and after six dots. Further rules of the
    /// package never meet text whose words stand apart by blanks.
    private static func lines(of text: String) -> [ArraySlice<Unicode.Scalar>] {
        var scalars = Array(text.unicodeScalars)
        while let last = scalars.last, isBlank(last) { scalars.removeLast() }
        var lines: [ArraySlice<Unicode.Scalar>] = []
        var (start, dots) = (0, 0)
        for (index, scalar) in scalars.enumerated() {
            dots = scalar == "." ? dots + 1 : 0
            if scalar == "\n" {
                lines.append(scalars[start..<index])
                start = index + 1
            } else if dots == 6 || "。！？?".unicodeScalars.contains(scalar) {
                lines.append(scalars[start...index])
                start = index + 1
                // The rule for dots spends a seventh: it opens no further six.
                if dots == 6 { dots = -1 }
            }
        }
        lines.append(scalars[start...])
        return lines
    }

    /// What Python takes for white space.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
            0x205F, 0x3000:
            true
        default: false
        }
    }

    // MARK: - Counting

    private struct Pair: Hashable {
        let first: Int
        let second: Int
    }

    private static func pairs(_ words: [Int]) -> Set<Pair> {
        Set(zip(words, words.dropFirst()).map { Pair(first: $0, second: $1) })
    }

    private static func overlap<Part: Hashable>(_ one: Set<Part>, _ other: Set<Part>) -> Double {
        f1(shared: one.intersection(other).count, hypothesis: one.count, reference: other.count)
    }

    private static func f1(shared: Int, hypothesis: Int, reference: Int) -> Double {
        let precision = hypothesis == 0 ? 0 : Double(shared) / Double(hypothesis)
        let recall = reference == 0 ? 0 : Double(shared) / Double(reference)
        return 2 * ((precision * recall) / (precision + recall + 1e-8))
    }

    /// The length of the longest common subsequence, a row of the table at a time.
    private static func commonLength(_ one: [Int], _ other: [Int]) -> Int {
        var above = [Int](repeating: 0, count: other.count + 1)
        for word in one {
            var diagonal = 0
            for (column, candidate) in other.enumerated() {
                let old = above[column + 1]
                above[column + 1] =
                    word == candidate ? diagonal + 1 : max(old, above[column])
                diagonal = old
            }
        }
        return above[other.count]
    }
}
