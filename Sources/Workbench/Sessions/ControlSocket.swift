// The socket in a run's folder, while the run goes: any user who may write the folder may steer the run, in lines
// of JSON. A file system without sockets leaves a run without a control socket, which is reported, and nothing else.

import Foundation
import Kernel

/// The way to a run of any process on this machine.
enum ControlSocket {
    /// The socket's name in the run's folder.
    static let name = "control.sock"

    /// Opens the control socket of a folder that this process has locked; the returned closure closes it. `others`
    /// answers commands that are none for a run, if it knows them.
    static func open(
        _ folder: String, _ endpoint: RunControlEndpoint,
        others: @escaping @Sendable (_ command: String) -> JSONObject? = { _ in nil },
        troubled: @escaping @Sendable (KernelError) -> Void = { _ in }
    ) throws(KernelError) -> () -> Void {
        let server = LineServer(
            listener: try UnixSocket.listen(in: folder, name: name),
            LineServer.Handlers(
                message: { message, connection in
                    guard let command = message.command else {
                        connection.send(["ok": false, "error": "there is no \"command\""])
                        return
                    }
                    connection.send(
                        endpoint.answer(command, value: message.body["value"], from: connection)
                            ?? others(command) ?? unknown(command))
                }, troubled: troubled))
        return {
            UnixSocket.remove(in: folder, name: name)
            server.close()
        }
    }

    /// The answer to an unknown command.
    static func unknown(_ command: String) -> JSONObject {
        let known =
            RunControlEndpoint.commands.keys.sorted() + [
                RunControlEndpoint.rate, "status", "subscribe",
            ]
        return [
            "ok": false,
            "error": .string(
                "unknown command \"\(command.prefix(40))\"; known are "
                    + known.joined(separator: ", ")),
        ]
    }

    /// Asks the process that works in a folder and waits a moment for its answer.
    static func ask(
        _ folder: String, _ command: String, value: String? = nil, seconds: Double = 5
    ) throws(KernelError) -> JSONObject {
        try UnixSocket.connect(in: folder, name: name)
            .ask(command, value: value, seconds: seconds)
    }
}

extension LineConnection {
    /// Sends a command and waits for the answer to it.
    func ask(
        _ command: String, value: String? = nil, seconds: Double
    ) throws(KernelError) -> JSONObject {
        var body: JSONObject = ["command": .string(command)]
        body["value"] = value.map { .string($0) }
        send(body)
        let end = MonotonicClock.now() + seconds
        while true {
            let left = end - MonotonicClock.now()
            guard left > 0 else {
                throw KernelError(.temporary, "the run does not answer")
            }
            var polls = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
            _ = poll(&polls, 1, Int32(min(left, 60) * 1000) + 1)
            let received = receive()
            if let answer = received.messages.first(where: { $0.body["ok"] != nil }) {
                return answer.body
            }
            guard received.isOpen else {
                throw KernelError(.temporary, "the run has just ended")
            }
        }
    }
}
