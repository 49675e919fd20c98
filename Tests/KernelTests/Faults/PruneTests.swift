// Old checkpoints on their way out while the disk fails: what fails once leaves nothing hidden, what goes on failing
// is told and removed after a later save.

import Foundation
import Testing

@testable import Kernel

@Suite struct PruneTests {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "prune-" + UUID().uuidString
    ).path

    private func makeCheckpoint(_ step: Int) throws {
        let path = "\(folder)/\(Checkpoint.name(step: step))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for name in ["a", "b", "c"] {
            try Data([1]).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        }
    }

    private func prune(_ calls: DiskCalls, upTo step: Int) -> [Sentence] {
        calls.during {
            Checkpoint.prune(in: folder, keeping: 1, upTo: step, protected: nil)
        }
    }

    @Test(arguments: [DiskCall.unlink, .removeFolder, .synchronize, .open], [EIO, EROFS, EMFILE])
    func whatFailsOnceLeavesNothing(call: DiskCall, code: Int32) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for step in 1...3 { try makeCheckpoint(step) }
        let failure = NthCall(call, 1, code, part: "/prune-")
        let notes = prune(DiskCalls.hasty.failing(failure.fate), upTo: 3)
        #expect(failure.hasStruck && notes.isEmpty)
        #expect(try DiskCalls.names(in: folder) == ["checkpoint-3"])
    }

    @Test func whatGoesOnFailingIsToldAndRemovedLater() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for step in 1...2 { try makeCheckpoint(step) }
        let failing = DiskCalls.hasty.failing { call, _ in call == .unlink ? EIO : 0 }
        let notes = prune(failing, upTo: 2)
        #expect(notes.count == 1 && notes[0].description.contains("was not removed"))
        #expect(try Set(DiskCalls.names(in: folder)) == ["checkpoint-2", ".deleted-checkpoint-1"])
        try makeCheckpoint(3)
        #expect(prune(.hasty, upTo: 3).isEmpty)
        #expect(try DiskCalls.names(in: folder) == ["checkpoint-3"])
    }

    /// Files of a person that are called alike stay.
    @Test func whatIsNoCheckpointStays() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for step in 1...2 { try makeCheckpoint(step) }
        try FileManager.default.createDirectory(
            atPath: "\(folder)/.deleted-mine", withIntermediateDirectories: true)
        #expect(prune(.hasty, upTo: 2).isEmpty)
        #expect(try Set(DiskCalls.names(in: folder)) == ["checkpoint-2", ".deleted-mine"])
    }
}
