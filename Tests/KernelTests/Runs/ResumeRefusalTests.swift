// A resume that would not be exact is refused by the name of what changed: the setting with both values, the
// file, the number of threads. Checkpoints that do not hold these names are gone on from all the same.

import Foundation
import Testing

@testable import Kernel
import TestSupport

@Suite(.serialized) struct ResumeRefusalTests {
    /// A run of eight steps that was stopped after four.
    private func stopped() throws -> TinyRun {
        let tiny = try TinyRun()
        tiny.settings = { plan in
            ["learning_rate": "\(plan.optimizer.learningRate)", "seed": "\(plan.seed)"]
        }
        tiny.run(stoppingAfter: 4)
        return tiny
    }

    @Test func theSettingIsNamedWithBothValues() throws {
        let tiny = try stopped()
        tiny.plan.optimizer.learningRate = 2e-2
        let error = try #require(tiny.run().error)
        #expect(error.kind == .configuration)
        #expect(error.why == "changed since it was written: learning_rate (0.01 → 0.02)")
        #expect(error.hint == "Undo the change, or start anew with another output_dir.")
        tiny.plan.optimizer.learningRate = 1e-2
        #expect(tiny.run().steps.first?.step == 5)
    }

    /// By identities alone: the number of threads of this process decides the bits of the tests beside this one.
    @Test func theNumberOfThreadsIsNamedWithItsOption() throws {
        func identity(threads: Int) -> RunIdentity {
            RunIdentity(
                planDigest: "of \(threads)", dataDigest: "data", baseDigest: "base",
                details: .init(threads: threads, products: "own tiles", steps: 8))
        }
        try identity(threads: 2).checkResume(of: identity(threads: 2), at: "checkpoint-3")
        let error = try #require(throws: KernelError.self) {
            try identity(threads: 3).checkResume(of: identity(threads: 2), at: "checkpoint-3")
        }
        #expect(error.why == "changed since it was written: threads (2 → 3)")
        #expect(error.hint?.description.hasPrefix("Go on with --threads 2.") == true)
    }

    /// What a checkpoint says of itself may be anybody's words: a screen obeys none of them.
    @Test func namesOfACheckpointAreShownEscaped() throws {
        func identity(_ text: String) -> RunIdentity {
            var details = RunIdentity.Details(threads: 2, products: text, steps: 8)
            details.settings = ["seed": text]
            details.files = ["/data/\(text)": "digest"]
            return RunIdentity(
                planDigest: text, dataDigest: text, baseDigest: "base", details: details)
        }
        let error = try #require(throws: KernelError.self) {
            try identity("a").checkResume(of: identity("\u{202E}\u{1B}[2J"), at: "checkpoint-3")
        }
        #expect(
            error.why?.description.contains("seed (\\u{202E}\\u{1B}[2J → a)") == true, "\(error)")
        #expect(
            error.why?.description.contains("/data/\\u{202E}\\u{1B}[2J (gone)") == true, "\(error)")
        #expect(!error.description.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
    }

    @Test func theFileIsNamed() throws {
        let tiny = try stopped()
        try tiny.writeData(
            "train.json", (1...9).map { ("Say \($0)", "other \($0)") })
        let error = try #require(tiny.run().error)
        #expect(error.why == "changed since it was written: \(tiny.path("train.json"))")
    }

    @Test func theBaseIsNamed() throws {
        let tiny = try stopped()
        let path = "model/model.safetensors"
        var bytes = try tiny.bytes(path)
        bytes[bytes.count - 3] ^= 0x10
        try Data(bytes).write(to: URL(fileURLWithPath: tiny.path(path)))
        let error = try #require(tiny.run().error)
        #expect(error.why == "changed since it was written: the base model's weights")
    }

    /// Changes what a checkpoint says of its run; the manifest fits again.
    private func rewrite(
        _ tiny: TinyRun, _ change: (inout JSONObject) -> Void
    ) throws {
        let folder = "run/checkpoint-4"
        var object = try #require(try tiny.json("\(folder)/workbench_state.json").object)
        var identity = try #require(object["identity"]?.object)
        change(&identity)
        object["identity"] = .object(identity)
        let text = JSONValue.object(object).text()
        try Data(text.utf8).write(
            to: URL(fileURLWithPath: tiny.path("\(folder)/workbench_state.json")))
        var files = try #require(try tiny.json("\(folder)/manifest.json")["files"]?.object)
        files["workbench_state.json"] = [
            "bytes": .integer(text.utf8.count),
            "sha256": .string(
                Array(text.utf8).withUnsafeBytes { SHA256.digest(of: $0).description }),
        ]
        let whole = JSONValue.object(["version": .integer(1), "files": .object(files)]).text()
        try Data(whole.utf8).write(to: URL(fileURLWithPath: tiny.path("\(folder)/manifest.json")))
    }

    @Test func checkpointsWithoutTheNamesAreGoneOnFrom() throws {
        let tiny = try stopped()
        try rewrite(tiny) { $0["details"] = nil }
        tiny.plan.seed += 1
        #expect(
            tiny.run().error?.why
                == "changed since it was written: settings, or the number of threads")
        tiny.plan.seed -= 1
        #expect(tiny.run().steps.first?.step == 5)
    }

    /// The first form of the digest changed with every setting that plans learnt; its checkpoints are told by
    /// the names that stand beside it.
    @Test func checkpointsOfTheFirstFormAreToldByTheirNames() throws {
        let tiny = try stopped()
        try rewrite(tiny) { $0["planDigest"] = .string(String(repeating: "a", count: 64)) }
        tiny.plan.seed += 1
        #expect(tiny.run().error?.why == "changed since it was written: seed (42 → 43)")
        tiny.plan.seed -= 1
        #expect(tiny.run().steps.first?.step == 5)
    }
}

@Suite struct ResumeDemandTests {
    @Test func aDemandedCheckpointMustBeThere() throws {
        let tiny = try TinyRun { $0.duration.stepsMax = 4 }
        tiny.plan.checkpointing.resumesFrom = "true"
        let error = try #require(tiny.run().error)
        #expect(error.kind == .missingInput)
        #expect(error.what == "no valid checkpoint is in the output folder")
        // A misspelt folder is not made.
        #expect(!tiny.exists("run"))
        tiny.plan.checkpointing.resumesFrom = nil
        tiny.run(stoppingAfter: 2)
        tiny.plan.checkpointing.resumesFrom = tiny.path("run/checkpoint-9")
        let missing = try #require(tiny.run().error)
        #expect(
            missing.why?.description.hasSuffix("holds checkpoint-2") == true && missing.hint != nil)
        tiny.plan.checkpointing.resumesFrom = "true"
        #expect(tiny.run().steps.first?.step == 3)
    }

    @Test func aForbiddenResumeKeepsTheRunThatIsThere() throws {
        let tiny = try TinyRun { $0.duration.stepsMax = 4 }
        tiny.plan.checkpointing.resumesFrom = "false"
        tiny.run(stoppingAfter: 2)
        let error = try #require(tiny.run().error)
        #expect(error.kind == .cannotCreate && error.why?.description.contains("is false") == true)
        #expect(tiny.checkpoints() == [2])
        tiny.plan.output.overwrites = true
        #expect(tiny.run().steps.map(\.step) == [1, 2, 3, 4])
    }

    @Test func recordsBehindTheContextAreTold() throws {
        // The tiny model has 256 positions.
        let tiny = try TinyRun { $0.duration.stepsMax = 1 }
        #expect(!tiny.run(in: "short").notices.contains { $0.contains("context") })
        let long = String(repeating: "word ", count: 400)
        try tiny.writeData("train.json", [("Say a", "a"), ("Say more", long), ("Say b", "b")])
        let limit = try ModelFolder(path: tiny.plan.model.path).config.maximumPositions
        #expect(
            tiny.run(in: "long").notices.contains(
                "1 of 3 records are longer than the model's context of \(limit) tokens, with "
                    + "cutoff_len 2048: positions behind it are new to the model."))
    }
}
