// Writing files and folders in one step: when any call fails, the old content stays and nothing else.
import Foundation
import Synchronization
import Testing

@testable import Fuzzing
@testable import Kernel

/// Counts the calls of one kind over all copies of a DiskCalls and makes the n-th one fail.
final class CallFailure: Sendable {
    private let count = Atomic<Int>(0)
    private let failing: Int
    private let code: Int32

    init(at failing: Int, code: Int32) {
        self.failing = failing
        self.code = code
    }

    /// Whether this call is the one to fail; errno is then set.
    func strikes() -> Bool {
        guard count.wrappingAdd(1, ordering: .relaxed).newValue == failing else { return false }
        errno = code
        return true
    }

    var calls: Int { count.load(ordering: .relaxed) }
}

extension DiskCalls {
    /// The real calls, of which every one asks `failure` first.
    fileprivate static func failing(_ failure: CallFailure) -> DiskCalls {
        var calls = DiskCalls()
        let real = calls
        calls.create = { failure.strikes() ? -1 : real.create($0) }
        calls.write = { failure.strikes() ? -1 : real.write($0, $1, $2) }
        calls.synchronize = { failure.strikes() ? -1 : real.synchronize($0) }
        calls.rename = { failure.strikes() ? -1 : real.rename($0, $1) }
        calls.exchange = { failure.strikes() ? -1 : real.exchange($0, $1) }
        calls.close = { descriptor in
            // A failed close still gives the descriptor back.
            let fails = failure.strikes()
            let code = errno
            let result = real.close(descriptor)
            errno = code
            return fails ? -1 : result
        }
        return calls
    }
}

@Suite struct AtomicFileTests {
    private let large = [UInt8](repeating: 0x42, count: 3 << 20)

    @Test func writesAndReplaces() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/a"
        try AtomicFile.write([1, 2], to: path)
        #expect(try contents(path) == [1, 2])
        try AtomicFile.write(large, to: path)
        #expect(try contents(path) == large)
        #expect(folder.names == ["a"])
    }

    @Test func smallAndLargePiecesArriveInOrder() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/a"
        var expected: [UInt8] = []
        var numbers = SeededNumbers(seed: 9)
        let pieces = (0..<300).map { _ in
            [UInt8](
                repeating: UInt8(truncatingIfNeeded: numbers.next()),
                count: numbers.below(20) == 0 ? 1 << 20 + numbers.below(9) : numbers.below(20_000))
        }
        for piece in pieces { expected += piece }
        try AtomicFile.write(to: path) { (sink) throws(KernelError) in
            for piece in pieces { try sink.write(piece) }
            try sink.pad(to: 4_096)
        }
        expected += [UInt8](repeating: 0, count: (4_096 - expected.count % 4_096) % 4_096)
        #expect(try contents(path) == expected)
    }

    @Test func anErrorInTheBodyLeavesTheOldFile() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("a", "old")
        let error = try #require(throws: KernelError.self) {
            try AtomicFile.write(to: path) { (sink) throws(KernelError) in
                try sink.write("new")
                throw KernelError(.badData, "no")
            }
        }
        #expect(error.what == "no")
        #expect(try contents(path) == Array("old".utf8))
        #expect(folder.names == ["a"])
    }

    @Test(arguments: [ENOSPC, EIO, EDQUOT, EROFS, EFBIG, EMFILE])
    func everyFailingCallLeavesOldOrNew(code: Int32) throws {
        for failing in 1...20 {
            let folder = try TemporaryFolder()
            let path = try folder.file("a", "old")
            let failure = CallFailure(at: failing, code: code)
            var thrown: KernelError?
            do {
                try AtomicFile.write(to: path, plannedBytes: nil, calls: .failing(failure)) {
                    (sink) throws(KernelError) in
                    try sink.write("head")
                    try sink.write(large)
                }
            } catch {
                thrown = error
            }
            let now = try contents(path)
            if failing > failure.calls {
                #expect(thrown == nil)
                #expect(now == Array("head".utf8) + large)
                // create, two writes, fsync, close; rename; fsync and close of the folder.
                #expect(failure.calls == 8)
                return
            }
            // Only the folder's fsync and close come after the new file is in place.
            #expect(now.count == (failing >= 7 ? large.count + 4 : 3), "call \(failing)")
            // Closing a folder that is on the disk may fail without harm.
            #expect((thrown != nil) == (failing < 8), "call \(failing)")
            #expect(folder.names == ["a"], "call \(failing)")
        }
        Issue.record("no run came through")
    }

    @Test func aFullDiskSaysNeededAndFreeBytes() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("a", "old")
        var calls = DiskCalls()
        calls.freeBytes = { _ in 1_000 }
        calls.write = { _, _, _ in
            errno = ENOSPC
            return -1
        }
        let early = try #require(throws: KernelError.self) {
            try AtomicFile.write(to: path, plannedBytes: 5_000, calls: calls) {
                (_) throws(KernelError) in
                Issue.record("started without space")
            }
        }
        #expect(early.what == "the disk is full")
        #expect(early.place == path)
        #expect(early.why == "5000 more bytes are needed, 1000 bytes are free")
        let late = try #require(throws: KernelError.self) {
            try AtomicFile.write(to: path, plannedBytes: 900, calls: calls) {
                (sink) throws(KernelError) in
                try sink.write([UInt8](repeating: 1, count: 300))
            }
        }
        #expect(late.why == "900 more bytes are needed, 1000 bytes are free")
        #expect(try contents(path) == Array("old".utf8))
        #expect(folder.names == ["a"])
    }

    @Test func interruptedAndShortWritesGoOn() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/a"
        var calls = DiskCalls()
        let real = calls
        let turn = CallFailure(at: 3, code: EINTR)
        calls.write = { turn.strikes() ? -1 : real.write($0, $1, min($2, 100_001)) }
        try AtomicFile.write(to: path, plannedBytes: nil, calls: calls) {
            (sink) throws(KernelError) in try sink.write(large)
        }
        #expect(try contents(path) == large)
    }

    @Test func namesThePathThatCannotBeWritten() throws {
        let error = try #require(throws: KernelError.self) {
            try AtomicFile.write([1], to: "/nowhere/file")
        }
        #expect(error.kind == .missingInput)
        #expect(error.place?.hasPrefix("/nowhere/.file.") == true)
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/a", withIntermediateDirectories: false)
        #expect(throws: KernelError.self) { try AtomicFile.write([1], to: "\(folder.path)/a") }
        #expect(folder.names == ["a"])
    }

    @Test func manyWritersAtOnceLeaveOneWholeFile() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/a"
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<16 {
                group.addTask {
                    let bytes = [UInt8](repeating: UInt8(writer), count: 100_000)
                    try? AtomicFile.write(bytes, to: path)
                }
            }
        }
        let bytes = try contents(path)
        #expect(bytes.count == 100_000)
        #expect(Set(bytes).count == 1)
        #expect(folder.names == ["a"])
    }
}

@Suite struct AtomicFolderTests {
    private func fill(_ path: String, _ text: String) throws(KernelError) {
        try AtomicFile.write(Array(text.utf8), to: "\(path)/one")
        guard mkdir("\(path)/sub", 0o777) == 0 else { throw KernelError(.inputOutput, "mkdir") }
        try AtomicFile.write(Array(text.utf8), to: "\(path)/sub/two")
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try contents(path), as: UTF8.self)
    }

    @Test func createsAndReplaces() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/run"
        for content in ["first", "second", "third"] {
            try AtomicFolder.write(to: path + "/") { (temporary) throws(KernelError) in
                try fill(temporary, content)
            }
            #expect(try text("\(path)/one") == content)
            #expect(try text("\(path)/sub/two") == content)
            #expect(folder.names == ["run"])
        }
    }

    @Test func anErrorInTheBodyLeavesTheOldFolder() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/run"
        try AtomicFolder.write(to: path) { (temporary) throws(KernelError) in
            try fill(temporary, "old")
        }
        #expect(throws: KernelError.self) {
            try AtomicFolder.write(to: path) { (temporary) throws(KernelError) in
                try fill(temporary, "new")
                throw KernelError(.badData, "no")
            }
        }
        #expect(try text("\(path)/one") == "old")
        #expect(folder.names == ["run"])
    }

    @Test(arguments: [true, false])
    func everyFailingCallLeavesOldOrNew(canExchange: Bool) throws {
        for failing in 1...40 {
            let folder = try TemporaryFolder()
            let path = "\(folder.path)/run"
            try AtomicFolder.write(to: path) { (temporary) throws(KernelError) in
                try fill(temporary, "old")
            }
            let failure = CallFailure(at: failing, code: EIO)
            var calls = DiskCalls.failing(failure)
            if !canExchange {
                calls.exchange = { _, _ in
                    errno = EINVAL
                    return -1
                }
            }
            var thrown = false
            do {
                try AtomicFolder.write(to: path, calls: calls) { (temporary) throws(KernelError) in
                    try fill(temporary, "new")
                }
            } catch {
                thrown = true
            }
            let content = try text("\(path)/one")
            #expect(try text("\(path)/sub/two") == content, "call \(failing)")
            #expect(folder.names == ["run"], "call \(failing)")
            if failing > failure.calls {
                #expect(!thrown)
                #expect(content == "new")
                return
            }
            #expect(content == "old" || content == "new")
        }
        Issue.record("no run came through")
    }

    @Test func aFileInTheWayIsNotReplaced() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("run", "a file")
        #expect(throws: KernelError.self) {
            try AtomicFolder.write(to: path) { (temporary) throws(KernelError) in
                try fill(temporary, "new")
            }
        }
        #expect(try text(path) == "a file")
        #expect(folder.names == ["run"])
    }
}
