// What a folder tells of its run: while it goes, paused, done, stopped, failed, and after its process died;
// and folders that are damaged or not runs at all.

import Foundation
import Testing

@testable import Kernel
import TestSupport

@Suite struct RunRecordTests {
    @Test func finishedRunTellsItsNumbers() throws {
        let tiny = try TinyRun()
        tiny.evaluate(every: 4)
        let outcome = tiny.run()
        let record = try #require(RunRecord(folder: tiny.folder))
        #expect(record.state == .done && record.process == nil)
        #expect(record.name == "run" && record.model == "model" && record.method == "lora")
        #expect(record.step == 8 && record.totalSteps == 8 && record.savedStep == 8)
        #expect(record.loss == outcome.steps.last?.loss)
        #expect(record.bestEvaluationLoss == outcome.evaluations.map(\.loss).min())
        #expect(record.changedSeconds > 1_600_000_000)
    }

    @Test func runIsSeenWhileItGoes() throws {
        let tiny = try TinyRun()
        let control = RunControl()
        var seen: [RunRecord?] = []
        tiny.run(
            control: control, rest: { control.resume() },
            hear: { event in
                switch event {
                case .preparing where seen.isEmpty, .paused:
                    seen.append(RunRecord(folder: tiny.folder))
                case .stepFinished(let step) where step.step == 4:
                    seen.append(RunRecord(folder: tiny.folder))
                    control.pause()
                case .resumed: seen.append(RunRecord(folder: tiny.folder))
                default: break
                }
            })
        #expect(seen.map { $0?.state } == [.training, .training, .paused, .training])
        #expect(seen.allSatisfy { $0?.process == getpid() })
        #expect(seen.map { $0?.step } == [nil, 4, 4, 4])
    }

    @Test func stoppedAndFailedRunsSaySo() throws {
        let tiny = try TinyRun { $0.checkpointing.savesOnlyModel = true }
        tiny.run(stoppingAfter: 2)
        #expect(RunRecord(folder: tiny.folder)?.state == .stopped)
        // A run that cannot even begin leaves what the folder says.
        #expect(tiny.run().error != nil)
        #expect(RunRecord(folder: tiny.folder)?.state == .stopped)
        let broken = try TinyRun()
        let model = "\(broken.plan.model.path)/model.safetensors"
        let outcome = broken.run(hear: { event in
            if case .stepFinished(let record) = event, record.step == 4 { truncate(model, 4_096) }
        })
        let error = try #require(outcome.error)
        let record = try #require(RunRecord(folder: broken.folder))
        #expect(record.state == .failed)
        #expect(record.fault?.key == error.sentence.key && record.fault == error.sentence)
        #expect(record.savedStep == 4)
    }

    @Test func runWithoutItsProcessIsLost() throws {
        let tiny = try TinyRun()
        tiny.run(stoppingAfter: 4)
        // As a kill leaves it: the file says training, nobody holds the lock, the last line is torn.
        let path = tiny.path("run/workbench_run.json")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try Data(text.replacing("\"stopped\"", with: "\"training\"").utf8)
            .write(to: URL(fileURLWithPath: path))
        let log = try #require(FileHandle(forWritingAtPath: tiny.path("run/trainer_log.jsonl")))
        try log.seekToEnd()
        try log.write(contentsOf: Data("{\"current_steps\": 5, \"lo".utf8))
        let record = try #require(RunRecord(folder: tiny.folder))
        #expect(record.state == .lost && record.step == 4)
        #expect(!record.state.isLive)
    }

    @Test func lookingDoesNotGetInTheWay() throws {
        let root = try TemporaryFolder()
        let folder = try RunFolder("\(root.path)/run", for: .evaluates)
        #expect(
            RunLock.holder(of: folder.path)
                == RunLock.Holder(process: getpid(), purpose: .evaluates))
        #expect(RunRecord(folder: folder.path)?.state == .evaluating)
        #expect(throws: KernelError.self) { try RunFolder(folder.path) }
        withExtendedLifetime(folder) {}
    }

    @Test(arguments: [
        "", "{", "[]", "{\"state\": 7}", "{\"state\": \"dancing\", \"step\": \"x\"}",
        String(repeating: "[", count: 100_000),
        "{\"name\": \"" + String(repeating: "x", count: 1_000_000) + "\"}",
        "{\"state\": \"training\", \"total_steps\": 1e999, \"name\": \"\u{1B}[2J\"}",
    ])
    func damagedFilesGiveLess(text: String) throws {
        let root = try TemporaryFolder()
        for name in ["workbench_run.json", "trainer_log.jsonl", "trainer_state.json", ".lock"] {
            _ = try root.file(name, Array(text.utf8))
        }
        let record = try #require(RunRecord(folder: root.path))
        #expect(record.name.count <= 200 && record.step == nil && record.process == nil)
    }

    @Test func otherFoldersAreNoRuns() throws {
        let root = try TemporaryFolder()
        #expect(RunRecord(folder: root.path) == nil)
        #expect(RunRecord(folder: "\(root.path)/nowhere") == nil)
        _ = try root.file(".lock", [])
        #expect(RunRecord(folder: root.path) == nil)
        // A pipe in the place of a file must not be waited for.
        #expect(mkfifo("\(root.path)/trainer_log.jsonl", 0o600) == 0)
        #expect(RunRecord(folder: root.path) == nil)
    }
}
