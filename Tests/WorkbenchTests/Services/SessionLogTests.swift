// The session's log: what is kept of the messages, and that lines stay lines.

import Foundation
import Kernel
import Testing

@testable import Workbench

struct SessionLogTests {
    /// What stands in the log after some messages.
    private func logged(_ messages: [AppMessage]) throws -> (lines: [String], hasForeign: Bool) {
        let folder = FileManager.default.temporaryDirectory.path + "/log-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = InterfaceLog(path: folder + "/workbench.log")
        let log = SessionLog(LineLogHandler(file))
        for item in messages { log.note(item) }
        let text = try String(contentsOfFile: folder + "/workbench.log", encoding: .utf8)
        return (text.split(separator: "\n").map(String.init), file.pathIfWritten != nil)
    }

    @Test func runsAndFaultsAreKeptInOrder() throws {
        let error = KernelError(
            .badData, "cannot read\nit", at: "/m/\u{1B}[2Jx", because: "no \"end\"")
        let (lines, hasForeign) = try logged([
            .train(.training(.checkpointSaved(path: "runs/客服 03/checkpoint-7", step: 7))),
            .notice("kept"), .chat(.event(1, .text("not kept"))),
            .train(
                .training(
                    .finished(
                        RunResult(
                            ending: .stopped, steps: 7, meanLoss: 2.5, elapsedSeconds: 3,
                            tokensSeen: 9,
                            folder: "runs/a")))),
            .chat(.event(1, .failed(error))),
        ])
        #expect(lines.count == 4)
        #expect(lines[0].hasSuffix(" info checkpoint path=\"runs/客服 03/checkpoint-7\" step=7"))
        #expect(lines[1].hasSuffix(" info kept"))
        #expect(lines[2].hasSuffix(" info run ends ending=stopped folder=runs/a loss=2.5 steps=7"))
        #expect(lines[3].contains(" error chat failed error=") && lines[3].contains("cannot read"))
        #expect(!lines.joined().unicodeScalars.contains { $0.value < 0x20 })
        #expect(!hasForeign, "our own lines are nothing to tell the user at the end")
    }
}
