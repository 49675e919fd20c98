// The memory of one run or one chat: a single reserved address range, cut first-fit, on huge pages.
// Pages are touched once and reused, so a steady-state step asks the system for nothing.
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
    public private(set) var bytesInUseMax = 0
    /// The highest address used so far, as an offset: what the arena has touched at most.
    public private(set) var extent = 0

    private static let alignment = 4096

    /// What is reserved for most work.
    public static let usualBytes = 64 << 30

    /// Reserves address space only; memory is taken as it is touched. Where less than the wish may be had,
    /// a part of that is left to the rest of the program, which ends where it gets nothing.
    public init(reserving wish: Int = usualBytes) {
        var size = max(wish, Self.leastBytes)
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
        free = [0..<size]
        _ = madvise(mapped, size, 14)  // MADV_HUGEPAGE: a wish, so its answer does not matter
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

    /// What happens when an arena cannot have what is asked of it: whoever computes has no way back, so the
    /// program says it and ends.
    public static func onExhaustion(_ end: @escaping Exhausted) {
        exhaustion.withLock { $0 = end }
    }

    private static func exhausted(_ wanted: Int, inUse: Int) -> Never {
        let end = exhaustion.withLock { $0 }
        end(wanted, inUse)
    }

    /// Takes `byteCount` bytes, aligned to a page; contents are whatever was there.
    func allocate(_ byteCount: Int) -> (pointer: UnsafeMutableRawPointer, range: Range<Int>) {
        let size = max(Self.alignment, (byteCount + Self.alignment - 1) & ~(Self.alignment - 1))
        guard let index = free.firstIndex(where: { $0.count >= size }) else {
            Self.exhausted(size, inUse: bytesInUse)
        }
        let range = free[index].lowerBound..<free[index].lowerBound + size
        if free[index].count == size {
            free.remove(at: index)
        } else {
            free[index] = range.upperBound..<free[index].upperBound
        }
        bytesInUse += size
        bytesInUseMax = max(bytesInUseMax, bytesInUse)
        extent = max(extent, range.upperBound)
        return (base + range.lowerBound, range)
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
