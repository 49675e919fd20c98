// Serves a socket on one thread: takes connections of this user, hands on what they say, and answers what is
// no object. It knows no commands.

import Foundation
import Kernel
import Synchronization

/// A socket with everybody who is connected to it.
final class LineServer: Sendable {
    /// What happens, in order, on the server's thread.
    struct Handlers: Sendable {
        var message: @Sendable (LineConnection.Message, LineConnection) -> Void
        var gone: @Sendable (LineConnection) -> Void = { _ in }
    }

    /// More are turned away.
    static let connectionsMax = 16

    private let listener: OpenFile?
    private let handlers: Handlers
    private let isClosed = Atomic<Bool>(false)

    /// Begins to serve; `connected` are there from the start.
    init(listener: OpenFile?, connected: [LineConnection] = [], _ handlers: Handlers) {
        (self.listener, self.handlers) = (listener, handlers)
        let thread = Thread { [self] in serve(connected) }
        thread.name = "socket"
        thread.start()
    }

    /// Takes no more connections and leaves those that are there.
    func close() {
        isClosed.store(true, ordering: .releasing)
        if let listener { shutdown(listener.descriptor, Int32(SHUT_RDWR)) }
    }

    private func serve(_ connected: [LineConnection]) {
        var connections = connected
        while !isClosed.load(ordering: .acquiring), listener != nil || !connections.isEmpty {
            var polls = connections.map {
                pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
            }
            if let listener {
                polls.append(
                    pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0))
            }
            guard poll(&polls, nfds_t(polls.count), -1) > 0 else { continue }
            let ready = Set(polls.filter { $0.revents != 0 }.map(\.fd))
            connections.removeAll { ready.contains($0.descriptor) && !take($0) }
            if let listener, ready.contains(listener.descriptor) {
                greet(listener, &connections)
            }
        }
        for connection in connections { connection.end() }
    }

    private func greet(_ listener: OpenFile, _ connections: inout [LineConnection]) {
        while !isClosed.load(ordering: .acquiring), let new = UnixSocket.accept(listener) {
            if connections.count < Self.connectionsMax {
                connections.append(new)
            } else {
                new.send(["ok": false, "error": "too many are connected"])
                new.end()
            }
        }
    }

    /// Hands on what came; false when the other end is gone.
    private func take(_ connection: LineConnection) -> Bool {
        let received = connection.receive()
        for message in received.messages { handlers.message(message, connection) }
        for _ in 0..<received.faults {
            connection.send(["ok": false, "error": "not a JSON object on one line"])
        }
        if !received.isOpen {
            connection.end()
            handlers.gone(connection)
        }
        return received.isOpen
    }
}
