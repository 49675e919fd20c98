// What terminal proxies send to a session, on its way from the socket's thread to the one that draws.
// Everything is checked here: the thread that draws gets only terminals and known words.

import Foundation
import Kernel
import Synchronization

/// A terminal that asks to be shown the session.
struct ScreenRequest: Sendable {
    let proxy: LineConnection
    let terminal: OpenFile
    /// TERM and the other variables that decide how to write to it.
    let environment: [String: String]
    /// The language that the user asked for with it; nil goes by locale and settings.
    var language: Language.Choice?
}

/// How terminals reach the session.
final class SessionServer: Sendable {
    /// What a terminal proxy reports.
    enum Note: Sendable {
        case asked(ScreenRequest)
        case resized(LineConnection)
        /// The terminal proxy was asked to stop for a while.
        case stopAsked(LineConnection)
        /// The terminal proxy was continued and is in the foreground.
        case continued(LineConnection)
        /// The terminal proxy ends, by a signal, and waits to be released.
        case leaving(LineConnection, signal: Int32)
        /// The terminal proxy is gone.
        case gone(LineConnection)
    }

    /// Variables of the user's terminal that matter, and that a terminal proxy passes on.
    static let variables = [
        "TERM", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LANG", "NO_COLOR", "COLORTERM",
    ]

    private struct State {
        var notes: [Note] = []
        var shownTo: Int32?
        var proxy: LineConnection?
        var runFolder: String?
        var socket: String?
        /// Terminal proxies that sent something or are expected, and are not yet gone.
        var keepers: [LineConnection] = []
    }

    private let state = Mutex(State())
    private let wakeUp: @Sendable () -> Void

    /// `wakeUp` tells the thread that draws to look.
    init(wakeUp: @escaping @Sendable () -> Void) { self.wakeUp = wakeUp }

    /// A terminal proxy that will ask, and whose end is reported if it goes before.
    func expect(_ proxy: LineConnection) {
        state.withLock { state in
            if !state.keepers.contains(where: { $0 === proxy }) { state.keepers.append(proxy) }
        }
    }

    /// The reply to a client that asks for a session.
    var facts: JSONObject {
        let state = state.withLock { $0 }
        return [
            "ok": true, "process": .integer(Int(getpid())),
            "socket": state.socket.map { .string($0) } ?? .null,
            "shown_to": state.shownTo.map { .integer(Int($0)) } ?? .null,
            "output_dir": state.runFolder.map { .string($0) } ?? .null,
        ]
    }

    /// Where terminal proxies can connect.
    func listens(at socket: String) { state.withLock { $0.socket = socket } }

    /// Takes a message of a terminal proxy, or of a client that becomes one; false when it is neither.
    func take(_ message: LineConnection.Message, _ proxy: LineConnection) -> Bool {
        switch message.command {
        case "show":
            guard let terminal = message.file, isatty(terminal.descriptor) == 1 else {
                proxy.send(["event": "refused", "error": "a terminal must come with it"])
                return true
            }
            expect(proxy)
            post(
                .asked(
                    ScreenRequest(
                        proxy: proxy, terminal: terminal,
                        environment: Self.environment(message.body["environment"]),
                        language: message.body["language"]?.string.flatMap {
                            Language.Choice(rawValue: $0)
                        })))
        case "session": proxy.send(facts)
        case "resized": post(.resized(proxy))
        case "stop asked": post(.stopAsked(proxy))
        case "continued": post(.continued(proxy))
        case "leave":
            let signal = message.body["signal"]?.integer.flatMap { Int32(exactly: $0) } ?? 0
            post(.leaving(proxy, signal: signal))
        default: return false
        }
        return true
    }

    /// A connection ended; it matters if it was a terminal proxy's.
    func gone(_ proxy: LineConnection) {
        let isKeeper = state.withLock { state in
            let count = state.keepers.count
            state.keepers.removeAll { $0 === proxy }
            return state.keepers.count < count
        }
        if isKeeper { post(.gone(proxy)) }
    }

    /// All reports so far.
    func drain() -> [Note] {
        state.withLock { state in
            defer { state.notes = [] }
            return state.notes
        }
    }

    /// Which proxy has the screen now; it is told of the run that is under way.
    func shows(_ proxy: LineConnection?) {
        let folder = state.withLock { state in
            (state.proxy, state.shownTo) = (proxy, proxy?.process)
            return state.runFolder
        }
        if let proxy, let folder { proxy.send(Self.news(folder)) }
    }

    /// A run began in this folder, or ended: the terminal proxy must know what to print if this process dies.
    func announce(run folder: String?) {
        let proxy = state.withLock { state in
            state.runFolder = folder
            return state.proxy
        }
        proxy?.send(Self.news(folder))
    }

    private static func news(_ folder: String?) -> JSONObject {
        ["event": "run", "output_dir": folder.map { .string($0) } ?? .null]
    }

    private func post(_ note: Note) {
        state.withLock { $0.notes.append(note) }
        wakeUp()
    }

    private static func environment(_ value: JSONValue?) -> [String: String] {
        var result: [String: String] = [:]
        for name in variables {
            if let text = value?[name]?.string, text.utf8.count < 200, !text.contains("\0") {
                result[name] = text
            }
        }
        return result
    }
}
