// Event files of whole runs, read back: what stands at which step, what a resumed run says, and what becomes of a
// run whose report cannot be written.

import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Kernel

@Suite struct TensorBoardTests {
    /// One event as it was read.
    private struct Event {
        var step: Int
        var scalars: [String: Float] = [:]
        var texts: [String: String] = [:]
        var version: String?
        var purges = false

        init(_ record: [UInt8]) {
            let fields = EventReader.fields(record)
            step = Int(fields.first { $0.number == 2 }?.bits ?? 0)
            version = fields.first { $0.number == 3 }?.text
            purges = fields.first { $0.number == 7 }?.first(1)?.bits == 1
            for value in fields.first(where: { $0.number == 5 })?.fields ?? [] {
                let tag = value.first(1)?.text ?? ""
                if let bits = value.first(2)?.bits {
                    scalars[tag] = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
                }
                if let tensor = value.first(8) { texts[tag] = tensor.first(8)?.text }
            }
        }
    }

    private static let host = RunHost(
        name: "node 1/x", process: 4711, zoneSeconds: 3600, wallClock: { 1_725_195_839 })

    private static func tiny(_ change: (inout TrainingPlan) -> Void = { _ in }) throws -> TinyRun {
        let tiny = try TinyRun {
            $0.logging.reports = ["tensorboard"]
            change(&$0)
        }
        tiny.host = host
        return tiny
    }

    /// The files of a run in their order, each with its events.
    private static func files(_ folder: String) throws -> [[Event]] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map {
            EventReader.records(try contents("\(folder)/\($0)")).map(Event.init)
        }
    }

    private static let name = "runs/Sep01_14-03-59_node_1_x"

    @Test func aRunIsWrittenWithTransformersTags() throws {
        let tiny = try Self.tiny {
            $0.logging.interval = .init(2)
            $0.duration.stepsMax = 4
        }
        tiny.evaluate(every: 2)
        let outcome = tiny.run()
        #expect(outcome.error == nil && outcome.steps.count == 4)
        let folder = "\(tiny.folder)/\(Self.name)"
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder)
                == ["events.out.tfevents.1725195839.node_1_x.4711.0"])
        let events = try #require(try Self.files(folder).first)
        #expect(events[0].version == "brain.Event:2" && !events.contains { $0.purges })
        #expect(events[1].texts == ["args/text_summary": "    model_name_or_path: tiny\n    "])
        let losses = events.filter { $0.scalars["train/loss"] != nil }
        #expect(losses.map(\.step) == [2, 4])
        let lines = try tiny.log().filter { $0["loss"] != nil }
        for (event, line) in zip(losses, lines) {
            let tags = [
                ("train/loss", "loss"), ("train/learning_rate", "lr"),
                ("train/grad_norm", "grad_norm"), ("train/epoch", "epoch"),
                ("train/num_input_tokens_seen", "total_tokens"),
                ("train/tokens_per_second", "tokens_per_second"),
                ("train/trained_tokens", "trained_tokens"),
            ]
            #expect(event.scalars.count == tags.count)
            for (tag, field) in tags {
                #expect(event.scalars[tag] == Float(try line.number(field)), "\(tag)")
            }
        }
        let held = events.filter { $0.scalars["eval/loss"] != nil }
        #expect(held.map(\.step) == [2, 4])
        #expect(held.map { $0.scalars["eval/loss"] } == outcome.evaluations.map { Float($0.loss) })
        let end = try #require(events.last)
        let mean = try #require(outcome.result?.meanLoss)
        #expect(end.step == 4 && end.scalars["train/train_loss"] == Float(mean))
    }

    /// What was reported of steps that no checkpoint has is dropped: readers are told where the run goes on.
    @Test func aResumedRunWritesOnBesideItsFiles() throws {
        let tiny = try Self.tiny()
        tiny.run(stoppingAfter: 5)
        let folder = "\(tiny.folder)/\(Self.name)"
        try FileManager.default.removeItem(atPath: tiny.path("run/checkpoint-5"))
        // Another report that is older, and what is no report.
        let old = tiny.path("run/runs/Old")
        try FileManager.default.createDirectory(atPath: old, withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: "\(old)/events.out.tfevents.17.x.1.0"))
        try Data().write(
            to: URL(fileURLWithPath: tiny.path("run/runs/events.out.tfevents.9999999999.x")))
        let outcome = tiny.run()
        #expect(outcome.steps.first?.step == 4)
        let files = try Self.files(folder)
        #expect(files.count == 2)
        let purge = try #require(files[1].first { $0.purges })
        #expect(purge.step == 4)
        // As a reader takes them: a restart drops what came before of its step and later ones.
        var read: [Int: Float] = [:]
        for event in files.joined() {
            if event.purges { read = read.filter { $0.key < event.step } }
            if let loss = event.scalars["train/loss"] {
                #expect(read[event.step] == nil)
                read[event.step] = loss
            }
        }
        let whole = try Self.tiny().run()
        #expect(
            read == Dictionary(uniqueKeysWithValues: whole.steps.map { ($0.step, Float($0.loss)) }))
    }

    @Test func aFolderOfOnesOwnIsTaken() throws {
        let tiny = try Self.tiny { $0.duration.stepsMax = 1 }
        tiny.plan.logging.reportFolder = tiny.path("boards/a")
        tiny.run()
        tiny.run(in: "second")
        let names = try FileManager.default.contentsOfDirectory(atPath: tiny.path("boards/a"))
        #expect(names.sorted().map(\.last) == ["0", "1"] && !tiny.exists("run/runs"))
    }

    /// A run that only evaluates has its measure at step 0.
    @Test func evaluationsAloneAreReported() throws {
        let tiny = try Self.tiny {
            $0.trains = false
            $0.evaluates = true
        }
        tiny.plan.data.evaluationNames = ["\(tiny.root.path)/eval.json"]
        let outcome = tiny.run()
        let record = try #require(outcome.evaluations.first, "\(String(describing: outcome.error))")
        let events = try #require(try Self.files("\(tiny.folder)/\(Self.name)").first)
        #expect(events.compactMap { $0.scalars["eval/loss"] } == [Float(record.loss)])
    }

    @Test func aReportThatCannotBeginIsToldAndNoMore() throws {
        let tiny = try Self.tiny { $0.duration.stepsMax = 2 }
        try Data().write(to: URL(fileURLWithPath: tiny.path("file")))
        tiny.plan.logging.reportFolder = tiny.path("file")
        let outcome = tiny.run()
        #expect(outcome.result?.steps == 2)
        #expect(
            outcome.notices.contains { $0.hasPrefix("The run is not reported to tensorboard: ") })
    }

    /// A disk that is full for a moment costs a notice and no point.
    @Test func whatCouldNotBeWrittenIsWrittenLater() throws {
        let tiny = try Self.tiny { $0.duration.stepsMax = 4 }
        let opened = Mutex(0)
        var calls = DiskCalls()
        calls.open = { path, flags in
            guard path.contains("tfevents"), flags & O_CREAT != 0 else {
                return DiskCalls.real.open(path, flags)
            }
            // The first two are the beginning of the file.
            let number = opened.withLock { count in
                count += 1
                return count
            }
            guard number == 4 else { return DiskCalls.real.open(path, flags) }
            errno = ENOSPC
            return -1
        }
        let outcome = DiskCalls.$current.withValue(calls) { tiny.run() }
        #expect(outcome.result?.steps == 4)
        #expect(outcome.notices.filter { $0.contains("tfevents") }.count == 1, "\(outcome.notices)")
        let events = try #require(try Self.files("\(tiny.folder)/\(Self.name)").first)
        #expect(events.filter { $0.scalars["train/loss"] != nil }.map(\.step) == [1, 2, 3, 4])
    }

    @Test func foldersAreNamedAfterLocalTime() {
        #expect(TensorBoardLog.stamp(0) == "Jan01_00-00-00")
        #expect(TensorBoardLog.stamp(951_868_799) == "Feb29_23-59-59")
        #expect(TensorBoardLog.stamp(.infinity) == "Jan01_00-00-00")
    }
}
