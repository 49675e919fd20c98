// Deleted runs: moved aside under the run's lock, brought back, and never a live one.

import Foundation
import Testing

@testable import Kernel
import TestSupport

@Suite struct RunTrashTests {
    private func makeRun(_ root: TemporaryFolder, _ name: String = "sft") throws -> String {
        let folder = "\(root.path)/\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data("{}\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/trainer_log.jsonl"))
        return folder
    }

    @Test func runsAreMovedAsideAndBroughtBack() throws {
        let root = try TemporaryFolder()
        let folder = try makeRun(root)
        let place = try RunTrash.discard(folder)
        #expect(place.hasSuffix("/.trash/sft"))
        #expect(!FileManager.default.fileExists(atPath: folder))
        // Another run of the same name, deleted as well, replaces nothing.
        let second = try RunTrash.discard(try makeRun(root))
        #expect(second.hasSuffix("/.trash/sft~2"))
        try RunTrash.restore(place, to: folder)
        #expect(FileManager.default.fileExists(atPath: "\(folder)/trainer_log.jsonl"))
        let error = #expect(throws: KernelError.self) { try RunTrash.restore(second, to: folder) }
        #expect(error?.why == "something else is there now")
        #expect(FileManager.default.fileExists(atPath: second))
    }

    @Test func aLiveRunStays() throws {
        let root = try TemporaryFolder()
        let folder = try makeRun(root)
        let owner = try RunFolder(folder)
        let error = #expect(throws: KernelError.self) { try RunTrash.discard(folder) }
        #expect(error?.why == "a process is working in it")
        #expect(FileManager.default.fileExists(atPath: "\(owner.path)/trainer_log.jsonl"))
    }

    @Test func whatIsNoRunIsRefused() throws {
        let root = try TemporaryFolder()
        let error = #expect(throws: KernelError.self) { try RunTrash.discard(root.path) }
        #expect(error?.kind == .missingInput)
        #expect(FileManager.default.fileExists(atPath: root.path))
    }
}
