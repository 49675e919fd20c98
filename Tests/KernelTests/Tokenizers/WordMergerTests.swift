// The two ways of merging against the plainest one, on random rules.

import Testing

@testable import Fuzzing
@testable import Kernel

struct WordMergerTests {
    /// Applies the rule of lowest rank to its leftmost pair until none applies.
    private static func naive(_ word: [Int32], _ table: MergeTable) -> [Int32] {
        var ids = word
        while true {
            let pairs = zip(ids, ids.dropFirst()).map { table.merge($0, $1) }
            let ranks = pairs.compactMap { $0?.rank }
            guard let rank = ranks.min(),
                let at = pairs.firstIndex(where: { $0?.rank == rank }), let pair = pairs[at]
            else { return ids }
            ids.replaceSubrange(at...at + 1, with: [pair.result])
        }
    }

    /// Rules over the letters 0..<4: each joins two known texts, as training would.
    private static func rules(_ random: inout some RandomNumberGenerator)
        -> [(left: Int32, right: Int32, result: Int32)]
    {
        var texts = (0..<4).map { [$0] }
        var rules: [(left: Int32, right: Int32, result: Int32)] = []
        for _ in 0..<40 {
            let left = Int.random(in: 0..<texts.count, using: &random)
            let right = Int.random(in: 0..<texts.count, using: &random)
            let text = texts[left] + texts[right]
            let known = texts.firstIndex(of: text)
            if known == nil { texts.append(text) }
            rules.append((Int32(left), Int32(right), Int32(known ?? texts.count - 1)))
        }
        return rules
    }

    @Test func shortAndLongWordsMergeAsTheNaiveWay() {
        var random = SeededNumbers(seed: 39)
        for _ in 0..<60 {
            let table = MergeTable(Self.rules(&random))
            var merger = WordMerger()
            for length in [0, 1, 2, 3, 7, 23, 24, 25, 26, 40, 120] {
                let word = (0..<length).map { _ in Int32.random(in: 0..<4, using: &random) }
                var merged = word
                merger.merge(&merged, with: table)
                #expect(merged == Self.naive(word, table), "\(word)")
            }
        }
    }

    @Test func theLastOfEqualRulesCounts() {
        let table = MergeTable([(0, 1, 5), (2, 3, 6), (0, 1, 7)])
        #expect(table.merge(0, 1) == MergeTable.Merge(rank: 2, result: 7))
        #expect(table.merge(1, 0) == nil)
    }

    @Test func theCacheStartsOverWhenItIsFull() {
        var cache = WordCache()
        var found = 0
        for number in 0..<60_000 {
            let text = Array("word\(number)".utf8)
            text.withUnsafeBufferPointer { bytes in
                let key = WordKey(bytes, 0..<bytes.count)
                var ids: [Int] = []
                #expect(!cache.append(key, to: &ids))
                cache.insert(key, [Int32(number), 1])
                if cache.append(key, to: &ids), ids == [number, 1] { found += 1 }
            }
        }
        #expect(found == 60_000)
    }

    @Test func keysTellWordsApartThatOnlyDifferInLength() {
        let text: [UInt8] = [0, 0, 0, 65, 0]
        text.withUnsafeBufferPointer { bytes in
            #expect(WordKey(bytes, 0..<1) != WordKey(bytes, 0..<2))
            #expect(WordKey(bytes, 3..<4) != WordKey(bytes, 3..<5))
            #expect(WordKey(bytes, 0..<1) == WordKey(bytes, 1..<2))
        }
    }
}
