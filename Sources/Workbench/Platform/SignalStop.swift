// Ctrl-C and SIGTERM during headless work: the first asks for an orderly stop, a second ends at once,
// except for SIGHUP, which comes twice by itself. SIGUSR1 and SIGUSR2, which batch systems send before the time
// is up, may ask for something else.

import Dispatch
import Foundation
import Kernel

/// Turns SIGUSR1 and SIGUSR2 into a call while it lives; they are ignored since the start of the program.
final class SignalSave {
    private let sources: [DispatchSourceSignal]

    /// `save` is called on the queue.
    init(
        on queue: DispatchQueue = DispatchQueue(label: "signals"),
        _ save: @escaping @Sendable () -> Void
    ) {
        sources = [SIGUSR1, SIGUSR2].map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler(handler: save)
            source.resume()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }
}

/// Turns signals into a call while it lives.
final class SignalStop {
    private let sources: [DispatchSourceSignal]
    private let saving: SignalSave?

    /// `stop` is called on a queue of its own with the signal's number.
    /// `save` is called for SIGUSR1 and SIGUSR2, which are ignored without it.
    init(
        save: (@Sendable () -> Void)? = nil, _ stop: @escaping @Sendable (Int32) -> Void
    ) throws(KernelError) {
        try ProcessStart.checkThreads()
        let queue = DispatchQueue(label: "signals")
        // Under nohup the terminal may go: then there is no hang-up to answer.
        let isHardened = Self.isIgnored(SIGHUP)
        let numbers = isHardened ? [SIGINT, SIGTERM] : [SIGINT, SIGTERM, SIGHUP]
        // Those that came since the start of the program were blocked (ProcessStart); ignoring discards them.
        var held = sigset_t()
        sigpending(&held)
        let stops = numbers.map { number in
            let hasCome = sigismember(&held, number) == 1
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            nonisolated(unsafe) var count = 0
            let handler: @Sendable () -> Void = {
                count += 1
                // A closed terminal hangs up more than once: only a user repeats the other signals.
                if count > 1, number != SIGHUP { _exit(128 + number) }
                stop(number)
            }
            source.setEventHandler(handler: handler)
            source.resume()
            if hasCome { queue.async(execute: handler) }
            return source
        }
        sources = stops
        saving = save.map { SignalSave(on: queue, $0) }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    deinit { for source in sources { source.cancel() } }
}
