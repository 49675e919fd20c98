// What a session is opened with, what it takes from terminal proxies, and where it can be found.

import Foundation
import Kernel
import Panels
import Synchronization
import Testing

@testable import Workbench

@Suite struct SessionTests {
    @Test(
        arguments: [
            (["workbench"], []), (["workbench", "ui", "--new"], []),
            (
                ["workbench", "ui", "--plan", "ui", "--threads", "2"],
                ["--plan", "ui", "--threads", "2"]
            ),
            (["workbench", "--new", "--theme", "dark"], ["--theme", "dark"]),
        ] as [([String], [String])])
    func sessionIsOpenedWithTheWordsOfItsKeeper(line: [String], words: [String]) {
        #expect(InterfaceCommand.words(line) == words)
    }

    /// Two ends of a connection in this process.
    private func pair() throws -> (LineConnection, LineConnection) {
        let (here, there) = try UnixSocket.pair()
        return (try UnixSocket.connection(here), try UnixSocket.connection(OpenFile(there)))
    }

    @Test func descriptorsTravelWithTheirLine() throws {
        let (sender, receiver) = try pair()
        let file = OpenFile(open("/dev/null", O_RDONLY | O_CLOEXEC))
        sender.send(["command": "before"])
        sender.send(["command": "show"], passing: file.descriptor)
        sender.send(["command": "after"])
        let messages = receiver.receive().messages
        #expect(messages.map(\.command) == ["before", "show", "after"])
        #expect(messages.map { $0.file != nil } == [false, true, false])
    }

    @Test func whatIsNoTerminalIsNotShown() throws {
        let wakes = Atomic<Int>(0)
        let port = SessionServer { wakes.add(1, ordering: .relaxed) }
        let (proxy, other) = try pair()
        let file = OpenFile(open("/dev/null", O_RDWR | O_CLOEXEC))
        let body: JSONObject = ["command": "show", "environment": ["TERM": "xterm"]]
        for message in [
            LineConnection.Message(body: body), LineConnection.Message(body: body, file: file),
        ] {
            #expect(port.take(message, other))
            #expect(proxy.receive().messages.first?.event == "refused")
        }
        #expect(port.drain().isEmpty && wakes.load(ordering: .relaxed) == 0)
        // Strangers who come and go are not missed, terminal proxies are.
        port.gone(other)
        #expect(port.drain().isEmpty)
        port.expect(other)
        port.gone(other)
        #expect(port.drain().count == 1)
        #expect(!port.take(LineConnection.Message(body: ["command": "pause"]), other))
    }

    /// The queue's wake is shared: it may be gone before the note is looked at.
    @Test func noNoteIsSleptOver() throws {
        let queue = EventQueue<Int>()
        let port = SessionServer { queue.wakeUp() }
        let terminal = SessionTerminal(port)
        let (_, proxy) = try pair()
        port.expect(proxy)
        port.gone(proxy)
        _ = queue.drain()
        let start = MonotonicClock.now()
        #expect(terminal.wait(timeout: .seconds(60), wake: queue.wakeDescriptor) == [.hidden])
        #expect(MonotonicClock.now() - start < 30)
    }

    @Test func whoAsksForTheSessionHearsOfItsRun() throws {
        let port = SessionServer {}
        let (asker, there) = try pair()
        port.announce(run: "/runs/one")
        port.listens(at: "/state/here-7.sock")
        #expect(port.take(LineConnection.Message(body: ["command": "session"]), there))
        let answer = try #require(asker.receive().messages.first?.body)
        #expect(answer["output_dir"] == "/runs/one" && answer["socket"] == "/state/here-7.sock")
        #expect(answer["shown_to"] == .null)
    }

    @Test func sessionsAreFoundAndDeadOnesRemoved() throws {
        let root = "/tmp/sessions-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        let folder = try SessionFolder(Paths(environment: ["XDG_STATE_HOME": root]))
        try folder.prepare()
        var status = stat()
        #expect(lstat(folder.path, &status) == 0 && status.st_mode & 0o777 == 0o700)
        let port = SessionServer {}
        let own = SessionFolder.name(process: getpid())
        let server = LineServer(
            listener: try UnixSocket.listen(in: folder.path, name: own),
            LineServer.Handlers(message: { _ = port.take($0, $1) }))
        defer { server.close() }
        // No process has this number: the largest of Linux is 2^22.
        let dead = SessionFolder.name(process: 1 << 23)
        _ = try UnixSocket.listen(in: folder.path, name: dead)
        let found = folder.find()
        #expect(found.map(\.process) == [getpid()] && found.first?.shownTo == nil)
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/\(dead)"))
        chmod(folder.path, 0o755)
        #expect(throws: KernelError.self) { try folder.prepare() }
    }
}
