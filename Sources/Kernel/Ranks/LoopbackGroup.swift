// Ranks that are threads of one process. A collective call is a meeting: every rank lays down what it brings and waits,
// the last one does the work of all, and then all go. So nothing is copied between threads while they run.

import Foundation

/// A group of ranks in one process; hand each thread its end.
public final class LoopbackGroup: @unchecked Sendable {
    public let size: Int
    /// Until when a rank that begins to wait now waits for the others; nil for as long as it takes.
    private let deadline: @Sendable () -> Date?
    private let condition = NSCondition()
    // All below is read and written under `condition`.
    private var brought: [Int: (call: String, contribution: Any)] = [:]
    private var meetings = 0
    private var results: [Any] = []
    private var undelivered: [Route: [[Float]]] = [:]
    private var fault: KernelError?
    private var left: [Int: Sentence] = [:]

    private struct Route: Hashable {
        var from: Int
        var to: Int
    }

    /// A group of so many ranks.
    public init(size: Int, deadline: @escaping @Sendable () -> Date? = { nil }) {
        precondition(size > 0, "a group of \(size) ranks")
        (self.size, self.deadline) = (size, deadline)
    }

    /// The end of one rank, for one thread.
    public func end(of rank: Int) -> any Communicator {
        precondition(rank >= 0 && rank < size, "rank \(rank) of \(size)")
        return LoopbackCommunicator(self, rank: rank)
    }

    /// A group of some of the ranks, which wait for each other as long.
    func part(of size: Int) -> LoopbackGroup { LoopbackGroup(size: size, deadline: deadline) }

    // MARK: - Meetings

    /// Waits until all ranks make the same call, lets the last one compute the result of each from what all brought,
    /// and returns the caller's.
    func meet<Contribution, Result>(
        _ rank: Int, _ call: String, _ contribution: Contribution,
        _ work: ([Contribution]) -> [Result]
    ) throws(KernelError) -> Result {
        condition.lock()
        defer { condition.unlock() }
        try check(rank, call)
        brought[rank] = (call, contribution)
        let meeting = meetings
        if brought.count == size {
            let all = (0..<size).compactMap { brought[$0] }
            brought = [:]
            if let other = all.first(where: { $0.call != all[0].call }) {
                let place = all.firstIndex { $0.call == other.call } ?? 0
                throw give(up: "rank 0 calls \(all[0].call), rank \(place) \(other.call)")
            }
            results = work(all.compactMap { $0.contribution as? Contribution })
            meetings += 1
            condition.broadcast()
        } else {
            try wait(rank, call) { self.meetings != meeting }
        }
        guard let result = results[rank] as? Result else {
            preconditionFailure("a meeting without a result for rank \(rank)")
        }
        return result
    }

    /// Puts numbers where another rank takes them.
    func send(_ numbers: [Float], from rank: Int, to receiver: Int) {
        condition.lock()
        defer { condition.unlock() }
        undelivered[Route(from: rank, to: receiver), default: []].append(numbers)
        condition.broadcast()
    }

    /// The next numbers that another rank has sent.
    func receive(from sender: Int, to rank: Int) throws(KernelError) -> [Float] {
        condition.lock()
        defer { condition.unlock() }
        let (route, call) = (Route(from: sender, to: rank), "receive from rank \(sender)")
        if undelivered[route, default: []].isEmpty {
            try check(rank, call, only: sender)
            try wait(rank, call, only: sender) {
                self.undelivered[route, default: []].isEmpty == false
            }
        }
        return undelivered[route, default: [[]]].removeFirst()
    }

    /// A rank ends: no other waits for it any more.
    func leave(_ rank: Int, because reason: Sentence) {
        condition.lock()
        defer { condition.unlock() }
        if left[rank] == nil { left[rank] = reason }
        condition.broadcast()
    }

    // MARK: - Waiting

    /// Waits for something that other ranks do. Throws when it cannot happen any more.
    private func wait(
        _ rank: Int, _ call: String, only other: Int? = nil, until isDone: () -> Bool
    ) throws(KernelError) {
        let end = deadline()
        while !isDone() {
            try check(rank, call, only: other)
            if let end {
                guard condition.wait(until: end) || isDone() else {
                    let missing = (0..<size).filter { brought[$0] == nil && $0 != rank }
                    let ranks = (other.map { [$0] } ?? missing).map(String.init)
                    throw give(
                        up:
                            "rank \(rank) waited for ranks \(ranks.joined(separator: ", ")) in \(call)"
                    )
                }
            } else {
                condition.wait()
            }
        }
    }

    /// Throws when the group has failed, or when a rank that is needed has left.
    private func check(_ rank: Int, _ call: String, only other: Int? = nil) throws(KernelError) {
        if let fault { throw fault }
        let awaited = other.map { [$0] } ?? left.keys.filter { brought[$0] == nil }.sorted()
        for place in awaited {
            if let reason = left[place] { throw give(up: "rank \(place) has ended: \(reason)") }
        }
    }

    /// Ends the group for all.
    private func give(up reason: Sentence) -> KernelError {
        let error = KernelError(.unavailable, "the ranks cannot go on together", because: reason)
        if fault == nil { fault = error }
        condition.broadcast()
        return error
    }
}

/// A rank's end of a loopback group.
final class LoopbackCommunicator: Communicator {
    private typealias Floats = UnsafeMutableBufferPointer<Float>

    private let group: LoopbackGroup
    let rank: Int
    var size: Int { group.size }

    init(_ group: LoopbackGroup, rank: Int) { (self.group, self.rank) = (group, rank) }

    func allReduce(_ x: UnsafeMutableBufferPointer<Float>) throws(KernelError) {
        try group.meet(rank, "allReduce of \(x.count)", x) { (all: [Floats]) in
            Self.sum(all, over: 0..<(all.first?.count ?? 0))
            for other in all.dropFirst() { other.update(all[0]) }
            return all.map { _ in () }
        }
    }

    func reduceScatter(
        _ x: UnsafeMutableBufferPointer<Float>, shards: [Range<Int>]
    ) throws(KernelError) {
        try group.meet(rank, "reduceScatter of \(shards)", x) { (all: [Floats]) in
            for (place, shard) in shards.enumerated() {
                Self.sum(all, over: shard)
                if place != 0 { for i in shard { all[place][i] = all[0][i] } }
            }
            return all.map { _ in () }
        }
    }

    func allGather(
        _ x: UnsafeMutableBufferPointer<Float>, shards: [Range<Int>]
    ) throws(KernelError) {
        try group.meet(rank, "allGather of \(shards)", x) { (all: [Floats]) in
            for (place, shard) in shards.enumerated() {
                for (other, buffer) in all.enumerated() where other != place {
                    for i in shard { buffer[i] = all[place][i] }
                }
            }
            return all.map { _ in () }
        }
    }

    func allToAll(
        _ from: UnsafeBufferPointer<Float>, into to: UnsafeMutableBufferPointer<Float>, count: Int
    ) throws(KernelError) {
        precondition(from.count == size * count && to.count == size * count)
        typealias Pair = (from: UnsafeBufferPointer<Float>, to: Floats)
        try group.meet(rank, "allToAll of \(count)", (from, to)) { (all: [Pair]) in
            for (receiver, pair) in all.enumerated() {
                for (sender, other) in all.enumerated() {
                    for i in 0..<count {
                        pair.to[sender * count + i] = other.from[receiver * count + i]
                    }
                }
            }
            return all.map { _ in () }
        }
    }

    func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws(KernelError) {
        try group.meet(rank, "broadcast of \(bytes.count) from \(root)", bytes) {
            (all: [UnsafeMutableRawBufferPointer]) in
            for (place, other) in all.enumerated() where place != root {
                other.copyMemory(from: UnsafeRawBufferPointer(all[root]))
            }
            return all.map { _ in () }
        }
    }

    func gather(_ message: [UInt8]) throws(KernelError) -> [[UInt8]] {
        try group.meet(rank, "gather", message) { (all: [[UInt8]]) in all.map { _ in all } }
    }

    func exchange(
        send: UnsafeBufferPointer<Float>?, to receiver: Int,
        receive: UnsafeMutableBufferPointer<Float>?, from sender: Int
    ) throws(KernelError) {
        if let send { group.send(Array(send), from: rank, to: receiver) }
        guard let receive else { return }
        let numbers = try group.receive(from: sender, to: rank)
        guard numbers.count == receive.count else {
            throw KernelError(
                .internalFault, "ranks exchange different sizes",
                because: "rank \(sender) sent \(numbers.count) numbers, \(receive.count) are taken")
        }
        _ = receive.update(fromContentsOf: numbers)
    }

    func split(color: Int, key: Int) throws(KernelError) -> any Communicator {
        try group.meet(rank, "split", (color, key)) { (all: [(color: Int, key: Int)]) in
            var ends: [Int: any Communicator] = [:]
            for color in Set(all.map(\.color)) {
                let members = all.indices.filter { all[$0].color == color }
                    .sorted { (all[$0].key, $0) < (all[$1].key, $1) }
                let part = group.part(of: members.count)
                for (place, member) in members.enumerated() { ends[member] = part.end(of: place) }
            }
            return all.indices.compactMap { ends[$0] }
        }
    }

    func leave(because reason: Sentence) { group.leave(rank, because: reason) }

    /// Sums into the first buffer: neighbours, then sums of neighbours. The other buffers are used up.
    private static func sum(_ all: [Floats], over range: Range<Int>) {
        var stride = 1
        while stride < all.count {
            for left in Swift.stride(from: 0, to: all.count - stride, by: 2 * stride) {
                let (a, b) = (all[left], all[left + stride])
                for i in range { a[i] += b[i] }
            }
            stride *= 2
        }
    }
}

extension UnsafeMutableBufferPointer<Float> {
    fileprivate func update(_ other: UnsafeMutableBufferPointer<Float>) {
        _ = update(fromContentsOf: other)
    }
}
