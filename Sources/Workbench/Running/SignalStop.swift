// Ctrl-C and SIGTERM during headless work: the first asks for an orderly stop, a second ends at once,
// save for SIGHUP, which comes twice by itself.

import Dispatch
import Foundation

/// Turns signals into a call while it lives.
final class SignalStop {
    private let sources: [DispatchSourceSignal]

    /// `stop` is called on a queue of its own with the signal's number.
    init(_ stop: @escaping @Sendable (Int32) -> Void) {
        let queue = DispatchQueue(label: "signals")
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            nonisolated(unsafe) var count = 0
            source.setEventHandler {
                count += 1
                // A closed terminal hangs up more than once: only a person repeats the others.
                if count > 1, number != SIGHUP { _exit(128 + number) }
                stop(number)
            }
            source.resume()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }
}
