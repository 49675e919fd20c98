// The loop: wait, take everything that came, update, draw once. At most thirty pictures a second,
// none when nothing happens. It runs on the thread that calls it and knows no particular app.

import Foundation

/// Runs an application on a terminal until it ends.
public struct Program<Application: App> {
    /// Why a program ended.
    public enum Ending: Equatable, Sendable {
        /// The application asked for it.
        case finished
        /// The session was ended from outside.
        case closed(Closing)
    }

    /// The shortest time between two pictures.
    public static var frameInterval: Duration { .milliseconds(33) }

    private var app: Application
    private let terminal: any Terminal
    private let queue: EventQueue<Application.Message>
    private let clock = ContinuousClock()
    private var lastDrawn: ContinuousClock.Instant?
    private var nextTick: ContinuousClock.Instant?
    private var isDirty = true
    private var closing: Closing?

    /// An application, where it shows and where its messages arrive.
    public init(
        _ app: Application, terminal: any Terminal, queue: EventQueue<Application.Message>
    ) {
        self.app = app
        self.terminal = terminal
        self.queue = queue
    }

    /// Runs until the end; `perform` carries out effects on this thread and may use the terminal.
    public mutating func run(
        perform: (Application.Effect, any Terminal) -> Void
    ) -> (app: Application, ending: Ending) {
        defer { terminal.close() }
        send(.resize(terminal.size), perform)
        send(contentsOf: queue.drain(), perform)
        tickIfDue(perform)
        while !app.isFinished && closing == nil {
            drawIfDue()
            take(terminal.wait(timeout: timeout, wake: queue.wakeDescriptor), perform)
            send(contentsOf: queue.drain(), perform)
            if !app.isFinished { tickIfDue(perform) }
        }
        return (app, closing.map(Ending.closed) ?? .finished)
    }

    // MARK: - Time

    /// How long to sleep: until the next tick or the next picture, else for good.
    private var timeout: Duration? {
        let now = clock.now
        var due: [ContinuousClock.Instant] = []
        if let nextTick { due.append(nextTick) }
        if isDirty, terminal.isVisible, let lastDrawn { due.append(lastDrawn + Self.frameInterval) }
        return due.min().map { max(.zero, now.duration(to: $0)) }
    }

    private mutating func drawIfDue() {
        guard isDirty, terminal.isVisible else { return }
        let now = clock.now
        if let lastDrawn, lastDrawn.duration(to: now) < Self.frameInterval { return }
        terminal.draw(app.view(in: terminal.size))
        lastDrawn = now
        isDirty = false
    }

    private mutating func tickIfDue(_ perform: (Application.Effect, any Terminal) -> Void) {
        guard let interval = app.tickInterval else {
            nextTick = nil
            return
        }
        let now = clock.now
        if let due = nextTick {
            guard due <= now else { return }
            send(.tick, perform)
        }
        nextTick = now + interval
    }

    // MARK: - Events

    private mutating func take(
        _ inputs: [TerminalInput], _ perform: (Application.Effect, any Terminal) -> Void
    ) {
        for input in inputs {
            switch input {
            case .key(.control("z")), .stopRequested:
                terminal.stopProcess()
                lastDrawn = nil
                send(.resize(terminal.size), perform)
            case .key(.control("l")):
                terminal.repaint()
                isDirty = true
            case .key(let key):
                // A key is answered at once; only messages and ticks wait for the next picture.
                lastDrawn = nil
                send(.key(key), perform)
            case .resize(let size):
                lastDrawn = nil
                send(.resize(size), perform)
            case .shown(let depth): send(.shown(depth), perform)
            case .hidden: send(.hidden, perform)
            case .woken: break
            case .closing(let reason):
                send(.closing(reason), perform)
                closing = reason
            }
            if app.isFinished || closing != nil { return }
        }
    }

    private mutating func send(
        contentsOf messages: [Application.Message],
        _ perform: (Application.Effect, any Terminal) -> Void
    ) {
        for message in messages { send(.message(message), perform) }
    }

    private mutating func send(
        _ event: Event<Application.Message>, _ perform: (Application.Effect, any Terminal) -> Void
    ) {
        for effect in app.update(event) { perform(effect, terminal) }
        isDirty = true
    }
}
