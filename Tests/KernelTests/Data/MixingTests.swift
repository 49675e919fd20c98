// How data sets are mixed: each order worked out by hand, chances by counting, and the way from
// files to rows.

import Testing

@testable import Kernel

@Suite struct MixingTests {
    private func order(
        _ mixing: DatasetMixing, _ counts: [Int], _ chances: [Double] = [], seed: UInt64 = 42
    ) throws -> [String] {
        try mixing.order(of: counts, chances: chances, random: RandomSource(seed: seed))
            .map { ["a", "b", "c"][$0.set] + String($0.index) }
    }

    @Test func setsFollowEachOther() throws {
        #expect(try order(.concatenate, [2, 0, 3]) == ["a0", "a1", "c0", "c1", "c2"])
        #expect(try order(.concatenate, []) == [])
    }

    @Test func setsTakeTurnsInWholeRounds() throws {
        // Two rounds, as many as the shortest has examples.
        #expect(try order(.interleaveUnder, [2, 4]) == ["a0", "b0", "a1", "b1"])
        #expect(try order(.interleaveUnder, [4, 2]) == ["a0", "b0", "a1", "b1"])
        // Four rounds, as many as the longest has; the shorter one begins anew.
        #expect(
            try order(.interleaveOver, [3, 4])
                == ["a0", "b0", "a1", "b1", "a2", "b2", "a0", "b3"])
        #expect(try order(.interleaveOnce, [1, 3, 2]) == ["a0", "b0", "c0", "b1", "c1", "b2"])
        #expect(try order(.interleaveOver, [3, 0]) == ["a0", "a1", "a2"])
    }

    @Test func drawnSetsKeepTheirOwnOrder() throws {
        for mixing in [DatasetMixing.interleaveUnder, .interleaveOver, .interleaveOnce] {
            let drawn = try order(mixing, [30, 40], [1, 3])
            #expect(try order(mixing, [30, 40], [1, 3]) == drawn)
            #expect(try order(mixing, [30, 40], [1, 3], seed: 7) != drawn)
            // Only the ratio of chances counts.
            #expect(try order(mixing, [30, 40], [0.25, 0.75]) == drawn)
            for (set, count) in [("a", 30), ("b", 40)] {
                let numbers = drawn.filter { $0.hasPrefix(set) }.compactMap {
                    Int($0.dropFirst())
                }
                #expect(numbers == numbers.indices.map { $0 % count })
            }
        }
    }

    @Test func drawsEndWhereTheirNameSays() throws {
        let under = try order(.interleaveUnder, [30, 40], [0.5, 0.5])
        #expect(["a29", "b39"].filter(under.contains).count == 1)
        #expect(["a29", "b39"].contains(under.last))
        let over = try order(.interleaveOver, [30, 40], [0.5, 0.5])
        #expect(over.contains("a29") && over.contains("b39"))
        #expect(["a29", "b39"].contains(over.last))
        let once = try order(.interleaveOnce, [30, 40], [0.5, 0.5])
        #expect(once.count == 70 && Set(once).count == 70)
    }

    @Test func chancesHold() throws {
        let drawn = try order(.interleaveUnder, [100_000, 4000], [0.8, 0.2])
        // 4000 of b are a fifth of 20,000; the standard deviation of the rest is about 280.
        let share = Double(drawn.count { $0.hasPrefix("b") }) / Double(drawn.count)
        #expect(abs(share - 0.2) < 0.01, "\(share)")
        #expect(try order(.interleaveOver, [5, 5], [0, 1]) == ["b0", "b1", "b2", "b3", "b4"])
    }

    @Test func endlessRepetitionIsRefused() {
        let error = kernelError { _ = try order(.interleaveOver, [9, 9], [1, 1e-9]) }
        #expect(error?.kind == .configuration && error?.place == "interleave_probs")
        // The rare set is drawn at the end, once the other one is used up.
        #expect((try? order(.interleaveOnce, [9, 9], [1, 1e-9]))?.count == 18)
    }

    // MARK: - From files

    private static func numbered(_ numbers: Range<Int>) -> String {
        numbers.map { #"{"instruction":"\#($0)","output":"a"}"# + "\n" }.joined()
    }

    private static func prompts(_ set: EncodedSet?) -> [Int] {
        (set?.examples ?? []).map {
            ByteTokenizer().decode($0.ids.map { Int($0) }, skipSpecial: true)
                .split(separator: ">").first.flatMap { Int($0.dropFirst()) } ?? -1
        }
    }

    private func load(
        _ folder: DataFolder, _ mixing: DatasetMixing, _ chances: [Double] = [],
        evaluation: [String] = [], _ change: (inout EncodingOptions) -> Void = { _ in }
    ) throws -> LoadedDataset {
        try DatasetLoader(encoder: .bytes(change)).load(
            DatasetSelection(
                directory: folder.path, training: ["a.jsonl", "b.jsonl"], evaluation: evaluation,
                mixing: mixing, probabilities: chances))
    }

    private static func folder() throws -> DataFolder {
        try DataFolder(["a.jsonl": numbered(0..<3), "b.jsonl": numbered(10..<15)])
    }

    @Test func filesAreMixedAsTheSelectionSays() throws {
        let folder = try Self.folder()
        #expect(
            Self.prompts(try load(folder, .concatenate).training) == [0, 1, 2, 10, 11, 12, 13, 14])
        #expect(
            Self.prompts(try load(folder, .interleaveUnder).training) == [0, 10, 1, 11, 2, 12])
        let over = try load(folder, .interleaveOver)
        #expect(Self.prompts(over.training) == [0, 10, 1, 11, 2, 12, 0, 13, 1, 14])
        // A record that the mixture repeats is no duplicate.
        #expect(over.training.inspection.duplicateCount == 0)
        let wrong = kernelError { _ = try load(folder, .interleaveOver, [1]) }
        #expect(wrong?.place == "interleave_probs")
        #expect(wrong?.why == "1 chances for 2 data sets")
    }

    @Test func repeatedRecordsAreNeverHeldOut() throws {
        let folder = try Self.folder()
        for seed in UInt64(0)..<20 {
            let loaded = try load(folder, .interleaveOver) {
                $0.validation = .count(3)
                $0.seed = seed
            }
            let (trained, heldOut) = (
                Set(Self.prompts(loaded.training)), Self.prompts(loaded.evaluation)
            )
            #expect(heldOut.count == 3 && trained.isDisjoint(with: heldOut))
        }
    }

    @Test func evaluationSetsAreJoinedWhole() throws {
        let folder = try Self.folder()
        let loaded = try load(
            folder, .interleaveUnder, [0.5, 0.5], evaluation: ["b.jsonl", "a.jsonl"])
        #expect(Self.prompts(loaded.evaluation) == [10, 11, 12, 13, 14, 0, 1, 2])
    }

    @Test func evaluationAloneIsThatOfATrainingRun() throws {
        let folder = try Self.folder()
        let encoder = try ExampleEncoder.bytes { $0.validation = .fraction(0.3) }
        var selection = DatasetSelection(
            directory: folder.path, training: ["a.jsonl", "b.jsonl"], mixing: .interleaveUnder)
        let loader = DatasetLoader(encoder: encoder)
        #expect(try loader.loadEvaluation(selection) == loader.load(selection).evaluation)
        let apart = DatasetLoader(encoder: try .bytes())
        let nothing = kernelError { _ = try apart.loadEvaluation(selection) }
        #expect(nothing?.place == "eval_dataset")
        selection.training = []
        selection.evaluation = ["b.jsonl"]
        #expect(Self.prompts(try apart.loadEvaluation(selection)) == [10, 11, 12, 13, 14])
    }
}
