// The wire to a run of another process, with real sockets and folders and a endpoint instead of a process: what is
// heard at first and later, what reaches the run, what a cut line and a dead process become, and that a
// hostile one at the other end gets nowhere.

import Foundation
import Kernel
import Synchronization
import Testing

@testable import Workbench

@Suite struct RemoteRunClientTests {
    /// What was told, from any thread.
    private final class Heard: Sendable {
        private let list = Mutex<[RemoteEvent]>([])
        var events: [RemoteEvent] { list.withLock { $0 } }
        func add(_ event: RemoteEvent) { list.withLock { $0.append(event) } }
    }

    /// A run's folder, locked as by its process, with a endpoint behind the control socket.
    private final class House {
        let folder = "/tmp/remote-\(UUID().uuidString.prefix(8))"
        let control = RunControl()
        let endpoint: RunControlEndpoint
        private let heard = Heard()
        private var lock: RunFolder?
        private var closeDoor: () -> Void = {}
        private(set) var remote: RemoteRunClient?

        init(state: String = "training") throws {
            endpoint = RunControlEndpoint(control)
            lock = try RunFolder(folder, for: .trains)
            try say(state)
            let log = #"{"current_steps":5,"total_steps":40,"loss":2.5}"# + "\n"
            try Data(log.utf8).write(to: URL(fileURLWithPath: "\(folder)/trainer_log.jsonl"))
        }

        deinit {
            remote?.leave()
            closeDoor()
            try? FileManager.default.removeItem(atPath: folder)
        }

        func say(_ state: String, _ more: String = "") throws {
            try Data(#"{"state":"\#(state)"\#(more)}"#.utf8)
                .write(to: URL(fileURLWithPath: "\(folder)/workbench_run.json"))
        }

        func openControlSocket() throws { closeDoor = try ControlSocket.open(folder, endpoint) }

        func shutDoor() {
            closeDoor()
            closeDoor = {}
        }

        /// As the end of the process does, however it came.
        func unlock() { lock = nil }

        func watch() {
            remote = RemoteRunClient(folder: folder) { [heard] in heard.add($0) }
            remote?.start()
        }

        var events: [RemoteEvent] { heard.events }

        /// Waits for an event that is wanted.
        func hears(_ what: String, _ isIt: (RemoteEvent) -> Bool) throws {
            let end = MonotonicClock.now() + 30
            while !events.contains(where: isIt) {
                try #require(MonotonicClock.now() < end, "no \(what) among \(events)")
                usleep(5000)
            }
        }

        func joins(_ times: Int = 1) throws -> RemoteRun {
            var joined: [RemoteRun] {
                events.compactMap { if case .joined(let r) = $0 { r } else { nil } }
            }
            let end = MonotonicClock.now() + 30
            while joined.count < times {
                try #require(MonotonicClock.now() < end, "not joined: \(events)")
                usleep(5000)
            }
            return joined[times - 1]
        }
    }

    private static func summary(_ folder: String) -> RunSummary {
        RunSummary(
            modelName: "tiny", family: "llama", parameters: 9, trainableParameters: 3,
            template: "chatml", examples: 9, evaluationExamples: 3, totalSteps: 40, firstStep: 0,
            folder: folder)
    }

    @Test func pastAndPresentComeTogether() throws {
        let house = try House()
        house.endpoint.observe(.prepared(Self.summary("saves/elsewhere")))
        house.endpoint.observe(.stepFinished(TrainSamples.record(7)))
        try house.openControlSocket()
        house.watch()
        let run = try house.joins()
        #expect(run.process == getpid() && run.curve.steps.map(\.step) == [5])
        // Its own process calls the folder differently.
        var summary = Self.summary(house.folder)
        summary.name = "elsewhere"
        #expect(run.events == [.prepared(summary), .stepFinished(TrainSamples.record(7))])
        house.endpoint.observe(.stepFinished(TrainSamples.record(8)))
        try house.hears("step") { $0 == .told(.stepFinished(TrainSamples.record(8))) }
    }

    @Test func wishesReachTheRunAndRefusalsComeBack() throws {
        let house = try House()
        var summary = Self.summary(house.folder)
        summary.evaluationExamples = 0
        house.endpoint.observe(.prepared(summary))
        try house.openControlSocket()
        house.watch()
        _ = try house.joins()
        house.remote?.perform(.changeRate(.peak(2.5e-5)))
        house.remote?.perform(.pause)
        house.remote?.perform(.evaluateNow)
        try house.hears("refusal") { $0 == .refused("the run has no held-out examples") }
        #expect(
            house.control.requestedState == .pause && house.control.pendingRate == .peak(2.5e-5))
        house.remote?.perform(.stop)
        let end = MonotonicClock.now() + 20
        while house.control.requestedState != .stop, MonotonicClock.now() < end { usleep(1000) }
        #expect(house.control.requestedState == .stop)
    }

    @Test func cutLineIsTriedAgain() throws {
        let house = try House()
        try house.openControlSocket()
        house.watch()
        _ = try house.joins()
        house.shutDoor()
        try house.hears("interruption") { $0 == .interrupted }
        house.remote?.perform(.pause)
        try house.hears("refusal") { $0 == .refused("the connection is lost") }
        house.endpoint.observe(.prepared(Self.summary(house.folder)))
        try house.openControlSocket()
        #expect(try house.joins(2).events.count == 1)
        house.remote?.perform(.pause)
        let end = MonotonicClock.now() + 20
        while house.control.requestedState != .pause, MonotonicClock.now() < end { usleep(1000) }
        #expect(house.control.requestedState == .pause)
    }

    @Test func deadProcessIsToldAndTheFolderIsMarked() throws {
        let house = try House()
        try house.say("training", #","saved_step":4"#)
        try house.openControlSocket()
        house.watch()
        _ = try house.joins()
        house.shutDoor()
        house.unlock()
        try house.hears("loss") {
            if case .lost(let error) = $0 {
                error.hint == "R in Runs (7) goes on with it."
            } else {
                false
            }
        }
        #expect(RunRecord(folder: house.folder)?.state == .lost)
    }

    /// The last word may be lost with the line; the folder has it too.
    @Test(arguments: [("done", RunResult.Ending.completed), ("stopped", .stopped)])
    func endThatWasNotHeardIsReadFromTheFolder(state: String, ending: RunResult.Ending) throws {
        let house = try House()
        try house.openControlSocket()
        house.watch()
        _ = try house.joins()
        try house.say(state)
        house.unlock()
        house.shutDoor()
        try house.hears("end") {
            if case .told(.finished(let result)) = $0 {
                result.ending == ending && result.folder == house.folder
            } else {
                false
            }
        }
    }

    @Test func nothingIsToldAfterTheEndOrAfterLeaving() throws {
        let house = try House()
        try house.openControlSocket()
        house.watch()
        _ = try house.joins()
        house.endpoint.observe(.failed(KernelError(.badData, "torn")))
        try house.hears("fault") { $0 == .told(.failed(KernelError(.badData, "torn"))) }
        let count = house.events.count
        house.endpoint.observe(.notice("after the end"))
        house.shutDoor()
        usleep(300_000)
        #expect(house.events.count == count)

        let other = try House()
        try other.openControlSocket()
        other.watch()
        _ = try other.joins()
        other.remote?.leave()
        let before = other.events.count
        other.endpoint.observe(.notice("after leaving"))
        other.shutDoor()
        usleep(300_000)
        #expect(other.events.count == before)
    }

    @Test func runWithoutDoorIsGivenUp() throws {
        let house = try House()
        house.watch()
        try house.hears("giving up") {
            if case .lost(let error) = $0 {
                error.what == "the run cannot be reached"
            } else {
                false
            }
        }
    }

    /// Whatever sits behind the socket can say what it likes: only checked events come through.
    @Test func hostileEndGetsNowhere() throws {
        let house = try House()
        let listener = try UnixSocket.listen(in: house.folder, name: ControlSocket.name)
        let lines = [
            "nonsense\n", "[]\n", "{\"event\": \"step\", \"step\": -4}\n", "\u{0}\u{1}\n",
            "{\"event\": \"paused\", \"step\": 9223372036854775807}\n", "{\"ok\": 7}\n",
            String(repeating: "[", count: 50_000) + "\n", "{\"ok\": true}\n",
            "{\"event\": \"notice\", \"text\": \"good\"}\n",
            "{\"ok\": false, \"error\": \"" + String(repeating: "e", count: 9000) + "\"}\n",
            String(repeating: "x", count: 200_000),
        ]
        let server = LineServer(
            listener: listener,
            LineServer.Handlers(message: { _, connection in
                for line in lines {
                    var rest = Array(line.utf8)[...]
                    while !rest.isEmpty {
                        let count = rest.withUnsafeBytes {
                            Foundation.send(
                                connection.descriptor, $0.baseAddress, $0.count,
                                Int32(MSG_NOSIGNAL))
                        }
                        if count < 0, errno == EAGAIN {
                            usleep(1000)
                        } else if count <= 0 {
                            return
                        } else {
                            rest = rest.dropFirst(count)
                        }
                    }
                }
            }))
        defer { server.close() }
        house.watch()
        let run = try house.joins()
        #expect(run.events.isEmpty)
        try house.hears("notice") { $0 == .told(.notice("good")) }
        try house.hears("bounded refusal") { $0 == .refused(String(repeating: "e", count: 200)) }
        // The line without end is cut, and joined anew.
        try house.hears("cut") { $0 == .interrupted }
        _ = try house.joins(2)
        for event in house.events {
            if case .told(let event) = event { #expect(event == .notice("good")) }
        }
    }
}
