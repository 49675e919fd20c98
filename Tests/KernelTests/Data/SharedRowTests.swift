// Conversations that share a row: which go together, and that nothing else changes.

import Testing

@testable import Kernel

@Suite struct SharedRowTests {
    /// An example of so many tokens, all of which carry its number.
    private func example(_ number: Int, length: Int) -> EncodedExample {
        let ids = [Int32](repeating: Int32(number), count: length)
        return EncodedExample(ids: ids, labels: ids)
    }

    private func packed(_ lengths: [Int], _ rowLength: Int) -> [[Int]] {
        let examples = lengths.enumerated().map { example($0.offset, length: $0.element) }
        return Packing.sharedRows(examples, rowLength: rowLength).map { row in
            row.parts.map { Int(row.ids[$0.lowerBound]) }
        }
    }

    @Test func rowsTakeTheLongestThatFits() {
        // 7, then 3 fits exactly; 5, then 4; 2 remains.
        #expect(packed([5, 7, 3, 2, 4], 10) == [[1, 2], [0, 4], [3]])
        // Among equally long ones the last comes first.
        #expect(packed([4, 4, 4], 8) == [[2, 1], [0]])
        #expect(packed([10, 10], 10) == [[1], [0]])
        #expect(packed([], 10) == [])
    }

    @Test func groupsOfAThousandAreApart() {
        let rows = packed(Array(repeating: 1, count: 1500), 400)
        #expect(rows.map(\.count) == [400, 400, 200, 400, 100])
        #expect(rows[0].allSatisfy { $0 < 1000 } && rows[3].allSatisfy { $0 >= 1000 })
        #expect(rows.flatMap(\.self).sorted() == Array(0..<1500))
    }

    @Test func sharedRowsKeepTheirExamplesApart() {
        let a = EncodedExample(ids: [1, 2, 3], labels: [-100, 2, 3])
        let b = EncodedExample(ids: [4, 5], labels: [4, 5])
        let row = EncodedExample(joining: [a, b])
        #expect(row.parts == [0..<3, 3..<5] && row.boundaries == [3])
        #expect(a.parts == [0..<3] && a.boundaries.isEmpty)
        // The first token of each example has nothing that predicts it: 2 + 1.
        #expect(row.trainedCount == 3)
        #expect(PackedBatch([row]) == PackedBatch([a, b]))
        #expect(PackedBatch([row]).sampleRanges == [0..<3, 3..<5])
        #expect(PackedBatch([row]).positions == [0, 1, 2, 0, 1])
        // Rows of the same tokens with another boundary are other data.
        let other = EncodedExample(ids: row.ids, labels: row.labels)
        #expect(DataInspection.digest(of: [row]) != DataInspection.digest(of: [other]))
    }

    @Test func onlyConversationsToTrainOnShareRows() throws {
        let records = (0..<6).map { #"{"instruction":"\#($0)","output":"a"}"# + "\n" }.joined()
        let folder = try DataFolder(["a.jsonl": records])
        func load(_ packs: Bool) throws -> LoadedDataset {
            // "<0>a$" has 5 tokens: two in a row of 12.
            let encoder = try ExampleEncoder.bytes {
                $0.cutoffLength = 12
                $0.packsConversations = packs
                $0.validation = .count(2)
            }
            return try DatasetLoader(encoder: encoder).load(
                DatasetSelection(directory: folder.path, training: ["a.jsonl"]))
        }
        let (apart, shared) = (try load(false), try load(true))
        #expect(apart.training.examples.count == 4 && shared.training.examples.count == 2)
        #expect(shared.training.examples.allSatisfy { $0.parts.count == 2 })
        #expect(shared.training.inspection.lengths?.maximum == 10)
        #expect(
            shared.training.inspection.trainedTokenCount
                == apart.training.inspection.trainedTokenCount)
        #expect(shared.evaluation == apart.evaluation)
    }
}
