// Runs that were killed, stopped or lost their base: the same command goes on or says why it cannot.

import Foundation
import Testing

@testable import Kernel
import TestSupport

@Suite struct InterruptedRunTests {
    @Test func runKilledBeforeItsFirstCheckpointBeginsAnew() throws {
        let tiny = try TinyRun()
        tiny.run(in: "whole")
        tiny.run()
        // What a kill before step 3 leaves: the plan and the log.
        let kept: Set = [".lock", RunFolder.planName, "trainer_log.jsonl"]
        for name in try FileManager.default.contentsOfDirectory(atPath: tiny.folder)
        where !kept.contains(name) {
            try FileManager.default.removeItem(atPath: "\(tiny.folder)/\(name)")
        }
        let again = tiny.run()
        #expect(again.error == nil)
        #expect(again.notices.contains { $0.contains("before its first checkpoint") })
        #expect(try tiny.log().count == 8)
        let name = "adapter_model.safetensors"
        #expect(try tiny.bytes("run/\(name)") == tiny.bytes("whole/\(name)"))
    }

    @Test func logOfAnotherPlanIsProtected() throws {
        let tiny = try TinyRun()
        try FileManager.default.createDirectory(
            atPath: tiny.folder, withIntermediateDirectories: true)
        for (name, text) in [(RunFolder.planName, "seed: 7\n"), ("trainer_log.jsonl", "{}\n")] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(tiny.folder)/\(name)"))
        }
        #expect(tiny.run().error?.kind == .cannotCreate)
        #expect(try tiny.bytes("run/trainer_log.jsonl") == Array("{}\n".utf8))
    }

    @Test func stopBeforeTheFirstStepLeavesNoResult() throws {
        let tiny = try TinyRun()
        let control = RunControl()
        let stopped = tiny.run(
            control: control,
            hear: { event in
                if case .prepared = event { control.stop() }
            })
        #expect(stopped.result?.ending == .stopped && stopped.result?.steps == 0)
        #expect(!tiny.exists("run/adapter_model.safetensors"))
        #expect(tiny.run().result?.steps == 8)
    }

    @Test func checkpointOfWeightsOnlySaysWhyItCannotGoOn() throws {
        let tiny = try TinyRun { $0.checkpointing.savesOnlyModel = true }
        tiny.run(stoppingAfter: 4)
        let error = try #require(tiny.run().error)
        #expect(error.kind == .configuration)
        #expect(error.place?.hasSuffix("checkpoint-4") == true)
        #expect(error.why?.description.contains("save_only_model") == true)
        #expect(error.hint?.description.contains("overwrite_output_dir") == true)
    }

    /// Pages that are cut off would end the process with SIGBUS; zeros must not reach the weights.
    @Test func baseThatIsCutOffEndsTheRunAtAStepBoundary() throws {
        let tiny = try TinyRun()
        tiny.run(in: "whole")
        let model = "\(tiny.plan.model.path)/model.safetensors"
        let bytes = try contents(model)
        let broken = tiny.run(hear: { event in
            if case .stepFinished(let record) = event, record.step == 4 { truncate(model, 4_096) }
        })
        let error = try #require(broken.error)
        #expect(error.kind == .inputOutput && error.place == model)
        #expect(error.what == "the file became unreadable while it was in use")
        #expect(broken.steps.count == 4)
        #expect(tiny.checkpoints() == [3, 4])
        try Data(bytes).write(to: URL(fileURLWithPath: model))
        let resumed = tiny.run()
        #expect(resumed.steps.first?.step == 5)
        let name = "adapter_model.safetensors"
        #expect(try tiny.bytes("run/\(name)") == tiny.bytes("whole/\(name)"))
    }

    /// A whole model that is saved holds rows of the base: a lost base must not be among them.
    @Test func freezeRunSavesNothingOfALostBase() throws {
        let tiny = try TinyRun {
            $0.tuning.method = .freeze
            $0.tuning.freeze.layers = 1
        }
        let model = "\(tiny.plan.model.path)/model.safetensors"
        let broken = tiny.run(hear: { event in
            if case .stepFinished(let record) = event, record.step == 4 { truncate(model, 4_096) }
        })
        #expect(broken.error?.kind == .inputOutput)
        #expect(tiny.checkpoints() == [3])
        #expect(!tiny.exists("run/model.safetensors"))
        let names = try FileManager.default.contentsOfDirectory(atPath: tiny.folder)
        #expect(!names.contains { $0.hasSuffix(".tmp") }, "\(names)")
    }

    @Test func skippedRecordsAreToldWithPlaceAndReason() throws {
        let tiny = try TinyRun()
        let text = """
            [{"instruction": "a", "input": "", "output": "b"},
             {"instruction": "c"}]
            """
        let path = tiny.path("train.json")
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        let note = try #require(tiny.run().notices.first { $0.contains("skipped") })
        #expect(note.hasPrefix("1 of 2 records were skipped: \(path), record 2, line 2"), "\(note)")
        #expect(!note.contains("RecordProblem"))
    }

    @Test func folderThatCannotBeMadeSaysWhy() throws {
        let tiny = try TinyRun()
        let error = try #require(tiny.run(in: "train.json/run").error)
        #expect(error.kind == .cannotCreate && error.why == "Not a directory")
        #expect(error.place == tiny.path("train.json/run"))
    }
}
