// The folder of a run: locks and what is no lock, results of two files, and what the same command may begin
// anew over.

import Foundation
import Testing

@testable import Kernel
import TestSupport

@Suite struct RunFolderTests {
    // MARK: - Locks

    @Test func aLockIsNeverWrittenThroughALink() throws {
        let root = try TemporaryFolder()
        let precious = try root.file("precious", "my thesis")
        for make in [symlink, link] {
            let folder = "\(root.path)/run"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            #expect(make(precious, "\(folder)/.lock") == 0)
            let error = #expect(throws: KernelError.self) { try RunFolder(folder) }
            #expect(error?.kind == .cannotCreate && error?.place == "\(folder)/.lock")
            #expect(try contents(precious) == Array("my thesis".utf8))
            try FileManager.default.removeItem(atPath: folder)
        }
    }

    @Test func aFolderOrPipeIsNoLock() throws {
        let root = try TemporaryFolder()
        for isPipe in [false, true] {
            let folder = "\(root.path)/run-\(isPipe)"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            let lock = "\(folder)/.lock"
            #expect((isPipe ? mkfifo(lock, 0o644) : mkdir(lock, 0o755)) == 0)
            let error = #expect(throws: KernelError.self) { try RunFolder(folder) }
            #expect(
                error?.why?.description.contains(isPipe ? "not a file" : "it is a folder") == true)
        }
    }

    @Test func aLockThatCannotBeAskedIsNotLost() throws {
        let tiny = try TinyRun()
        tiny.run(stoppingAfter: 4)
        let path = tiny.path("run/workbench_run.json")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try Data(text.replacing("\"stopped\"", with: "\"training\"").utf8)
            .write(to: URL(fileURLWithPath: path))
        #expect(RunRecord(folder: tiny.folder)?.state == .lost)
        DiskCalls.refusing("/.lock", EACCES).during {
            #expect(RunLock.status(of: tiny.folder) == .unknown("Permission denied"))
            #expect(RunRecord(folder: tiny.folder)?.state == .unknown)
        }
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        DiskCalls.refusing("/.lock", EACCES).during {
            #expect(RunRecord(folder: tiny.folder)?.state == .stopped)
        }
    }

    @Test func aLockThatCannotBeOpenedIsRefusedByItsReason() throws {
        let tiny = try TinyRun()
        let outcome = DiskCalls.refusing("/.lock", EIO).during { tiny.run() }
        #expect(outcome.error?.kind == .inputOutput)
        #expect(outcome.error?.why?.description == KernelError.reason(of: EIO))
    }

    // MARK: - Files in places where they do not belong

    @Test func aFolderInTheSamplesPlaceIsNamed() throws {
        let tiny = try TinyRun()
        tiny.run(stoppingAfter: 4)
        try FileManager.default.createDirectory(
            atPath: tiny.path("run/samples.jsonl"), withIntermediateDirectories: true)
        let error = try #require(tiny.run().error)
        #expect(error.place == tiny.path("run/samples.jsonl"))
        #expect(error.why == "it is not a regular file")
    }

    // MARK: - Results

    @Test func resultsOfTwoFilesAppearTogether() throws {
        for call in [DiskCall.rename, .exchange, .synchronize, .write, .create] {
            for number in 1...12 {
                let tiny = try TinyRun { $0.duration.stepsMax = 2 }
                let failure = NthCall(call, number, ENOSPC, part: "adapter_")
                let outcome = DiskCalls.hasty.failing(failure.fate).during { tiny.run() }
                guard failure.hasStruck else { break }
                let names = try Set(DiskCalls.names(in: tiny.folder))
                let both: Set = ["adapter_config.json", "adapter_model.safetensors"]
                let found = names.intersection(both)
                #expect(found.isEmpty || found == both, "\(call) \(number): \(found)")
                #expect(outcome.error != nil || found == both)
                #expect(!names.contains { $0.hasSuffix(".tmp") }, "\(call) \(number): \(names)")
                #expect(tiny.run().error == nil)
                #expect(try tiny.json("run/train_results.json")["total_steps"] == 2)
            }
        }
    }

    @Test func halfOfAnAdapterSaysSo() throws {
        let tiny = try TinyRun { $0.duration.stepsMax = 2 }
        tiny.run()
        let weights = try ModelWeights(ModelFolder(path: tiny.plan.model.path))
        for name in ["adapter_config.json", "adapter_model.safetensors"] {
            let path = tiny.path("run/\(name)")
            let bytes = try contents(path)
            try FileManager.default.removeItem(atPath: path)
            let error = #expect(throws: KernelError.self) {
                _ = try weights.folding(adapter: tiny.folder)
            }
            #expect(error?.what == "only half of the adapter is there" && error?.place == path)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        }
    }

    @Test func aRunThatCouldNotSaveBeginsAnewWithTheSameCommand() throws {
        let tiny = try TinyRun()
        tiny.run(in: "whole")
        // Every save fails; the result is written.
        let full = DiskCalls.hasty.failing { call, path in
            call == .write && path.contains("/.checkpoint-") ? ENOSPC : 0
        }
        let outcome = full.during { tiny.run() }
        #expect(outcome.error == nil && outcome.savedSteps.isEmpty)
        #expect(tiny.checkpoints().isEmpty && tiny.exists("run/adapter_config.json"))
        let again = tiny.run()
        #expect(again.error == nil)
        #expect(again.notices.contains { $0.contains("begins anew") })
        #expect(try Picture(tiny.path("run")) == Picture(tiny.path("whole")))
    }

    @Test func aFinishedResultIsProtected() throws {
        // No checkpoints were wanted: the result is all there is.
        let tiny = try TinyRun { $0.checkpointing.cadence = .never }
        tiny.run()
        let result = try tiny.bytes("run/adapter_model.safetensors")
        #expect(tiny.run().error?.kind == .cannotCreate)
        // They were taken away by hand.
        let other = try TinyRun()
        other.run()
        for step in other.checkpoints() {
            try FileManager.default.removeItem(atPath: other.path("run/checkpoint-\(step)"))
        }
        #expect(other.run().error?.kind == .cannotCreate)
        #expect(try tiny.bytes("run/adapter_model.safetensors") == result)
    }

    // MARK: - Room

    @Test func tooLittleRoomIsToldBeforeTheFirstStep() throws {
        let tiny = try TinyRun { $0.checkpointing.interval = .init(1) }
        var calls = DiskCalls.hasty
        calls.freeBytes = { _ in 100_000 }
        let outcome = calls.during { tiny.run() }
        #expect(outcome.notices.contains { $0.hasPrefix("The disk is nearly full") })
        calls.freeBytes = { _ in 400_000 }
        tiny.plan.output.overwrites = true
        let more = calls.during { tiny.run(in: "more") }
        #expect(more.notices.contains { $0.contains("later saves will fail") }, "\(more.notices)")
        calls.freeBytes = { _ in 1 << 40 }
        let enough = calls.during { tiny.run(in: "enough") }
        #expect(!enough.notices.contains { $0.contains("free in") })
    }

    @Test func theNeedIsWhatARunWrites() throws {
        for kept in [nil, 2] {
            let tiny = try TinyRun {
                $0.checkpointing.interval = .init(1)
                $0.checkpointing.keptMax = kept
            }
            tiny.run()
            let model = try ModelFolder(path: tiny.plan.model.path)
            let need = DiskNeed(
                tiny.plan, model: model,
                tuning: try TuningChoice(tiny.plan, weights: ModelWeights(model)), steps: 8)
            #expect(need.checkpoints == (kept.map { $0 + 1 } ?? 8))
            // Asked before the run, whose folder is not there yet.
            var calls = DiskCalls.current
            calls.freeBytes = { FileManager.default.fileExists(atPath: $0) ? 1_000 : nil }
            let missing = calls.during { need.shortage(in: tiny.path("new/run")) }
            #expect(missing == need.totalBytes - 1_000)
            let step = tiny.path("run/checkpoint-8")
            let bytes = try DiskCalls.names(in: step).reduce(0) {
                try $0 + contents("\(step)/\($1)").count
            }
            #expect(bytes <= need.checkpointBytes && need.checkpointBytes < bytes + (192 << 10))
        }
    }
}
