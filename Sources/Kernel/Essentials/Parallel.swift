// Work over the program's one thread pool (Microkernels/pool.c): parts of a loop, each run once.
// It does not know what the parts compute; results must not depend on which thread takes which part.

import Microkernels

/// Runs the parts of a loop on the program's threads, the caller included.
public enum Parallel {
    /// Threads that share the work. One setting for the whole program; BLAS itself stays at one thread.
    public static var threadCount: Int {
        get { Int(mk_pool_threads()) }
        set { mk_pool_set_threads(Int32(clamping: newValue)) }
    }

    /// Whether the calling thread computes alone while others have the workers, instead of waiting its turn:
    /// for chat beside training. The results are the same either way.
    public static func setImpatient(_ value: Bool) { mk_pool_set_impatient(value ? 1 : 0) }

    /// Runs `body(part, worker)` for each part in `0 ..< parts`; `worker < threadCount` names the scratch to use.
    static func run(_ parts: Int, _ body: (_ part: Int, _ worker: Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            var box = body
            withUnsafeMutablePointer(to: &box) { pointer in
                mk_pool_run(
                    { context, part, worker in
                        guard let context else { return }
                        let body = context.assumingMemoryBound(to: ((Int, Int) -> Void).self)
                        body.pointee(Int(part), Int(worker))
                    }, pointer, Int32(parts))
            }
        }
    }

    /// Parts a thread gets when work is cut: several, so that a core that is busy with something else
    /// keeps back a small part only.
    static let partsPerThread = 4

    /// Cuts `0 ..< count` into a few ranges a thread, each at least `grain` long, and runs them.
    static func ranges(_ count: Int, grain: Int = 1, _ body: (Range<Int>) -> Void) {
        guard count > 0 else { return }
        let share = threadCount == 1 ? 1 : threadCount * partsPerThread
        let parts = max(1, min(share, count / max(1, grain)))
        run(parts) { part, _ in body(slice(part, of: parts, count: count)) }
    }

    /// The `part`-th of `parts` nearly equal ranges of `0 ..< count`.
    static func slice(_ part: Int, of parts: Int, count: Int, multipleOf unit: Int = 1) -> Range<
        Int
    > {
        let units = (count + unit - 1) / unit
        let lower = min(count, units * part / parts * unit)
        let upper = min(count, units * (part + 1) / parts * unit)
        return lower..<upper
    }
}
