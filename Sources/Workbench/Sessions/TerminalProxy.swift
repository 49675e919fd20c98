// The process that the shell started: it keeps the terminal for the session that draws on it, passes on what
// the terminal does, and puts everything back when the session dies. It draws nothing and owns no run.

import Foundation
import Kernel
import Panels

/// Keeps a terminal for a session until one of the two ends.
struct TerminalProxy {
    private let terminal: KeptTerminal
    private let session: LineConnection
    /// The session's process when it is our child; then its exit status shows how it died.
    private let child: Int32?
    private let logFile: String
    /// The language that the session is to be shown in; nil goes by locale and settings.
    private let language: Language.Choice?
    private var isShown = false
    private var runFolder: String?
    /// The signal that ends us, and when we go even if the session does not answer.
    private var leaving: (signal: Int32, deadline: Double)?

    init(
        _ terminal: KeptTerminal, _ session: LineConnection, child: Int32?, logFile: String,
        language: Language.Choice? = nil
    ) {
        (self.terminal, self.session) = (terminal, session)
        (self.child, self.logFile, self.language) = (child, logFile, language)
    }

    /// Asks to be shown the session, then waits for its end; answers the exit code.
    mutating func run(environment: [String: String]) -> Int32 {
        Signals.watch()
        let variables = SessionServer.variables.compactMap { name in
            environment[name].map { (name, JSONValue.string($0)) }
        }
        var request: JSONObject = [
            "command": "show",
            "environment": .object(JSONObject(uniqueKeysWithValues: variables)),
        ]
        request["language"] = language.map { .string($0.rawValue) }
        session.send(request, passing: terminal.descriptor, patience: 1000)
        while true {
            let left = leaving.map { Duration.seconds(max(0, $0.deadline - MonotonicClock.now())) }
            let (ready, signals) = Signals.wait([session.descriptor], for: left)
            for signal in signals { if let code = take(signal) { return code } }
            if ready.contains(session.descriptor) {
                let received = session.receive()
                for message in received.messages { if let code = take(message) { return code } }
                if !received.isOpen { return sessionEnded() }
            }
            if let leaving, leaving.deadline <= MonotonicClock.now() {
                if isShown { terminal.restore() }
                return ExitStatus.signal(leaving.signal)
            }
        }
    }

    // MARK: - Signals

    private mutating func take(_ signal: Int32) -> Int32? {
        switch signal {
        case SIGWINCH: session.send(["command": "resized"])
        case SIGTSTP:
            if isShown { session.send(["command": "stop asked"]) } else { terminal.stopProcess() }
        case SIGCONT: if isShown { session.send(["command": "continued"]) }
        case SIGHUP:
            // The terminal is gone: no process waits for an answer.
            session.send(["command": "leave", "signal": .integer(Int(signal))])
            return ExitStatus.signal(signal)
        case SIGINT, SIGTERM:
            session.send(["command": "leave", "signal": .integer(Int(signal))])
            // Before the first picture the session has nothing to give back.
            leaving = (signal, MonotonicClock.now() + (isShown ? 3 : 0))
        default: break
        }
        return nil
    }

    // MARK: - The session

    private mutating func take(_ message: LineConnection.Message) -> Int32? {
        let body = message.body
        switch message.event {
        case "shown": isShown = true
        case "run": runFolder = body["output_dir"]?.string
        case "stop":
            // Continued from outside or by the shell: SIGCONT passes that on to the session.
            terminal.stopProcess()
        case "note": tell(body)
        case "left":
            tell(body)
            return body["exit"]?.integer.flatMap { Int32(exactly: $0) } ?? 0
        case "refused":
            let why =
                body["error"]?.string.map(Sentence.init(stringLiteral:)) ?? "no reason was given"
            Output.error(
                ErrorReport.text(
                    KernelError(
                        .usage, "the session cannot be shown here", because: why)))
            return ExitStatus.usage.rawValue
        default: break
        }
        return nil
    }

    private func tell(_ body: JSONObject) {
        guard let note = body["note"]?.string, !note.isEmpty else { return }
        Output.note(Sentence(note, parts: body["note_parts"]))
    }

    /// The session ended without a message. If it was never shown it has reported the reason itself.
    private func sessionEnded() -> Int32 {
        let ending = waitForChild()
        if !isShown, let ending, ending.signal == 0, ending.code != 0 { return ending.code }
        if isShown { terminal.restore() }
        let how: Sentence? =
            switch ending {
            case .some(let ending) where ending.signal != 0:
                "signal \(ending.signal): \(String(cString: strsignal(ending.signal)))"
            case .some(let ending): "it ended with code \(ending.code)"
            case nil: nil
            }
        let log: Sentence = "What was said last: \(logFile)"
        let resuming = runFolder.map { folder -> Sentence in
            let plan = "\(folder)/\(RunFolder.planName)"
            return "workbench train \(plan) goes on from the run's last checkpoint."
        }
        Output.error(
            ErrorReport.text(
                KernelError(
                    .internalFault, "the session died", at: runFolder, because: how,
                    hint: resuming.map { "\($0) \(log)" } ?? log)))
        return ExitStatus.internalFault.rawValue
    }

    /// A process that closed its sockets is about to end: it is waited for briefly.
    private func waitForChild() -> (code: Int32, signal: Int32)? {
        guard let child else { return nil }
        for _ in 0..<200 {
            if let ending = UnixSocket.ending(of: child) { return ending }
            usleep(10_000)
        }
        return nil
    }
}
