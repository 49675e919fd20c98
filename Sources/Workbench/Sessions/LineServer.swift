// Serves a socket on one thread: accepts connections of this user, passes on their messages, and answers what is
// no object. It knows no commands.

import Foundation
import Kernel
import Synchronization

/// A socket with all its connections.
final class LineServer: Sendable {
    /// What happens, in order, on the server's thread.
    struct Handlers: Sendable {
        var message: @Sendable (LineConnection.Message, LineConnection) -> Void
        var gone: @Sendable (LineConnection) -> Void = { _ in }
        /// No connection can be accepted for now; reported once until one could be.
        var troubled: @Sendable (KernelError) -> Void = { _ in }
    }

    /// Further connections are refused.
    static let connectionsMax = 16

    private let listener: OpenFile?
    private let handlers: Handlers
    private let accept: @Sendable (OpenFile) -> UnixSocket.Acceptance
    private let isClosed = Atomic<Bool>(false)

    /// Begins to serve; `connected` are there from the start. `accept` takes the next waiting client.
    init(
        listener: OpenFile?, connected: [LineConnection] = [], _ handlers: Handlers,
        accept: @escaping @Sendable (OpenFile) -> UnixSocket.Acceptance = UnixSocket.accept
    ) {
        (self.listener, self.handlers, self.accept) = (listener, handlers, accept)
        let thread = Thread { [self] in serve(connected) }
        thread.name = "socket"
        thread.start()
    }

    /// Accepts no more connections and leaves those that are there.
    func close() {
        isClosed.store(true, ordering: .releasing)
        if let listener { shutdown(listener.descriptor, Int32(SHUT_RDWR)) }
    }

    /// Seconds until the next try to accept a client for which there was no descriptor: it stays ready to be
    /// accepted, and a thread that tried again at once would take a core from the training.
    private static let restSeconds = 0.5

    private func serve(_ connected: [LineConnection]) {
        var connections = connected
        // Until when no client is accepted.
        var restsUntil: Double?
        while !isClosed.load(ordering: .acquiring), listener != nil || !connections.isEmpty {
            var polls = connections.map {
                pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
            }
            let rest = restsUntil.map { max(0, $0 - MonotonicClock.now()) } ?? 0
            if let listener {
                // During the rest only the end of the server is waited for.
                let events = rest > 0 ? 0 : Int16(POLLIN)
                polls.append(pollfd(fd: listener.descriptor, events: events, revents: 0))
            }
            let limit = rest > 0 ? Int32(rest * 1000) + 1 : -1
            guard poll(&polls, nfds_t(polls.count), limit) > 0 else { continue }
            let ready = Set(polls.filter { $0.revents != 0 }.map(\.fd))
            connections.removeAll { ready.contains($0.descriptor) && !take($0) }
            if let listener, rest == 0, ready.contains(listener.descriptor) {
                let code = greet(listener, &connections)
                if let code, restsUntil == nil { handlers.troubled(Self.exhausted(code)) }
                restsUntil = code.map { _ in MonotonicClock.now() + Self.restSeconds }
            }
        }
        for connection in connections { connection.end() }
    }

    private static func exhausted(_ code: Int32) -> KernelError {
        KernelError(
            .temporary, "no client can connect for now",
            because: Sentence(verbatim: String(cString: strerror(code))),
            hint: "More open files (ulimit -n) would let them in; the work goes on.")
    }

    /// Accepts the clients that wait; the errno when the process has no room for one.
    private func greet(
        _ listener: OpenFile, _ connections: inout [LineConnection]
    ) -> Int32? {
        while !isClosed.load(ordering: .acquiring) {
            switch accept(listener) {
            case .none: return nil
            case .exhausted(let code): return code
            case .connection(let new):
                if connections.count < Self.connectionsMax {
                    connections.append(new)
                } else {
                    new.send(["ok": false, "error": "too many are connected"])
                    new.end()
                }
            }
        }
        return nil
    }

    /// Passes on what came; false when the other end is gone.
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
