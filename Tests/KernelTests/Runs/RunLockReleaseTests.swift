// A lock that was given back is free at once, though somebody else still has its open file: a child between its
// making and its own program, as when another thread starts one.

import Foundation
import Testing

@testable import Kernel

struct RunLockReleaseTests {
    @Test func aSharedOpenFileKeepsNoLock() throws {
        let folder = try TemporaryFolder()
        let lock = try RunLock.open(in: folder.path)
        #expect(RunLock.take(lock, for: .trains) == .taken)
        let shared = dup(lock)
        defer { close(shared) }
        RunLock.release(lock)
        #expect(RunLock.status(of: folder.path) == .free)
        let next = try RunLock.open(in: folder.path)
        defer { close(next) }
        #expect(RunLock.take(next, for: .evaluates) == .taken)
    }
}
