// A function over a range of indices on all cores, with results in order, progress and a way out.
// For pure functions of the index only, so that the number of threads cannot be seen in the result.

import Dispatch
import Synchronization

/// An ordered map over a range on all cores.
enum ParallelMap {
    /// Indices that one thread takes at once.
    private static let chunk = 32
    /// Indices between two calls of `checkpoint`.
    private static let round = 1024

    /// The values of `transform` for 0 ..< count, in order.
    ///
    /// `checkpoint` is called on this thread between rounds with the number done, and may throw.
    static func map<Output: Sendable>(
        count: Int, checkpoint: (Int) throws(KernelError) -> Void,
        _ transform: @Sendable (Int) -> Output
    ) throws(KernelError) -> [Output] {
        var results: [Output] = []
        results.reserveCapacity(count)
        while results.count < count {
            try checkpoint(results.count)
            let start = results.count
            let end = min(start + round, count)
            let chunks = (end - start - 1) / chunk + 1
            let finished = Mutex<[Int: [Output]]>([:])
            @Sendable func work(_ index: Int) {
                let first = start + index * chunk
                let outputs = (first..<min(first + chunk, end)).map(transform)
                finished.withLock { $0[index] = outputs }
            }
            // A process limited to one thread may be unable to start more: libdispatch would.
            if Parallel.threadCount == 1 {
                for index in 0..<chunks { work(index) }
            } else {
                DispatchQueue.concurrentPerform(iterations: chunks) { work($0) }
            }
            let parts = finished.withLock { $0 }
            for index in 0..<chunks { results += parts[index] ?? [] }
        }
        try checkpoint(count)
        return results
    }
}
