// The connection to a run of another process: its events and its past come in, requests go out, and a lost
// connection is tried again as long as a process works on the run. It shows nothing.

import Foundation
import Kernel
import Synchronization

/// Watches and steers a run through the socket in its folder, on a thread of its own.
final class RemoteRunClient: RunSteering {
    private struct Line {
        var connection: LineConnection?
        var isLeft = false
    }

    /// What the folder of the run is asked for while its control socket does not open.
    private enum Sight {
        case live
        case over(RemoteEvent)
    }

    /// A process that ends closes its sockets a moment before it lets go of the folder.
    private static let retryMicroseconds: UInt32 = 100_000
    /// Tries before the first answer, each after a longer rest: a run that has just begun has no control socket yet.
    private static let triesMax = 12

    private let folder: String
    private let emit: @Sendable (RemoteEvent) -> Void
    private let line = Mutex(Line())

    /// `folder` is the run's, with its whole path; `emit` is called on the thread of this remote.
    init(folder: String, emit: @escaping @Sendable (RemoteEvent) -> Void) {
        (self.folder, self.emit) = (folder, emit)
    }

    /// Begins to watch.
    func start() {
        let thread = Thread { [self] in watch() }
        thread.name = "remote run"
        thread.start()
    }

    /// Leaves the run alone, for good; nothing is reported from here on.
    func leave() {
        line.withLock { line in
            line.isLeft = true
            line.connection?.end()
        }
    }

    func perform(_ command: RunCommand) {
        let connection = line.withLock { $0.connection }
        // A connection that breaks now is reported by the thread that reads it.
        guard let connection else { return tell(.refused("the connection is lost")) }
        connection.send(RunControlEndpoint.message(command), patience: 1000)
    }

    // MARK: - Watching

    private var isLeft: Bool { line.withLock { $0.isLeft } }

    private func tell(_ event: RemoteEvent) {
        if !isLeft { emit(event) }
    }

    private func watch() {
        var (hasJoined, tries) = (false, 0)
        while !isLeft {
            do throws(KernelError) {
                let connection = try UnixSocket.connect(in: folder, name: ControlSocket.name)
                let isOver = try join(connection)
                (hasJoined, tries) = (true, 0)
                if isOver || listen(to: connection) { return }
                line.withLock { $0.connection = nil }
                tell(.interrupted)
            } catch {
                tries += 1
                // A control socket that stays closed before the first message will not open: waiting is no use.
                if !hasJoined, tries >= Self.triesMax, case .live = sight() {
                    return tell(.lost(unreachable(error)))
                }
            }
            if case .over(let end) = sight() { return tell(end) }
            usleep(Self.retryMicroseconds * UInt32(min(10, max(1, tries))))
        }
    }

    private func unreachable(_ error: KernelError) -> KernelError {
        KernelError(
            .unavailable, "the run cannot be reached", at: folder, because: error.why ?? error.what,
            hint: "Its process goes on without being steered.")
    }

    /// The state by the run's folder while no process answers.
    private func sight() -> Sight {
        guard let record = RunRecord(folder: folder) else {
            return .over(
                .lost(KernelError(.missingInput, "the run's folder is gone", at: folder)))
        }
        switch record.state {
        // The run may well go on: whether it does is asked again.
        case .training, .paused, .evaluating, .unknown: return .live
        case .done, .stopped:
            let ending: RunResult.Ending = record.state == .done ? .completed : .stopped
            return .over(
                .told(
                    .finished(
                        RunResult(
                            ending: ending, steps: record.step ?? 0, meanLoss: nil,
                            elapsedSeconds: 0, tokensSeen: 0, folder: folder))))
        case .failed:
            return .over(
                .told(
                    .failed(KernelError(.internalFault, record.fault ?? "the run failed"))))
        case .lost:
            return .over(
                .lost(
                    KernelError(
                        .unavailable, "the process of the run has died", at: folder,
                        hint: record.savedStep == nil
                            ? "R in Runs (7) begins it anew." : "R in Runs (7) goes on with it.")))
        }
    }

    // MARK: - One connection

    /// Asks for the events, takes those of the past, and reads the log; in this order nothing is missed. True
    /// when the run has sent its last event meanwhile.
    private func join(_ connection: LineConnection) throws(KernelError) -> Bool {
        connection.send(["command": "subscribe"], patience: 1000)
        var events: [TrainingEvent] = []
        let end = MonotonicClock.now() + 5
        var (isAnswered, later) = (false, [LineConnection.Message]())
        while !isAnswered {
            guard !isLeft, wait(for: connection, until: end) else {
                throw KernelError(.temporary, "the run does not answer")
            }
            let received = connection.receive()
            for message in received.messages {
                if isAnswered {
                    later.append(message)
                } else if let ok = message.body["ok"]?.bool {
                    guard ok else {
                        throw KernelError(
                            .unavailable, "the run accepts no observers",
                            because: message.body["error"]?.string.map(
                                Sentence.init(stringLiteral:)))
                    }
                    isAnswered = true
                } else if let event = event(message) {
                    events.append(event)
                }
            }
            guard received.isOpen || isAnswered else {
                throw KernelError(.temporary, "the run has just ended")
            }
        }
        let curve = try RunCurveFile.read(folder: folder)
        let plan = try? PlanFile.read(path: "\(folder)/\(RunFolder.planName)").plan
        line.withLock { line in
            line.connection = connection
            if line.isLeft { connection.end() }
        }
        tell(
            .joined(
                RemoteRun(
                    folder: folder, process: connection.process, plan: plan, curve: curve,
                    events: events)))
        return events.contains(where: Self.isLast) || later.contains { take($0) }
    }

    /// Whether nothing comes after an event.
    private static func isLast(_ event: TrainingEvent) -> Bool {
        switch event {
        case .finished, .failed: true
        default: false
        }
    }

    private func wait(for connection: LineConnection, until end: Double) -> Bool {
        let left = end - MonotonicClock.now()
        guard left > 0 else { return false }
        var polls = [pollfd(fd: connection.descriptor, events: Int16(POLLIN), revents: 0)]
        return poll(&polls, 1, Int32(left * 1000) + 1) > 0
    }

    /// Reports what comes until the connection ends; true when the run has sent its last event.
    private func listen(to connection: LineConnection) -> Bool {
        var isOver = false
        while true {
            var polls = [pollfd(fd: connection.descriptor, events: Int16(POLLIN), revents: 0)]
            _ = poll(&polls, 1, -1)
            let received = connection.receive()
            for message in received.messages where !isOver { isOver = take(message) }
            if isOver || !received.isOpen { break }
        }
        connection.end()
        return isOver
    }

    /// Reports the event of a message; true when it was the run's last.
    private func take(_ message: LineConnection.Message) -> Bool {
        if let event = event(message) {
            tell(.told(event))
            return Self.isLast(event)
        }
        if message.body["ok"]?.bool == false {
            tell(.refused(String((message.body["error"]?.string ?? "").prefix(200))))
        }
        return false
    }

    /// The event of a message. The run may have been started elsewhere: its folder gets the path that it has here.
    private func event(_ message: LineConnection.Message) -> TrainingEvent? {
        switch TrainingEvent(message.body) {
        case .prepared(var summary):
            summary.folder = folder
            return .prepared(summary)
        case .finished(var result):
            result.folder = folder
            return .finished(result)
        case let event: return event
        }
    }
}
