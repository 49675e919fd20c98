// Ranks as threads of the test's process: each runs the same body with its own end of a loopback group.

import Foundation
import Testing

@testable import Kernel

enum RankThreads {
    /// What the body of each rank returned or threw, in the order of ranks.
    static func run<Result>(
        _ size: Int, deadline: Double? = 60,
        _ body: @escaping @Sendable (any Communicator) throws -> Result
    ) -> [Swift.Result<Result, any Error>] {
        let group = LoopbackGroup(size: size) {
            deadline.map { Date(timeIntervalSinceNow: $0) }
        }
        let results = Box<Result>(size)
        let threads = (0..<size).map { rank in
            let thread = Thread {
                // Ranks of one process share its threads: each computes alone while another has them.
                Parallel.setComputesAloneWhenBusy(true)
                let communicator = group.end(of: rank)
                let result = Swift.Result { try body(communicator) }
                if case .failure(let error) = result {
                    communicator.leave(because: Sentence(verbatim: "\(error)"))
                } else {
                    communicator.leave(because: "its work is done")
                }
                results.put(result, at: rank)
            }
            thread.stackSize = 16 << 20
            return thread
        }
        for thread in threads { thread.start() }
        return results.wait()
    }

    private final class Box<Value>: @unchecked Sendable {
        private let condition = NSCondition()
        private var results: [Swift.Result<Value, any Error>?]

        init(_ size: Int) { results = .init(repeating: nil, count: size) }

        func put(_ result: Swift.Result<Value, any Error>, at rank: Int) {
            condition.lock()
            results[rank] = result
            condition.broadcast()
            condition.unlock()
        }

        func wait() -> [Swift.Result<Value, any Error>] {
            condition.lock()
            defer { condition.unlock() }
            while results.contains(where: { $0 == nil }) { condition.wait() }
            return results.compactMap(\.self)
        }
    }
}
