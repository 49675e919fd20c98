// The memory of one run or one chat: a single reserved address range, cut first-fit, on huge pages.
// Pages are touched once and reused, so a steady-state step asks the system for nothing. What stays lies at the
// bottom and what is soon freed at the top: blocks of a moment leave no holes between those that are kept.
// It belongs to one thread and does not know what the blocks hold.

import Foundation
import Synchronization

/// A first-fit allocator over one reserved range; blocks return when their `Storage` is released.
public final class Arena {
    private let base: UnsafeMutableRawPointer
    private let capacity: Int
    /// Free ranges by offset, sorted, never adjacent.
    private var free: [Range<Int>]
    /// Bytes in use now.
    public private(set) var bytesInUse = 0
    /// The most bytes that were in use at once.
    public private(set) var peakBytesInUse = 0
    /// Bytes of both ends that were in use at any time: what the arena has touched at most.
    public var extent: Int { bottom + capacity - top }
    /// Where the bottom end has reached up to, and the top end down to.
    private var bottom = 0
    private var top: Int
    /// Where blocks are placed now.
    private var phase = Phase.outside

    private static let alignment = 4096

    /// What is computed, as far as it decides which end of the range a block is taken from.
    enum Phase {
        /// Parameters, caches, batches: all blocks stay, and lie at the bottom.
        case outside
        /// What a tape keeps lies at the bottom, the rest at the top.
        case forward
        /// Nothing stays: all blocks lie at the top.
        case backward
    }

    /// What is reserved for most work.
    public static let defaultBytes = 64 << 30

    /// Reserves address space only; memory is taken as it is touched. Where less than that may be had,
    /// a part of that is left to the rest of the program, which ends where it gets nothing.
    public init(reserving bytes: Int = defaultBytes) {
        var size = max(bytes, Self.leastBytes)
        var mapped = Self.mapped(size)
        while mapped == nil, size > Self.leastBytes {
            size = max(Self.leastBytes, (size - size / 16) & ~(Self.alignment - 1))
            let rest = max(Self.restBytes, size / 4)
            guard let place = Self.mapped(size + rest) else { continue }
            munmap(place + size, rest)
            mapped = place
        }
        guard let mapped else { Self.exhausted(Self.leastBytes, inUse: 0) }
        base = mapped
        capacity = size
        top = size
        free = [0..<size]
        _ = madvise(mapped, size, 14)  // MADV_HUGEPAGE: a hint, so its answer does not matter
    }

    deinit { munmap(base, capacity) }

    private static let leastBytes = 1 << 20
    /// What the rest of the program needs at least.
    private static let restBytes = 16 << 20

    private static func mapped(_ size: Int) -> UnsafeMutableRawPointer? {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        let result = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0)
        return result == MAP_FAILED ? nil : result
    }

    // MARK: - Exhaustion

    /// Told the bytes that were wanted and those in use; does not return.
    public typealias Exhausted = @Sendable (_ wanted: Int, _ inUse: Int) -> Never

    private static let exhaustion = Mutex<Exhausted>({ wanted, inUse in
        preconditionFailure("no memory for an arena: \(inUse) bytes in use, \(wanted) wanted")
    })

    /// What happens when an arena cannot have what is asked of it: a computation has no way to continue, so the
    /// program says it and ends.
    public static func onExhaustion(_ end: @escaping Exhausted) {
        exhaustion.withLock { $0 = end }
    }

    private static func exhausted(_ wanted: Int, inUse: Int) -> Never {
        let end = exhaustion.withLock { $0 }
        end(wanted, inUse)
    }

    /// Runs `body` in a phase; a phase inside of another changes nothing.
    func during<Result>(_ phase: Phase, _ body: () -> Result) -> Result {
        let before = enter(phase)
        defer { leave(to: before) }
        return body()
    }

    /// Enters a phase unless one is entered already; returns the one to leave to.
    func enter(_ phase: Phase) -> Phase {
        let before = self.phase
        if before == .outside { self.phase = phase }
        return before
    }

    func leave(to phase: Phase) { self.phase = phase }

    /// What a block of so many bytes takes: whole pages.
    static func size(of byteCount: Int) -> Int {
        max(alignment, (byteCount + alignment - 1) & ~(alignment - 1))
    }

    /// Takes `byteCount` bytes, aligned to a page; contents are whatever was there. `isKept`: until the backward
    /// pass, or longer.
    func allocate(
        _ byteCount: Int, isKept: Bool = false
    ) -> (pointer: UnsafeMutableRawPointer, range: Range<Int>) {
        let size = Self.size(of: byteCount)
        guard let (index, start) = place(for: size, isKept: isKept) else {
            Self.exhausted(size, inUse: bytesInUse)
        }
        let range = start..<start + size
        let whole = free[index]
        let rest = [whole.lowerBound..<start, range.upperBound..<whole.upperBound]
        free.replaceSubrange(index...index, with: rest.filter { !$0.isEmpty })
        if phase == .outside || phase == .forward && isKept {
            bottom = max(bottom, range.upperBound)
        } else {
            top = min(top, range.lowerBound)
        }
        bytesInUse += size
        peakBytesInUse = max(peakBytesInUse, bytesInUse)
        return (base + range.lowerBound, range)
    }

    /// The free range that a block is taken from, and where it begins.
    private func place(for size: Int, isKept: Bool) -> (index: Int, start: Int)? {
        switch phase {
        case .outside,
            .forward where isKept:
            let index = free.firstIndex { $0.count >= size }
            return index.map { ($0, free[$0].lowerBound) }
        case .forward, .backward:
            let index = free.lastIndex { $0.count >= size }
            return index.map { ($0, free[$0].upperBound - size) }
        }
    }

    /// Gives a block back; neighbours are joined.
    func release(_ range: Range<Int>) {
        bytesInUse -= range.count
        var index = free.partitioningIndex { $0.lowerBound >= range.upperBound }
        var merged = range
        if index < free.count, free[index].lowerBound == range.upperBound {
            merged = range.lowerBound..<free[index].upperBound
            free.remove(at: index)
        }
        if index > 0, free[index - 1].upperBound == merged.lowerBound {
            index -= 1
            merged = free[index].lowerBound..<merged.upperBound
            free.remove(at: index)
        }
        free.insert(merged, at: index)
    }
}
