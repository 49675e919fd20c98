// Collective calls over a loopback group against sums and copies by hand, and what becomes of ranks that go different ways.

import TestSupport
import Testing

@testable import Kernel

@Suite struct CommunicatorTests {
    private static let sizes = [1, 2, 3, 4, 7]

    private static func numbers(_ rank: Int, _ count: Int) -> [Float] {
        patternFill(count, salt: 31 + rank, scale: 1000)
    }

    /// Neighbours first: the order of additions that the protocol promises.
    private static func tree(_ size: Int, _ count: Int) -> [Float] {
        var sums = (0..<size).map { numbers($0, count) }
        while sums.count > 1 {
            sums = stride(from: 0, to: sums.count, by: 2).map { left in
                guard left + 1 < sums.count else { return sums[left] }
                return zip(sums[left], sums[left + 1]).map { $0 + $1 }
            }
        }
        return sums[0]
    }

    /// Shards of uneven lengths, an empty one among them.
    private static func shards(_ size: Int) -> [Range<Int>] {
        var start = 0
        return (0..<size).map { rank in
            let end = start + rank * 3 % 5
            defer { start = end }
            return start..<end
        }
    }

    @Test(arguments: sizes) func sumsAreThoseOfTheTree(_ size: Int) throws {
        let results = RankThreads.run(size) { ranks in
            var x = Self.numbers(ranks.rank, 33)
            try x.withUnsafeMutableBufferPointer { try ranks.allReduce($0) }
            return x
        }
        for result in results { #expect(try result.get() == Self.tree(size, 33)) }
    }

    @Test(arguments: sizes) func shardsAreSummedAndGathered(_ size: Int) throws {
        let shards = Self.shards(size)
        let count = shards.last?.upperBound ?? 0
        let results = RankThreads.run(size) { ranks in
            var x = Self.numbers(ranks.rank, count)
            try x.withUnsafeMutableBufferPointer { x in
                try ranks.reduceScatter(x, shards: shards)
                try ranks.allGather(x, shards: shards)
            }
            return x
        }
        for result in results { #expect(try result.get() == Self.tree(size, count)) }
    }

    @Test(arguments: sizes) func blocksReachTheirRanks(_ size: Int) throws {
        let results = RankThreads.run(size) { ranks in
            let from = (0..<size * 2).map { Float(ranks.rank * 100 + $0) }
            var to = [Float](repeating: -1, count: size * 2)
            try from.withUnsafeBufferPointer { from in
                try to.withUnsafeMutableBufferPointer {
                    try ranks.allToAll(from, into: $0, count: 2)
                }
            }
            return to
        }
        for (rank, result) in results.enumerated() {
            var expected: [Float] = []
            for sender in 0..<size {
                let first = sender * 100 + rank * 2
                expected += [Float(first), Float(first + 1)]
            }
            #expect(try result.get() == expected)
        }
    }

    @Test(arguments: sizes) func messagesReachAll(_ size: Int) throws {
        let results = RankThreads.run(size) { ranks in
            var root = [UInt8(ranks.rank), 7]
            try root.withUnsafeMutableBytes { try ranks.broadcast($0, from: size - 1) }
            let all = try ranks.gather(Array(repeating: UInt8(ranks.rank), count: ranks.rank))
            return (root, all)
        }
        for result in results {
            let (root, all) = try result.get()
            #expect(root == [UInt8(size - 1), 7])
            #expect(all == (0..<size).map { Array(repeating: UInt8($0), count: $0) })
        }
    }

    /// A ring, twice around: what is sent first arrives first.
    @Test(arguments: sizes) func numbersGoRound(_ size: Int) throws {
        let results = RankThreads.run(size) { ranks in
            var held = [Float(ranks.rank), 0.5]
            for _ in 0..<2 * size {
                let sent = held
                try sent.withUnsafeBufferPointer { sent in
                    try held.withUnsafeMutableBufferPointer {
                        try ranks.exchange(
                            send: sent, to: (ranks.rank + 1) % size, receive: $0,
                            from: (ranks.rank + size - 1) % size)
                    }
                }
            }
            return held
        }
        for (rank, result) in results.enumerated() {
            #expect(try result.get() == [Float(rank), 0.5])
        }
    }

    @Test func groupsSplit() throws {
        let results = RankThreads.run(7) { ranks in
            let part = try ranks.split(color: ranks.rank % 2, key: -ranks.rank)
            var x = [Float(ranks.rank)]
            try x.withUnsafeMutableBufferPointer { try part.allReduce($0) }
            return (part.rank, part.size, x[0])
        }
        for (rank, result) in results.enumerated() {
            let (place, size, sum) = try result.get()
            #expect(size == (rank % 2 == 0 ? 4 : 3) && sum == (rank % 2 == 0 ? 12 : 9))
            // Keys fall, so the last of a color comes first.
            #expect(place == (6 - rank) / 2)
        }
    }

    // MARK: - Different ways

    private func reasons(_ results: [Result<some Any, any Error>]) -> [String] {
        results.map { result in
            guard case .failure(let error) = result else { return "" }
            return "\(error)"
        }
    }

    @Test func differentCallsAreNamed() {
        let results = RankThreads.run(3) { ranks in
            var x: [Float] = [1, 2]
            if ranks.rank == 2 { x.append(3) }
            try x.withUnsafeMutableBufferPointer { try ranks.allReduce($0) }
        }
        for reason in reasons(results) {
            #expect(
                reason.contains("rank 0 calls allReduce of 2, rank 2 allReduce of 3"), "\(reason)")
        }
    }

    @Test func aRankThatEndsEndsAll() {
        let results = RankThreads.run(4) { ranks in
            if ranks.rank == 1 { throw KernelError(.badData, "no more") }
            _ = try ranks.gather([1])
            _ = try ranks.gather([2])
        }
        for (rank, reason) in reasons(results).enumerated() {
            #expect(
                reason.contains(rank == 1 ? "no more" : "rank 1 has ended: no more"), "\(reason)")
        }
    }

    @Test func waitingEnds() {
        let results = RankThreads.run(2, deadline: 0.2) { ranks in
            var x: [Float] = [1]
            // Rank 1 takes what is never sent; rank 0 waits for rank 1.
            if ranks.rank == 1 {
                try x.withUnsafeMutableBufferPointer {
                    try ranks.exchange(send: nil, to: 0, receive: $0, from: 0)
                }
            } else {
                _ = try ranks.gather([])
            }
        }
        for reason in reasons(results) {
            #expect(reason.contains("waited for rank"), "\(reason)")
        }
    }
}
