// Which words of two texts the other one lacks: the shortest way from one to the other, by the words that
// ROUGE counts. Blanks are no words.

import Kernel

/// Two texts in pieces, each with whether it is in one of them only.
struct WordDifference: Equatable, Sendable {
    /// A word or a blank.
    struct Piece: Equatable, Sendable {
        var text: String
        var differs: Bool
    }

    /// Words that are compared; the rest of longer texts is not marked.
    static let wordsMax = 1500

    let first: [Piece]
    let second: [Piece]
    /// Whether words beyond the limit were not compared.
    let isCut: Bool

    init(_ first: String, _ second: String) {
        let (one, two) = (ScoreWords.cut(first), ScoreWords.cut(second))
        let (oneWords, twoWords) = (Self.words(one), Self.words(two))
        isCut = max(oneWords.count, twoWords.count) > Self.wordsMax
        let old = oneWords.prefix(Self.wordsMax).map { one[$0] }
        let new = twoWords.prefix(Self.wordsMax).map { two[$0] }
        var (removed, inserted): (Set<Int>, Set<Int>) = ([], [])
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removed.insert(oneWords[offset])
            case .insert(let offset, _, _): inserted.insert(twoWords[offset])
            }
        }
        self.first = one.enumerated().map { Piece(text: $1, differs: removed.contains($0)) }
        self.second = two.enumerated().map { Piece(text: $1, differs: inserted.contains($0)) }
    }

    /// The places of the pieces that are words.
    private static func words(_ pieces: [String]) -> [Int] {
        pieces.indices.filter { index in !pieces[index].allSatisfy(\.isWhitespace) }
    }
}
