// The control socket of a run and the lines that come through it: known commands, unknown ones, and everything that a
// hostile program could send. Sockets are real, runs are not.

import Foundation
import Kernel
import Synchronization
import Testing

@testable import Workbench

@Suite struct ControlSocketTests {
    /// A folder with an open control socket; closed and removed at the end.
    private final class House {
        let folder =
            "/tmp/door-\(UUID().uuidString)/a folder whose path is longer than an address"
            + String(repeating: "/and longer", count: 12)
        let control = RunControl()
        let endpoint: RunControlEndpoint
        private var close: () -> Void = {}

        init() throws {
            endpoint = RunControlEndpoint(control)
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            close = try ControlSocket.open(folder, endpoint)
        }

        deinit {
            close()
            let root = folder.split(separator: "/").prefix(2).joined(separator: "/")
            try? FileManager.default.removeItem(atPath: "/\(root)")
        }

        func connect() throws -> LineConnection {
            try UnixSocket.connect(in: folder, name: ControlSocket.name)
        }

        /// Sends raw bytes and returns what comes back until the end, a line count or two seconds.
        func talk(_ bytes: [UInt8], lines: Int) throws -> [JSONObject] {
            let connection = try connect()
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Foundation.send(
                        connection.descriptor, $0.baseAddress, $0.count,
                        Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { break }
                rest = rest.dropFirst(count)
            }
            var answers: [JSONObject] = []
            let end = MonotonicClock.now() + 20
            while answers.count < lines, MonotonicClock.now() < end {
                var polls = [
                    pollfd(fd: connection.descriptor, events: Int16(POLLIN), revents: 0)
                ]
                _ = poll(&polls, 1, 100)
                let received = connection.receive()
                answers += received.messages.map(\.body)
                if !received.isOpen { break }
            }
            return answers
        }
    }

    private static func summary(_ folder: String, heldOut: Int = 3) -> TrainingEvent {
        .prepared(
            RunSummary(
                modelName: "tiny", family: "llama", parameters: 9, trainableParameters: 3,
                template: "chatml", examples: 9, evaluationExamples: heldOut, totalSteps: 40,
                firstStep: 0, folder: folder))
    }

    @Test func commandsReachTheRun() throws {
        let house = try House()
        #expect(try ControlSocket.ask(house.folder, "pause")["ok"] == true)
        #expect(house.control.requestedState == .pause)
        #expect(try ControlSocket.ask(house.folder, "resume")["ok"] == true)
        #expect(house.control.requestedState == .run)
        #expect(try ControlSocket.ask(house.folder, "stop")["command"] == "stop")
        #expect(house.control.requestedState == .stop)
    }

    @Test func anotherRateReachesTheRun() throws {
        let house = try House()
        let ask = { try ControlSocket.ask(house.folder, "rate", value: $0) }
        #expect(try ask("1e-4")["ok"] == true)
        #expect(house.control.pendingRate == .peak(1e-4))
        #expect(try ask("x0.5")["value"] == "x0.5")
        #expect(house.control.pendingRate == .factor(0.5))
        for nonsense in ["0", "-1", "nan", "inf", "1e999", "", "fast", "x"] {
            #expect(try ask(nonsense)["ok"] == false, "\(nonsense)")
        }
        // A plain number of another program is a peak as well; other types are not.
        let number = try house.talk(Array("{\"command\":\"rate\",\"value\":0.25}\n".utf8), lines: 1)
        #expect(number.first?["ok"] == true && house.control.pendingRate == .peak(0.25))
        for value in ["null", "[]", "{}", "true", "\"\""] {
            let line = "{\"command\":\"rate\",\"value\":\(value)}\n"
            #expect(try house.talk(Array(line.utf8), lines: 1).first?["ok"] == false, "\(value)")
        }
        var evaluating = Self.summary(house.folder)
        if case .prepared(var summary) = evaluating {
            summary.totalSteps = 0
            evaluating = .prepared(summary)
        }
        house.endpoint.observe(evaluating)
        #expect(try ask("1e-4")["error"] == "the run only evaluates")
    }

    /// Whoever comes late hears first what the run is and where it stands, then everything, once.
    @Test func lateListenersHearWhereTheRunStands() throws {
        let house = try House()
        func heard() throws -> [String] {
            let answers = try house.talk(Array("{\"command\":\"subscribe\"}\n".utf8), lines: 6)
            return answers.compactMap { $0["event"]?.string ?? $0["command"]?.string }
        }
        let quick = try house.connect()
        quick.send(["command": "subscribe"])
        usleep(200_000)
        #expect(quick.receive().messages.first?.event == "preparing")
        house.endpoint.observe(Self.summary(house.folder))
        for step in 1...3 { house.endpoint.observe(.stepFinished(TrainSamples.record(step))) }
        house.endpoint.observe(.checkpointSaved(path: "x", step: 3))
        house.endpoint.observe(
            .rateChanged(RateRecord(firstStep: 4, totalSteps: 9, factor: 2, peak: 1, rate: 1)))
        house.endpoint.observe(.paused(step: 3))
        #expect(try heard() == ["prepared", "rate", "checkpoint", "step", "paused", "subscribe"])
    }

    @Test func eventsAreNeverLongerThanALine() throws {
        let house = try House()
        let listener = try house.connect()
        #expect(try listener.ask("subscribe", seconds: 5)["ok"] == true)
        house.endpoint.observe(.notice(Sentence(verbatim: String(repeating: "长", count: 40_000))))
        house.endpoint.observe(.notice("short"))
        var texts: [String] = []
        let end = MonotonicClock.now() + 20
        while texts.count < 2, MonotonicClock.now() < end {
            texts += listener.receive().messages.compactMap { $0.body["text"]?.string }
            usleep(1000)
        }
        #expect(texts.count == 2 && texts.last == "short")
        #expect(texts.first?.contains("was too long to be sent") == true)
    }

    /// Commands by the thousand whose answers nobody reads, and words in pieces of one byte.
    @Test func floodsAndCrumbsHarmNobody() throws {
        let house = try House()
        let flood = try house.connect()
        let line = Array("{\"command\": \"status\"}\n".utf8)
        var sent = 0
        for _ in 0..<200_000 {
            let count = line.withUnsafeBytes {
                Foundation.send(
                    flood.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            if count < 0, errno != EAGAIN { break }
            sent += 1
        }
        #expect(sent > 100)
        #expect(try ControlSocket.ask(house.folder, "status", seconds: 20)["ok"] == true)
        let crumbs = try house.connect()
        for byte in Array("{\"command\": \"pause\"}\n".utf8) {
            _ = withUnsafeBytes(of: byte) {
                Foundation.send(crumbs.descriptor, $0.baseAddress, 1, Int32(MSG_NOSIGNAL))
            }
        }
        let end = MonotonicClock.now() + 20
        while house.control.requestedState != .pause, MonotonicClock.now() < end { usleep(1000) }
        #expect(house.control.requestedState == .pause)
        // Half a word and gone.
        _ = try house.talk(Array("{\"command\": \"sto".utf8), lines: 0)
        #expect(try ControlSocket.ask(house.folder, "status")["ok"] == true)
        #expect(house.control.requestedState == .pause)
    }

    /// The file's mode keeps others out; where it does not, as for root or after a chmod, the user of the other
    /// end does. Only root can be somebody else.
    @Test(
        .enabled(
            if: geteuid() == 0
                && ["setpriv", "perl"].allSatisfy {
                    FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)")
                }))
    func otherUsersAreTurnedAway() throws {
        let house = try House()
        let script = #"""
            use Socket; chdir $ARGV[0]; $SIG{PIPE} = "IGNORE"; alarm 20;
            socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die;
            connect($s, pack_sockaddr_un("control.sock")) or do { print $!{EACCES} ? "denied" : $!; exit };
            syswrite $s, qq({"command": "stop"}\n);
            print "heard ", sysread($s, my $answer, 100) || 0;
            """#
        func visit() throws -> String {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
            process.arguments = [
                "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/perl", "-e", script,
                house.folder,
            ]
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
        }
        #expect(try visit() == "denied")
        chmod("\(house.folder)/\(ControlSocket.name)", 0o666)
        #expect(try visit() == "heard 0")
        #expect(house.control.requestedState == .run)
        #expect(try ControlSocket.ask(house.folder, "status")["ok"] == true)
    }

    @Test func statusFollowsTheEvents() throws {
        let house = try House()
        let status = { try ControlSocket.ask(house.folder, "status") }
        #expect(try status()["stage"] == "Starting")
        house.endpoint.observe(Self.summary(house.folder, heldOut: 0))
        house.endpoint.observe(.checkpointSaved(path: "x", step: 7))
        house.endpoint.observe(.paused(step: 8))
        let answer = try status()
        #expect(answer["state"] == "paused" && answer["saved_step"] == 7)
        #expect(answer["total_steps"] == 40 && answer["process"] == .integer(Int(getpid())))
        // What can never be is refused, not swallowed.
        #expect(try ControlSocket.ask(house.folder, "evaluate")["ok"] == false)
    }

    @Test func onlyTheUserMayEnter() throws {
        let house = try House()
        var status = stat()
        #expect(lstat("\(house.folder)/\(ControlSocket.name)", &status) == 0)
        #expect(status.st_mode & S_IFMT == S_IFSOCK && status.st_mode & 0o777 == 0o600)
        #expect(status.st_uid == geteuid())
    }

    @Test func listenersHearEverythingAndSlowOnesAreLeft() throws {
        let house = try House()
        let (listener, slow) = (try house.connect(), try house.connect())
        for one in [listener, slow] { #expect(try one.ask("subscribe", seconds: 5)["ok"] == true) }
        // Nobody reads the slow one: more than any buffer holds must not stop the run.
        var heard = 0
        let note = String(repeating: "x", count: 10_000)
        for _ in 0..<2000 {
            house.endpoint.observe(.notice(Sentence(verbatim: note)))
            heard += listener.receive().messages.count { $0.event == "notice" }
        }
        #expect(heard > 1000)
        var received = slow.receive()
        while received.isOpen, !received.messages.isEmpty { received = slow.receive() }
        #expect(!received.isOpen)
    }

    @Test(arguments: [
        ("{\"command\": \"dance\"}\n", "unknown command \"dance\""),
        ("{\"command\": 7}\n", "there is no \"command\""), ("{}\n", "there is no \"command\""),
        ("[]\n", "not a JSON object"), ("pause\n", "not a JSON object"),
        ("\u{1}\u{2}\u{0}\n", "not a JSON object"),
        (String(repeating: "[", count: 60_000) + "\n", "not a JSON object"),
        ("{\"command\": \"" + String(repeating: "y", count: 50_000) + "\"}\n", "unknown command"),
    ])
    func nonsenseIsAnswered(line: String, answer: String) throws {
        let house = try House()
        let answers = try house.talk(Array(line.utf8), lines: 1)
        #expect(answers.first?["ok"] == false)
        #expect(answers.first?["error"]?.string?.contains(answer) == true, "\(answers)")
        #expect(house.control.requestedState == .run)
        #expect(try ControlSocket.ask(house.folder, "status")["ok"] == true)
    }

    @Test func lineWithoutEndIsCutOff() throws {
        let house = try House()
        let endless = [UInt8](repeating: UInt8(ascii: "a"), count: 300_000)
        #expect(try house.talk(endless, lines: 1).isEmpty)
        // Bytes that are no text, many lines at once, and a line in two pieces.
        var noise = [UInt8](repeating: 0xFF, count: 1000)
        noise += Array("\n\n\n{\"command\": \"pause\"}\n{\"command\"".utf8)
        #expect(try house.talk(noise, lines: 2).count == 2)
        #expect(house.control.requestedState == .pause)
    }

    @Test func crowdsAreTurnedAway() throws {
        let house = try House()
        let crowd = try (0..<40).map { _ in try house.connect() }
        let turnedAway = crowd.count { (try? $0.ask("status", seconds: 5))?["ok"] != true }
        #expect(turnedAway == crowd.count - LineServer.connectionsMax)
        for one in crowd { one.end() }
        let end = MonotonicClock.now() + 20
        while (try? ControlSocket.ask(house.folder, "status"))?["ok"] != true,
            MonotonicClock.now() < end
        { usleep(20_000) }
        #expect(try ControlSocket.ask(house.folder, "status")["ok"] == true)
    }

    @Test func closedDoorIsGone() throws {
        let folder = "/tmp/door-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let close = try ControlSocket.open(folder, RunControlEndpoint(RunControl()))
        close()
        #expect(throws: KernelError.self) { try ControlSocket.ask(folder, "status") }
        // What a killed process left is replaced; a file of somebody else is not.
        let listener = try UnixSocket.listen(in: folder, name: ControlSocket.name)
        let again = try ControlSocket.open(folder, RunControlEndpoint(RunControl()))
        #expect(try ControlSocket.ask(folder, "status")["ok"] == true)
        again()
        withExtendedLifetime(listener) {}
        try Data("mine".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(ControlSocket.name)"))
        #expect(throws: KernelError.self) {
            try ControlSocket.open(folder, RunControlEndpoint(RunControl()))
        }
        #expect(FileManager.default.fileExists(atPath: "\(folder)/\(ControlSocket.name)"))
    }
}
