// Added tokens in texts that are made to be slow: the bounded search finds what the plain one does.

import Testing

@testable import Kernel

@Suite struct AddedTokenMatcherTests {
    private func found(_ matcher: AddedTokenMatcher, _ text: String) -> [TextSegment] {
        var marked = MarkedText()
        marked.append(text.utf8, isTrusted: true)
        return matcher.segments(of: marked, in: 0..<marked.bytes.count)
    }

    @Test func aLongTokenThatNearlyMatchesEverywhereIsFound() {
        let long = String(repeating: "a", count: 5000) + "b"
        let matcher = AddedTokenMatcher([AddedToken(id: 7, content: long)])
        let text = String(repeating: "a", count: 1 << 20)
        let time = processorSeconds {
            #expect(found(matcher, text) == [.text(0..<1 << 20)])
            #expect(
                found(matcher, text + "bab")
                    == [
                        .text(0..<(1 << 20) - 5000), .token(7),
                        .text((1 << 20) + 1..<(1 << 20) + 3),
                    ])
        }
        // Two passes; the plain search compares five thousand million bytes.
        #expect(time < 60)
    }

    @Test func bothSearchesAgree() {
        var random = RandomSource(seed: 3).stream(.sampling)
        for _ in 0..<300 {
            let letters = ["a", "b", "ab", "aa", "ba"]
            func word(_ most: Int) -> String {
                (0...random.integer(below: most)).map { _ in letters[random.integer(below: 5)] }
                    .joined()
            }
            let patterns = (0..<4).map { _ in word(6) }
            let text = word(60)
            let bytes = Array(text.utf8)
            let linear = LongestMatches(patterns.map { Array($0.utf8) })
                .patterns(in: bytes, 0..<bytes.count)
            for at in bytes.indices {
                let best = patterns.filter { bytes[at...].starts(with: $0.utf8) }
                    .max { $0.utf8.count < $1.utf8.count }
                #expect(best == (linear[at] < 0 ? nil : patterns[Int(linear[at])]))
            }
        }
    }
}
