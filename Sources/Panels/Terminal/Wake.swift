// A pipe that wakes a waiting thread, and the wait itself. It carries no data: a byte means look.

import Foundation

/// A non-blocking pipe to end a wait from another thread.
final class Wake: Sendable {
    /// The end that is waited for.
    let reader: Int32
    private let writer: Int32

    /// Opens the pipe; without descriptors there is no program.
    init() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            preconditionFailure("no pipe to wake the interface: errno \(errno)")
        }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        reader = ends[0]
        writer = ends[1]
    }

    deinit {
        Foundation.close(reader)
        Foundation.close(writer)
    }

    /// Ends the wait; a full pipe means that it ends anyway.
    func signal() {
        var byte: UInt8 = 0
        _ = write(writer, &byte, 1)
    }

    /// Takes all bytes out of the pipe.
    func clear() { _ = Self.drain(reader) }

    /// Everything that a non-blocking descriptor holds, up to 64 kB at a time.
    static func drain(_ descriptor: Int32) -> [UInt8] {
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while result.count < 65536 {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            result.append(contentsOf: buffer[..<count])
            if count < buffer.count { break }
        }
        return result
    }

    /// Waits until one of the descriptors is readable, for at most some time; returns which.
    static func wait(_ descriptors: [Int32], for limit: Duration?) -> Set<Int32> {
        var polls = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let milliseconds = limit.map { Int32(clamping: $0.millisecondsRoundedUp) } ?? -1
        guard poll(&polls, nfds_t(polls.count), milliseconds) > 0 else { return [] }
        return Set(polls.filter { $0.revents != 0 }.map(\.fd))
    }
}

extension Duration {
    /// Whole milliseconds, not less than the duration.
    fileprivate var millisecondsRoundedUp: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds < 0 ? 0 : .max }
        return max(0, product + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
