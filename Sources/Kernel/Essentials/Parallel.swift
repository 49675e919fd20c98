// Work over the program's one thread pool (Microkernels/pool.c): parts of a loop, each run once.
// It does not know what the parts compute; results must not depend on which thread takes which part.

import Microkernels

/// Runs the parts of a loop on the program's threads, the caller included.
public enum Parallel {
    /// Threads that share the work. One setting for the whole program; BLAS itself stays at one thread.
    public static var threadCount: Int {
        get { Int(mk_pool_threads()) }
        set { _ = mk_pool_set_threads(Int32(clamping: newValue)) }
    }

    /// The most threads that can share the work.
    public static var threadCountMax: Int { Int(mk_pool_threads_max()) }

    /// Asks for threads and tells how many there are now: fewer where the system gives no more.
    public static func start(_ threads: Int) -> Int {
        Int(mk_pool_set_threads(Int32(clamping: threads)))
    }

    /// Whether the calling thread computes alone while others have the workers, instead of waiting its turn:
    /// for chat beside training. The results are the same either way.
    public static func setComputesAloneWhenBusy(_ value: Bool) {
        mk_pool_set_impatient(value ? 1 : 0)
    }

    /// Runs `body(part, worker)` for each part in `0 ..< parts`; `worker < threadCount` names the scratch to use.
    static func run(_ parts: Int, _ body: (_ part: Int, _ worker: Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            var work = Work(body: body)
            withUnsafeMutablePointer(to: &work) { pointer in
                mk_pool_run(
                    { context, part, worker in
                        guard let context else { return }
                        context.assumingMemoryBound(to: Work.self).pointee.run(part, worker)
                    }, pointer, Int32(parts))
            }
        }
    }

    /// What the parts run. Threads only borrow it: copies would count references in a line that all of them write.
    private struct Work: ~Copyable {
        let body: (Int, Int) -> Void

        borrowing func run(_ part: Int32, _ worker: Int32) { body(Int(part), Int(worker)) }
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

    /// Cuts `0 ..< count` into ranges that get shorter, at least `grain` long, and runs them: the first ones
    /// long, so that memory is read in long runs, the last ones short, so that the threads end together
    /// (guided self-scheduling, Polychronopoulos and Kuck 1987).
    static func tapering(
        _ count: Int, grain: Int, multipleOf unit: Int, _ body: (Range<Int>) -> Void
    ) {
        let threads = threadCount
        guard threads > 1, count >= 2 * grain else { return body(0..<count) }
        // Each round hands out half of what is left, the last one all of it.
        var rounds = 1
        while rounds < 6, count >> rounds >= 2 * threads * max(unit, grain) { rounds += 1 }
        func start(_ part: Int) -> Int {
            let (round, place) = part.quotientAndRemainder(dividingBy: threads)
            if round == rounds { return count }
            let (left, rest) = (count >> round, round + 1 == rounds ? 0 : count >> (round + 1))
            return (count - left + (left - rest) * place / threads) / unit * unit
        }
        // A thread's share are neighbouring parts: its piece of every round, the long ones first.
        run(rounds * threads) { number, _ in
            let (place, round) = number.quotientAndRemainder(dividingBy: rounds)
            let part = round * threads + place
            let range = start(part)..<start(part + 1)
            if !range.isEmpty { body(range) }
        }
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
