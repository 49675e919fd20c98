// Who hears a run, in which order, and what becomes of an observer's fault.

import Foundation
import TestSupport
import Testing

@testable import Kernel

@Suite struct RunObserverTests {
    /// Writes down what it hears; throws at events that it is told to fail at.
    private final class Scribe: RunObserver {
        let name: String
        let page: Page
        let fails: (TrainingEvent) -> Bool

        init(
            _ name: String, _ page: Page, fails: @escaping (TrainingEvent) -> Bool = { _ in false }
        ) {
            self.name = name
            self.page = page
            self.fails = fails
        }

        func observe(_ event: TrainingEvent) throws(KernelError) {
            page.lines.append("\(name): \(Self.word(event))")
            if fails(event) { throw KernelError(.inputOutput, "\(name) is broken") }
        }

        static func word(_ event: TrainingEvent) -> String {
            switch event {
            case .notice(let text): text.description
            case .paused(let step): "paused \(step)"
            case .finished: "end"
            case .failed: "fault"
            default: "other"
            }
        }
    }

    private final class Page { var lines: [String] = [] }

    private static let end = TrainingEvent.finished(
        RunResult(
            ending: .completed, steps: 1, meanLoss: 1, elapsedSeconds: 1, tokensSeen: 1, folder: "")
    )

    @Test func placesDecideAndThenTheOrderOfJoining() {
        let page = Page()
        let events = RunEvents([Scribe("desk", page), Scribe("printer", page)])
        events.add(Scribe("status", page), at: .status)
        events.add(Scribe("report", page), at: .report)
        events.add(Scribe("log", page), at: .log)
        events.add(Scribe("samples", page), at: .samples)
        events.add(Scribe("report 2", page), at: .report)
        events.emit(.paused(step: 3))
        let names = ["log", "samples", "status", "report", "report 2", "desk", "printer"]
        #expect(page.lines == names.map { "\($0): paused 3" })
        #expect(events.observers.count == names.count)
    }

    @Test func aFaultIsANoticeToTheOthersAndNothingElse() {
        let page = Page()
        let events = RunEvents([Scribe("desk", page), Scribe("printer", page)])
        // This one fails at everything, notices included.
        events.add(Scribe("log", page) { _ in true }, at: .log)
        events.add(Scribe("report", page) { $0.isEnd }, at: .report)
        events.emit(.paused(step: 1))
        #expect(
            page.lines == [
                "log: paused 1", "report: log is broken", "desk: log is broken",
                "printer: log is broken", "report: paused 1", "desk: paused 1",
                "printer: paused 1",
            ])
        page.lines = []
        events.emit(Self.end)
        // Who has heard the end hears nothing after it; all that listen hear of both faults before it.
        #expect(
            page.lines == [
                "log: end", "report: log is broken", "desk: log is broken",
                "printer: log is broken", "report: end", "desk: report is broken",
                "printer: report is broken", "desk: end", "printer: end",
            ])
    }

    /// The end stands in the folder before anybody hears of it, and everybody hears of it before the folder is left.
    @Test func theEndIsWrittenThenToldThenTheFolderIsLeft() throws {
        for fails in [false, true] {
            let tiny = try TinyRun { $0.duration.stepsMax = 2 }
            if fails { tiny.plan.optimizer.learningRate = .infinity }
            let page = Page()
            let folder = tiny.folder
            tiny.observers = [
                RunListener { event in
                    guard event.isEnd else { return }
                    let status = try? JSONValue(contentsOf: "\(folder)/workbench_run.json")
                    page.lines.append("told after \(status?["state"]?.string ?? "nothing")")
                    if case .held = RunLock.status(of: folder) { page.lines.append("held") }
                }
            ]
            tiny.onFolderLocked = { _ in { page.lines.append("left") } }
            let outcome = tiny.run()
            #expect((outcome.error != nil) == fails)
            #expect(outcome.events.last?.isEnd == true)
            #expect(outcome.events.filter(\.isEnd).count == 1)
            // A plan that cannot run is told before there is a folder.
            let expected = fails ? ["told after nothing"] : ["told after done", "held", "left"]
            #expect(page.lines == expected)
        }
    }

    /// A broken observer changes nothing of a run but what is told.
    @Test func aRunGoesOnWithABrokenObserver() throws {
        let tiny = try TinyRun { $0.duration.stepsMax = 3 }
        let whole = tiny.run(in: "whole")
        let page = Page()
        tiny.observers = [
            Scribe("broken", page) { event in
                if case .notice = event { false } else { true }
            }
        ]
        let outcome = tiny.run()
        #expect(outcome.result?.steps == 3 && outcome.losses == whole.losses)
        #expect(outcome.notices.filter { $0.contains("broken is broken") }.count >= 6)
        #expect(
            try tiny.bytes("run/adapter_model.safetensors")
                == tiny.bytes("whole/adapter_model.safetensors"))
    }
}
