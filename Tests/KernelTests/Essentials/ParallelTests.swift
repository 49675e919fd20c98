// The thread pool's promise: every part of every job runs exactly once, whoever asks and however often.

import Foundation
import Synchronization
import Testing

@testable import Kernel

struct ParallelTests {
    /// A number that several threads count up.
    private final class Counter: Sendable {
        private let value = Atomic<Int>(0)
        func add() { value.add(1, ordering: .relaxed) }
        var count: Int { value.load(ordering: .relaxed) }
    }

    /// Counts how often each part ran, and which scratch it was given.
    private final class Tally: Sendable {
        let runs: [Counter]
        let strangeWorkers = Atomic<Int>(0)

        init(parts: Int) { runs = (0..<parts).map { _ in Counter() } }
    }

    @Test func runsEveryPartOnceForManySmallJobs() {
        for round in 0..<20_000 {
            let parts = 2 + round % 13
            let tally = Tally(parts: parts)
            Parallel.run(parts) { part, worker in
                tally.runs[part].add()
                if worker < 0 || worker >= Parallel.threadCount {
                    tally.strangeWorkers.add(1, ordering: .relaxed)
                }
            }
            let counts = tally.runs.map(\.count)
            guard counts.allSatisfy({ $0 == 1 }) else {
                Issue.record("job \(round): parts ran \(counts) times")
                return
            }
            #expect(tally.strangeWorkers.load(ordering: .relaxed) == 0)
        }
    }

    /// What was asked for is not believed: the answer is what there is. The number itself stays as it is, since the
    /// order of sums in the tests beside this one follows it.
    @Test func startingTellsHowManyThreadsThereAre() {
        #expect(Parallel.threadCountMax == 256)
        #expect(Parallel.start(Parallel.threadCount) == Parallel.threadCount)
    }

    @Test(arguments: [
        (0, 1, 1), (1, 4, 16), (15, 4, 16), (960, 28, 16), (49_152, 28, 16), (999, 1, 7),
    ])
    func taperingRangesMeetEveryElementOnce(_ count: Int, _ grain: Int, _ unit: Int) {
        let tally = Tally(parts: count)
        Parallel.tapering(count, grain: grain, multipleOf: unit) { range in
            for index in range { tally.runs[index].add() }
            if range.lowerBound % unit != 0 { tally.strangeWorkers.add(1, ordering: .relaxed) }
        }
        #expect(tally.runs.allSatisfy { $0.count == 1 })
        #expect(tally.strangeWorkers.load(ordering: .relaxed) == 0)
    }

    @Test func servesCallersInTurnAndImpatientOnesAlone() {
        let failures = Atomic<Int>(0)
        let callers = (0..<4).map { caller in
            Thread {
                Parallel.setComputesAloneWhenBusy(caller % 2 == 1)
                for round in 0..<2_000 {
                    let parts = 2 + (round + caller) % 9
                    let tally = Tally(parts: parts)
                    Parallel.run(parts) { part, _ in tally.runs[part].add() }
                    if tally.runs.contains(where: { $0.count != 1 }) {
                        failures.add(1, ordering: .relaxed)
                    }
                }
            }
        }
        callers.forEach { $0.start() }
        while !callers.allSatisfy(\.isFinished) { Thread.sleep(forTimeInterval: 0.005) }
        #expect(failures.load(ordering: .relaxed) == 0)
    }

    @Test(arguments: [0, 1, 2, 7, 63, 64, 65, 1000])
    func rangesCoverEachIndexOnce(_ count: Int) {
        let tally = Tally(parts: count)
        Parallel.ranges(count, grain: 8) { range in for index in range { tally.runs[index].add() } }
        #expect(tally.runs.allSatisfy { $0.count == 1 })
    }

    @Test func slicesKeepTheirUnit() {
        let slices = (0..<5).map { Parallel.slice($0, of: 5, count: 100, multipleOf: 16) }
        #expect(slices.first?.lowerBound == 0)
        #expect(slices.last?.upperBound == 100)
        for (left, right) in zip(slices, slices.dropFirst()) {
            #expect(left.upperBound == right.lowerBound)
            #expect(left.upperBound % 16 == 0)
        }
    }
}
